"""Let tests run loops of their own in a process where Playwright's is open: a plugin of pytest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def outside_of_playwrights_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let tests without a browser run loops of their own, also in a process where one is open."""
    loop = None if "chromium" in request.fixturenames else asyncio._get_running_loop()
    if loop is None:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)

"""The built course, a real Chromium, and pages that must neither complain nor call out."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.live_cells.pages import LivePage
from tests.live_cells.serving import read_policy, serve
from tools.test.chromium import find_chromium

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
SUB_PATH = "/some/where/"

Visit = Callable[..., LivePage]

expect.set_options(timeout=30_000)  # a loaded machine is slow, and a test that passes does not wait


def is_complete(site: Path) -> bool:
    """Tell whether the site has pages that run, and notebooks in the browser."""
    info = site / "live-cells" / "site.json"
    return info.is_file() and all(json.loads(info.read_text())[key] for key in ("python", "lite"))


@pytest.fixture(scope="session")
def site() -> Path:
    """The course as ``make site`` built it; built now, by one process, if it is not there.

    ``make test`` brings it up to date first. Whoever runs pytest alone tests the site as it lies.
    """
    if find_chromium() is None:
        pytest.skip("no Chromium here: install Debian's package chromium to run the browser tests")
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_complete(SITE):
            command = [sys.executable, "-m", "tools.build.site"]
            subprocess.run(command, check=True, cwd=ROOT)
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The course under a sub-path, with the strict policy and no other header."""
    with serve(site, SUB_PATH, read_policy()) as root:
        yield root


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A reader whose browser has never been here."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, address: str) -> Iterator[Visit]:
    """Open a page of the course; at the end no page may have complained or called out."""
    complaints: list[str] = []

    def watch_request(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            complaints.append(f"asked another place: {request.url}")

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"console: {message.text} ({message.location})")
                if message.type == "error"
                else None
            ),
        )

    context.on("page", watch)
    context.on("request", watch_request)

    def open_page(name: str) -> LivePage:
        page = context.new_page()
        page.goto(address + name)
        return LivePage(page, complaints)

    yield open_page
    assert complaints == []

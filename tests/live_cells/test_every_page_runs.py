"""Every page of the course runs in the browser from its first cell to its last."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from circuits.exercises import ASSIGNMENTS
from tests.live_cells.pages import PATIENCE, LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
PAGES = ["book/notation"] + [
    f"{track}/{name}" for track in ("book", "solutions") for name in ASSIGNMENTS
]


@pytest.mark.parametrize("page", PAGES)
def test_every_cell_of_a_page_runs_to_its_end(visit: Visit, page: str) -> None:
    live = visit(f"{page}.html")
    live.press("Run the whole page")
    live.page.wait_for_function(
        "() => document.documentElement.dataset.livePython === 'idle'", timeout=PATIENCE
    )
    assert [error.inner_text() for error in live.page.locator(".live-error").all()] == []
    unended = live.page.locator(".live-cell:not([data-runs=ended])")
    expect(unended).to_have_count(0)  # a hidden cell runs too, but has no place to say so

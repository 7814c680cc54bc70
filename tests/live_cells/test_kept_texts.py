"""What an earlier version of a page left in the browser is shown in its cell, or offered."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.live_cells.conftest import SUB_PATH
from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
KEPT = {
    "text/answer/ex1a": {"text": "W_V_1 = 'kept'", "stub": "of 1.0.0"},
    "text/answer/renamed": {"text": "W_V_2 = 'without a cell'", "stub": "of 1.0.0"},
    "report/ex1a": {"data": None, "basis": None},
    "marks": ["no marks"],
}


def keep(context: BrowserContext) -> None:
    """Put into the storage, once, what version 1.0.0 of the page and a stranger have left there."""
    kept = {f"live-cells:{SUB_PATH}:{name}": json.dumps(value) for name, value in KEPT.items()}
    context.add_init_script(
        "if (location.protocol === 'http:' && localStorage.length === 0) "
        f"Object.assign(localStorage, {json.dumps(kept)});"
    )


def test_texts_of_an_earlier_version_are_shown_or_offered(
    visit: Visit, context: BrowserContext
) -> None:
    keep(context)
    live = visit("book/exercise-1.html")
    assert live.read("ex1a") == "W_V_1 = 'kept'"
    offered = live.page.locator(".live-leftovers")
    expect(offered.locator("summary")).to_have_text(
        "Kept from an earlier version of this page: 1 text of yours"
    )
    offered.locator("summary").click()
    expect(offered.locator("pre")).to_have_text("W_V_2 = 'without a cell'")
    offered.get_by_label("Where it belongs").select_option("the answer to (b)")
    live.press("Put it there")
    expect(offered).to_be_hidden()
    assert live.read("ex1b") == "W_V_2 = 'without a cell'"
    live.page.reload()
    again = LivePage(live.page, live.complaints)
    assert again.read("ex1b") == "W_V_2 = 'without a cell'"
    expect(again.page.locator(".live-leftovers")).to_be_hidden()

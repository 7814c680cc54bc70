"""Full storage, two tabs, odd notebooks: what the reader wrote stays the reader's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
PAGE = "book/exercise-1.html"
# Full for the page's own texts only: the theme's scripts keep things too, and fall over.
FULL = """
const keep = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (key.startsWith('live-cells')) throw new DOMException('full', 'QuotaExceededError');
  keep.call(this, key, value);
};
"""


def download(live: LivePage) -> Path:
    """Return the notebook that the page hands out."""
    with live.page.expect_download() as download:
        live.press("Download my answers")
    return Path(download.value.path())


def read_sources(notebook: Path) -> dict[str, str]:
    """Return the text of each answer in a notebook, by grade_id."""
    cells = json.loads(notebook.read_text())["cells"]
    graded = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in graded}


def bring_in(live: LivePage, notebook: Path) -> None:
    """Choose a notebook as the reader would."""
    live.page.get_by_label("A notebook with your answers").set_input_files(notebook)


def test_answers_that_the_browser_cannot_keep_are_in_the_download(
    visit: Visit, context: BrowserContext
) -> None:
    context.add_init_script(FULL)
    live = visit(PAGE)
    live.write("ex1a", "W_V_1 = 1")
    expect(live.page.locator(".live-status-words")).to_contain_text("download your answers")
    live.page.get_by_label("Your answer to (c), in words").fill("So it is.")
    expect(live.mark("ex1c-text")).to_have_attribute("data-status", "tried")
    sources = read_sources(download(live))
    assert sources["ex1a"] == "W_V_1 = 1"
    assert sources["ex1c-text"] == "So it is."


def test_own_export_brings_in_what_was_written_and_no_more(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "W_V_1 = 1")
    notebook = download(live)
    live.page.evaluate("localStorage.clear()")
    live.page.reload()
    again = LivePage(live.page, live.complaints)
    bring_in(again, notebook)
    expect(again.page.locator(".live-status-words")).to_contain_text("1 answer came in.")
    assert again.read("ex1a") == "W_V_1 = 1"
    words = again.page.get_by_label("Your answer to (c), in words")
    expect(words).to_have_value("")
    expect(again.mark("ex1c-text")).to_have_attribute("data-status", "unattempted")
    expect(again.page.get_by_role("button", name="Reset the answer to (b)")).to_have_count(0)
    kept = "() => Object.keys(localStorage).filter((key) => /^live-cells:.*:text/.test(key))"
    (only,) = again.page.evaluate(kept)
    assert only.endswith(":text/answer/ex1a")


def test_notebook_replaces_an_answer_only_after_asking(
    visit: Visit, site: Path, tmp_path: Path
) -> None:
    live = visit(PAGE)
    live.write("ex1a", "W_V_1 = 1")
    blank = site / "notebooks" / "exercise-1.ipynb"
    bring_in(live, blank)
    expect(live.page.locator(".live-status-words")).to_contain_text("holds no answers yet")
    assert live.read("ex1a") == "W_V_1 = 1"
    other = tmp_path / "other.ipynb"
    other.write_text(blank.read_text().replace("W_V_1 = ...     # (4, 16)", "W_V_1 = 2"))
    bring_in(live, other)
    expect(live.page.locator(".live-status-words")).to_contain_text("1 answer that you wrote")
    assert live.read("ex1a") == "W_V_1 = 1"
    live.press("Replace it")
    assert live.read("ex1a").startswith("W_V_1 = 2")


def test_notebook_with_odd_cells_is_told_in_words(visit: Visit, tmp_path: Path) -> None:
    live = visit(PAGE)
    odd = tmp_path / "odd.ipynb"
    graded = {"nbgrader": {"grade_id": "ex1a", "solution": True}}
    cells = [None, {"source": "x"}, {"source": 3, "metadata": graded}, {"metadata": graded}]
    odd.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    bring_in(live, odd)
    words = live.page.locator(".live-status-words")
    expect(words).to_have_text("None of this page's answers is in that notebook.")


def test_two_tabs_show_each_other_and_neither_overwrites_the_other(visit: Visit) -> None:
    one, two = visit(PAGE), visit(PAGE)
    overview = visit("book/progress.html").page
    two.write("ex1a", "W_V_1 = 2")
    one.page.bring_to_front()
    expect(one.editor("ex1a")).to_have_text("W_V_1 = 2")
    one.write("ex1a", "W_V_1 = 1")
    two.page.bring_to_front()
    expect(two.cell("ex1a")).to_contain_text("changed in another tab")
    two.editor("ex1a").click()
    two.page.keyboard.type("3")
    assert one.read("ex1a") == "W_V_1 = 1"
    two.press("Show the other tab's text")
    expect(two.editor("ex1a")).to_have_text("W_V_1 = 1")
    two.page.get_by_label("Your answer to (c), in words").fill("So it is.")
    expect(one.mark("ex1c-text")).to_have_attribute("data-status", "tried")
    row = overview.get_by_role("row").filter(has=overview.get_by_role("link", name="(c) in words"))
    expect(row).to_contain_text("written")

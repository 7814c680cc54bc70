"""The course, solved in the page by somebody who knows the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jupytext
import pytest
from playwright.sync_api import expect

from circuits.exercises import ASSIGNMENTS
from tests.live_cells.pages import PATIENCE, LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
Visit = Callable[[str], LivePage]


def read_solutions(assignment: str) -> dict[str, str]:
    """Return the reference answers of an assignment, by grade_id, code and words alike."""
    notebook = jupytext.read(ROOT / "solutions" / f"{assignment}.md")
    cells = [cell for cell in notebook.cells if "grade_id" in cell.metadata]
    return {cell.metadata["grade_id"]: cell.source for cell in cells}


def fill_notebook(site: Path, assignment: str, target: Path) -> Path:
    """Write the learner's notebook with the reference answers in it."""
    notebook = json.loads((site / "notebooks" / f"{assignment}.ipynb").read_text())
    answers = read_solutions(assignment)
    for cell in notebook["cells"]:
        grade = cell["metadata"].get("nbgrader", {})
        if grade.get("solution") and grade["grade_id"] in answers:
            cell["source"] = answers[grade["grade_id"]]
    path = target / f"{assignment}.ipynb"
    path.write_text(json.dumps(notebook))
    return path


OWN_HEADS = ("ex2f", "ex3b")
"""Parts that complete a circuit: their reports hand both heads over to the stepper."""


def expect_own_heads_at_work(live: LivePage, part: str) -> None:
    """Expect the stepper in a green report to run the learner's heads through all steps."""
    stepper = live.output(f"{part}-test").locator("[data-explorable=stepper]")
    stepper.scroll_into_view_if_needed()
    expect(stepper).to_have_attribute("data-awake", "")
    expect(stepper.get_by_role("radio", name="yours")).to_be_checked()
    expect(stepper).to_contain_text("Where will your head 1 look from “star” at 5?")
    for _ in range(3):
        stepper.get_by_role("button", name="Show without a guess").press("Enter")
        stepper.get_by_role("button", name="Next step").press("Enter")
    stepper.get_by_role("button", name="“fish”", exact=True).press("Enter")
    expect(stepper.locator(".words")).to_contain_text("Right: “fish”.")


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_reference_answers_brought_in_pass_every_check(
    visit: Visit, site: Path, tmp_path: Path, assignment: str
) -> None:
    live = visit(f"book/{assignment}.html")
    filled = fill_notebook(site, assignment, tmp_path)
    live.page.get_by_label("A notebook with your answers").set_input_files(filled)
    expect(live.page.locator(".live-status-words")).to_contain_text("answers came in")
    parts = [part for part in read_solutions(assignment) if live.cell(f"{part}-test").count()]
    assert parts
    for part in parts:
        live.run(f"{part}-test")
        report = live.output(f"{part}-test").locator("[data-status], .circuits-report").first
        expect(report).to_be_visible()
        expect(live.mark(part)).to_have_attribute("data-status", "right")
        if part in OWN_HEADS:
            expect_own_heads_at_work(live, part)
    contents = live.page.locator(".bd-sidebar-primary a.current .live-marks .live-hidden").first
    expect(contents).to_contain_text(f"({len(parts)} of")


def test_a_filled_figure_is_an_answer_and_what_stood_there_can_be_put_back(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    live.write("ex1a", "W_V_1 = 'mine'")
    fill = live.page.locator("[data-explorable=fill]").first
    fill.scroll_into_view_if_needed()
    fill.get_by_role("button", name="Clear").click()
    for i in range(4):
        fill.get_by_role("button", name=f"line {i} reads dimension {i}: 0").click()
        fill.get_by_role("button", name=f"line {i} writes dimension {8 + i}: 0").click()
    fill.get_by_role("button", name="Write this into my answer").click()
    expect(fill.locator(".message")).to_have_text("The code stands in your answer now.")
    live.page.get_by_role("button", name="Put back what stood there").click()
    assert live.read("ex1a") == "W_V_1 = 'mine'"
    fill.get_by_role("button", name="Write this into my answer").click()
    live.run("ex1a-test")
    expect(live.mark("ex1a")).to_have_attribute("data-status", "right")


def test_a_check_shows_where_a_wrong_head_looks_and_the_reader_looks_into_it(visit: Visit) -> None:
    live = visit("book/exercise-2.html")
    live.write("ex2c", "W_Q_prev = W_K_prev = u_cont[:4]")
    live.run("ex2c-test")
    report = live.output("ex2c-test")
    pattern = report.locator("[data-explorable=pattern]")
    pattern.scroll_into_view_if_needed()
    expect(pattern).to_have_attribute("data-awake", "")
    expect(report.locator(".circuits-table").first).to_be_hidden()
    pattern.get_by_role("slider", name="Query, the token that looks").fill("1")
    pattern.get_by_role("slider", name="Key, the token looked at").fill("0")
    expect(pattern.locator(".words")).to_contain_text("gets 1 (wanted), 0 (seen)")
    live.run("ex2c-test")
    expect(report.locator("[data-awake]")).to_have_count(1)  # the new one; the old has gone


def test_wrong_answer_gets_a_message_and_the_mark_tried(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    live.write("ex1a", "W_V_1 = np.zeros((4, 16))\nW_out_1 = np.zeros((16, 4))")
    live.run("ex1a-test")
    expect(live.output("ex1a-test")).to_contain_text("ex1a")
    expect(live.output("ex1a-test")).not_to_contain_text("not attempted")
    expect(live.mark("ex1a")).to_have_attribute("data-status", "tried")


def test_text_and_marks_survive_a_reload_and_go_by_reset(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    stub = live.read("ex1a")
    answer = "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)"
    live.write("ex1a", answer)
    words = live.page.get_by_label("Your answer to (c), in words")
    words.fill("They tell what moves where.")
    live.run("ex1a-test")
    expect(live.mark("ex1a")).to_have_attribute("data-status", "right")
    live.page.reload()
    again = LivePage(live.page, live.complaints)
    assert again.read("ex1a") == answer
    expect(words).to_have_value("They tell what moves where.")
    expect(again.mark("ex1a")).to_have_attribute("data-status", "right")
    expect(again.mark("ex1c-text")).to_have_attribute("data-status", "tried")
    again.press("Reset the answer to (a) to the book's text")
    assert again.read("ex1a") == stub
    again.press("Reset page")
    again.press("Really reset every cell?")
    expect(words).to_have_value("")


def test_check_judges_the_answer_as_it_stands_not_as_it_ran(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    live.write("ex1a", "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)")
    live.run("ex1a-test")
    expect(live.mark("ex1a")).to_have_attribute("data-status", "right")
    live.write("ex1a", "W_V_1 = np.zeros((4, 16))\nW_out_1 = np.zeros((16, 4))")
    live.run("ex1a-test")
    expect(live.mark("ex1a")).to_have_attribute("data-status", "tried")


def test_solutions_pages_run_and_set_no_mark(visit: Visit) -> None:
    live = visit("solutions/exercise-1.html")
    assert live.page.locator(".live-run").count() > 3
    assert live.page.locator(".live-answer").count() == 0
    live.press("Run cell 1")
    live.wait_until_done("1")
    overview = visit("book/progress.html")
    expect(overview.page.get_by_text("0 of", exact=False).first).to_be_visible()


def test_figure_that_needs_matplotlib_is_drawn_like_the_built_one(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    cell = live.page.locator(".live-cell", has=live.page.locator("figure img")).first
    built = cell.locator("figure img").first.get_attribute("alt")
    assert built
    cell.locator("summary").first.click()  # the code of a figure is folded away
    cell.locator(".live-run").click()
    expect(cell).to_have_attribute("data-runs", "ended", timeout=PATIENCE)
    assert cell.locator("figure img").first.get_attribute("alt") == built


def test_export_holds_the_answers_and_nothing_else_has_changed(
    visit: Visit, site: Path, tmp_path: Path
) -> None:
    live = visit("book/exercise-1.html")
    answer = "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)\n"
    live.write("ex1a", answer)
    with live.page.expect_download() as download:
        live.press("Download my answers")
    saved = json.loads(Path(download.value.path()).read_text())
    blank = json.loads((site / "notebooks" / "exercise-1.ipynb").read_text())
    assert download.value.suggested_filename == "exercise-1.ipynb"
    changed = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell, before in zip(saved["cells"], blank["cells"], strict=True)
        if "".join(cell["source"]) != "".join(before["source"])
    ]
    assert changed == ["ex1a"]
    restored = next(cell for cell in saved["cells"] if "W_V_1 = np.eye" in "".join(cell["source"]))
    assert (
        "".join(restored["source"]) == answer.rstrip("\n") or "".join(restored["source"]) == answer
    )


def test_marks_are_shown_on_the_page_of_all_parts_and_can_be_cleared(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    live.write("ex1a", "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)")
    live.run("ex1a-test")
    overview = visit("book/progress.html").page
    row = overview.get_by_role("row").filter(has=overview.locator("a[href$='#cell-ex1a']"))
    expect(row).to_contain_text("right")
    overview.get_by_role("button", name="Clear these marks").click()
    expect(row).to_contain_text("not attempted")

"""A report that is not of this run says so, and the part's mark and the sidebar say the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.live_cells.pages import PATIENCE, LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
PAGE = "book/exercise-1.html"
RIGHT = "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)"


def solve(live: LivePage) -> None:
    """Answer part (a) rightly and check it."""
    live.write("ex1a", RIGHT)
    live.run("ex1a-test")
    expect_verdict(live, "right")


def ask(live: LivePage) -> None:
    """Press the button of the check, whatever becomes of it."""
    live.cell("ex1a-test").scroll_into_view_if_needed()
    live.cell("ex1a-test").locator(".live-run").click()


def expect_verdict(live: LivePage, status: str) -> None:
    """See the bar, the sidebar and the check tell the same."""
    expect(live.mark("ex1a")).to_have_attribute("data-status", status, timeout=PATIENCE)
    marks = live.page.locator(".bd-sidebar-primary a.current .live-mark")
    expect(marks.first).to_have_attribute("data-status", status)
    check = live.cell("ex1a-test")
    outdated = status == "outdated"
    report = live.output("ex1a-test").locator(".circuits-right")
    if outdated and report.count() == 0:
        return  # something else stands there now
    if outdated:
        expect(check).to_have_attribute("data-report", "outdated")
    else:
        expect(check).not_to_have_attribute("data-report", "outdated")


def expect_outdated(live: LivePage, *words: str) -> None:
    """See that the old report is still there and says that it does not count."""
    expect_verdict(live, "outdated")
    expect(live.output("ex1a-test").locator(".circuits-right")).to_be_visible()
    for word in words:
        expect(live.cell("ex1a-test").locator(".live-age")).to_contain_text(word)


@pytest.mark.parametrize(
    ("cell", "code", "error"),
    [
        ("ex1a", "W_V_1 = (", "SyntaxError"),
        ("ex1a", f"{RIGHT}\nW_V_1 = undefined", "NameError"),
        ("ex1a", f"{RIGHT}\nW_V_1 = input()", "RuntimeError"),
        ("ex1a", f"from no_such import eye\n{RIGHT}\nW_V_1 = eye(4, 16)", "ModuleNotFoundError"),
        ("ex1a", f"{RIGHT}\ndef f(n): return f(n)\nf(1)", "RecursionError"),
        ("1", "import numpy as np\nfrom no_such import check", "ModuleNotFoundError"),
        ("1", "imprt numpy as np\nfrom circuits import check", "SyntaxError"),
    ],
)
def test_a_cell_that_stops_before_the_check_leaves_no_current_verdict(
    visit: Visit, cell: str, code: str, error: str
) -> None:
    live = visit(PAGE)
    solve(live)
    live.write(cell, code)
    expect_outdated(live, "has changed since")
    ask(live)
    live.wait_until_done(cell)
    expect(live.output(cell)).to_contain_text(error)
    expect(live.cell("ex1a-test")).to_contain_text("Did not run: ")
    expect_outdated(live)
    live.page.reload()
    expect_outdated(LivePage(live.page, live.complaints))


def test_an_import_that_fails_and_that_no_check_needs_lets_the_check_judge_this_run(
    visit: Visit,
) -> None:
    live = visit(PAGE)
    solve(live)
    live.write("ex1a", f"{RIGHT}\nW_V_1[0, 0] = 0\nimport no_such_package")
    ask(live)
    live.wait_until_done("ex1a-test")
    expect(live.output("ex1a")).to_contain_text("ModuleNotFoundError")
    expect_verdict(live, "tried")


def test_a_check_that_is_no_longer_imported_stops_with_its_own_error(visit: Visit) -> None:
    live = visit(PAGE)
    solve(live)
    live.write("1", "import numpy as np\nfrom circuits import no_such_check")
    ask(live)
    live.wait_until_done("ex1a-test")
    expect(live.output("1")).to_contain_text("ImportError")
    expect(live.output("ex1a-test")).to_contain_text("name 'check' is not defined")
    expect_verdict(live, "outdated")


def test_a_check_that_stops_itself_has_no_current_verdict(visit: Visit) -> None:
    live = visit(PAGE)
    solve(live)
    live.write("ex1a-test", 'check("ex1a", W_V_1)')
    live.run("ex1a-test")
    expect(live.output("ex1a-test")).to_contain_text("TypeError")
    expect_verdict(live, "outdated")


def test_an_endless_loop_before_the_check_that_is_stopped(visit: Visit) -> None:
    live = visit(PAGE).come_again()
    solve(live)
    live.write("ex1a", f"{RIGHT}\nwhile True: pass")
    ask(live)
    expect(live.cell("ex1a")).to_have_attribute("data-runs", "begun", timeout=PATIENCE)
    expect_outdated(live)
    live.press("Stop the answer to (a)")
    live.wait_until_done("ex1a")
    expect(live.cell("ex1a-test")).to_contain_text("Did not run: the answer to (a) was stopped.")
    expect_outdated(live)


def test_a_cell_that_awaits_can_be_stopped_and_values_are_kept(visit: Visit) -> None:
    live = visit(PAGE).come_again()
    live.write("ex1a", "kept = 5\nimport asyncio\nawait asyncio.sleep(3600)")
    live.cell("ex1a").locator(".live-run").click()
    expect(live.cell("ex1a")).to_have_attribute("data-runs", "begun", timeout=PATIENCE)
    live.press("Stop the answer to (a)")
    live.wait_until_done("ex1a")
    expect(live.output("ex1a")).to_contain_text("Stopped.")
    live.write("ex1a", "kept, await asyncio.sleep(0, 6)")
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text("(5, 6)")


def test_python_restarted_leaves_a_report_that_says_so(visit: Visit) -> None:
    live = visit(PAGE)
    solve(live)
    live.press("Restart Python")
    expect(live.cell("ex1a-test").locator(".live-age")).to_contain_text("before Python was ended")
    expect_verdict(live, "right")  # of the same code
    live.run("ex1a-test")
    expect(live.cell("ex1a-test").locator(".live-age")).to_be_hidden()
    expect_verdict(live, "right")


def test_python_ended_while_the_check_waited(visit: Visit) -> None:
    live = visit(PAGE)
    solve(live)
    live.write("ex1b", "while True: pass")
    live.cell("ex1b").locator(".live-run").click()
    expect(live.cell("ex1b")).to_have_attribute("data-runs", "begun", timeout=PATIENCE)
    ask(live)
    live.press("Restart Python")
    expect_outdated(live, "did not run, because Python is gone")


def test_an_edit_and_a_reset_outdate_a_report_and_the_code_back_makes_it_good(visit: Visit) -> None:
    live = visit(PAGE)
    solve(live)
    live.press("Reset the answer to (a) to the book's text")
    expect_outdated(live, "the answer to (a) has changed since")
    live.write("ex1a", RIGHT)
    expect_verdict(live, "right")
    live.press("Reset page")
    live.press("Really reset every cell?")
    expect_verdict(live, "unattempted")
    expect(live.output("ex1a-test")).to_contain_text("not attempted yet")


def test_the_last_report_survives_a_reload_with_its_mark(visit: Visit) -> None:
    live = visit(PAGE)
    solve(live)
    live.page.reload()
    again = LivePage(live.page, live.complaints)
    expect(again.output("ex1a-test").locator(".circuits-right")).to_be_visible()
    expect(again.cell("ex1a-test").locator(".live-age")).to_contain_text("from an earlier visit")
    expect_verdict(again, "right")
    again.write("ex1a", "pass")
    expect_outdated(again)
    overview = visit("book/progress.html").page
    row = overview.get_by_role("row").filter(has=overview.locator("a[href$='#cell-ex1a']"))
    expect(row).to_contain_text("not checked as it stands")
    expect(overview.get_by_text("0 of", exact=False).first).to_be_visible()


def test_broken_code_above_shows_its_own_error_in_its_own_place(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("1", "this is no Python")
    live.write("ex1a", RIGHT)
    ask(live)
    live.wait_until_done("1")
    expect(live.output("1")).to_contain_text("SyntaxError")
    expect(live.page.locator(".live-error")).to_have_count(1)
    note = "Did not run: cell 1 stopped at an error (SyntaxError)."
    expect(live.cell("ex1a-test").locator(".live-note")).to_have_text(note)

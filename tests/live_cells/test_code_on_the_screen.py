"""A check in the page judges the code on the screen, whatever ran before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
RIGHT = "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)"
ZEROS = "W_V_1 = np.zeros((4, 16))\nW_out_1 = np.zeros((16, 4))"


def expect_mark(live: LivePage, part: str, status: str) -> None:
    """Run the part's check and see its mark."""
    live.run(f"{part}-test")
    expect(live.mark(part)).to_have_attribute("data-status", status)


def test_a_stub_put_back_after_a_failed_run_is_judged_as_a_stub(visit: Visit) -> None:
    live = visit("book/warmup.html")
    expect_mark(live, "w3", "unattempted")
    live.write("w3", 'reads_from = "W_V"\nwrites_to = "W_out"\nprint(undefined)')
    live.run("w3")
    expect(live.output("w3")).to_contain_text("NameError")
    live.press("Reset the answer to W3 to the book's text")
    expect_mark(live, "w3", "unattempted")


def test_an_answer_put_right_after_a_failed_run_is_right(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    live.write("ex1a", RIGHT)
    expect_mark(live, "ex1a", "right")
    live.write("ex1a", f"{ZEROS}\n1 / 0")
    live.run("ex1a")
    live.write("ex1a", RIGHT)
    live.run("ex1a-test")
    expect(live.output("ex1a")).not_to_contain_text("ZeroDivisionError")
    expect(live.output("ex1a-test").locator(".circuits-right")).to_be_visible()


def test_magics_hide_no_names_from_a_check(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    first = live.read("1")
    live.write("1", f"%matplotlib inline\n{first}")
    live.write("ex1a", f"%matplotlib inline\n{RIGHT}")
    expect_mark(live, "ex1a", "right")
    live.write("ex1a", f"%matplotlib inline\n{ZEROS}")
    expect_mark(live, "ex1a", "tried")


def test_a_name_whose_line_is_gone_is_not_judged(visit: Visit) -> None:
    live = visit("book/exercise-1.html")
    live.write("ex1a", RIGHT)
    expect_mark(live, "ex1a", "right")
    live.write("ex1a", "# I start again")
    live.run("ex1a-test")
    expect(live.output("ex1a-test")).to_contain_text("NameError")

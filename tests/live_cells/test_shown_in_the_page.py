"""What a learner knows from notebooks works in the page: figures, displays, numpy to its edges."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
PAGE = "book/exercise-1.html"


def test_figures_are_shown_when_the_cell_says_so(visit: Visit) -> None:
    live = visit(PAGE)
    code = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n_ = ax.set_title('one')\n"
    live.write("ex1a", code + "plt.show()\nprint('between')\n_ = plt.plot([1])\nplt.show()")
    live.run("ex1a")
    output = live.output("ex1a")
    expect(output.locator(":scope > *")).to_have_count(3)
    expect(output.locator(":scope > :first-child img")).to_have_attribute("alt", "Figure: one")
    expect(output.locator(":scope > :nth-child(2)")).to_have_text("between\n")
    live.write("ex1a", "1 + 1")
    live.run("ex1a")
    expect(output).to_have_text("2")
    live.write("ex1a", "fig")
    live.run("ex1a")
    expect(output.locator("img")).to_have_attribute("alt", "Figure: one")


def test_colours_of_a_terminal_are_colours_and_its_codes_are_not_printed(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "print('\\x1b[31mred\\x1b[0m')\nraise ValueError('\\x1b[34mblue\\x1b[0m')")
    live.run("ex1a")
    expect(live.output("ex1a").locator(".ansi-red-fg")).to_have_text("red")
    expect(live.output("ex1a").locator(".live-error .ansi-blue-fg")).to_have_text("blue")
    assert "[3" not in live.output("ex1a").inner_text().replace("\\x1b[3", "")


def test_a_missing_package_s_error_lists_what_the_page_has(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "import no_such_package")
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text(
        "This page's Python has circuits, matplotlib, numpy and most of the standard library."
    )


def test_the_display_of_notebooks_shows_and_clears(visit: Visit) -> None:
    live = visit(PAGE)
    code = (
        "from IPython.display import HTML, clear_output, display\n"
        "display(HTML('<b>first</b>'))\nclear_output()\ndisplay(HTML('<b>second</b>'))"
    )
    live.write("ex1a", code)
    live.run("ex1a")
    expect(live.output("ex1a").locator("b")).to_have_text(["second"])


def test_all_names_of_numpy_come_and_its_testing_works(visit: Visit) -> None:
    live = visit(PAGE)
    code = "from numpy import *\nimport numpy as np\n"
    live.write("ex1a", code + "np.testing.assert_allclose(eye(2), np.ones(2))")
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text("Not equal to tolerance")


def test_an_endless_loop_of_displays_leaves_the_page_alive(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "while True:\n    display(1)")
    live.cell("ex1a").locator(".live-run").click()
    expect(live.output("ex1a")).to_contain_text("is left out", timeout=90_000)
    live.press("Stop the answer to (a)")
    expect(live.page.locator(".live-status-words")).to_contain_text("your text is not")
    live.write("ex1a", "6 * 7")
    live.run("ex1a")
    expect(live.output("ex1a")).to_have_text("42")


def test_endless_recursion_is_told_in_a_few_lines(visit: Visit) -> None:
    live = visit(PAGE)
    code = "import sys\nsys.setrecursionlimit(10**6)\ndef f(n):\n    return f(n + 1)\nf(0)"
    live.write("ex1a", code)
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text("RecursionError")
    assert len(live.output("ex1a").inner_text()) < 1_000

"""What a learner knows from notebooks works in the page: figures, displays, numpy to its edges."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.live_cells.pages import PATIENCE, LivePage
from tests.live_cells.test_every_reader import find_violations

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


def test_what_a_formula_defines_changes_no_other(visit: Visit) -> None:
    live = visit(PAGE)
    show = "from IPython.display import Latex, Markdown, display\n"
    live.write("ex1a", show + r"display(Latex(r'$\def\right{1}\def\mine{1}\mine$'))")
    live.run("ex1a")
    drawn = live.output("ex1a").locator("mjx-container")
    expect(drawn.locator("mjx-mn")).to_have_count(1)
    live.write("ex1a", show + r"display(Latex(r'$\mine$'), Markdown(r'$\left(x\right)$'))")
    live.run("ex1a")
    expect(drawn).to_have_count(2)
    expect(drawn.locator("mjx-mn")).to_have_count(0)


def test_the_display_of_notebooks_shows_and_clears(visit: Visit) -> None:
    live = visit(PAGE)
    code = (
        "from IPython.display import HTML, clear_output, display\n"
        "display(HTML('<b>first</b>'))\nclear_output()\ndisplay(HTML('<b>second</b>'))"
    )
    live.write("ex1a", code)
    live.run("ex1a")
    expect(live.output("ex1a").locator("b")).to_have_text(["second"])


def test_a_display_changes_in_its_place_from_another_cell_and_markdown_is_read(
    visit: Visit,
) -> None:
    live = visit(PAGE)
    live.write("ex1a", "from IPython.display import Markdown\nshown = display(1, display_id=True)")
    live.run("ex1a")
    live.write("ex1b", "shown.update(Markdown('**two** and $W_{OV}$'))\nprint('changed')")
    live.run("ex1b")
    expect(live.output("ex1a").locator("strong")).to_have_text("two")
    expect(live.output("ex1a").locator("mjx-container")).to_be_visible()
    expect(live.output("ex1b")).to_have_text("changed\n")


def test_a_cell_asks_for_a_line_and_the_keyboard_answers_or_stops_it(visit: Visit) -> None:
    live = visit(PAGE).come_again()
    live.write("ex1a", "name = input('Who are you? ')\nname[::-1]")
    live.page.keyboard.press("Control+Enter")
    field = live.page.get_by_label("Who are you?")
    expect(field).to_be_focused(timeout=PATIENCE)
    live.page.keyboard.insert_text("grün 🟢")
    live.page.keyboard.press("Enter")
    live.wait_until_done("ex1a")
    expect(live.output("ex1a")).to_contain_text("Who are you? grün 🟢")
    expect(live.output("ex1a").locator(".text_plain")).to_have_text("'🟢 nürg'\n")
    live.page.keyboard.press("Control+Enter")
    live.cell("ex1a").locator(".live-run").click()
    field.wait_for()
    assert find_violations(live.page) == []
    live.press("Stop the answer to (a)")
    live.wait_until_done("ex1a")
    expect(live.output("ex1a")).to_contain_text("Stopped.")
    expect(field).to_have_count(0)
    live.write("ex1a", "name[:4]")
    live.run("ex1a")
    expect(live.output("ex1a")).to_have_text("'grün'\n")


@pytest.mark.parametrize("said", ["dark", "auto"])
def test_colours_follow_a_theme_that_says_it_of_the_body(
    site: Path, context: BrowserContext, said: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    style = (site / "live-cells" / "live-cells.css").read_text(encoding="utf-8")
    furo = "body {--color-background-primary: #131416; --color-foreground-primary: #cfd0d0}"
    button = '<button class="live-button">Run</button>'
    page.set_content(f"<style>{furo}{style}</style><body data-theme={said}>{button}")
    colours = "(node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
    shown = page.get_by_role("button").evaluate(colours)
    assert shown == ["rgb(19, 20, 22)", "rgb(207, 208, 208)"]
    accent = "() => getComputedStyle(document.body).getPropertyValue('--live-accent').trim()"
    assert page.evaluate(accent) == "#5cc8dc"


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

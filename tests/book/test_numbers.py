"""Every decimal number that a page states, in prose or a caption, is one that its cells print."""

import ast
import contextlib
import io
import re
from functools import cache
from types import SimpleNamespace

import pytest

from course.sources import find_pages
from course.weave.page import read_page

# Thresholds of the checks and the strengths that a page chooses: given, not measured.
GIVEN = {"0.80", "0.20", "0.95", "0.5", "0.4"}
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]|\d)")
PAGES = tuple(
    f"{folder}/exercise-{number}" for folder in ("book", "solutions") for number in (2, 3, 4, 5, 6)
)

NOT_YET = SimpleNamespace(status="unattempted", points=0.0)
"""What a check says of the chapter's own cells, whose answers are still to be written."""


def read_source(page):
    folder, name = page.split("/")
    return getattr(find_pages(), folder) / f"{name}.md"


@cache
def print_cells(page):
    """Run a page's cells, figures left out and checks not asked, and return what they print."""
    printed, names = io.StringIO(), {"check": lambda *_, **__: NOT_YET}
    for cell in read_page(read_source(page)).cells:
        if cell.kind == "code":
            body = [line for line in ast.parse(cell.source).body if not _is_aside(line)]
            with contextlib.redirect_stdout(printed):
                exec(compile(ast.Module(body, []), f"{page}, line {cell.line}", "exec"), names)
    return printed.getvalue()


def _is_aside(statement):
    """Say whether a statement draws a figure or asks for verdicts, which prints no number."""
    call = getattr(statement, "value", None)
    return (
        isinstance(statement, ast.Expr)
        and isinstance(call, ast.Call)
        and getattr(call.func, "id", "").startswith(("plot_", "check", "try_out"))
    )


def read_captions(page):
    """Return what the figures of a page say in fixed words."""
    trees = [ast.parse(c.source) for c in read_page(read_source(page)).cells if c.kind == "code"]
    said = [
        constant.value
        for tree in trees
        for keyword in ast.walk(tree)
        if isinstance(keyword, ast.keyword) and keyword.arg in ("caption", "title", "alt")
        for constant in ast.walk(keyword.value)
        if isinstance(constant, ast.Constant)
    ]
    return " ".join(map(str, said))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_numbers_that_a_page_states_are_printed_by_its_cells(page):
    prose = re.sub(
        r"^```.*?^```$", "", read_source(page).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    prose = prose.split("---", 2)[2]  # behind the header
    stated = set(DECIMAL.findall(prose + read_captions(page))) - GIVEN
    printed = [float(number) for number in re.findall(r"\d+\.\d+", print_cells(page))]
    for number in sorted(stated):
        digits = len(number.split(".")[1])
        assert any(round(value, digits) == float(number) for value in printed), (
            f"{page} states {number}, which no cell prints"
        )


@pytest.mark.slow
@pytest.mark.parametrize("page", ["book/exercise-3", "solutions/exercise-3"])
def test_guesses_are_shown_for_words_with_several_copies_and_not_only_attention(page):
    rows = [line.split() for line in print_cells(page).splitlines()]
    share = {"notes": ("1.000", "0.222", "0.304"), "pointers": ("1.000", "0.984", "0.980")}
    for circuit, wanted in share.items():
        found = [row for row in rows if row and row[0] == circuit]
        across = any(row[1:] == ["guesses", *wanted] for row in found)
        down = tuple(row[-1] for row in found) == wanted
        assert across or down, f"{page}: {circuit}: {found}"

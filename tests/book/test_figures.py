"""Figures that the cells of the book draw have a title and a caption."""

import ast

import pytest

from course.sources import find_pages
from course.weave.page import read_page

PAGES = tuple(
    page
    for folder in ("book", "solutions")
    for page in sorted(getattr(find_pages(), folder).glob("*.md"))
)


def find_figures(page):
    """Return the calls that draw a figure on a page."""
    cells = [cell.source for cell in read_page(page).cells if cell.kind == "code"]
    return [
        call
        for cell in cells
        for call in ast.walk(ast.parse(cell))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "").startswith("plot_")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_every_figure_has_a_title_and_a_caption(page):
    bare = [
        ast.unparse(call)[:60]
        for call in find_figures(page)
        if not {"title", "caption"} <= {keyword.arg for keyword in call.keywords}
    ]
    assert not bare

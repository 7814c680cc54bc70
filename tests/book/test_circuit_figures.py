"""Every circuit that a page draws shows each head in a box of its own, in its own layer."""

import ast
import re

import pytest

from course.sources import find_pages
from course.weave.page import read_page

SOURCES = find_pages()
MOVES = [
    (f"{path.parent.name}/{path.name}, line {cell.line}", call)
    for folder in (SOURCES.book, SOURCES.solutions)
    for path in sorted(folder.glob("*.md"))
    if "Move(" in path.read_text(encoding="utf-8")
    for cell in read_page(path).cells
    if cell.kind == "code" and "Move(" in cell.source
    for call in ast.walk(ast.parse(cell.source))
    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Move"
]


def find_fault(call):
    """Return what is wrong with a call of Move whose label is written out, or an empty string."""
    label = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
    layer = next((word.value.value for word in call.keywords if word.arg == "layer"), 1)
    numbered = re.match(r"head (\d)", label)
    if "heads" in label:
        return f"the box {label!r} holds several heads"
    if numbered and int(numbered[1]) != layer:
        return f"{label} is drawn in layer {layer}"
    return ""


@pytest.mark.parametrize(("where", "call"), MOVES, ids=[ast.unparse(call) for _, call in MOVES])
def test_a_head_stands_in_a_box_of_its_own_and_in_its_own_layer(where, call):
    assert find_fault(call) == "", where


@pytest.mark.parametrize(
    ("drawn", "fault"),
    [
        ('Move("two heads", 1, 4)', "the box 'two heads' holds several heads"),
        ('Move("head 2", 1, 4)', "head 2 is drawn in layer 1"),
        ('Move("head 2", 1, 4, "what", layer=2)', ""),
    ],
)
def test_a_fault_of_a_drawing_is_found(drawn, fault):
    assert find_fault(ast.parse(drawn).body[0].value) == fault

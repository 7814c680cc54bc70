"""Check that the code in a part's cells defines the names and runs the check it should."""

from __future__ import annotations

import ast

from circuits.exercises import Part
from course.errors import WeaveError
from course.weave.page import Cell, Page


def check_names(part: Part, page: Page, cell: Cell) -> None:
    """Refuse a stub or an answer that does not define what the table asks for.

    Raises:
        WeaveError: Naming page, line and part.
    """
    defined = _defined_names(page, cell, part.id)
    absent = [answer.name for answer in part.answers if answer.name not in defined]
    if absent:
        raise WeaveError(
            page.path,
            cell.line,
            f"the cell does not define {' and '.join(absent)}, which the table asks for.",
            part=part.id,
        )


def check_test(part: Part, chapter: Page, stub: Cell) -> None:
    """Refuse a test cell that is missing, superfluous, or checks something else than the part.

    Raises:
        WeaveError: Naming page, line and part.
    """
    test = chapter.find(part.test_id)
    fault = _find_test_fault(part, chapter, stub, test)
    if fault:
        raise WeaveError(chapter.path, (test or stub).line, fault, part=part.id)


def _find_test_fault(part: Part, chapter: Page, stub: Cell, test: Cell | None) -> str:
    if part.grading == "hand":
        superfluous = "a person reads this answer, so it has no check; take the test cell away."
        return superfluous if test else ""
    if test is None:
        return f"the stub has no test cell; add one with grade_id {part.test_id}."
    wanted = ast.dump(ast.parse(write_check(part)).body[-1])
    if test.line < stub.line or wanted != ast.dump(_parse_cell(chapter, test, part.id)):
        return f"behind the stub the test cell should hold just this: {write_check(part)}"
    return ""


def write_check(part: Part) -> str:
    """Return the check that belongs to a part, as one line of Python.

    Example:
        >>> from circuits.exercises import get_part
        >>> write_check(get_part("ex1b"))
        'check("ex1b", W_V_2, W_out_2, W_V_1=W_V_1, W_out_1=W_out_1)'
    """
    own = [answer.name for answer in part.answers]
    earlier = [f"{name}={name}" for name in part.builds_on]
    arguments = ", ".join([f'"{part.id}"', *own, *earlier])
    return f"check({arguments})"


def _parse_cell(page: Page, cell: Cell, part: str) -> ast.Module | ast.stmt:
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        line = cell.source_line + (error.lineno or 1) - 1
        raise WeaveError(
            page.path, line, f"this is not Python ({error.msg}).", part=part
        ) from error
    return tree.body[0] if len(tree.body) == 1 else tree


def _defined_names(page: Page, cell: Cell, part: str) -> set[str]:
    tree = _parse_cell(page, cell, part)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
    return names

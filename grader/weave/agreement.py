"""Hold chapter, solutions and table of parts against each other before anything is woven.

Three places speak about a part, so they can drift apart. Each way to do so is one sentence here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from circuits.exercises import Part
from grader.errors import WeaveError
from grader.weave.page import Cell, Page

TEST_SUFFIX = "-test"
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


def check_agreement(
    assignment: str, chapter: Page, answers: Page, parts: Mapping[str, Part]
) -> None:
    """Refuse a chapter that does not agree with its solutions and the table.

    Args:
        assignment: The chapter's name in the table.
        chapter: Stubs and checks.
        answers: The page of solutions.
        parts: The table of parts.

    Raises:
        WeaveError: Naming page, line and part.
    """
    _refuse_repeats(chapter)
    _refuse_repeats(answers)
    _refuse_markers(chapter)
    _refuse_markers(answers)
    own = {part.id: part for part in parts.values() if part.assignment == assignment}
    _refuse_strangers(chapter, answers, own)
    for part in own.values():
        _check_part(part, chapter, answers)


def _refuse_repeats(page: Page) -> None:
    seen: dict[str, Cell] = {}
    for cell in page.cells:
        name = cell.grade_id
        if name is None:
            continue
        if name in seen:
            raise WeaveError(
                page.path,
                cell.line,
                f"the grade_id {name!r} is used a second time (first in line {seen[name].line}); "
                "give each cell its own.",
                part=_part_of(name),
            )
        seen[name] = cell


def _refuse_markers(page: Page) -> None:
    for cell in page.cells:
        for marker in MARKERS:
            if marker in cell.source:
                raise WeaveError(
                    page.path,
                    cell.line,
                    f"the words {marker} are written by the weaver; take them out of this cell.",
                )


def _refuse_strangers(chapter: Page, answers: Page, own: Mapping[str, Part]) -> None:
    for cell in chapter.cells:
        name = cell.grade_id
        if name is not None and _part_of(name) not in own:
            raise WeaveError(
                chapter.path,
                cell.line,
                f"the table of parts has no {_part_of(name)!r} for this chapter; "
                f"its parts are {', '.join(own)}.",
                part=_part_of(name),
            )
    for cell in answers.cells:
        name = cell.grade_id
        if name is not None and chapter.find(name) is None:
            raise WeaveError(
                answers.path,
                cell.line,
                f"this answers a stub that is not there; add the stub to "
                f"{chapter.path.parent.name}/{chapter.path.name}, or take its grade_id away.",
                part=_part_of(name),
            )


def _check_part(part: Part, chapter: Page, answers: Page) -> None:
    if part.points <= 0:
        raise WeaveError(
            chapter.path, None, "it has no points; give its properties some.", part=part.id
        )
    card = _find_card(part.id, chapter)
    stub = chapter.find(part.id)
    if stub is None or card is None:
        missing = f"no {{part}} {part.id} card" if card is None else "no stub cell"
        raise WeaveError(
            chapter.path,
            None,
            f"it is in the table of parts, but the chapter has {missing} for it; write its "
            "section.",
            part=part.id,
        )
    answer = answers.find(part.id)
    if answer is None:
        raise WeaveError(
            chapter.path,
            stub.line,
            f"the stub has no answer in {answers.path.parent.name}/{answers.path.name}; "
            "add a cell with this grade_id there.",
            part=part.id,
        )
    kind = "markdown" if part.grading == "hand" else "code"
    for page, cell in ((chapter, stub), (answers, answer)):
        if cell.kind != kind:
            raise WeaveError(
                page.path, cell.line, f"this is a {cell.kind} cell; wanted {kind}.", part=part.id
            )
        if kind == "code":
            _check_names(part, page, cell)
    _check_test(part, chapter, stub)


def _check_names(part: Part, page: Page, cell: Cell) -> None:
    defined = _defined_names(page, cell, part.id)
    absent = [answer.name for answer in part.answers if answer.name not in defined]
    if absent:
        raise WeaveError(
            page.path,
            cell.line,
            f"the cell does not define {' and '.join(absent)}, which the table asks for.",
            part=part.id,
        )


def _check_test(part: Part, chapter: Page, stub: Cell) -> None:
    test = chapter.find(part.test_id)
    if part.grading == "hand":
        if test is not None:
            raise WeaveError(
                chapter.path,
                test.line,
                "a person reads this answer, so it has no check; take the test cell away.",
                part=part.id,
            )
        return
    if test is None:
        raise WeaveError(
            chapter.path,
            stub.line,
            f"the stub has no test cell; add one with grade_id {part.test_id}.",
            part=part.id,
        )
    wanted = ast.dump(ast.parse(write_check(part)).body[-1])
    if test.line < stub.line or wanted != ast.dump(_parse_cell(chapter, test, part.id)):
        raise WeaveError(
            chapter.path,
            test.line,
            f"behind the stub the test cell should hold just this: {write_check(part)}",
            part=part.id,
        )


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


def _find_card(part_id: str, chapter: Page) -> Cell | None:
    card = re.compile(rf"^\s*[`:]{{3,}}\{{part\}}\s+{re.escape(part_id)}\s*$", re.MULTILINE)
    return next(
        (cell for cell in chapter.cells if cell.kind == "markdown" and card.search(cell.source)),
        None,
    )


def _part_of(grade_id: str) -> str:
    return grade_id.removesuffix(TEST_SUFFIX)

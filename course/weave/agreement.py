"""Check that chapter, solutions and table of parts agree, before anything is woven.

Three places speak about a part, so they can drift apart. Each way to do so is one sentence here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from circuits.exercises import Part
from course.errors import WeaveError, name_page
from course.weave.code import check_names, check_test
from course.weave.page import Cell, Page, read_page

HEADING = re.compile(r"#{2,} ")  # of a section, not of the page
TABLE = Path("circuits/exercises")
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
    _refuse_strangers(chapter, answers, own, parts)
    for part in own.values():
        _check_part(part, chapter, answers)


def refuse_unregistered(book: Path, assignments: Collection[str]) -> None:
    """Refuse a chapter with stubs that belongs to no assignment: nothing would be made of it.

    Args:
        book: The folder of chapters.
        assignments: The names in the table.

    Raises:
        WeaveError: Naming page, line and part.
    """
    for path in sorted(book.glob("*.md")):
        # Most pages without parts need not be read as notebooks to see that they have none.
        if path.stem in assignments or "grade_id" not in path.read_text(encoding="utf-8"):
            continue
        for cell in read_page(path).cells:
            if cell.grade_id is not None:
                raise WeaveError(
                    path,
                    cell.line,
                    f"no part of the table has the assignment {path.stem!r}; register this "
                    "chapter's parts in circuits/exercises/__init__.py.",
                    part=_part_of(cell.grade_id),
                )


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


def _refuse_strangers(
    chapter: Page, answers: Page, own: Mapping[str, Part], parts: Mapping[str, Part]
) -> None:
    for cell in chapter.cells:
        if cell.grade_id is None or _part_of(cell.grade_id) in own:
            continue
        name = _part_of(cell.grade_id)
        known = parts.get(name)
        sentence = (
            f"the table of parts has no {name!r} for this chapter; its parts are {', '.join(own)}."
            if known is None
            else f"the table gives this part to {known.assignment!r}; move the cell to that "
            "chapter, or change the assignment in circuits/exercises."
        )
        raise WeaveError(chapter.path, cell.line, sentence, part=name)
    for cell in answers.cells:
        if cell.grade_id is not None and chapter.find(cell.grade_id) is None:
            raise WeaveError(
                answers.path,
                cell.line,
                f"this answers a stub that is not there; add the stub to "
                f"{name_page(chapter.path)}, or take its grade_id away.",
                part=_part_of(cell.grade_id),
            )


def _find_row_fault(part: Part) -> str | None:
    """Return why no learner could earn the points of a row of the table, or None."""
    if part.points <= 0:
        return "it has no points; give its properties some."
    for prop in part.properties:
        if prop.points <= 0:
            return (
                f"the property {prop.slug!r} earns {prop.points:g} points; give it some, or take "
                "it away."
            )
    if not part.hints:
        return "it has no hints; write a ladder of them, from a nudge to nearly the answer."
    return part.checked_task.find_fault(part) if part.grading == "auto" else None


def _check_part(part: Part, chapter: Page, answers: Page) -> None:
    if fault := _find_row_fault(part):
        raise WeaveError(TABLE, None, fault, part=part.id)
    stub = chapter.find(part.id)
    needed = {
        f"no {{part}} {part.id} card": _has_directive("part", part.id, chapter),
        f"no {{hints}} {part.id} ladder": _has_directive("hints", part.id, chapter),
        "no stub cell": stub is not None,
    }
    missing = next((said for said, there in needed.items() if not there), None)
    if stub is None or missing:
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
            f"the stub has no answer in {name_page(answers.path)}; "
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
            check_names(part, page, cell)
    check_test(part, chapter, stub)
    _check_heading(part, chapter)


def _check_heading(part: Part, chapter: Page) -> None:
    """Refuse a section that is called otherwise than its part: reports use the part's title."""
    card = _match_directive("part", part.id)
    heading, line = "", 0
    for number, row in _iterate_prose(chapter):
        if card.match(row):
            break
        if HEADING.match(row):
            heading, line = row.lstrip("#").strip(), number
    # Before the title stand the letter of the part and perhaps "in words".
    if not heading.casefold().endswith(part.title.casefold()):
        raise WeaveError(
            chapter.path,
            line or None,
            f"its heading is {heading!r}, and the table calls it {part.title!r}; let the heading "
            "end with these words, or change the title in circuits/exercises.",
            part=part.id,
        )


def _has_directive(name: str, part_id: str, chapter: Page) -> bool:
    line = _match_directive(name, part_id)
    return any(line.match(row) for _, row in _iterate_prose(chapter))


def _match_directive(name: str, part_id: str) -> re.Pattern[str]:
    return re.compile(rf"\s*[`:]{{3,}}\{{{name}\}}\s+{re.escape(part_id)}\s*$")


def _iterate_prose(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the lines of a page's prose with their numbers in the file."""
    for cell in page.cells:
        if cell.kind == "markdown":
            yield from enumerate(cell.source.splitlines(), cell.line)


def _part_of(grade_id: str) -> str:
    return grade_id.removesuffix(TEST_SUFFIX)

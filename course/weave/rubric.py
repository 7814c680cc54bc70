"""Read the rubric of a text answer: what a person gives how many points for."""

from __future__ import annotations

import re

from circuits.exercises import Part
from course.errors import WeaveError
from course.weave.page import Cell, Page
from grader.texts.rubric import read_items

_HEADING = re.compile(r"^#{2,6}\s+Rubric[ \t]*$", re.MULTILINE)
_NEXT = re.compile(r"^#{1,6}\s", re.MULTILINE)


def find_rubric(part: Part, answers: Page) -> str:
    """Return the rubric that stands behind a model answer.

    Args:
        part: Graded by hand.
        answers: The page of solutions; the answer cell is there.

    Raises:
        WeaveError: If there is no rubric before the next answer, or its points are not the
            part's.
    """
    cells = answers.cells
    place = next(i for i, cell in enumerate(cells) if cell.grade_id == part.id)
    for cell in cells[place + 1 :]:
        if cell.grade_id is not None:
            break
        heading = _HEADING.search(cell.source) if cell.kind == "markdown" else None
        if heading is not None:
            return _read(part, answers, cell, heading.end())
    raise WeaveError(
        answers.path,
        cells[place].line,
        'the model answer has no rubric; write one under a heading "Rubric" behind it.',
        part=part.id,
    )


def _read(part: Part, answers: Page, cell: Cell, start: int) -> str:
    rest = cell.source[start:]
    end = _NEXT.search(rest)
    text = rest[: end.start()] if end else rest
    points = sum(item.points for item in read_items(text))
    if points != part.points:
        raise WeaveError(
            answers.path,
            cell.line + cell.source[:start].count("\n"),
            f"the rubric's points add up to {points:g}, and the table gives {part.points:g}; "
            'begin each item with its points, as in "- 1 point: ...".',
            part=part.id,
        )
    return text.strip()

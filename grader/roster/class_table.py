"""Read a class list from a table, as a spreadsheet saves it: all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.roster.class_list import ClassList, Person
from grader.sheet import Spreadsheet

COLUMNS = {
    "id": "id",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "lms_user_id": "lms_id",
}
"""The columns of nbgrader's table of students, and what they are called in a `Person`."""

_SHOWN = 5  # faults in one sentence


@dataclass(frozen=True)
class Enrolment:
    """What a table changes.

    Attributes:
        new: Who is entered.
        changed: Whose name, address or number on a platform is another one.
        same: How many are as they were.
        ignored: Columns that mean nothing here.
        absent: Learners of the class who are not in the table; they stay.
    """

    new: tuple[Person, ...]
    changed: tuple[Person, ...]
    same: int
    ignored: tuple[str, ...]
    absent: tuple[str, ...]


def plan_enrolment(path: Path, known: ClassList) -> Enrolment:
    """Return what a table changes in a class list; an empty cell takes nothing away.

    Args:
        path: A CSV with a header: with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows'.
        known: Who is in the class.

    Raises:
        CourseError: If it is no such table, or a row cannot be entered. It names the rows.
    """
    sheet = Spreadsheet.load(path)
    header = [cell.text.strip().casefold().replace(" ", "_") for cell in sheet.rows[0]]
    if "id" not in header:
        raise CourseError(
            f"{path.name} has no column id, so nobody was entered; its first row has to name the "
            f"columns, of which there may be {', '.join(COLUMNS)}, and it has "
            f"{', '.join(filter(None, header)) or 'none'}."
        )
    rows = [
        (number, [cell.text.strip() for cell in row])
        for number, row in enumerate(sheet.rows[1:], 2)
        if any(cell.text.strip() for cell in row)
    ]
    faults = list(_find_faults(rows, header, known))
    if faults:
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise CourseError(
            f"Nobody of {path.name} was entered, because of {'; '.join(faults[:_SHOWN])}{more}."
        )
    people = [_complete(_read(row, header), known) for _, row in rows]
    old = known.people
    new = tuple(one for one in people if one.id not in old)
    changed = tuple(one for one in people if one.id in old and one != old[one.id])
    named = {one.id for one in people}
    return Enrolment(
        new,
        changed,
        len(people) - len(new) - len(changed),
        tuple(name for name in header if name and name not in COLUMNS),
        tuple(sorted(set(old) - named)),
    )


def _find_faults(
    rows: Sequence[tuple[int, Sequence[str]]], header: Sequence[str], known: ClassList
) -> Iterator[str]:
    place = header.index("id")
    seen: dict[str, int] = {}
    listed = {student.casefold(): student for student in known.people}
    for number, row in rows:
        student = row[place] if place < len(row) else ""
        where = f"row {number}"
        if any(row[len(header) :]):
            yield (
                f"{where}, which has {len(row)} cells under {len(header)} names of columns "
                "(a name with a comma has to stand in quotes)"
            )
        elif not student:
            yield f"{where}, which has no id"
        elif student in (".", "..") or os.sep in student or not student.isprintable():
            yield f"{where}, whose id {student!r} cannot be the name of a folder"
        elif student.casefold() in seen:
            yield f"{where}, whose id {student} stands in row {seen[student.casefold()]}, too"
        elif listed.get(student.casefold(), student) != student and student not in known.people:
            yield f"{where}, where {student} is the learner {listed[student.casefold()]}"
        seen.setdefault(student.casefold(), number)


def _read(row: Sequence[str], header: Sequence[str]) -> Mapping[str, str]:
    cells = dict(zip(header, row, strict=False))
    return {name: cells.get(column, "") for column, name in COLUMNS.items()}


def _complete(fields: Mapping[str, str], known: ClassList) -> Person:
    """Return a person with what the gradebook knows where a cell is empty."""
    old = known.people.get(fields["id"])
    if old is None:
        return Person(**fields)
    return Person(**{name: value or getattr(old, name) for name, value in fields.items()})

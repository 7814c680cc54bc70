"""Read tables about learners, such as extensions, which stand in the class's folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import CourseError
from grader.nbgrader_types import Gradebook
from grader.paths import Classroom
from grader.roster.class_list import read_class_list
from grader.sheet import Spreadsheet

WHAT = ("student", "assignment")
"""The first columns of every such table."""


def read_facts(
    gradebook: Gradebook, root: Path, name: str, more: Sequence[str] = ()
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each row with its number: a learner, an assignment, and further columns.

    A table that a spreadsheet saved is read, too, and lines of learners who left are passed over.

    Args:
        gradebook: nbgrader's, open.
        root: The class's folder.
        name: The file's; none of it is there if there is no such file.
        more: Columns that it has besides `WHAT`.

    Raises:
        CourseError: If it has other columns, or a row names nobody in the class or no assignment.
    """
    path = root / name
    if not path.exists():
        return
    sheet, columns = Spreadsheet.load(path), (*WHAT, *more)
    places = [sheet.find_column(column) for column in columns]
    missing = [column for column, place in zip(columns, places, strict=True) if place is None]
    if missing:
        raise CourseError(
            f"{name} has no column {' and no column '.join(missing)}; its first line has to be "
            f"{','.join(columns)}."
        )
    known = read_class_list(gradebook, root)
    assignments = {str(one.name) for one in gradebook.assignments}
    assignments |= {folder.name for folder in Classroom(root).source.glob("*")}
    for row in range(1, len(sheet.rows)):
        values = tuple(sheet.text(row, place) for place in places)
        if not any(values) or values[0] in known.removed:
            continue
        for value, names, what in (
            (values[0], known.people, "learner"),
            (values[1], assignments, "assignment"),
        ):
            if value not in names:
                raise CourseError(
                    f"{name}, row {row + 1}: there is no {what} called {value!r}; see the spelling."
                )
        yield row + 1, values

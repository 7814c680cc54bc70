"""Read small tables of facts about learners, which an instructor keeps in the class's folder."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from grader.errors import CourseError


def read_facts(path: Path, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rows of a CSV file, in the order of ``columns``; none if there is no such file.

    Raises:
        CourseError: If the file has no such columns.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in columns if name not in (rows.fieldnames or ())]
        if missing:
            raise CourseError(
                f"{path.name} has no column {' and no column '.join(missing)}; its first line has "
                f"to be {','.join(columns)}."
            )
        return [tuple((row[name] or "").strip() for name in columns) for row in rows]

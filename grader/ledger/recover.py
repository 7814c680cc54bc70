"""Bring back a gradebook that was lost or damaged: the last good copy, and every grade since."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.course import Classroom
from grader.errors import CourseError
from grader.ledger.backup import FOLDER, check_integrity, list_backups, restore
from grader.ledger.log import NAME, Change


@dataclass(frozen=True)
class Recovery:
    """What was done.

    Attributes:
        backup: The copy that was taken.
        old: Where the damaged file is now, if there was one.
        lost: Grades of assignments that the copy does not know.
    """

    backup: Path
    old: Path | None
    lost: tuple[Change, ...]


def is_in_order(classroom: Classroom) -> bool:
    """Return whether the class has a gradebook that can be read from end to end."""
    gradebook = find_gradebook(classroom)
    return gradebook.exists() and check_integrity(gradebook) is None


def find_gradebook(classroom: Classroom) -> Path:
    """Return the path of the class's gradebook, an SQLite file."""
    return classroom.root / "gradebook.db"


def recover_gradebook(classroom: Classroom, *, force: bool = False) -> Recovery:
    """Put the newest good copy in the gradebook's place, and set every grade as the log says.

    Args:
        classroom: Whose gradebook, an SQLite file.
        force: Whether to do so although the gradebook is in order.

    Raises:
        CourseError: If the gradebook is in order, or there is no good copy, or nothing can be
            written.
    """
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SQLAlchemyError

    from grader.ledger.reconcile import bring_back

    gradebook = find_gradebook(classroom)
    if is_in_order(classroom) and not force:
        raise CourseError(
            f"{gradebook.name} is in order, so it was left alone; --force replaces it all the same."
        )
    copies = reversed(list_backups(classroom.root / FOLDER))
    good = next((copy for copy in copies if check_integrity(copy) is None), None)
    if good is None:
        raise CourseError(f"There is no good copy in {FOLDER}/, so nothing can be brought back.")
    lost: list[Change] = []

    def prepare(fresh: Path) -> None:
        with Gradebook(f"sqlite:///{fresh}") as book:
            lost.extend(bring_back(book, classroom.root / NAME, find_date))

    def find_date(student: str, assignment: str) -> datetime | None:
        graded = classroom.root / "autograded" / student / assignment
        date: datetime | None = CourseDirectory().get_existing_timestamp(str(graded))
        return date

    try:
        old = restore(good, gradebook, prepare)
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
        raise CourseError(
            f"{good.name} could not be put in the place of {gradebook.name} ({reason}); the "
            "class's folder has to belong to whoever grades, and to have room."
        ) from error
    return Recovery(good, old, tuple(lost))

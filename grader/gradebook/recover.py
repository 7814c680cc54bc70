"""Bring back a gradebook that was lost or damaged: the last good copy, and every grade since."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.errors import CourseError
from grader.gradebook.backup import FOLDER, check_integrity, find_good_copy, restore
from grader.gradebook.integrity import find_file
from grader.gradebook.log import NAME, Change, read_state
from grader.nbgrader_types import CourseDirectory


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


def find_gradebook(coursedir: CourseDirectory) -> Path:
    """Return the path of the class's gradebook, an SQLite file.

    Raises:
        CourseError: If it is on a server.
    """
    path = find_file(coursedir.db_url)
    if path is None:
        raise CourseError(
            "The gradebook is on a server, which keeps copies of its own; bring it back with the "
            "server's tools."
        )
    return path


def is_in_order(gradebook: Path) -> bool:
    """Return whether there is a gradebook that can be read from end to end.

    Raises:
        CourseError: If that cannot be found out, as somebody holds it.
    """
    return gradebook.exists() and check_integrity(gradebook) is None


def recover_gradebook(
    coursedir: CourseDirectory, *, penalty: str = "none", force: bool = False
) -> Recovery:
    """Put the newest good copy in the gradebook's place, and set every grade as the log says.

    Args:
        coursedir: nbgrader's.
        penalty: As ``LateSubmissionPlugin.penalty_method``.
        force: Whether to do so although the gradebook is in order.

    Raises:
        CourseError: If the gradebook is in order, or there is no good copy, or nothing can be
            written.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SQLAlchemyError

    from grader.gradebook.enrolment import keep_away
    from grader.gradebook.reconcile import bring_back

    gradebook = find_gradebook(coursedir)
    if is_in_order(gradebook) and not force:
        raise CourseError(
            f"{gradebook.name} is in order, so it was left alone; --force replaces it all the same."
        )
    good = find_good_copy(gradebook.parent / FOLDER)
    if good is None:
        raise CourseError(f"There is no good copy in {FOLDER}/, so nothing can be brought back.")
    lost: list[Change] = []

    def prepare(fresh: Path) -> None:
        with Gradebook(f"sqlite:///{fresh}", coursedir.course_id) as book:
            log = gradebook.parent / NAME
            lost.extend(bring_back(book, log, find_date, penalty))
            alive = {key.student for key, value in read_state(log).items() if value is not None}
            keep_away(book, Path(coursedir.root), good.stat().st_mtime, alive)

    def find_date(student: str, assignment: str) -> datetime | None:
        return _read_date(coursedir, student, assignment)

    try:
        old = restore(good, gradebook, prepare)
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
        raise CourseError(
            f"{good.name} could not be put in the place of {gradebook.name} ({reason}); the "
            "class's folder has to belong to whoever grades, and to have room."
        ) from error
    return Recovery(good, old, tuple(lost))


def _read_date(coursedir: CourseDirectory, student: str, assignment: str) -> datetime | None:
    """Return when what was graded was handed in, or None if that is not written there."""
    graded = coursedir.format_path(coursedir.autograded_directory, student, assignment)
    try:
        date: datetime | None = coursedir.get_existing_timestamp(str(graded))
    except Exception:  # noqa: BLE001  (nbgrader's reader fails in many ways on what is no date)
        return None
    return date

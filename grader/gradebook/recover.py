"""Bring back a gradebook that was lost or damaged: the last good copy, and every grade since."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.gradebook.backup import FOLDER, check_integrity, find_file, find_good_copy, restore
from grader.gradebook.lateness import assign_penalty
from grader.gradebook.log import (
    COMMENTS,
    EXTENSIONS,
    NAME,
    PENALTIES,
    SCORES,
    UNSET,
    Change,
    Key,
    is_given,
    read_state,
)
from grader.nbgrader_types import CourseDirectory, Gradebook, Row


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

    from grader.roster.enrolment import keep_away

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


def bring_back(
    gradebook: Gradebook,
    path: Path,
    find_date: Callable[[str, str], datetime | None],
    penalty: str = "none",
) -> list[Change]:
    """Set every grade and penalty to what the log says last, in a gradebook restored from a copy.

    Submissions that are younger than the copy are entered first, and those that were removed
    since are removed.

    Args:
        gradebook: nbgrader's, open.
        path: The log.
        find_date: Given a learner's id and an assignment, returns when what was graded was
            handed in.
        penalty: As ``LateSubmissionPlugin.penalty_method``, for notebooks of whose penalty the log
            says nothing.

    Returns:
        What could not be set, because the gradebook has no such assignment.
    """
    state = read_state(path)
    pairs = _find_pairs(state)
    _enter_submissions(gradebook, pairs)
    lost = []
    for sheet, keys in groupby(sorted(state, key=_find_sheet), key=_find_sheet):
        rows = _read_rows(gradebook, *sheet)
        for key in keys:
            value, row = state[key], rows.get((_find_kind(key.field), key.cell))
            if row is None:
                lost += [Change(key, value, None, "lost")] if is_given(value) else []
            elif not (key.field == UNSET and value is None):
                _set(row, key.field, value)
    gradebook.db.commit()
    for assignment, student in sorted(pairs):
        submission = _find_submission(gradebook, assignment, student)
        if submission is not None:
            submission.timestamp = find_date(student, assignment) or submission.timestamp
            for sheet in submission.notebooks:
                if Key(student, assignment, sheet.name, "", *PENALTIES) not in state:
                    assign_penalty(gradebook.db, submission, sheet, penalty)
    gradebook.db.commit()
    return lost


def _find_pairs(state: Mapping[Key, object]) -> dict[tuple[str, str], bool]:
    """Return assignments with learners of whom the log knows, and whether they are still there.

    A grade that was removed says neither yes nor no to ``needs_manual_grade``. A penalty or an
    extension that was taken back does not say that the submission is gone.
    """
    pairs: dict[tuple[str, str], bool] = {}
    for key, value in state.items():
        if value is None and key.field in (*PENALTIES, *EXTENSIONS):
            continue
        pair = key.assignment, key.student
        pairs[pair] = pairs.get(pair, False) or value is not None
    return pairs


def _find_kind(field: str) -> tuple[str, ...]:
    """Return the fields that stand in one row of the gradebook with this one."""
    return next(kind for kind in (SCORES, COMMENTS, PENALTIES, EXTENSIONS) if field in kind)


def _set(row: Row, field: str, value: Any) -> None:  # noqa: ANN401  (as the log has it)
    if field in EXTENSIONS and value is not None:
        value = timedelta(seconds=value)
    if getattr(row, field) != value:
        setattr(row, field, value)


def _find_sheet(key: Key) -> tuple[str, str, str]:
    return key.student, key.assignment, key.notebook


def _read_rows(
    gradebook: Gradebook,
    student: str,
    assignment: str,
    notebook: str,
) -> dict[tuple[tuple[str, ...], str], Any]:
    """Return the rows of a learner's notebook, by their fields and their cell.

    Without a notebook's name, it is the row of the submission.
    """
    from nbgrader.api import MissingEntry

    if not notebook:
        submission = _find_submission(gradebook, assignment, student)
        return {} if submission is None else {(EXTENSIONS, ""): submission}
    try:
        sheet = gradebook.find_submission_notebook(notebook, assignment, student)
    except MissingEntry:
        return {}
    rows: dict[tuple[tuple[str, ...], str], Any] = {(PENALTIES, ""): sheet}
    rows |= {(SCORES, row.name): row for row in sheet.grades}
    return rows | {(COMMENTS, row.name): row for row in sheet.comments}


def _enter_submissions(gradebook: Gradebook, pairs: Mapping[tuple[str, str], bool]) -> None:
    """Enter the submissions that are missing, and remove those that were removed."""
    assignments = {assignment.name for assignment in gradebook.assignments}
    for (assignment, student), there in sorted(pairs.items()):
        known = _find_submission(gradebook, assignment, student) is not None
        if known and not there:
            gradebook.remove_submission(assignment, student)
        elif there and not known and assignment in assignments:
            gradebook.update_or_create_student(student)
            gradebook.add_submission(assignment, student)


def _find_submission(gradebook: Gradebook, assignment: str, student: str) -> Row:
    """Return a submission, or None where nbgrader raises."""
    from nbgrader.api import MissingEntry

    try:
        return gradebook.find_submission(assignment, student)
    except MissingEntry:
        return None

"""Log all changes of grades and of what lateness costs, as lines of JSON, only ever added.

What changed behind the log's back is found by comparing the gradebook with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.errors import CourseError
from grader.nbgrader_types import Gradebook

NAME = "grades.log"
SCORES = ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")
COMMENTS = ("auto_comment", "manual_comment")
PENALTIES = ("late_submission_penalty",)
EXTENSIONS = ("extension",)
UNSET = "needs_manual_grade"

_MOST = 1e12  # points; more is no grade, and neither is a number that is none
_POINTS = (float, int, type(None))
_TEXT = (str, type(None))
_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(SCORES, _POINTS),
    **dict.fromkeys(COMMENTS, _TEXT),
    UNSET: (bool, type(None)),
    **dict.fromkeys((*PENALTIES, *EXTENSIONS), _POINTS),
}


@dataclass(frozen=True)
class Key:
    """What can change.

    Attributes:
        student: The learner's id.
        assignment: Its name.
        notebook: Its name; "" for one of :data:`EXTENSIONS`, which a whole submission has.
        cell: The graded cell's ``grade_id``; "" for one of :data:`PENALTIES`, which a whole
            notebook has, and for an extension.
        field: One of :data:`SCORES`, :data:`COMMENTS`, :data:`PENALTIES` or :data:`EXTENSIONS`.
    """

    student: str
    assignment: str
    notebook: str
    cell: str
    field: str


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        key: Of what.
        old: What it was before; for an extension in seconds.
        new: What it is now, likewise.
        by: Who changed it: ``autograder``, ``hand``, ``found`` (seen at the start of a run,
            made by a program that keeps no log) or ``undone`` (announced, and then not made).
        person: Who it was, where it was by hand: the JupyterHub user, else the account.
        time: When, as the log has it: in UTC, by ISO 8601; "" for what is not logged yet.
    """

    key: Key
    old: object
    new: object
    by: str
    person: str = ""
    time: str = field(default="", compare=False)


def append(path: Path, changes: Iterable[Change]) -> None:
    """Add changes to the log. When this returns, they are on the disk.

    Raises:
        OSError: If they cannot be written, as on a full disk.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    lines = "".join(
        json.dumps({"time": now, **_describe(c)}, ensure_ascii=True, default=str) + "\n"
        for c in changes
    )
    if not lines:
        return
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if _is_torn(handle):  # somebody was killed in the middle of a line
            lines = "\n" + lines
        data = lines.encode("ascii")
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _describe(change: Change) -> dict[str, object]:
    person = {"person": change.person} if change.person else {}
    return {
        **asdict(change.key),
        "old": change.old,
        "new": change.new,
        "by": change.by,
        **person,
    }


def write_value(value: object) -> object:
    """Return a value of the gradebook as the log has it: an extension in seconds."""
    return value.total_seconds() if isinstance(value, timedelta) else value


def read(path: Path) -> Iterator[Change]:
    """Yield the changes in a log, the oldest first.

    Lines that were cut off, or that this program never wrote, are passed over.
    """
    if not path.exists():
        return
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            try:
                values = json.loads(line)
                key = Key(*(str(values[name]) for name in Key.__dataclass_fields__))
                person = str(values.get("person", ""))
                time = str(values.get("time", ""))
                change = Change(key, values["old"], values["new"], str(values["by"]), person, time)
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
            if _is_possible(change):
                yield change


def _is_possible(change: Change) -> bool:
    """Return whether a field can have a value, and a learner such a name."""
    kinds = _KINDS.get(change.key.field, ())
    number = change.new if isinstance(change.new, float | int) else 0.0
    odd = {"", ".", ".."} & {change.key.student} or "/" in change.key.student
    return type(change.new) in kinds and abs(number) < _MOST and not odd


def read_state(path: Path) -> dict[Key, object]:
    """Return what the log says that every grade is now."""
    return {change.key: change.new for change in read(path)}


def _is_torn(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def note_other_changes(gradebook: Gradebook, path: Path) -> int:
    """Log what changed without a line: by another program, or by a run that was killed.

    Args:
        gradebook: nbgrader's, open.
        path: The log.

    Returns:
        How many lines were added.

    Raises:
        CourseError: If the gradebook has lost all submissions of an assignment.
    """
    known = read_state(path)
    _demand_submissions(gradebook, known, path)
    changes = []
    for key, value in _read_gradebook(gradebook):
        # A row that nobody has graded says: not graded, and needs a person.
        first = True if key.field == UNSET else None
        old = known.pop(key, first)
        if old != value:
            changes.append(Change(key, old, value, "found"))
    changes += [Change(key, old, None, "found") for key, old in known.items() if old is not None]
    append(path, changes)
    return len(changes)


def _demand_submissions(gradebook: Gradebook, known: Mapping[Key, object], path: Path) -> None:
    """Refuse a gradebook that was emptied: nobody removes a class's work without nbgrader.

    What nbgrader itself removes is in the log, so that the log knows of nothing there.
    """
    from nbgrader.api import Assignment

    graded = {key.assignment for key, value in known.items() if is_given(value)}
    rows = gradebook.db.query(Assignment.name).join(Assignment.submissions)
    lost = sorted(graded - {name for (name,) in rows.distinct()})
    if lost:
        raise CourseError(
            f"The gradebook has no submission of {', '.join(lost)} any more, but {path.name} has "
            "their grades, so nothing was done; `python -m grader recover --force` brings them "
            f"back, or, if they are to go, move {path.name} away."
        )


def is_given(value: object) -> bool:
    """Return whether a value is points or words: not the lack of them, nor the flag."""
    return value is not None and not isinstance(value, bool)


def _read_gradebook(gradebook: Gradebook) -> Iterator[tuple[Key, object]]:
    from nbgrader.api import (
        Assignment,
        BaseCell,
        Comment,
        Grade,
        Notebook,
        Student,
        SubmittedAssignment,
        SubmittedNotebook,
    )
    from sqlalchemy import literal

    sheet, submission, none = SubmittedNotebook, SubmittedAssignment, literal("")
    for kind, fields, notebook, cell in (
        (Grade, SCORES, Notebook.name, BaseCell.name),
        (Comment, COMMENTS, Notebook.name, BaseCell.name),
        (sheet, PENALTIES, Notebook.name, none),
        (submission, EXTENSIONS, none, none),
    ):
        rows = gradebook.db.query(
            Student.id,
            Assignment.name,
            notebook,
            cell,
            *(getattr(kind, field) for field in fields),
        ).select_from(kind)
        if fields in (SCORES, COMMENTS):
            rows = rows.join(kind.cell).join(kind.notebook)
        if kind is not submission:
            rows = rows.join(sheet.notebook).join(sheet.assignment)
        rows = rows.join(submission.assignment).join(submission.student)
        for student, assignment, name, where, *values in rows:
            for column, value in zip(fields, values, strict=True):
                yield Key(student, assignment, name, where, column), write_value(value)

"""Compare the gradebook with its log, and bring one back from the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.ledger.log import Change, Key, append, read_state
from grader.ledger.watch import COMMENTS, SCORES

_ORDINARY = (None, False, True)
_UNSET = "needs_manual_grade"


def note_other_changes(gradebook: Any, path: Path) -> int:  # noqa: ANN401  (nbgrader has no types)
    """Log what changed without a line: by another program, or by a run that was killed.

    Args:
        gradebook: nbgrader's, open.
        path: The log.

    Returns:
        How many lines were added.
    """
    known = read_state(path)
    changes = []
    for key, value in _read_gradebook(gradebook):
        # A row that nobody has graded says: not graded, and needs a person.
        first = True if key.field == _UNSET else None
        old = known.pop(key, first)
        if old != value:
            changes.append(Change(key, old, value, "found"))
    changes += [
        Change(key, old, None, "found") for key, old in known.items() if old not in _ORDINARY
    ]
    append(path, changes)
    return len(changes)


def bring_back(gradebook: Any, path: Path) -> list[Change]:  # noqa: ANN401
    """Set every grade to what the log says last, in a gradebook restored from a copy.

    Args:
        gradebook: nbgrader's, open.
        path: The log.

    Returns:
        What could not be set, because the gradebook has no such submission. Grade those again.
    """
    from nbgrader.api import MissingEntry

    lost = []
    for key, value in read_state(path).items():
        find = gradebook.find_comment if key.field in COMMENTS else gradebook.find_grade
        try:
            row = find(key.cell, key.notebook, key.assignment, key.student)
        except MissingEntry:
            if value not in _ORDINARY:
                lost.append(Change(key, value, None, "lost"))
            continue
        if getattr(row, key.field) != value and not (key.field == _UNSET and value is None):
            setattr(row, key.field, value)
    gradebook.db.commit()
    return lost


def _read_gradebook(gradebook: Any) -> Iterator[tuple[Key, object]]:  # noqa: ANN401
    from nbgrader import api

    for kind, fields in ((api.Grade, SCORES), (api.Comment, COMMENTS)):
        rows = (
            gradebook.db.query(
                api.Student.id,
                api.Assignment.name,
                api.Notebook.name,
                api.BaseCell.name,
                *(getattr(kind, field) for field in fields),
            )
            .select_from(kind)
            .join(api.BaseCell, kind.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, kind.notebook_id == api.SubmittedNotebook.id)
            .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
            .join(
                api.SubmittedAssignment,
                api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
            )
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .join(api.Student, api.SubmittedAssignment.student_id == api.Student.id)
        )
        for student, assignment, notebook, cell, *values in rows:
            for field, value in zip(fields, values, strict=True):
                yield Key(student, assignment, notebook, cell, field), value

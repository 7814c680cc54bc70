"""Compare the gradebook with its log, and bring one back from the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.gradebook.late import assign_penalty
from grader.gradebook.log import COMMENTS, SCORES, Change, Key, append, read_state
from grader.nbgrader_types import Gradebook, Row

_UNSET = "needs_manual_grade"


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
        first = True if key.field == _UNSET else None
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
    from nbgrader.api import Assignment, SubmittedAssignment

    graded = {key.assignment for key, value in known.items() if _is_given(value)}
    rows = gradebook.db.query(Assignment.name).join(
        SubmittedAssignment, SubmittedAssignment.assignment_id == Assignment.id
    )
    lost = sorted(graded - {name for (name,) in rows.distinct()})
    if lost:
        raise CourseError(
            f"The gradebook has no submission of {', '.join(lost)} any more, but {path.name} has "
            "their grades, so nothing was done; `python -m grader recover --force` brings them "
            f"back, or, if they are to go, move {path.name} away."
        )


def bring_back(
    gradebook: Gradebook,
    path: Path,
    find_date: Callable[[str, str], datetime | None],
    penalty: str = "none",
) -> list[Change]:
    """Set every grade to what the log says last, in a gradebook restored from a copy.

    Submissions that are younger than the copy are entered first, and those that were removed
    since are removed.

    Args:
        gradebook: nbgrader's, open.
        path: The log.
        find_date: Given a learner's id and an assignment, returns when what was graded was
            handed in.
        penalty: As ``LateSubmissionPlugin.penalty_method``.

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
            value, row = state[key], rows.get((key.field in COMMENTS, key.cell))
            if row is None:
                lost += [Change(key, value, None, "lost")] if _is_given(value) else []
            elif getattr(row, key.field) != value and not (key.field == _UNSET and value is None):
                setattr(row, key.field, value)
    gradebook.db.commit()
    for assignment, student in sorted(pairs):
        submission = _find_submission(gradebook, assignment, student)
        if submission is not None:
            submission.timestamp = find_date(student, assignment) or submission.timestamp
            for sheet in submission.notebooks:
                assign_penalty(gradebook.db, submission, sheet, penalty)
    gradebook.db.commit()
    return lost


def _find_pairs(state: Mapping[Key, object]) -> dict[tuple[str, str], bool]:
    """Return assignments with learners of whom the log knows, and whether they are still there.

    A grade that was removed says neither yes nor no to ``needs_manual_grade``.
    """
    pairs: dict[tuple[str, str], bool] = {}
    for key, value in state.items():
        pair = key.assignment, key.student
        pairs[pair] = pairs.get(pair, False) or value is not None
    return pairs


def _find_sheet(key: Key) -> tuple[str, str, str]:
    return key.student, key.assignment, key.notebook


def _read_rows(
    gradebook: Gradebook,
    student: str,
    assignment: str,
    notebook: str,
) -> dict[tuple[bool, str], Any]:
    """Return the rows of a learner's notebook, by whether they are comments, and their cell."""
    from nbgrader.api import MissingEntry

    try:
        sheet = gradebook.find_submission_notebook(notebook, assignment, student)
    except MissingEntry:
        return {}
    grades = {(False, row.name): row for row in sheet.grades}
    return grades | {(True, row.name): row for row in sheet.comments}


def _is_given(value: object) -> bool:
    """Return whether a value is points or words: not the lack of them, nor the flag."""
    return value is not None and not isinstance(value, bool)


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


def _read_gradebook(gradebook: Gradebook) -> Iterator[tuple[Key, object]]:
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

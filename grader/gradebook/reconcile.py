"""Compare the gradebook with its log, and bring one back from the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.gradebook.late import assign_penalty
from grader.gradebook.log import (
    COMMENTS,
    EXTENSIONS,
    PENALTIES,
    SCORES,
    Change,
    Key,
    append,
    read_state,
    write_value,
)
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
                lost += [Change(key, value, None, "lost")] if _is_given(value) else []
            elif not (key.field == _UNSET and value is None):
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
    from sqlalchemy import literal

    sheet, submission, none = api.SubmittedNotebook, api.SubmittedAssignment, literal("")
    for kind, fields, notebook, cell in (
        (api.Grade, SCORES, api.Notebook.name, api.BaseCell.name),
        (api.Comment, COMMENTS, api.Notebook.name, api.BaseCell.name),
        (sheet, PENALTIES, api.Notebook.name, none),
        (submission, EXTENSIONS, none, none),
    ):
        rows = gradebook.db.query(
            api.Student.id,
            api.Assignment.name,
            notebook,
            cell,
            *(getattr(kind, field) for field in fields),
        ).select_from(kind)
        if fields in (SCORES, COMMENTS):
            rows = rows.join(api.BaseCell, kind.cell_id == api.BaseCell.id)
            rows = rows.join(sheet, kind.notebook_id == sheet.id)
        if kind is not submission:
            rows = rows.join(api.Notebook, sheet.notebook_id == api.Notebook.id)
            rows = rows.join(submission, sheet.assignment_id == submission.id)
        rows = rows.join(api.Assignment, submission.assignment_id == api.Assignment.id)
        rows = rows.join(api.Student, submission.student_id == api.Student.id)
        for student, assignment, name, where, *values in rows:
            for field, value in zip(fields, values, strict=True):
                yield Key(student, assignment, name, where, field), write_value(value)

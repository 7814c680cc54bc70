"""Ask for a person, in the gradebook: where formgrader shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbgrader.api import Gradebook


def flag_cells(
    gradebook: Any,  # noqa: ANN401  (nbgrader ships no types)
    student: str,
    assignment: str,
    notebook: str,
    flags: Mapping[str, str],
) -> None:
    """Mark graded cells as waiting for a person, and say why in the comment beside them.

    A score that a person gave stays, and so does a comment.

    Args:
        gradebook: nbgrader's, open.
        student: The learner's id.
        assignment: Its name.
        notebook: Its name.
        flags: Reasons by ``grade_id``, or by a part's id for its test; "" stands for all cells.
    """
    if not flags:
        return
    submission = gradebook.find_submission_notebook(notebook, assignment, student)
    everything = flags.get("")
    for grade in submission.grades:
        if _find(flags, grade.name, everything) is not None:
            grade.needs_manual_grade = True
            if grade.auto_score is None and everything is not None:
                grade.auto_score = 0.0
    for comment in submission.comments:
        reason = _find(flags, comment.name, everything)
        if reason is not None:
            comment.auto_comment = reason
    gradebook.db.commit()


def flag_submission(coursedir: Any, student: str, reason: str) -> None:  # noqa: ANN401
    """Enter a submission that nbgrader must not even read: no points, and a person is asked."""
    assignment = coursedir.assignment_id
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(assignment, student)
        for notebook in gradebook.find_assignment(assignment).notebooks:
            flag_cells(gradebook, student, assignment, notebook.name, {"": reason})


def _find(flags: Mapping[str, str], name: str, everything: str | None) -> str | None:
    return flags.get(name, flags.get(name.removesuffix("-test"), everything))

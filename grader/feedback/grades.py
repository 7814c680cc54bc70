"""Read what the gradebook says about one notebook, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.gradebook.lateness import measure_delay
from grader.nbgrader_types import Gradebook


@dataclass(frozen=True)
class CellGrade:
    """The grade of one cell.

    Attributes:
        score: Points, of a person or of the checks.
        max_score: What there is to earn.
        waiting: Whether a person still has to look.
        seen: Whether a person has given points before.
    """

    score: float
    max_score: float
    waiting: bool
    seen: bool = False


@dataclass(frozen=True)
class Grades:
    """The grades and comments of one notebook.

    Attributes:
        cells: By ``grade_id``.
        comments: By the answer's ``grade_id``; only those that say something.
        penalty: Points taken off for being late.
        late: Seconds between the due date and the hand-in; 0 if it was in time.
    """

    cells: Mapping[str, CellGrade] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    late: float = 0.0

    @property
    def score(self) -> float:
        """All points, the penalty taken off."""
        return sum(grade.score for grade in self.cells.values()) - self.penalty

    @property
    def max_score(self) -> float:
        """What there is to earn."""
        return sum(grade.max_score for grade in self.cells.values())

    @property
    def waiting(self) -> bool:
        """Whether a person still has to look at something."""
        return any(grade.waiting for grade in self.cells.values())


def read_grades(gradebook: Gradebook, student: str, assignment: str, notebook: str) -> Grades:
    """Return the grades of one notebook.

    Args:
        gradebook: nbgrader's, open.
        student: The learner's id.
        assignment: Its name.
        notebook: Its name.

    Raises:
        nbgrader.api.MissingEntry: If it was never graded.
    """
    # Columns and not objects: three questions to the database, whatever it has cached.
    from nbgrader.api import (
        Assignment,
        BaseCell,
        Comment,
        Grade,
        MissingEntry,
        Notebook,
        SubmittedAssignment,
        SubmittedNotebook,
    )
    from sqlalchemy import select

    found = gradebook.db.execute(
        select(
            SubmittedNotebook.id,
            SubmittedNotebook.late_submission_penalty,
            SubmittedAssignment.timestamp,
            Assignment.duedate,
            SubmittedAssignment.extension,
        )
        .join(SubmittedNotebook.notebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
        .where(
            Notebook.name == notebook,
            Assignment.name == assignment,
            SubmittedAssignment.student_id == student,
        )
    ).one_or_none()
    if found is None:
        raise MissingEntry(f"{student} has no grades for {notebook} of {assignment}")
    own, penalty, *dates = found
    grades = gradebook.db.execute(
        select(
            BaseCell.name,
            Grade.score,
            Grade.max_score,
            Grade.needs_manual_grade,
            Grade.manual_score,
        )
        .join(Grade.cell)
        .where(Grade.notebook_id == own)
    )
    cells = {
        name: CellGrade(
            float(score or 0.0), float(max_score or 0.0), bool(waiting), by_hand is not None
        )
        for name, score, max_score, waiting, by_hand in grades
    }
    comments = gradebook.db.execute(
        select(BaseCell.name, Comment.comment)
        .join(Comment.cell)
        .where(Comment.notebook_id == own, Comment.comment.is_not(None))
    )
    said = {name: comment for name, comment in comments if comment}
    gradebook.db.rollback()  # gives the file free for those who write
    return Grades(cells, said, float(penalty or 0.0), measure_delay(*dates))

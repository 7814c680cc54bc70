"""What the gradebook says about one notebook, read in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CellGrade:
    """The grade of one cell.

    Attributes:
        score: Points, of a person or of the checks.
        max_score: What there is to earn.
        waiting: Whether a person still has to look.
    """

    score: float
    max_score: float
    waiting: bool


@dataclass(frozen=True)
class Grades:
    """The grades and comments of one notebook.

    Attributes:
        cells: By ``grade_id``.
        comments: By the answer's ``grade_id``; only those that say something.
        penalty: Points taken off for being late.
    """

    cells: Mapping[str, CellGrade] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0

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


def read_grades(gradebook: Any, student: str, assignment: str, notebook: str) -> Grades:  # noqa: ANN401
    """Return the grades of one notebook.

    Args:
        gradebook: nbgrader's, open.
        student: The learner's id.
        assignment: Its name.
        notebook: Its name.

    Raises:
        nbgrader.api.MissingEntry: If it was never graded.
    """
    submitted = gradebook.find_submission_notebook(notebook, assignment, student)
    cells = {
        grade.name: CellGrade(
            float(grade.score or 0.0),
            float(grade.max_score or 0.0),
            bool(grade.needs_manual_grade),
        )
        for grade in submitted.grades
    }
    comments = {row.name: row.comment for row in submitted.comments if row.comment}
    penalty = float(submitted.late_submission_penalty or 0.0)
    gradebook.db.rollback()  # gives the file free for those who write
    return Grades(cells, comments, penalty)

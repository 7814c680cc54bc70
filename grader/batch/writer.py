"""Write verdicts to the gradebook in batches, one transaction each; nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.batch.messages import Graded, GradedSheet
from grader.gradebook.access import find_assignment
from grader.gradebook.lateness import assign_penalty
from grader.nbgrader_types import Gradebook, Row

Timed = tuple[Graded, Any]
"""A verdict, and when the submission was handed in (a naive datetime in UTC, or None)."""

FindUnchanged = Callable[[str, GradedSheet], frozenset[str]]
"""Given a learner's id and a notebook, returns the cells whose answers are those of last time."""


def find_nothing(student: str, sheet: GradedSheet) -> frozenset[str]:
    """Return no cell: nothing is known of an earlier time."""
    del student, sheet
    return frozenset()


class Writer:
    """Enters verdicts as ``SaveAutoGrades`` and its neighbours do, many at once.

    Args:
        gradebook: nbgrader's, open; this is its only user in this process.
        assignment: The assignment's name.
        penalty: "none", or "zero" for no points when late.
        find_unchanged: Asked where a person has given points: they settle an answer as it was.
    """

    def __init__(
        self,
        gradebook: Gradebook,
        assignment: str,
        penalty: str,
        find_unchanged: FindUnchanged = find_nothing,
    ) -> None:
        self._find_unchanged = find_unchanged
        self._db = gradebook.db
        self._assignment = find_assignment(gradebook, assignment)
        self._penalty = penalty
        # Held here, so that the session finds them again without asking the database.
        self._cells = [
            (notebook, notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
            for notebook in self._assignment.notebooks
        ]

    def write(self, batch: Sequence[Timed]) -> dict[str, float]:
        """Enter a batch: all of its grades, or none if the database fails.

        Returns:
            What the tests had given before to those who had been graded before.
        """
        from grader.gradebook.watch import automatic_grading

        try:
            with automatic_grading():
                found = self._find([graded.student for graded, _ in batch])
                before = {name: _add_up(found[name]) for name in found}
                new = [graded.student for graded, _ in batch if graded.student not in found]
                found |= {name: self._add(name) for name in new}
                # First: whoever is killed below leaves rows to the grades that are logged already.
                self._db.commit()
                for graded, when in batch:
                    submission = found[graded.student]
                    if when is not None:
                        submission.timestamp = when
                    self._enter(submission, graded)
                self._db.commit()
        except BaseException:
            self._db.rollback()
            raise
        return {name: points for name, points in before.items() if points is not None}

    def flag(self, student: str, reason: str) -> None:
        """Enter a submission that could not be graded, and ask for a person.

        Args:
            student: The learner's id.
            reason: One sentence.
        """
        sheets = tuple(
            GradedSheet(notebook.name, "", {}, {}, {"": reason}) for notebook, *_ in self._cells
        )
        self.write([(Graded(student, "", sheets, 0.0), None)])

    def _find(self, students: Sequence[str]) -> dict[str, Any]:
        from nbgrader.api import Student, SubmittedAssignment, SubmittedNotebook
        from sqlalchemy import select
        from sqlalchemy.orm import selectinload

        known = set(self._db.scalars(select(Student.id).where(Student.id.in_(students))))
        self._db.add_all(Student(id=name) for name in dict.fromkeys(students) if name not in known)
        self._db.flush()
        notebooks = selectinload(SubmittedAssignment.notebooks)
        wanted = (
            select(SubmittedAssignment)
            .where(
                SubmittedAssignment.assignment_id == self._assignment.id,
                SubmittedAssignment.student_id.in_(students),
            )
            .options(
                notebooks.selectinload(SubmittedNotebook.grades),
                notebooks.selectinload(SubmittedNotebook.comments),
                selectinload(SubmittedAssignment.student),
            )
            .execution_options(populate_existing=True)  # formgrader may have written meanwhile
        )
        return {found.student_id: found for found in self._db.scalars(wanted)}

    def _add(self, student: str) -> Row:
        """Add a submission with all that ``Gradebook.add_submission`` gives it."""
        from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook

        submission = SubmittedAssignment(assignment_id=self._assignment.id, student_id=student)
        for notebook, graded, answered, tasks in self._cells:
            own = SubmittedNotebook(notebook_id=notebook.id, assignment=submission)
            own.grades.extend(Grade(cell_id=cell.id) for cell in (*graded, *tasks))
            own.comments.extend(Comment(cell_id=cell.id) for cell in (*answered, *tasks))
        self._db.add(submission)
        self._db.flush()
        return submission

    def _enter(self, submission: Row, graded: Graded) -> None:
        names = {notebook.id: notebook.name for notebook, *_ in self._cells}
        labels = {
            cell.id: cell.name for _, *kinds in self._cells for cells in kinds for cell in cells
        }
        rows = {names[own.notebook_id]: own for own in submission.notebooks}
        for sheet in graded.sheets:
            own = rows[sheet.name]
            same = frozenset[str]()
            if any(map(_is_settled, own.grades)):
                same = self._find_unchanged(graded.student, sheet)
            for grade in own.grades:
                _enter_grade(grade, labels[grade.cell_id], sheet, same)
            for comment in own.comments:
                _enter_comment(comment, labels[comment.cell_id], sheet)
            assign_penalty(self._db, submission, own, self._penalty)


def _add_up(submission: Row) -> float | None:
    """Return what the tests gave to a submission; None if it was never graded."""
    given = [grade.auto_score for own in submission.notebooks for grade in own.grades]
    given = [score for score in given if score is not None]
    return float(sum(given)) if given else None


def _is_settled(grade: Row) -> bool:
    """Tell whether a person has given points to a cell, and it does not wait for one again."""
    return grade.manual_score is not None and not grade.needs_manual_grade


def _enter_grade(grade: Row, name: str, sheet: GradedSheet, same: frozenset[str]) -> None:
    """Enter what the tests gave; ask for a person, unless one has settled the same already."""
    settled, before = _is_settled(grade) and name in same, grade.auto_score
    if name in sheet.scores:
        grade.auto_score = sheet.scores[name]
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
    if find_flag(sheet, name) is not None:
        grade.needs_manual_grade = True
        if grade.auto_score is None and "" in sheet.flags:
            grade.auto_score = 0.0
    if settled and grade.auto_score == before:
        grade.needs_manual_grade = False


def _enter_comment(comment: Row, name: str, sheet: GradedSheet) -> None:
    reason = find_flag(sheet, name)
    if reason is not None:
        comment.auto_comment = reason
    elif name in sheet.comments:
        comment.auto_comment = sheet.comments[name]


def find_flag(sheet: GradedSheet, name: str) -> str | None:
    """Return why a person should look at a cell, or None; a part's flag is also its test's."""
    flags = sheet.flags
    return flags.get(name, flags.get(name.removesuffix("-test"), flags.get("")))

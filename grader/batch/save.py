"""Save verdicts in batches, as nobody else does: grades to the gradebook, then graded folders."""

from __future__ import annotations

import json
import shutil
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.batch.jobs import Graded, GradedSheet
from grader.batch.progress import Failed, Finished, Tell
from grader.errors import CourseError
from grader.gradebook.access import find_assignment, find_folder, find_place, set_permissions
from grader.gradebook.lateness import assign_penalty
from grader.intake.record import read_pictures, write_pictures
from grader.nbgrader_types import CourseDirectory, Gradebook, Row
from grader.terminal import deferring_signals

Timed = tuple[Graded, Any]
"""A verdict, and when the submission was handed in (a naive datetime in UTC, or None)."""


class Writer:
    """Enters verdicts as ``SaveAutoGrades`` and its neighbours do, many at once.

    Args:
        gradebook: nbgrader's, open; this is its only user in this process.
        coursedir: nbgrader's, with the assignment set. What lies graded there is looked at where a
            person has given points: they settle an answer as it was.
        penalty: "none", or "zero" for no points when late.
    """

    def __init__(self, gradebook: Gradebook, coursedir: CourseDirectory, penalty: str) -> None:
        self._coursedir = coursedir
        self._db = gradebook.db
        self._assignment = find_assignment(gradebook, coursedir.assignment_id)
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
                same = find_unchanged(self._coursedir, graded.student, sheet)
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


def settle(graded: Graded, coursedir: CourseDirectory, permissions: int | None) -> None:
    """Write the graded notebooks and put the folder in its place.

    Args:
        graded: The verdict; its grades are in the gradebook already.
        coursedir: nbgrader's.
        permissions: Of the files, as digits of an octal number; None for nbgrader's default.
    """
    place = find_place(coursedir, graded.student)
    target = find_folder(coursedir, coursedir.autograded_directory, graded.student)
    for sheet in graded.sheets:
        (place / f"{sheet.name}.ipynb").write_text(sheet.notebook, encoding="utf-8")
    set_permissions(coursedir, place, permissions, usual=444)
    if target.exists():
        shutil.rmtree(target)
    place.rename(target)


def find_unchanged(coursedir: CourseDirectory, student: str, sheet: GradedSheet) -> frozenset[str]:
    """Return the graded cells whose answers are those that lie graded already.

    A text is its own cell. The answer to a test is the cell that is named like it, without
    ``-test``; where there is none, all code that the learner wrote.

    Args:
        coursedir: nbgrader's.
        student: The learner's id.
        sheet: A notebook that has been graded just now, and is not in its place yet.

    Returns:
        Their ids; none if nothing lies there.
    """
    folder = find_folder(coursedir, coursedir.autograded_directory, student)
    try:
        before = _read_answers((folder / f"{sheet.name}.ipynb").read_text(encoding="utf-8"))
        now = _read_answers(sheet.notebook)
    except (OSError, ValueError):  # nothing was graded there, or nothing could be now
        return frozenset()
    return frozenset(name for name in now if now[name] == before.get(name))


def _read_answers(notebook: str) -> dict[str, tuple[str, ...]]:
    """Return, for each graded cell of a notebook, what is graded there: text and pictures."""
    cells = {
        str(cell["metadata"]["nbgrader"].get("grade_id", "")): cell
        for cell in json.loads(notebook)["cells"]
        if "nbgrader" in cell.get("metadata", {})
    }
    written = {
        # one text, or one a line
        name: "".join(cell["source"]) + write_pictures(read_pictures(cell))
        for name, cell in cells.items()
        if cell["metadata"]["nbgrader"].get("solution")
    }
    code = tuple(written[name] for name in written if cells[name]["cell_type"] == "code")
    answers = {}
    for name, cell in cells.items():
        if cell["metadata"]["nbgrader"].get("grade"):
            own = written.get(name, written.get(name.removesuffix("-test")))
            answers[name] = code if own is None else (own,)
    return answers


BATCH = 64
"""Verdicts in one transaction."""

OFTEN = 5.0
"""Seconds after which a smaller batch is written too, so that a killed run loses little."""


def discard(coursedir: CourseDirectory, student: str) -> None:
    """Remove what was laid out for a submission that was not graded."""
    shutil.rmtree(find_place(coursedir, student), ignore_errors=True)


class SaveQueue:
    """Collects verdicts and writes them down.

    A grade is in the gradebook before its notebook is in ``autograded/``. Whoever is killed in
    between finds no finished notebook the next time, and grades that submission again: to the
    same grade.

    Args:
        writer: Of the gradebook.
        coursedir: nbgrader's.
        permissions: Of graded files.
        tell: Who hears of it.
    """

    def __init__(
        self,
        writer: Writer,
        coursedir: CourseDirectory,
        permissions: int | None,
        tell: Tell,
    ) -> None:
        self._writer, self._coursedir = writer, coursedir
        self._permissions, self._tell = permissions, tell
        self._waiting: deque[tuple[Graded, Path]] = deque()
        self._since = 0.0

    def take(self, graded: Graded, folder: Path) -> None:
        """Take a verdict on what is in a folder; write if it is time to."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((graded, folder))
        self.write_if_due()

    def write_if_due(self) -> None:
        """Write what waits, if there is enough of it or it has waited long enough.

        Raises:
            CourseError: As :meth:`write`.
        """
        if self._waiting and (len(self._waiting) >= BATCH or not self.patience):
            self.write()

    @property
    def patience(self) -> float:
        """Seconds for which nothing has to be written yet."""
        if not self._waiting:
            return OFTEN
        return max(self._since + OFTEN - time.monotonic(), 0.0)

    def write(self) -> None:
        """Write what waits.

        Raises:
            CourseError: If the gradebook or the disk cannot take it.
        """
        from sqlalchemy.exc import SQLAlchemyError

        batch = list(self._waiting)
        if not batch:
            return
        try:
            with deferring_signals():
                before = self._writer.write(
                    [
                        (g, self._coursedir.get_existing_timestamp(str(folder)))
                        for g, folder in batch
                    ]
                )
                for graded, _ in batch:
                    settle(graded, self._coursedir, self._permissions)
                    self._waiting.popleft()
                    self._tell(_report(graded, before.get(graded.student)))
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise CourseError(
                f"{len(self._waiting)} verdicts could not be written down ({reason}); when that "
                "is put right, give the same command again, without --force: all others are kept."
            ) from error

    def give_up(self, student: str, reason: str) -> None:
        """Ask for a person, in the gradebook too."""
        with deferring_signals():
            discard(self._coursedir, student)
            self._writer.flag(student, reason)
            self._tell(Failed(student, reason))


def _report(graded: Graded, before: float | None) -> Finished:
    sheets = graded.sheets
    return Finished(
        graded.student,
        graded.points,
        graded.seconds,
        tuple(repair for sheet in sheets for repair in sheet.repairs),
        tuple(dict.fromkeys(reason for sheet in sheets for reason in sheet.flags.values())),
        " ".join(sheet.unreadable for sheet in sheets if sheet.unreadable),
        before,
    )

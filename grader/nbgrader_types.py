"""Define the types of nbgrader's course directory and gradebook, as far as grading uses them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, Self, TypeAlias

Row: TypeAlias = Any
"""A row of the gradebook: SQLAlchemy gives it an attribute for each column and each relation."""


class CourseDirectory(Protocol):
    """A class's folder, as ``nbgrader.coursedir.CourseDirectory`` knows it."""

    root: str
    db_url: str
    course_id: str
    assignment_id: str
    student_id: str
    student_id_exclude: str
    source_directory: str
    release_directory: str
    submitted_directory: str
    autograded_directory: str
    feedback_directory: str
    ignore: Sequence[str]
    groupshared: bool

    def format_path(
        self, nbgrader_step: str, student_id: str, assignment_id: str, escape: bool = False
    ) -> str:
        """Return where a step keeps a learner's assignment; with ``escape`` as a pattern."""

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """Return when what is in a folder was handed in, in UTC, or None."""


class Gradebook(Protocol):
    """The gradebook, as ``nbgrader.api.Gradebook`` opens it."""

    db: Any
    """The session."""

    engine: Any
    """The database's."""

    assignments: Sequence[Row]
    students: Sequence[Row]

    def find_assignment(self, name: str) -> Row:
        """Return an assignment, or raise ``MissingEntry``."""

    def update_or_create_assignment(self, name: str, **about: object) -> Row:
        """Enter an assignment, or change what is said about it."""

    def find_grade(self, cell: str, notebook: str, assignment: str, student: str) -> Row:
        """Return the grade of one cell, or raise ``MissingEntry``."""

    def find_comment(self, cell: str, notebook: str, assignment: str, student: str) -> Row:
        """Return the comment on one cell, or raise ``MissingEntry``."""

    def find_submission(self, assignment: str, student: str) -> Row:
        """Return a learner's submission, or raise ``MissingEntry``."""

    def find_submission_notebook(self, notebook: str, assignment: str, student: str) -> Row:
        """Return one notebook of a learner's submission, or raise ``MissingEntry``."""

    def assignment_submissions(self, assignment: str) -> Sequence[Row]:
        """Return all submissions of an assignment."""

    def add_student(self, name: str, **about: object) -> Row:
        """Enter a learner who is not there."""

    def update_or_create_student(self, name: str, **about: object) -> Row:
        """Enter a learner."""

    def add_submission(self, assignment: str, student: str) -> Row:
        """Enter a submission that is not there."""

    def remove_submission(self, assignment: str, student: str) -> None:
        """Remove a submission, with its grades."""

    def remove_student(self, name: str) -> None:
        """Remove a learner, with all that was handed in."""

    def close(self) -> None:
        """Close the session."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

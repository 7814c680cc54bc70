"""At which of the flagged submissions nobody has looked yet: the gradebook knows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from grader.batch.select import Flags


class Waiting:
    """The cells of one assignment that wait for a person.

    They are read when they are first asked for: in most classes few submissions are flagged.

    Args:
        gradebook: nbgrader's, open.
        assignment: The assignment's name.
    """

    def __init__(self, gradebook: Any, assignment: str) -> None:  # noqa: ANN401
        self._gradebook, self._assignment = gradebook, assignment
        self._cells: dict[tuple[str, str], set[str]] | None = None

    def list_reasons(self, student: str, flags: Flags) -> tuple[str, ...]:
        """Return why a person should still look at a submission, in sentences.

        A flag is settled when somebody has graded its cell by hand. One of the whole notebook
        is settled when all its cells are.

        Args:
            student: The learner's id.
            flags: As grading left them, by notebook.
        """
        reasons = []
        for notebook, found in flags.items():
            if found:
                cells = self._read()[student, notebook]
                reasons += [why for name, why in found.items() if _is_waiting(name, cells)]
        return tuple(dict.fromkeys(reasons))

    def _read(self) -> dict[tuple[str, str], set[str]]:
        if self._cells is None:
            self._cells = defaultdict(set)
            # A connection of its own: the writer's session keeps what it knows.
            with self._gradebook.engine.connect() as connection:
                for student, notebook, cell in connection.execute(self._ask()):
                    self._cells[student, notebook].add(cell)
        return self._cells

    def _ask(self) -> Any:  # noqa: ANN401  (an SQLAlchemy question)
        from nbgrader import api
        from sqlalchemy import select

        return (
            select(api.SubmittedAssignment.student_id, api.Notebook.name, api.BaseCell.name)
            .select_from(api.Grade)
            .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
            .join(
                api.SubmittedAssignment,
                api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
            )
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .where(api.Assignment.name == self._assignment, api.Grade.needs_manual_grade.is_(True))
        )


def _is_waiting(name: str, cells: set[str]) -> bool:
    """Return whether a flagged cell waits; a part's flag is also its test's."""
    return bool(cells) if name == "" else bool(cells & {name, f"{name}-test"})

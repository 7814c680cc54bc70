"""Write the table of grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course.demo.learners import Learner

if TYPE_CHECKING:
    from rich.table import Table

    from grader.nbgrader_api import Pipeline


@dataclass(frozen=True)
class Row:
    """One learner's grades.

    Attributes:
        learner: Who, and what they did.
        points: By assignment.
        wanted: The most that each assignment gives.
        late: Whether anything came after the due date.
    """

    learner: Learner
    points: Mapping[str, float]
    wanted: Mapping[str, float]
    late: bool

    @property
    def share(self) -> float:
        """Points of all assignments together, as a share of what there is."""
        return sum(self.points.values()) / sum(self.wanted.values())


def read_rows(
    pipeline: Pipeline, learners: Sequence[Learner], assignments: Sequence[str]
) -> list[Row]:
    """Read the grades from the gradebook, in the order of the learners."""
    rows = []
    with pipeline.open_gradebook() as gradebook:
        for learner in learners:
            found = {name: gradebook.find_submission(name, learner.id) for name in assignments}
            rows.append(
                Row(
                    learner,
                    {name: float(submission.score) for name, submission in found.items()},
                    {name: float(submission.max_score) for name, submission in found.items()},
                    any(submission.total_seconds_late > 0 for submission in found.values()),
                )
            )
    return rows


def draw_table(rows: Sequence[Row]) -> Table:
    """Return the grades as a table for the terminal."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(
        title="Grades of the invented class", box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0)
    )
    table.add_column("learner", no_wrap=True)
    table.add_column("what they did", overflow="fold", min_width=18)
    for name, most in rows[0].wanted.items():
        table.add_column(
            f"{name.replace('-', chr(10))}\nof {most:g}", justify="right", no_wrap=True
        )
    table.add_column("all", justify="right", no_wrap=True)
    table.add_column("late", no_wrap=True)
    for row in rows:
        points = [f"{row.points[name]:g}" for name in row.wanted]
        late = "late" if row.late else ""
        table.add_row(row.learner.id, row.learner.story, *points, f"{row.share:.0%}", late)
    return table

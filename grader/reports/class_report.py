"""The report on a class: every learner, every part, and how many submissions went how."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.gradebook.access import list_tests
from grader.gradebook.class_list import read_class_list
from grader.intake.folder import show_name
from grader.intake.misplaced import Astray, find_astray
from grader.paths import Classroom
from grader.plugin import WARNING, Plugin, Trust
from grader.reports.parts import PartTally, tally_parts
from grader.reports.submission_report import Row, State, read_report

_TOGETHER: dict[State, str] = {
    "sound": "as they were",
    "repaired": "repaired",
    "flagged": "flagged for a person",
    "unreadable": "unreadable",
}


@dataclass(frozen=True)
class ClassReport:
    """How a class did in one assignment.

    Attributes:
        assignment: Its name.
        rows: A row for every submission that was graded.
        ungraded: Learners whose submission has not been graded yet.
        idle: Learners of the class who handed in nothing.
        astray: What was not read because of where it lies, or whose folder it lies in.
        parts: The tally of every part.
        trust: Where a verdict falls, as the course declares it.
    """

    assignment: str
    rows: tuple[Row, ...]
    ungraded: tuple[str, ...]
    idle: tuple[str, ...]
    astray: tuple[Astray, ...]
    parts: tuple[PartTally, ...]
    trust: Trust = "outside"

    @property
    def needs_person(self) -> bool:
        """Whether something is left to do."""
        return bool(self.ungraded or self.astray or any(row.needs_person for row in self.rows))

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line: learner by learner, part by part, in numbers."""
        yield from self._list_learners()
        yield "Part by part:"
        for tally in self.parts:
            yield f"    {tally}"
        yield self._sum_up()
        if self.trust == "inside":
            yield WARNING

    def _list_learners(self) -> Iterator[str]:
        said: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            said[row.student] = list(row.lines())
        for student in self.ungraded:
            said[student] = [f"{student}: handed in, and not graded yet; run autograde"]
        for student in self.idle:
            said[student] = [f"{student}: handed in nothing"]
        for one in self.astray:
            if one.student and not said[one.student]:
                said[one.student] = [f"{one.student}: nothing was read"]
            said[one.student].append(f"{'    ' if one.student else ''}{one.sentence}")
        for student in sorted(said):
            yield from said[student]

    def _sum_up(self) -> str:
        states = Counter(row.state for row in self.rows)
        counts = ", ".join(f"{states[s]} {words}" for s, words in _TOGETHER.items() if states[s])
        total = f"{len(self.rows)} submission{'' if len(self.rows) == 1 else 's'}"
        others = (
            (len(self.ungraded), "not graded yet"),
            (len(self.astray), "not read"),
            (len(self.idle), "of the class handed in nothing"),
        )
        rest = "".join(f"; {count} {words}" for count, words in others if count)
        graded = f"{total}: {counts}" if counts else "nothing is graded"
        return f"{self.assignment}: {graded}{rest}."


def read_class(
    gradebook: Any,  # noqa: ANN401
    classroom: Classroom,
    assignment: str,
    plugin: Plugin,
) -> ClassReport:
    """Return the report on a class.

    Args:
        gradebook: nbgrader's, open.
        classroom: Where the notebooks are.
        assignment: Its name; the gradebook has it.
        plugin: The course.
    """
    from nbgrader.api import Assignment
    from sqlalchemy import select

    rows = tuple(read_report(gradebook, classroom, assignment))
    graded = {row.student for row in rows}
    submitted = classroom.root / "submitted"
    waiting = {show_name(name) for name in _list_handed_in(submitted, assignment)} - graded
    known = read_class_list(gradebook, classroom.root)
    strangers = sorted(name for name in waiting if not known.admits(name))
    waiting -= set(strangers)
    astray = (
        *(Astray(name, known.explain(name, assignment)) for name in strangers),
        *find_astray(submitted, assignment, list(gradebook.db.scalars(select(Assignment.name)))),
    )
    enrolled = set(known.people)
    tests = list_tests(gradebook.find_assignment(assignment))
    idle = enrolled - graded - waiting - {one.student for one in astray}
    return ClassReport(
        assignment,
        rows,
        tuple(sorted(waiting)),
        tuple(sorted(idle)),
        astray,
        tuple(tally_parts(classroom, assignment, plugin, tests)),
        plugin.trust,
    )


def _list_handed_in(submitted: Path, assignment: str) -> list[str]:
    return [path.parent.name for path in submitted.glob(f"*/{assignment}")]

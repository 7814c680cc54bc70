"""How a class did, part by part: who got it right, the mean, and which mistakes were made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.intake.record import Record
from grader.paths import Classroom
from grader.plugin import Plugin, list_tested_parts
from grader.reports.check import find_report

_WITHOUT_ANSWER = {"stopped": "stopped", "unattempted": "not attempted", "unread": "unreadable"}


@dataclass
class PartTally:
    """One part over the whole class.

    Attributes:
        part: The part's id.
        max_points: What a right answer earns.
        states: How many answers are unattempted, malformed, wrong or right; or ``stopped``, where
            the answer's cell did not run to its end, or ``unread``, where the file could not be.
        mistakes: How often each mistake was named; "no name" where none fitted.
        points: All points earned.
    """

    part: str
    max_points: float
    states: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    points: float = 0.0

    def add(self, report: Mapping[str, Any]) -> None:
        """Count one learner's report."""
        status = "stopped" if report.get("stopped") else str(report["status"])
        self.states[status] += 1
        self.points += float(report["points"])
        if status in ("wrong", "malformed"):
            self.mistakes[str(report.get("diagnosis") or "no name")] += 1

    def __str__(self) -> str:
        """Write the part as one line of the class report."""
        answers = self.states.total()
        right = f"{self.states['right']} of {answers} right"
        mean = f"{self.points / max(answers, 1):.1f} of {self.max_points:g} points on average"
        named = [f"{slug} {count}" for slug, count in self.mistakes.most_common()]
        for state, words in _WITHOUT_ANSWER.items():
            if self.states[state]:
                named.append(f"{words} {self.states[state]}")
        return f"{self.part:<6} {right}, {mean}" + (f"; {', '.join(named)}" if named else "")


def tally_parts(
    classroom: Classroom, assignment: str, plugin: Plugin, released: Mapping[str, float]
) -> list[PartTally]:
    """Return the tally of every part that a check grades, in the order of the sheet.

    Args:
        classroom: Where the graded notebooks are.
        assignment: Its name.
        plugin: The course.
        released: The tests that the class received, by ``grade_id``, and what each earns. What
            the course got since then is no part of this class.
    """
    tallies = {
        part.test_id: PartTally(part.id, released[part.test_id])
        for part in list_tested_parts(plugin, assignment, released)
        if part.grading == "auto" and part.test_id in released
    }
    for path in sorted((classroom.root / "autograded").glob(f"*/{assignment}/*.ipynb")):
        for test_id, report in read_reports(path):
            if test_id in tallies:
                tallies[test_id].add(report)
    return list(tallies.values())


def read_reports(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the reports that grading put into the test cells of one notebook."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        unread = {"status": "unread"} if Record.read(notebook).unreadable else {}
    except (OSError, ValueError, TypeError, AttributeError):
        return  # cut off when a run was killed; the learner's row says so
    for cell in notebook.get("cells", []):
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        report, _ = find_report(cell.get("outputs", []))
        if isinstance(name, str) and report:
            yield name, {**report, **unread}

"""Report on a class: every learner, every part, and how many submissions went how."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from grader.errors import list_some, say_count
from grader.feedback.check import find_report, read_status
from grader.gradebook.access import list_test_cells, list_texts
from grader.gradebook.lateness import measure_delay, say_late
from grader.intake.folders import show_name
from grader.intake.misplaced import Misplaced, find_misplaced
from grader.intake.origins import list_late
from grader.intake.record import Record, list_named, load_notebook, load_record
from grader.nbgrader_types import Gradebook, Row
from grader.paths import Classroom
from grader.plugin import WARNING, Plugin, Trust, list_tested_parts
from grader.roster.class_list import read_class_list

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
        status = read_status(report)
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
    notebook = load_notebook(path)  # one that was cut off has none; the learner's row says so
    try:
        unread = {"status": "unread"} if Record.read(notebook).unreadable else {}
    except (ValueError, TypeError, AttributeError):
        return  # of another program
    for name, cell in list_named(notebook):
        report, _ = find_report(cell.get("outputs", []))
        if report:
            yield name, {**report, **unread}


State = Literal["sound", "repaired", "flagged", "unreadable"]

MARKED_LATE = "The learning platform marked it as late, without saying by how much."


@dataclass(frozen=True)
class LearnerRow:
    """One learner's submission.

    Attributes:
        student: The learner's id.
        state: ``sound`` as it came, ``repaired`` before it was graded, ``flagged`` because
            something is odd, or ``unreadable``. Each submission has one.
        points: So far.
        max_points: What there is to earn.
        reasons: What is to be known about it, in sentences.
        waiting: Cells that wait for a person, by ``grade_id``: texts to be read, what is odd,
            and what a person graded before it was graded again.
    """

    student: str
    state: State
    points: float
    max_points: float
    reasons: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look at it."""
        return bool(self.waiting) or self.state in ("flagged", "unreadable")

    def lines(self) -> Iterator[str]:
        """Yield what the report says about it: points, reasons, what is left to do."""
        state = "" if self.state == "sound" else f", {self.state}"
        yield f"{self.student}: {self.points:g} of {self.max_points:g} points{state}"
        for reason in self.reasons:
            yield f"    {reason}"
        if self.waiting:
            yield f"    A person has to look at: {', '.join(self.waiting)}."


def read_report(
    gradebook: Gradebook, classroom: Classroom, assignment: str
) -> Iterator[LearnerRow]:
    """Yield a row for every submission of an assignment, by the learners' ids.

    Args:
        gradebook: nbgrader's, open.
        classroom: Where the graded notebooks are.
        assignment: Its name.
    """
    found = gradebook.assignment_submissions(assignment)
    marked = list_late(classroom.root, assignment)
    for submission in sorted(found, key=lambda one: str(one.student.id)):
        student = str(submission.student.id)
        folder = classroom.root / "autograded" / student / assignment
        records = {n.name: load_record(folder / f"{n.name}.ipynb") for n in submission.notebooks}
        row = _make_row(student, submission, records)
        if student in marked:
            row = replace(row, reasons=(*row.reasons, MARKED_LATE))
        yield row


def _make_row(student: str, submission: Row, records: Mapping[str, Record | None]) -> LearnerRow:
    known = [record for record in records.values() if record is not None]
    waiting = tuple(
        grade.name for n in submission.notebooks for grade in n.grades if grade.needs_manual_grade
    )
    unreadable = [record.unreadable for record in known if record.unreadable]
    reasons = unreadable + [why for r in known for why in r.list_flags().values() if why]
    state: State = "sound"
    if unreadable:
        state = "unreadable"
    elif len(known) < len(records) or any(record.list_flags() for record in known):
        state = "flagged"
    elif any(record.repairs for record in known):
        state = "repaired"
    reasons += [record.changes for record in known if record.changes]
    reasons += [repair.sentence for record in known for repair in record.repairs]
    reasons += [f"The code ended early: {record.ended}." for record in known if record.ended]
    if len(known) < len(records):
        comments = {c.comment for n in submission.notebooks for c in n.comments if c.comment}
        reasons += sorted(comments) or ["It has not been graded to the end; run autograde again."]
    if any(not record.sandboxed for record in known):
        reasons.append("The learner's code was run without the sandbox.")
    due, extension = submission.assignment.duedate, submission.extension
    late = say_late(measure_delay(submission.timestamp, due, extension))
    reasons += [late] if late else []
    return LearnerRow(
        student,
        state,
        float(submission.score or 0.0),
        float(submission.max_score or 0.0),
        tuple(dict.fromkeys(reasons)),
        waiting,
    )


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
        misplaced: What was not read because of where it lies, or whose folder it lies in.
        parts: The tally of every part.
        trust: Where a verdict falls, as the course declares it.
        texts: Cells that a person reads, by ``grade_id``.
    """

    assignment: str
    rows: tuple[LearnerRow, ...]
    ungraded: tuple[str, ...]
    idle: tuple[str, ...]
    misplaced: tuple[Misplaced, ...]
    parts: tuple[PartTally, ...]
    trust: Trust = "outside"
    texts: tuple[str, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether something is left to do."""
        return bool(self.ungraded or self.misplaced or any(row.needs_person for row in self.rows))

    def lines(self, *, everybody: bool | None = None) -> Iterator[str]:
        """Yield the report, line by line: the learners, part by part, in numbers.

        Args:
            everybody: Whether to list every learner, instead of what is to be said of several
                together; if None, only where that fits on a screen.
        """
        if everybody is None:
            everybody = len(self.rows) + len(self.ungraded) + len(self.idle) <= SMALL_CLASS
        yield from self._list_learners() if everybody else self._list_reasons()
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
        for one in self.misplaced:
            if one.student and not said[one.student]:
                said[one.student] = [f"{one.student}: nothing was read"]
            said[one.student].append(f"{'    ' if one.student else ''}{one.sentence}")
        for student in sorted(said):
            yield from said[student]

    def _list_reasons(self) -> Iterator[str]:
        """Yield what is to be known and to be done, and of whom it is so."""
        if self.rows:
            yield self._describe_points()
        waiting: dict[str, list[str]] = defaultdict(list)
        reasons: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            for name in row.waiting:
                command = f" (python -m grader texts {self.assignment} {name})"
                waiting[f"{name}{command if name in self.texts else ''}"].append(row.student)
            for reason in row.reasons:
                reasons[reason].append(row.student)
        if self.ungraded:
            waiting["Handed in, and not graded yet; run autograde"] = list(self.ungraded)
        yield from _list_groups("Waiting for a person:", waiting)
        yield from _list_groups("What is to be known:", reasons)
        if self.idle:
            yield f"Handed in nothing: {_name(self.idle)}"
        yield from (one.sentence for one in self.misplaced)

    def _describe_points(self) -> str:
        points = sorted(row.points for row in self.rows)
        low, middle, high = (points[int(p * (len(points) - 1))] for p in (0.25, 0.5, 0.75))
        most = max(row.max_points for row in self.rows)
        return (
            f"Points: {points[0]:g} to {points[-1]:g} of {most:g}; half of the class has "
            f"{low:g} to {high:g}, the median is {middle:g}."
        )

    def _sum_up(self) -> str:
        states = Counter(row.state for row in self.rows)
        counts = ", ".join(f"{states[s]} {words}" for s, words in _TOGETHER.items() if states[s])
        total = say_count(len(self.rows), "submission")
        others = (
            (len(self.ungraded), "not graded yet"),
            (len(self.misplaced), "not read"),
            (len(self.idle), "of the class handed in nothing"),
        )
        rest = "".join(f"; {count} {words}" for count, words in others if count)
        graded = f"{total}: {counts}" if counts else "nothing is graded"
        return f"{self.assignment}: {graded}{rest}."


SMALL_CLASS = 20
"""Learners who can be listed one by one on a screen."""

MOST_REASONS = 12
MOST_NAMES = 4


def _list_groups(title: str, groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a title and what is under it, the largest group first; nothing if there is none."""
    if groups:
        yield title
    ordered = sorted(groups.items(), key=lambda one: -len(one[1]))
    for words, students in ordered[:MOST_REASONS]:
        yield f"    {words.rstrip('.:')}: {_name(students)}"
    if len(ordered) > MOST_REASONS:
        yield f"    And {len(ordered) - MOST_REASONS} more; --everybody lists all."


def _name(students: Sequence[str]) -> str:
    """Return how many learners it is, and the first of them."""
    return f"{say_count(len(students), 'learner')} ({list_some(students, MOST_NAMES)})"


def read_class(
    gradebook: Gradebook,
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
    handed_in = {show_name(path.parent.name) for path in submitted.glob(f"*/{assignment}")}
    waiting = handed_in - graded
    known = read_class_list(gradebook, classroom.root)
    strangers = sorted(name for name in waiting if not known.admits(name))
    waiting -= set(strangers)
    misplaced = (
        *(Misplaced(name, known.explain(name, assignment)) for name in strangers),
        *find_misplaced(submitted, assignment, list(gradebook.db.scalars(select(Assignment.name)))),
    )
    enrolled = set(known.people)
    row = gradebook.find_assignment(assignment)
    tests = list_test_cells(row)
    idle = enrolled - graded - waiting - {one.student for one in misplaced}
    return ClassReport(
        assignment,
        rows,
        tuple(sorted(waiting)),
        tuple(sorted(idle)),
        misplaced,
        tuple(tally_parts(classroom, assignment, plugin, tests)),
        plugin.trust,
        tuple(list_texts(row)),
    )

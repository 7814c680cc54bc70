"""Read what everybody earned, part by part: points, or why there are none.

Four things that a platform would all show as an empty cell or as 0 are kept apart: ``graded``
(which may be 0), ``pending`` (a person has to look, or grading has to be run), ``missing``
(nothing was handed in) and ``excused``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from grader.errors import CourseError
from grader.feedback.check import read_finding, read_status
from grader.gradebook.access import list_test_cells, select_cells
from grader.gradebook.lateness import measure_delay
from grader.nbgrader_types import Gradebook
from grader.paths import Classroom
from grader.plugin import Plugin, list_tested_parts
from grader.reports.class_report import read_reports
from grader.roster.class_list import Person, read_class_list
from grader.roster.learner_tables import read_facts

State = Literal["graded", "pending", "missing", "excused"]

_SMALL = 1e-6  # points

LEARNER = "learner on the class list"

EXCUSED = "excused.csv"
"""Under the class's folder: who need not hand in what, with the columns student, assignment."""


@dataclass(frozen=True)
class PropertyResult:
    """One property of a part.

    Attributes:
        property: Its slug.
        state: As the report says: holds, fails or not judged.
        points: Earned for it.
        max_points: What there is to earn.
    """

    property: str
    state: str
    points: float
    max_points: float


@dataclass(frozen=True)
class PartResult:
    """What a learner earned in one part.

    Attributes:
        part: Its id.
        state: Whether the points count.
        points: So far.
        max_points: What there is to earn.
        diagnosis: The mistake's slug, or "".
        findings: Property by property, as the check saw them, where the check gave the points.
        marks: Numbers by which equal answers are noticed, by name; as :attr:`Verdict.marks`.
        status: Of the answer: "right", "wrong", "malformed", "unattempted", "stopped" where its
            cell did not run to its end, "unread" where the file could not be; "" if it was not
            asked for, and for a text that has been written.
    """

    part: str
    state: State
    points: float
    max_points: float
    diagnosis: str = ""
    findings: tuple[PropertyResult, ...] = ()
    status: str = ""
    marks: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def is_sum(self) -> bool:
        """Whether the points are those of the properties: not where a person gave others."""
        return abs(sum(one.points for one in self.findings) - self.points) < _SMALL

    @property
    def score(self) -> float | None:
        """The points, or None where they do not count."""
        return self.points if self.state == "graded" else None


@dataclass(frozen=True)
class Result:
    """What a learner earned in one assignment.

    Attributes:
        person: The learner.
        assignment: Its name.
        state: Whether the points count.
        points: So far, before a penalty.
        max_points: What there is to earn.
        penalty: Points taken off for being late.
        due: The due date, in UTC; None if there is none.
        handed_in: When, in UTC; None if nobody knows.
        late: Seconds after the due date and the learner's extension.
        parts: In the order of the notebooks.
        comments: What the learner is told, by the answer's ``grade_id``.
    """

    person: Person
    assignment: str
    state: State
    points: float
    max_points: float
    penalty: float = 0.0
    due: datetime | None = None
    handed_in: datetime | None = None
    late: float = 0.0
    parts: tuple[PartResult, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """The points without the penalty, never below 0; None where they do not count."""
        return max(self.points - self.penalty, 0.0) if self.state == "graded" else None


def read_results(
    gradebook: Gradebook,
    classroom: Classroom,
    plugin: Plugin,
    *,
    assignments: Collection[str] = (),
    students: Collection[str] = (),
    findings: bool = False,
) -> Iterator[Result]:
    """Yield what everybody earned, by assignment and learner; everybody is there.

    Args:
        gradebook: nbgrader's, open.
        classroom: Where the graded notebooks are.
        plugin: The course.
        assignments: Names; empty for all that have notebooks.
        students: Ids; empty for all.
        findings: Whether to read the properties, too, from the graded notebooks.

    Raises:
        CourseError: If there is no such assignment or learner.
    """
    people = read_class_list(gradebook, classroom.root).people
    wanted = [one for one in gradebook.assignments if one.notebooks]
    demand_known(assignments, {one.name for one in wanted}, "assignment in the gradebook")
    demand_known(students, people, LEARNER)
    excused = read_excused(gradebook, classroom)
    for assignment in sorted(wanted, key=lambda one: str(one.name)):
        if assignments and assignment.name not in assignments:
            continue
        tests = list_test_cells(assignment)
        rows = _read_rows(gradebook, assignment.name, tests)
        parts = list_tested_parts(plugin, assignment.name, tests)
        names = {part.test_id: part.id for part in parts}
        order = [cell for test, part in names.items() for cell in (test, part)]
        cells = _list_cells(assignment, order)
        for student in sorted(students or people):
            own = rows.get(student)
            reports = _read_reports(classroom, assignment, student) if findings and own else {}
            yield _make_result(
                people[student], assignment, own, cells, names, reports, classroom, excused
            )


def read_excused(gradebook: Gradebook, classroom: Classroom) -> set[tuple[str, str]]:
    """Return learners with assignments that they need not hand in.

    Raises:
        CourseError: If the file has other columns, or names nobody in the class or no assignment.
    """
    rows = read_facts(gradebook, classroom.root, EXCUSED)
    return {(student, assignment) for _, (student, assignment) in rows}


@dataclass(frozen=True)
class _Row:
    """What the gradebook has of a submission: dates, penalty, grades, blank texts, comments."""

    handed_in: datetime | None
    extension: Any
    penalty: float
    grades: Mapping[str, tuple[float, bool]]
    blank: frozenset[str] = frozenset()
    comments: Mapping[str, str] = field(default_factory=dict)


def demand_known(wanted: Collection[str], known: Collection[str], what: str) -> None:
    """Refuse names that are not known.

    Raises:
        CourseError: If one is not; it says of what kind.
    """
    strange = [name for name in wanted if name not in known]
    if strange:
        raise CourseError(f"There is no {what} called {', '.join(strange)}; see the spelling.")


def _list_cells(assignment: Any, order: Sequence[str]) -> dict[str, float]:  # noqa: ANN401
    """Return the points of graded cells by ``grade_id``: in the course's order, then by name."""
    cells = {
        str(cell.name): float(cell.max_score)
        for notebook in assignment.notebooks
        for kind in (notebook.grade_cells, notebook.task_cells)
        for cell in kind
    }
    known = [name for name in order if name in cells]
    return {name: cells[name] for name in (*known, *sorted(set(cells) - set(known)))}


def _read_rows(gradebook: Gradebook, assignment: str, tests: Collection[str]) -> dict[str, _Row]:
    from nbgrader.api import (
        Assignment,
        BaseCell,
        Comment,
        Grade,
        SubmittedAssignment,
        SubmittedNotebook,
    )
    from sqlalchemy import select

    about = select(
        SubmittedAssignment.id,
        SubmittedAssignment.student_id,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.extension,
    ).join(SubmittedAssignment.assignment)
    penalties = (
        select(SubmittedNotebook.assignment_id, SubmittedNotebook.late_submission_penalty)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
    )
    whose = SubmittedNotebook.assignment_id, BaseCell.name
    given = Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade
    grades = select_cells(Grade, *whose, *given)
    comments = select_cells(Comment, *whose, Comment.comment).order_by(BaseCell.id)
    taken: dict[str, float] = defaultdict(float)
    points: dict[str, dict[str, tuple[float, bool]]] = defaultdict(dict)
    blank: dict[str, set[str]] = defaultdict(set)
    told: dict[str, dict[str, str]] = defaultdict(dict)
    with gradebook.engine.connect() as connection:
        here = Assignment.name == assignment
        for own, penalty in connection.execute(penalties.where(here)):
            taken[own] += float(penalty or 0.0)
        for own, cell, auto, manual, extra, waiting in connection.execute(grades.where(here)):
            given = manual if manual is not None else auto
            pending = bool(waiting) or given is None
            points[own][cell] = (float(given or 0.0) + float(extra or 0.0), pending)
            if auto == 0 and not pending and cell not in tests:  # a text: 0 if it is blank
                blank[own].add(cell)
        for own, cell, comment in connection.execute(comments.where(here)):
            if comment:
                told[own][cell] = comment
        return {
            student: _Row(
                when, extension, taken[own], points[own], frozenset(blank[own]), told[own]
            )
            for own, student, when, extension in connection.execute(about.where(here))
        }


def _read_reports(
    classroom: Classroom,
    assignment: Any,  # noqa: ANN401
    student: str,
) -> dict[str, Mapping[str, Any]]:
    folder = classroom.root / "autograded" / student / assignment.name
    return {
        name: report
        for notebook in assignment.notebooks
        for name, report in read_reports(folder / f"{notebook.name}.ipynb")
    }


def _make_result(
    person: Person,
    assignment: Any,  # noqa: ANN401
    row: _Row | None,
    cells: Mapping[str, float],
    names: Mapping[str, str],
    reports: Mapping[str, Mapping[str, Any]],
    classroom: Classroom,
    excused: set[tuple[str, str]],
) -> Result:
    state: State = "graded"
    if (person.id, assignment.name) in excused:
        state = "excused"
    elif row is None:
        handed_in = classroom.root / "submitted" / person.id / assignment.name
        state = "pending" if handed_in.is_dir() else "missing"
    parts = tuple(
        _make_part(names.get(cell, cell), most, row, cell, state, reports.get(cell, {}))
        for cell, most in cells.items()
    )
    if state == "graded" and any(part.state == "pending" for part in parts):
        state = "pending"
    late = measure_delay(row.handed_in, assignment.duedate, row.extension) if row else 0.0
    return Result(
        person,
        str(assignment.name),
        state,
        sum(part.points for part in parts),
        sum(cells.values()),
        row.penalty if row else 0.0,
        assignment.duedate,
        row.handed_in if row else None,
        late,
        parts,
        row.comments if row else {},
    )


def _make_part(
    part: str,
    most: float,
    row: _Row | None,
    cell: str,
    state: State,
    report: Mapping[str, Any],
) -> PartResult:
    points, waiting = row.grades.get(cell, (0.0, True)) if row else (0.0, True)
    if state == "graded" and waiting:
        state = "pending"
    seen: Sequence[Mapping[str, Any]] = report.get("findings", ())
    findings = tuple(
        PropertyResult(
            str(one["property"]),
            read_finding(one),
            float(one["points"]),
            float(one["max_points"]),
        )
        for one in seen
    )
    status = read_status(report)
    if not report and row and cell in row.blank:
        status = "unattempted"
    return PartResult(
        part,
        state,
        points,
        most,
        str(report.get("diagnosis") or ""),
        findings,
        status,
        report.get("marks", {}),
    )

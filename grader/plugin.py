"""Define what a course gives the grader: its parts, a judge, and what a sandbox holds.

A course implements :class:`Plugin` and names the object in its ``nbgrader_config.py``::

    c.SandboxedExecute.plugin = "package.module:PLUGIN"

Nothing else in `grader` knows a course. A plugin runs in the grader's own process, where no
learner's code ever runs, and is handed what left the sandbox: arrays, texts, and functions that
are called through the wall.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from importlib import import_module
from typing import Any, Literal, Protocol

from grader.errors import CourseError

REPORT_MIME = "application/vnd.circuits.report+json"
"""Under which a graded notebook keeps a report as data. Notebooks of 1.0 have it, so it stays."""

Trust = Literal["outside", "inside"]
"""Where a verdict falls. "outside": from data, in a process that never ran a learner's code.
"inside": by tests beside the learner's code, which can fake the learner's own score."""

WARNING = (
    "The tests of this course run beside the learner's code, which can fake its own score; "
    "the machine, the gradebook and other learners' work are safe."
)
"""What reports say of a course whose trust is "inside"."""

HOW_JUDGED: Mapping[Trust, str] = {
    "outside": "Your answers left the sandbox as data and were judged by another program.",
    "inside": "The points come from tests that ran together with your code.",
}
"""What a page of feedback says of a course, by its trust."""


class Answer(Protocol):
    """One name that a learner defines."""

    @property
    def name(self) -> str:
        """The variable."""

    @property
    def kind(self) -> str:
        """One of "matrix", "function", "name", "names" and "text"."""


class Part(Protocol):
    """One exercise: a cell to fill in, and what it earns."""

    @property
    def id(self) -> str:
        """The ``grade_id`` of the answer's cell."""

    @property
    def test_id(self) -> str:
        """The ``grade_id`` of the test cell, which earns the points."""

    @property
    def title(self) -> str:
        """For people."""

    @property
    def points(self) -> float:
        """What a right answer earns."""

    @property
    def answers(self) -> Sequence[Answer]:
        """What is handed in; no other name leaves the sandbox."""

    @property
    def grading(self) -> Literal["auto", "hand"]:
        """Whether the judge or a person gives the points."""


class Report(Protocol):
    """What a judge says of one part: a frozen dataclass, shown by ``str`` and as HTML.

    Why an answer is missing is known to the grader alone, which then puts other words into
    ``headline``, ``status``, ``findings`` and ``next_step``.
    """

    @property
    def status(self) -> str:
        """One of "unattempted", "malformed", "wrong" and "right"."""

    @property
    def headline(self) -> str:
        """The state of the part in one sentence."""

    @property
    def findings(self) -> Sequence[Any]:
        """Property by property: frozen dataclasses with a ``sentence``."""

    @property
    def next_step(self) -> str | None:
        """One thing to try."""

    @property
    def diagnosis(self) -> str | None:
        """The mistake's slug; "missing" where an answer has no value."""

    def to_dict(self) -> dict[str, Any]:
        """Return the report for JSON: status, headline, points, findings and the rest."""

    def _repr_html_(self) -> str: ...


@dataclass(frozen=True)
class Verdict:
    """What one part earned, and why.

    Attributes:
        part: The part's id.
        points: From 0 to ``max_points``.
        max_points: What a right answer earns.
        report: Property by property.
        failure: Why judging itself failed, or None. Then the points are 0 and a person
            should look.
        stopped: Whether an answer is missing because its cell did not run to its end.
        marks: Numbers by which equal answers of a class are noticed, by a name that the course
            chooses; none for answers that many come to.
    """

    part: str
    points: float
    max_points: float
    report: Report
    failure: str | None = None
    stopped: bool = False
    marks: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class TestRun:
    """What became of a test that ran beside the learner's code.

    Attributes:
        finished: Whether it ran to its end. Without that, its outputs say nothing.
        outputs: Of its cell, in the notebook format.
    """

    __test__ = False  # no test of pytest's

    finished: bool
    outputs: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class TestPart:
    """A part that is nothing but a test: of a course whose trust is "inside".

    Attributes:
        id: The test cell's ``grade_id``; so is ``test_id``.
        points: What it earns if it passes.
    """

    __test__ = False  # no test of pytest's

    id: str
    points: float
    answers: tuple[Answer, ...] = ()
    grading: Literal["auto", "hand"] = "auto"

    @property
    def test_id(self) -> str:
        """The test cell's ``grade_id``."""
        return self.id

    @property
    def title(self) -> str:
        """The same: the cell has no other name."""
        return self.id


@dataclass(frozen=True)
class Packages:
    """What a sandbox holds beside the interpreter.

    Attributes:
        installed: Distributions that learners may import; what these require comes along.
        own: Packages of the course's own that learners may import. Never the plugin's.
        warm: Words, and the statement that is run in the warm interpreter once one of the words
            occurs in any notebook; without words, when it starts.
    """

    installed: tuple[str, ...] = ("numpy", "ipython")
    own: tuple[str, ...] = ()
    warm: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """What a page of feedback says about a report beyond what is in it.

    Attributes:
        claims: The properties of the part as sentences, by slug.
        cause: What the mistake comes from, a sentence, or "".
        more: HTML behind the report, such as lines to try again by hand.
    """

    claims: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""
    more: str = ""


class Plugin(Protocol):
    """A course, as the grader meets it.

    If it has ``preload``, names of modules, the process that workers are forked from imports these
    once for all of them: what judging takes some time to import. They must not know the seed.
    """

    @property
    def trust(self) -> Trust:
        """Where a verdict falls."""

    @property
    def packages(self) -> Packages:
        """What a sandbox holds and warms."""

    @property
    def drawing(self) -> str:
        """The module whose figures a given cell need not draw again, or ""."""

    def list_parts(self, assignment: str) -> Sequence[Part]:
        """Return the parts of an assignment, in order; none if the course has no such one."""

    def find_owner(self, grade_id: str) -> str:
        """Return the assignment that a cell belongs to, by its ``grade_id``, or ""."""

    def prepare(self, seed: int) -> None:
        """Do beforehand, once a process, what all verdicts need."""

    def judge(self, part: Part, answers: Mapping[str, object], seed: int) -> Verdict:
        """Judge one part. Never raises, whatever a learner handed in.

        Args:
            part: Graded by the judge, not by hand.
            answers: What the learner defined, by name; those of other parts too. Where the trust
                is "inside", also a :class:`TestRun`, by the test's ``grade_id``.
            seed: The class's secret one, which draws what nobody has seen.
        """

    def explain(self, report: Mapping[str, Any]) -> Explanation:
        """Return what a page says about a report, as :meth:`Report.to_dict` gave it."""

    def digest(self) -> str:
        """Return a digest of all that decides a verdict: with another one, work is regraded."""

    def add_commands(self, add: Callable[..., Any]) -> None:
        """Add the course's own commands to ``python -m grader``.

        Args:
            add: As ``argparse``'s ``add_parser``. Import late: the command line is quick.
        """


@dataclass(frozen=True)
class PlainReport:
    """A report in words, for a course that has none of its own.

    Attributes:
        part: The part's id.
        points: Earned.
        max_points: Of a right answer.
        status: "unattempted", "malformed", "wrong" or "right".
        headline: One sentence.
        diagnosis: The mistake's slug; "missing" where an answer has no value.
        next_step: One thing to try.
        findings: None; the headline says it all.
    """

    part: str
    points: float
    max_points: float
    status: str
    headline: str
    diagnosis: str | None = None
    next_step: str | None = None
    findings: tuple[Any, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return dict(vars(self), findings=[])

    def __str__(self) -> str:
        """Return the report as one line."""
        return f"{self.part}: {self.headline} ({self.points:g} of {self.max_points:g} points)"

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"


def change_report(report: Report, **fields: object) -> Report:
    """Return a report with other values in some fields."""
    changed: Report = replace(report, **fields)  # type: ignore[type-var]  # it is a dataclass
    return changed


FIRST = "course.plugin:PLUGIN"
"""What a configuration means that names no course: those of version 1.0, which knew one only."""


@cache
def load_plugin(name: str) -> Plugin:
    """Return the plugin that a configuration names.

    Args:
        name: As ``package.module:OBJECT``; without an object, ``PLUGIN``. If it is "",
            :data:`FIRST`.

    Raises:
        CourseError: If there is none of that name.
    """
    module, _, attribute = (name or FIRST).partition(":")
    try:
        plugin: Plugin = getattr(import_module(module), attribute or "PLUGIN")
    except (ImportError, AttributeError) as error:
        if not name:
            raise CourseError(
                "nbgrader_config.py names no course; add a line such as "
                '`c.SandboxedExecute.plugin = "package.module:PLUGIN"`.'
            ) from error
        raise CourseError(
            f"nbgrader_config.py names the plugin {name}, which cannot be imported ({error}); "
            "install that package, or mend the name."
        ) from error
    return plugin


def find_part(plugin: Plugin, grade_id: str) -> Part | None:
    """Return the part that a cell belongs to, by the answer's or the test's ``grade_id``."""
    parts = plugin.list_parts(plugin.find_owner(grade_id))
    return next((part for part in parts if grade_id in (part.id, part.test_id)), None)


def list_tested_parts(
    plugin: Plugin, assignment: str, tests: Mapping[str, float]
) -> Sequence[Part]:
    """Return the parts of an assignment: of the course's table, or the tests themselves.

    Args:
        plugin: The course.
        assignment: Its name.
        tests: The tests that the class received, by ``grade_id``, and what each earns.
    """
    if plugin.trust == "outside":
        return plugin.list_parts(assignment)
    return [TestPart(name, points) for name, points in tests.items()]


def judge_safely(plugin: Plugin, part: Part, answers: Mapping[str, object], seed: int) -> Verdict:
    """Return a plugin's verdict with points in range; one that fails earns 0 and asks for a person.

    nbgrader gives full marks to anything that it cannot read as points.
    """
    most = float(part.points)
    try:
        verdict = plugin.judge(part, answers, seed)
        points = float(verdict.points)
    except Exception as error:  # noqa: BLE001  (one part must not end a class)
        failure = f"Judging it raised {type(error).__name__}."
    else:
        if math.isfinite(points):
            points = min(max(points, 0.0), most)
            return replace(verdict, part=part.id, points=points, max_points=most)
        failure = f"Judging it gave {points} points."
    report = PlainReport(part.id, 0.0, most, "malformed", "The answer could not be judged.")
    return Verdict(part.id, 0.0, most, report, failure)


def demand_judged(plugin: Plugin, assignment: str, tests: Mapping[str, float]) -> None:
    """Refuse an assignment with points that nobody would give: not judged is never scored.

    Args:
        plugin: The course.
        assignment: Its name.
        tests: The cells whose points come from a test, by ``grade_id``.

    Raises:
        CourseError: If the course does not judge one of them.
    """
    parts = list_tested_parts(plugin, assignment, tests)
    judged = {part.test_id for part in parts if part.grading == "auto"}
    strange = [name for name in tests if name not in judged]
    if strange:
        raise CourseError(
            f"{', '.join(strange)} of {assignment} cannot be graded: the course's plugin does not "
            "judge it, and nbgrader would give it all points. Name the right plugin in "
            "nbgrader_config.py, or let a person grade it."
        )

"""Define what a part of the course is: its answers, its properties and its task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

from circuits.reports.examination import Examination, GivenAnswers
from circuits.trials import Trials

AnswerKind = Literal["matrix", "function", "name", "names", "text"]
Grading = Literal["auto", "hand"]


@dataclass(frozen=True)
class Answer:
    """One name that a learner defines.

    Attributes:
        name: The variable or function, as in the notebooks.
        kind: What it holds: a matrix, a function, the name of a matrix, several such
            names, or text.
        shape: Of a matrix, ``(rows, columns)``. A string names an axis that the learner
            chooses within the part's bounds, alike in all answers of the part. None for all
            other kinds.
        meaning: One line for the page.
        signature: Of a function, its arguments as they stand in the stub.
    """

    name: str
    kind: AnswerKind
    meaning: str
    shape: tuple[int | str, int | str] | None = None
    signature: str | None = None


@dataclass(frozen=True)
class Property:
    """One thing that a right answer does, with the points it earns.

    Attributes:
        slug: Unique within the part.
        claim: The property as a sentence about a right answer.
        points: Earned in full when the property holds.
    """

    slug: str
    claim: str
    points: float


class Task(ABC):
    """What a part asks for, and how an answer is judged.

    All that differs between one kind of part and another is asked of its task, and nothing is
    asked of a part's id. So a new kind is one class, in a module of :mod:`circuits.tasks`, and its
    parameters stand in the row of the part.

    Attributes:
        one_by_one: Whether each answer has a property of its own, in the same order, so that one
            may be missing or malformed while another is judged.
        tried: Of a right answer, on what it was tried, with a comma before it; empty where
            nothing is drawn.
        about_sizes: What to ask oneself where answers should share the length of an axis, and do
            not; None for the mistake's own question.
        questions: What to ask of a mistake, by its slug, where its own question does not fit.
    """

    one_by_one: ClassVar[bool] = False
    tried: ClassVar[str] = ""
    about_sizes: ClassVar[str | None] = None
    questions: Mapping[str, str] = MappingProxyType({})

    @abstractmethod
    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        """Return a judgement on each property of the part, and what to show.

        Args:
            part: The row of the table.
            given: The answers, read. Unless the task judges them one by one, all are sound.
            trials: What answers are tried on. Whatever else a task draws comes from
                :meth:`~circuits.trials.Trials.recall`, so that it is drawn once.
        """

    @abstractmethod
    def list_properties(self, part: Part) -> Collection[str]:
        """Return the slugs of the properties that :meth:`examine` gives a judgement on."""

    def find_fault(self, part: Part) -> str | None:
        """Return what in the row of a part does not fit its task, as a sentence, or None."""
        name = type(self).__name__
        if self.one_by_one and len(part.answers) != len(part.properties):
            return f"{name} judges one property for each answer; give it as many of both."
        judged, listed = set(self.list_properties(part)), {prop.slug for prop in part.properties}
        if judged != listed:
            return (
                f"its properties are {', '.join(sorted(listed))}, and {name} judges "
                f"{', '.join(sorted(judged))}; let the two agree."
            )
        return None


@dataclass(frozen=True)
class Text:
    """The task of a part that a person reads and grades."""


@dataclass(frozen=True)
class Part:
    """One question of the exercise sheet.

    Attributes:
        id: The ``grade_id`` of its answer cell; the test cell is ``<id>-test``.
        assignment: The notebook it belongs to.
        title: A few words.
        objective: What a learner can do afterwards, one sentence.
        minutes: A fair guess for a first attempt.
        difficulty: 1, 2 or 3.
        answers: What the learner hands in.
        properties: What is checked, and the points; for text, what a person grades.
        hints: A ladder: a nudge, a shape or a special case, nearly the answer. Markdown.
        task: What is asked for, with its parameters.
        builds_on: Names of earlier answers that the check may use.
        brought: Those of them that an earlier chapter hands in, and that learners bring along.
    """

    id: str
    assignment: str
    title: str
    objective: str
    minutes: int
    difficulty: Literal[1, 2, 3]
    answers: tuple[Answer, ...]
    properties: tuple[Property, ...]
    hints: tuple[str, ...]
    task: Task | Text
    builds_on: tuple[str, ...] = ()
    brought: tuple[Answer, ...] = ()

    @property
    def grading(self) -> Grading:
        """Whether a check judges the part, or a person."""
        return "hand" if isinstance(self.task, Text) else "auto"

    @property
    def checked_task(self) -> Task:
        """The task, which a check can judge.

        Raises:
            ValueError: If the part is graded by hand.
        """
        if isinstance(self.task, Text):
            raise ValueError(f"part {self.id} is read and graded by a person, not by a check")
        return self.task

    @property
    def points(self) -> float:
        """The points of all properties together."""
        return sum(prop.points for prop in self.properties)

    @property
    def test_id(self) -> str:
        """The ``grade_id`` of the test cell."""
        return f"{self.id}-test"


def matrix(name: str, rows: int | str, columns: int | str, meaning: str) -> Answer:
    """Return a matrix answer; shorthand for the table."""
    return Answer(name, "matrix", meaning, shape=(rows, columns))

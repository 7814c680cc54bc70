"""What the table of parts is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
            chooses within the part's bounds. None for all other kinds.
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
        builds_on: Names of earlier answers that the check may use.
        grading: By the checks, or by hand.
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
    builds_on: tuple[str, ...] = ()
    grading: Grading = "auto"

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

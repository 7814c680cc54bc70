"""Describe what examining an answer found: a judgement on each property, and what to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from circuits.reports.circuit_data import CircuitData
from circuits.reports.comparison import Comparison
from circuits.shapes import FloatArray


@dataclass(frozen=True)
class Problem:
    """Why an answer cannot be used.

    Attributes:
        slug: ``missing``, ``returned-none``, ``not-an-array``, ``wrong-shape``, ``transposed``,
            ``not-real``, ``not-finite``, ``overflow`` or ``all-zero``.
        sentence: What it is, what was wanted, in one sentence.
        seen: The numbers, if they are numbers of the wrong shape.
        question: What to ask oneself, if this fits better than the mistake's own question.
    """

    slug: str
    sentence: str
    seen: FloatArray | None = field(default=None, compare=False, repr=False)
    question: str | None = None


@dataclass(frozen=True)
class Judgement:
    """Whether one property holds, and what was seen.

    Attributes:
        passed: Whether it holds.
        sentence: What was seen, or what has to come first.
        judged: Whether it could be told.
    """

    passed: bool
    sentence: str
    judged: bool = True


def postpone(sentence: str) -> Judgement:
    """Return the judgement on a property that cannot be told yet; the sentence says why."""
    return Judgement(False, sentence, judged=False)


def refuse(problem: Problem) -> Judgement:
    """Return the judgement on a property whose answer cannot be used."""
    return Judgement(False, problem.sentence, judged=problem.slug != "missing")


@dataclass(frozen=True)
class Examination:
    """The result of examining one part.

    Attributes:
        judgements: By the slug of each property of the part.
        next_step: One thing to try, if anything fails.
        diagnosis: The mistake's slug, if it has a name.
        comparison: Wanted beside seen.
        question: What to ask oneself, if this fits better than the mistake's own question.
        replay: Lines of Python that make the input on which the answer is wrong.
        circuit: The learner's heads, where a right answer completes a circuit.
    """

    judgements: Mapping[str, Judgement]
    next_step: str | None = None
    diagnosis: str | None = None
    comparison: Comparison | None = None
    question: str | None = None
    replay: str | None = None
    circuit: CircuitData | None = None

    @property
    def passed(self) -> int:
        """How many properties hold."""
        return sum(judgement.passed for judgement in self.judgements.values())


@dataclass(frozen=True)
class GivenAnswers:
    """The answers of a part as they were read.

    Attributes:
        own: The part's answers by name, in the order of its row: an array, a function, names, or a
            problem.
        earlier: Earlier answers that the part builds on; those that cannot be used are absent.
    """

    own: Mapping[str, object]
    earlier: Mapping[str, object] = field(default_factory=dict)

    def matrix(self, name: str) -> FloatArray:
        """Return one of the part's own matrices, which has been read without a problem."""
        return cast(FloatArray, self.own[name])

    @property
    def matrices(self) -> list[FloatArray]:
        """The part's own matrices, which have been read without a problem, in order."""
        return [self.matrix(name) for name in self.own]

    def read_earlier(self, *names: str) -> list[FloatArray] | None:
        """Return matrices of earlier parts, or None if one of them cannot be used."""
        arrays = [self.earlier.get(name) for name in names]
        sound = all(isinstance(array, np.ndarray) for array in arrays)
        return cast("list[FloatArray]", arrays) if sound else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems among the part's own answers."""
        return tuple(value for value in self.own.values() if isinstance(value, Problem))

    def advise(self, diagnosis: str | None) -> str | None:
        """Return the question of the first problem with this name, if it has one."""
        fitting = (problem.question for problem in self.problems if problem.slug == diagnosis)
        return next(fitting, None)

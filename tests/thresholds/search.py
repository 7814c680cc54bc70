"""Find by bisection how far a family of answers may go before it is judged wrong."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from unittest import mock

import numpy as np

from circuits.behaviours.heads.selection import Place
from circuits.judging import judge
from circuits.tasks import whole_model
from circuits.tasks.functions import circuit_search as finding
from circuits.tasks.functions import measuring
from circuits.tasks.heads import attention, rotary
from circuits.tasks.whole_model import grafting
from circuits.trials import Trials
from tests.thresholds.family import Family

PRECISION = 1e-3
"""Of a threshold, as a share of it."""


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of one family.

    Attributes:
        family: The family.
        public: The threshold on the public sequences.
        hidden: On each of several hidden ones.
    """

    family: Family
    public: float
    hidden: tuple[float, ...]

    @property
    def gaps(self) -> tuple[float, ...]:
        """How far each hidden threshold lies from the public one, as shares of it."""
        return tuple(hidden / self.public - 1.0 for hidden in self.hidden)

    @property
    def widest(self) -> float:
        """The largest of the gaps, without its sign."""
        return max(abs(gap) for gap in self.gaps)


def find_thresholds(family: Family, public: Trials, hidden: Iterable[Trials]) -> Thresholds:
    """Return the thresholds of a family on the public and on hidden sequences.

    Raises:
        ValueError: If the family does not go from right to wrong.
    """
    start = find_threshold(family, public)
    return Thresholds(
        family, start, tuple(find_threshold(family, trials, near=start) for trials in hidden)
    )


def find_threshold(family: Family, trials: Trials, near: float | None = None) -> float:
    """Return where a family goes from right to wrong, by bisection on a scale of ratios.

    Args:
        family: The family.
        trials: The sequences.
        near: Where to look first; it saves steps and changes nothing.

    Raises:
        ValueError: If its first answer is wrong, or its last one right.
    """
    with without_diagnosis():
        right, wrong = float(family.right), float(family.wrong)
        if near is not None:
            right, wrong = _close_in(family, trials, near)
        else:
            for number, expected in ((right, True), (wrong, False)):
                if is_right(family, number, trials) is not expected:
                    state = "wrong" if expected else "right"
                    raise ValueError(f"{family}: {number:g} is {state} to begin with")
        while abs(np.log(wrong / right)) > PRECISION:
            middle = float(np.sqrt(right * wrong))
            right, wrong = (middle, wrong) if is_right(family, middle, trials) else (right, middle)
    return float(np.sqrt(right * wrong))


def _close_in(family: Family, trials: Trials, near: float) -> tuple[float, float]:
    """Return a bracket around the threshold, widened from ``near`` until it holds it."""
    outwards = 1.0 if family.wrong > family.right else -1.0
    for step in (0.01, 0.05, 0.25, 1.0, 4.0):
        right, wrong = (near * float(np.exp(sign * outwards * step)) for sign in (-1.0, 1.0))
        if is_right(family, right, trials) and not is_right(family, wrong, trials):
            return right, wrong
    raise ValueError(f"{family}: no threshold within a factor of 50 of {near:g}")


def is_right(family: Family, number: float, trials: Trials) -> bool:
    """Return whether the family's answer with this number holds all that the family is about."""
    report = judge(family.part, family.make(number), trials)
    return all(
        finding.passed
        for finding in report.findings
        if not family.properties or finding.property in family.properties
    )


def without_diagnosis() -> ExitStack:
    """Return a context in which wrong answers are judged and not explained, which takes time."""
    stack = ExitStack()
    for module in (attention, finding, grafting, measuring, rotary, whole_model):
        for name in vars(module):
            if name.startswith("diagnose_"):
                stack.enter_context(mock.patch.object(module, name, return_value=None))
    stack.enter_context(mock.patch.object(attention, "shrink_failure", _keep_place))
    return stack


def _keep_place(score: object, rule: object, stream: object, place: Place, soft: bool) -> Place:
    return place

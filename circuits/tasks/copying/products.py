"""Judge products that expand heads into maps from stream to stream."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from circuits.behaviours.copying import NOTHING, TOLERANCE
from circuits.diagnosis.directions.values import (
    Expansion,
    diagnose_net,
    equals,
    expand,
    name_zero,
)
from circuits.parts import Part, Task
from circuits.reports.examination import (
    Examination,
    GivenAnswers,
    Judgement,
    Problem,
    postpone,
    refuse,
)
from circuits.shapes import FloatArray
from circuits.tasks.copying.copying import multiply
from circuits.tasks.tables import find_worst, show_number, show_product, show_unlike
from circuits.trials import Trials


@dataclass(frozen=True)
class Products(Task):
    """Expand the learner's own heads into products; each answer is one of them.

    The part builds on ``W_V_<head>`` and ``W_out_<head>`` of the heads that are named.

    Attributes:
        expansions: What each answer should be, in the order of the answers.
        d_head: How many numbers pass through each head.
    """

    expansions: tuple[Expansion, ...]
    d_head: int

    one_by_one = True

    def list_properties(self, part: Part) -> Collection[str]:
        return [prop.slug for prop in part.properties]

    def find_fault(self, part: Part) -> str | None:
        if len(part.answers) != len(self.expansions):
            return f"Products has {len(self.expansions)} expansions; give it as many answers."
        return super().find_fault(part)

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads that are expanded, each once."""
        return tuple(dict.fromkeys(head for wanted in self.expansions for head in wanted.heads))

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        nets = self._multiply_heads(given)
        judgements: dict[str, Judgement] = {}
        diagnoses: list[str | None] = []
        comparison = None
        rows = zip(given.own.items(), part.properties, self.expansions, strict=True)
        for (name, value), prop, expansion in rows:
            if _is_rightly_zero(expansion, value, nets):
                judgements[prop.slug] = Judgement(
                    True, f"Nothing passes along this path of your heads, and {name} says so."
                )
                continue
            if isinstance(value, Problem):
                judgements[prop.slug] = refuse(value)
                diagnoses.append(_diagnose_problem(expansion, value, given, nets))
                continue
            if not set(expansion.heads) <= set(nets):
                judgements[prop.slug] = postpone(_say_missing(name, expansion, nets))
                continue
            value = given.matrix(name)
            wanted = expand(expansion, nets)
            size = float(np.abs(wanted).max())
            if size <= NOTHING:
                judgements[prop.slug] = postpone(
                    f"{name} cannot be judged: your heads move nothing along this path."
                )
                continue
            row, column = find_worst(np.abs(value - wanted))
            passed = float(np.abs(value - wanted).max()) <= TOLERANCE * size
            judgements[prop.slug] = Judgement(
                passed,
                f"{name} is what {expansion.described}."
                if passed
                else _say_entry(name, expansion.described, value, wanted, (row, column)),
            )
            if not passed:
                diagnoses.append(diagnose_net(expansion, value, nets, self.d_head))
                comparison = comparison or show_product(name, value, failing_row=row)
        diagnosis = next((slug for slug in diagnoses if slug), None)
        return Examination(
            judgements,
            next_step="Work out one entry by hand: which path carries that dimension there?"
            if len(nets) == len(self.heads)
            else "Do (a) and (b) first, and run their cells.",
            diagnosis=diagnosis,
            comparison=comparison,
            question=self._ask_order(given, diagnosis) or given.advise(diagnosis),
        )

    def _multiply_heads(self, given: GivenAnswers) -> dict[str, FloatArray]:
        """Return ``W_out W_V`` of those of the learner's heads that move something."""
        nets = {}
        for head in self.heads:
            matrices = _read_head(given, head)
            if matrices is not None and (net := multiply(*matrices)).any():
                nets[head] = net
        return nets

    def _ask_order(self, given: GivenAnswers, diagnosis: str | None) -> str | None:
        """Return a question for a chain of heads that is zero, as it is in the other order."""
        zero = any(
            expansion.kind == "chain" and isinstance(value, Problem) and value.slug == "all-zero"
            for value, expansion in zip(given.own.values(), self.expansions, strict=True)
        )
        return (
            "Which two heads are multiplied here, which of them acts first, and on which side does "
            "its matrix stand?"
            if zero and diagnosis == "all-zero"
            else None
        )


def _read_head(given: GivenAnswers, head: str) -> list[FloatArray] | None:
    return given.read_earlier(f"W_V_{head}", f"W_out_{head}")


def _say_entry(
    name: str, described: str, value: FloatArray, wanted: FloatArray, place: tuple[int, int]
) -> str:
    """Say what one entry is, and what the learner's heads move there."""
    row, column = place
    seen = f"{name}[{row}, {column}] is {show_unlike(value[place], wanted[place])}"
    if show_number(wanted[place]) == "0":
        return f"{seen}, but {described} nothing from dimension {column} to dimension {row}."
    return (
        f"{seen}, but {described} dimension {column} to dimension {row} with gain "
        f"{show_number(wanted[place])}."
    )


def _is_rightly_zero(expansion: Expansion, value: object, nets: Mapping[str, FloatArray]) -> bool:
    """Whether a path is closed, though both heads move something, and the answer is zero.

    In other bases zero is a rounding error, in the product as in the answer.
    """
    zeros = isinstance(value, Problem) and value.slug == "all-zero"
    if len(nets) < len("12") or not (zeros or isinstance(value, np.ndarray)):
        return False
    sizes = [float(np.abs(net).max()) for net in nets.values()]
    rounding = NOTHING * sizes[0] * sizes[1]
    wanted = expand(expansion, nets)
    closed = min(sizes) > NOTHING and float(np.abs(wanted).max()) <= rounding
    return closed and (zeros or float(np.abs(cast(FloatArray, value)).max()) <= rounding)


def _diagnose_problem(
    expansion: Expansion, problem: Problem, given: GivenAnswers, nets: Mapping[str, FloatArray]
) -> str:
    """Return the problem's slug, or what makes it: factors exchanged, or one head twice."""
    if expansion.kind == "chain":
        both = set(expansion.heads) <= set(nets)
        if problem.slug == "all-zero" and both:
            return name_zero(*(nets[head] for head in expansion.heads))
    if expansion.kind == "net" and problem.seen is not None:
        matrices = _read_head(given, expansion.heads[0])
        if matrices is not None and equals(problem.seen, matrices[0] @ matrices[1]):
            return "factors-swapped"
    return problem.slug


def _say_missing(name: str, expansion: Expansion, nets: Mapping[str, FloatArray]) -> str:
    gone = " and ".join(
        f"W_V_{suffix} and W_out_{suffix}" for suffix in sorted(set(expansion.heads) - set(nets))
    )
    return f"{name} follows from {gone}, which cannot be read yet; hand those in first."

"""Examine the expanded products: parts 1c and 1d."""

from __future__ import annotations

from typing import cast

import numpy as np

from circuits.behaviours.copying import NOTHING, TOLERANCE
from circuits.diagnosis.values import (
    diagnose_net,
    equals,
    expand_alternatives,
    name_zero,
)
from circuits.exercises import Part
from circuits.judging.answers import Problem
from circuits.judging.copy_parts import multiply_earlier
from circuits.judging.examination import Examination, Given, Verdict, postpone
from circuits.judging.tables import find_worst, show_number, show_product, show_unlike
from circuits.shapes import FloatArray
from circuits.trials import Trials

_OF_WHAT = {
    "W_net_1": "your head 1 from (a) moves",
    "W_net_2": "your head 2 from (b) moves",
    "two_token_copy": "your heads from (a) and (b), one after the other, move",
    "one_token_copy": "your heads from (a) and (b), each on its own and added up, move",
}
"""What each answer should say, in the learner's own terms and without the formula."""


def examine_products(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge parts 1c and 1d against the products of the learner's own heads."""
    nets = {
        suffix: net
        for suffix in ("1", "2")
        if (net := multiply_earlier(given, suffix)) is not None and net.any()
    }
    verdicts: dict[str, Verdict] = {}
    diagnoses: list[str | None] = []
    comparison = None
    for answer, prop in zip(part.answers, part.properties, strict=True):
        value = given.own[answer.name]
        if _is_rightly_zero(answer.name, value, nets):
            verdicts[prop.slug] = Verdict(
                True, f"Nothing passes along this path of your heads, and {answer.name} says so."
            )
            continue
        if isinstance(value, Problem):
            verdicts[prop.slug] = Verdict(False, value.sentence, judged=value.slug != "missing")
            diagnoses.append(_diagnose_problem(answer.name, value, given, nets))
            continue
        if not _needed(answer.name) <= set(nets):
            verdicts[prop.slug] = postpone(_say_missing(answer.name, nets))
            continue
        value = given.matrix(answer.name)
        wanted, _ = expand_alternatives(answer.name, nets)
        size = float(np.abs(wanted).max())
        if size <= NOTHING:
            verdicts[prop.slug] = postpone(
                f"{answer.name} cannot be judged: your heads move nothing along this path."
            )
            continue
        row, column = find_worst(np.abs(value - wanted))
        passed = float(np.abs(value - wanted).max()) <= TOLERANCE * size
        verdicts[prop.slug] = Verdict(
            passed,
            f"{answer.name} is what {_OF_WHAT[answer.name]}."
            if passed
            else _say_entry(answer.name, value, wanted, (row, column)),
        )
        if not passed:
            diagnoses.append(diagnose_net(answer.name, value, nets))
            comparison = comparison or show_product(answer.name, value, failing_row=row)
    diagnosis = next((slug for slug in diagnoses if slug), None)
    return Examination(
        verdicts,
        next_step="Work out one entry by hand: which path carries that dimension there?"
        if len(nets) == len("12")
        else "Do (a) and (b) first, and run their cells.",
        diagnosis=diagnosis,
        comparison=comparison,
        question=_ask_order(given, diagnosis) or given.advise(diagnosis),
    )


def _say_entry(name: str, value: FloatArray, wanted: FloatArray, place: tuple[int, int]) -> str:
    """Say what one entry is, and what the learner's heads move there."""
    row, column = place
    seen = f"{name}[{row}, {column}] is {show_unlike(value[place], wanted[place])}"
    if show_number(wanted[place]) == "0":
        return f"{seen}, but {_OF_WHAT[name]} nothing from dimension {column} to dimension {row}."
    return (
        f"{seen}, but {_OF_WHAT[name]} dimension {column} to dimension {row} with gain "
        f"{show_number(wanted[place])}."
    )


def _ask_order(given: Given, diagnosis: str | None) -> str | None:
    """Return a question for a two-token copy that is zero, as it is in the other order."""
    value = given.own.get("two_token_copy")
    zero = isinstance(value, Problem) and value.slug == "all-zero"
    asks = diagnosis == "all-zero" and zero
    return (
        "Which two heads are multiplied here, which of them acts first, and on which side does "
        "its matrix stand?"
        if asks
        else None
    )


def _needed(name: str) -> set[str]:
    return {"W_net_1": {"1"}, "W_net_2": {"2"}}.get(name, {"1", "2"})


def _is_rightly_zero(name: str, value: object, nets: dict[str, FloatArray]) -> bool:
    """Whether a path is closed, though both heads move something, and the answer is zero.

    In other bases zero is a rounding error, in the product as in the answer.
    """
    zeros = isinstance(value, Problem) and value.slug == "all-zero"
    if len(nets) < len("12") or not (zeros or isinstance(value, np.ndarray)):
        return False
    sizes = [float(np.abs(net).max()) for net in nets.values()]
    rounding = NOTHING * sizes[0] * sizes[1]
    wanted, _ = expand_alternatives(name, nets)
    closed = min(sizes) > NOTHING and float(np.abs(wanted).max()) <= rounding
    return closed and (zeros or float(np.abs(cast(FloatArray, value)).max()) <= rounding)


def _diagnose_problem(
    name: str, problem: Problem, given: Given, nets: dict[str, FloatArray]
) -> str:
    """Return the problem's slug, or what makes it: factors exchanged, or one head twice."""
    if name == "two_token_copy" and problem.slug == "all-zero" and len(nets) == len("12"):
        return name_zero(nets)
    suffix = name[-1]
    W_V, W_out = given.earlier.get(f"W_V_{suffix}"), given.earlier.get(f"W_out_{suffix}")
    if (
        problem.seen is not None
        and isinstance(W_V, np.ndarray)
        and isinstance(W_out, np.ndarray)
        and equals(problem.seen, W_V @ W_out)
    ):
        return "factors-swapped"
    return problem.slug


def _say_missing(name: str, nets: dict[str, FloatArray]) -> str:
    gone = " and ".join(
        f"W_V_{suffix} and W_out_{suffix}" for suffix in sorted(_needed(name) - set(nets))
    )
    return f"{name} follows from {gone}, which cannot be read yet; hand those in first."

"""Judge functions by calling them on random arrays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from circuits.behaviours.functions.calls import (
    TOLERANCE,
    Call,
    CallResult,
    call_function,
    draw_head_cases,
    draw_rank_cases,
    draw_read_cases,
    relative_error,
)
from circuits.behaviours.functions.small_calls import (
    list_extreme_calls,
    list_head_calls,
    list_read_calls,
)
from circuits.diagnosis.functions.head_functions import (
    diagnose_head,
    diagnose_rank,
    diagnose_strengths,
)
from circuits.diagnosis.functions.results import diagnose_results
from circuits.guard import LEARNERS_ERRORS, name_type
from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.tasks.tables import show_apart
from circuits.trials import Trials

_AXES = "What does each axis of the result stand for, and how long should it be?"

QUESTIONS = {
    "wrong-shape": _AXES,
    "transposed": _AXES,
    "all-zero": "Is what the function has worked out also what it returns?",
    "gain": "By which one number do the results differ from those wanted? Where does it enter?",
}
"""What to ask of a result where the mistake's own question is about a matrix."""


def read_result(result: object, shape: tuple[int, ...]) -> FloatArray | str:
    """Return a function's result as float64 of the wanted shape, or what is wrong with it."""
    array_of = f"an array {shape}" if shape else "a single number"
    if result is None or result is ...:
        return f"it returned {'None' if result is None else '...'}; wanted {array_of}"
    try:
        array = np.array(result, subok=False)
    except LEARNERS_ERRORS:
        return f"it returned a {name_type(result)}; wanted {array_of}"
    if array.dtype.kind not in "fiub":
        reals = f"{array_of} of real numbers" if shape else "a single real number"
        return f"it returned {_name_kind(result, array.dtype.kind)}; wanted {reals}"
    if array.shape != shape:
        return f"it returned an array {array.shape}; wanted {array_of}"
    return array.astype(np.float64)


def _name_kind(result: object, kind: str) -> str:
    """Return what a learner calls a result that holds no real numbers, by its entries' kind."""
    known = {"c": "complex numbers", "U": "text", "S": "text", "T": "text"}
    made = type(result)  # an object may raise when it is asked for its class
    if kind == "O" and issubclass(made, (np.ndarray, list, tuple)):
        held = "an array" if issubclass(made, np.ndarray) else f"a {name_type(result)}"
        return f"{held} whose entries are no numbers"
    return known.get(kind, f"a {name_type(result)}")


class Function(Task):
    """Write a function. The part has one answer."""

    tried = ", on inputs it has never seen"
    questions = QUESTIONS

    def find_fault(self, part: Part) -> str | None:
        if len(part.answers) != len(["function"]):
            return f"{type(self).__name__} judges one function; give it one answer."
        return super().find_fault(part)


def get_function(given: GivenAnswers) -> Callable[..., object]:
    """Return the one answer of a part that asks for a function."""
    (function,) = given.own.values()
    return cast("Callable[..., object]", function)


def find_error(outcome: CallResult, floor: float = 1e-12) -> str | None:
    """Return what is wrong with one call's result, or None if it is right.

    Args:
        outcome: The call.
        floor: Errors are measured as a share of the greatest wanted entry, or of this.
    """
    wanted = outcome.case.wanted
    if outcome.failure:
        return f"it raised {outcome.failure}"
    result = read_result(outcome.result, wanted.shape)
    if isinstance(result, str):
        return result
    if not np.isfinite(result).all():
        return "it returned numbers that are not finite"
    if relative_error(result, wanted, floor) <= TOLERANCE:
        return None
    place = tuple(int(i) for i in np.unravel_index(np.abs(result - wanted).argmax(), wanted.shape))
    seen, right = show_apart(float(result[place]), float(wanted[place]))
    return f"entry {list(place)} is {seen}; wanted {right}"


def diagnose_nothing(outcomes: list[CallResult]) -> str | None:
    """Return what to call a function that gives back nothing, or nothing wherever it fails."""
    if all(outcome.result is ... for outcome in outcomes):
        return "missing"
    failing = [outcome for outcome in outcomes if find_error(outcome, floor=1.0)]
    nothing = failing and all(o.failure is None and o.result is None for o in failing)
    return "returned-none" if nothing else None


def advise(failures: Sequence[str | None], otherwise: str) -> str:
    """Return what to try next, if the mistake has no name.

    Args:
        failures: Why each call failed, or None where it did not.
        otherwise: What to say if not all of them failed.
    """
    if not all(failures):
        return otherwise
    said = [str(failure) for failure in failures]
    if all(failure.startswith(("NameError", "UnboundLocalError")) for failure in said):
        return "The function uses a name that has no value there. Is it spelt as where it is made?"
    if all("positional argument" in failure for failure in said):
        return "Something is called with too many arguments or too few. Which ones does it take?"
    return "The function stops before it returns. Print the shapes just before that line."


def name_failures(outcomes: Iterable[CallResult]) -> list[str | None]:
    """Return why each call failed, or None where it did not."""
    return [outcome.failure for outcome in outcomes]


@dataclass(frozen=True)
class HeadFunction(Function):
    """Compute the output of one causal head.

    Attributes:
        merged: Whether the function takes ``W_QK`` and ``W_OV`` instead of four matrices.
    """

    merged: bool

    def list_properties(self, part: Part) -> Collection[str]:
        return "output", "stable", "unchanged"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        name, merged = part.answers[0].name, self.merged
        cases = trials.recall(part.id, lambda rng: draw_head_cases(rng, merged))
        outcomes = [call_function(function, case) for case in cases]
        output, small = _judge_outcomes(
            [outcome for outcome in outcomes if not outcome.case.extreme],
            "The output is right on streams and heads of five shapes.",
            lambda: _find_small(function, list_head_calls(name, merged)),
        )
        stable, large = _judge_outcomes(
            [outcome for outcome in outcomes if outcome.case.extreme],
            "Scores of ten thousand give finite, right numbers.",
            lambda: _find_small(function, list_extreme_calls(name, merged)),
        )
        diagnosis = diagnose_nothing(outcomes) or diagnose_head(outcomes)
        written = next((outcome for outcome in outcomes if outcome.changed), None)
        if written:
            calls = (call_function(function, case) for case in list_head_calls(name, merged))
            written = next((outcome for outcome in calls if outcome.changed), written)
            small = small or written.case.code
            unchanged = Judgement(
                False, f"With {written.case.label} the function changed an array that it was given."
            )
        elif not output.passed:
            unchanged = postpone(
                "Whether the arrays stay as they were can be told once the output is right."
            )
        else:
            unchanged = Judgement(True, "The arrays it is given stay as they were.")
        return Examination(
            {"output": output, "stable": stable, "unchanged": unchanged},
            next_step=advise(
                name_failures(outcomes),
                "Call your function on two tokens and work the same numbers out by hand.",
            ),
            diagnosis=diagnosis,
            replay="\n\n".join(filter(None, (small, large))) or None,
        )


def _judge_outcomes(
    outcomes: list[CallResult], praise: str, find_small: Callable[[], CallResult | None]
) -> tuple[Judgement, str | None]:
    """Return the judgement, and the lines that make the call of which it speaks, if there are any.

    Args:
        outcomes: What the function returned on random arrays.
        praise: What to say if all of it is right.
        find_small: Looks for a call that a learner can make by hand and that is wrong, too.
    """
    wrong = next((outcome for outcome in outcomes if find_error(outcome)), None)
    if wrong is None:
        return Judgement(True, praise), None
    shown = find_small() or wrong
    return Judgement(
        False, f"With {shown.case.label}: {find_error(shown)}."
    ), shown.case.code or None


def _find_small(function: Callable[..., object], calls: Iterable[Call]) -> CallResult | None:
    """Return the first call that is wrong, or None."""
    outcomes = (call_function(function, case) for case in calls)
    return next((outcome for outcome in outcomes if find_error(outcome)), None)


@dataclass(frozen=True)
class MaxRank(Function):
    """Give the greatest rank of a product of ``(d_model, d_head)`` and ``(d_head, d_model)``."""

    questions = QUESTIONS | {
        "wrong-shape": "A rank is one whole number: what else comes back with it?"
    }

    def list_properties(self, part: Part) -> Collection[str]:
        return "narrow", "wide"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        wrong: dict[str, list[str]] = {"narrow": [], "wide": []}
        outcomes = []
        for (d_model, d_head), wanted in draw_rank_cases():
            case = Call(
                f"d_model={d_model}, d_head={d_head}",
                (np.array(d_model), np.array(d_head)),
                np.array(float(wanted)),
            )
            outcome = call_function(lambda *pair: function(*(int(number) for number in pair)), case)
            outcomes.append(outcome)
            error = find_error(outcome)
            if error:
                said = error.replace("entry [] is", "it returned")
                wrong["narrow" if d_head < d_model else "wide"].append(
                    f"With {case.label}: {said}."
                )
        results = [
            (pair, o.result) for (pair, _), o in zip(draw_rank_cases(), outcomes, strict=True)
        ]
        diagnosis = _diagnose_rank_function(outcomes, results)
        praise = {
            "narrow": "Right where the head is narrower than the stream.",
            "wide": "Right where the head is as wide as the stream, or wider.",
        }
        return Examination(
            {
                slug: Judgement(not said, said[0] if said else praise[slug])
                for slug, said in wrong.items()
            },
            next_step=advise(
                name_failures(outcomes),
                "Multiply two random matrices of these shapes and ask np.linalg.matrix_rank.",
            ),
            diagnosis=diagnosis,
        )


def _diagnose_rank_function(
    outcomes: list[CallResult], results: list[tuple[tuple[int, int], object]]
) -> str | None:
    return (
        diagnose_nothing(outcomes)
        or diagnose_results(outcomes, sizes=False)
        or diagnose_rank(results)
    )


@dataclass(frozen=True)
class SingularValues(Function):
    """Give the singular values of ``W_V_2 W_out_1``, the largest first."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "values", "order"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        outcomes = [
            call_function(function, case) for case in trials.recall(part.id, draw_read_cases)
        ]
        diagnosis = diagnose_nothing(outcomes) or diagnose_strengths(outcomes)
        # A product that is zero has singular values of rounding size: they are compared with 1.
        wrong = [outcome for outcome in outcomes if find_error(_sort(outcome), floor=1.0)]
        misplaced = [outcome for outcome in outcomes if find_error(outcome, floor=1.0)]
        values = Judgement(True, "The numbers are the singular values of the product.")
        order = Judgement(True, "The largest comes first.")
        replay = None
        if misplaced:
            shown = _show_strengths(function, part.answers[0].name, wrong, misplaced)
            replay = shown.case.code or None
            if wrong:
                error = find_error(_sort(shown), floor=1.0)
                values = Judgement(False, f"With {shown.case.label}: {error}.")
                order = postpone(
                    "Whether the largest comes first can be told once the values are right."
                )
            else:
                order = Judgement(
                    False, f"With {shown.case.label} the values do not run from large to small."
                )
        return Examination(
            {"values": values, "order": order},
            next_step=advise(
                name_failures(outcomes),
                "Compare with np.linalg.svd of the product for one small random pair.",
            ),
            diagnosis=diagnosis,
            replay=replay,
        )


def _show_strengths(
    function: Callable[..., object], name: str, wrong: list[CallResult], misplaced: list[CallResult]
) -> CallResult:
    """Return a call that fails, one that can be made by hand if there is any."""
    for case in list_read_calls(name):
        outcome = call_function(function, case)
        if find_error(_sort(outcome) if wrong else outcome, floor=1.0):
            return outcome
    return (wrong or misplaced)[0]


def _sort(outcome: CallResult) -> CallResult:
    """Return the outcome with the wanted values and, if they can be read, the seen ones sorted."""
    case = outcome.case
    read = None if outcome.failure else read_result(outcome.result, case.wanted.shape)
    if not isinstance(read, np.ndarray):
        return outcome
    in_order = Call(case.label, case.arguments, np.sort(case.wanted))
    return CallResult(in_order, np.sort(read), None, outcome.changed)

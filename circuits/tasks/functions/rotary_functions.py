"""Judge two functions of chapter 5: rotary scores, and a probe for positions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.functions.calls import (
    TOLERANCE,
    Call,
    CallResult,
    call_function,
    relative_error,
)
from circuits.behaviours.rotary import (
    IN_FRONT,
    draw_regressions,
    draw_rotary_cases,
    draw_values,
    move_back,
)
from circuits.diagnosis.functions.results import diagnose_results
from circuits.diagnosis.functions.rotary_functions import (
    diagnose_probe,
    diagnose_rotary_scores,
    is_one_side_turned,
)
from circuits.parts import Part
from circuits.reports.comparison import Comparison, LabelledTable
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.tasks.functions.function import (
    Function,
    advise,
    diagnose_nothing,
    find_error,
    get_function,
    name_failures,
    read_result,
)
from circuits.trials import Trials


@dataclass(frozen=True)
class RotaryScores(Function):
    """Compute the scores of a rotary head."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "scores", "relative", "unchanged"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        cases = trials.recall("rotary scores", draw_rotary_cases)
        outcomes = [call_function(function, case) for case in cases]
        errors = [(outcome, find_error(outcome)) for outcome in outcomes]
        wrong = next(((outcome, error) for outcome, error in errors if error), None)
        changed = next((outcome for outcome in outcomes if outcome.changed), None)
        results = [read_result(outcome.result, outcome.case.wanted.shape) for outcome in outcomes]
        sound = [result for result in results if isinstance(result, np.ndarray)]
        readable = len(sound) == len(results) and all(np.isfinite(result).all() for result in sound)
        relative = (
            _judge_relative(function, cases, trials)
            if readable
            else postpone("Whether only distances count can be told once the scores can be read.")
        )
        diagnosis = None
        if wrong or changed or not relative.passed:
            diagnosis = diagnose_nothing(outcomes)
            diagnosis = diagnosis or ("input-changed" if changed else None)
            diagnosis = diagnosis or (_diagnose_scores(cases, sound) if readable else None)
            diagnosis = diagnosis or diagnose_results(outcomes)
        return Examination(
            {
                "scores": Judgement(False, f"With {wrong[0].case.label}: {wrong[1]}.")
                if wrong
                else Judgement(True, "The scores are right on streams of seven shapes."),
                "relative": relative,
                "unchanged": Judgement(
                    False, f"With {changed.case.label} it changed an array that it was given."
                )
                if changed
                else Judgement(True, "The arrays it is given stay as they were.")
                if readable
                else postpone("Whether the arrays stay as they were counts once scores come back."),
            },
            next_step=advise(
                name_failures(outcomes),
                "Turn one query and one key by hand, for two positions, and compare their dot "
                "product with your score, before any mask, division or softmax: queries go down.",
            ),
            diagnosis=diagnosis,
        )


def _diagnose_scores(cases: tuple[Call, ...], results: list[FloatArray]) -> str | None:
    if is_one_side_turned(cases, results):
        return "one-side-turned"
    return diagnose_rotary_scores(cases, results)


def _judge_relative(
    function: Callable[..., object], cases: tuple[Call, ...], trials: Trials
) -> Judgement:
    """Return whether scores stay as they are if other tokens are put in front."""
    rng = trials.rng("tokens in front")
    for case in cases:
        if len(case.arguments[0]) == 1:
            continue
        before = call_function(function, case)
        moved = move_back(case, rng)
        after = call_function(function, moved)
        pair = (
            read_result(before.result, case.wanted.shape),
            read_result(after.result, moved.wanted.shape),
        )
        if not all(isinstance(scores, np.ndarray) for scores in pair):
            return Judgement(False, f"With {moved.label} no scores come back.")
        here, there = np.asarray(pair[0]), np.asarray(pair[1])[IN_FRONT:, IN_FRONT:]
        x, W_Q, W_K = case.arguments
        if not here.any() or relative_error(here, (x @ W_Q.T) @ (x @ W_K.T).T) <= TOLERANCE:
            return Judgement(False, "The scores do not depend on where the tokens stand.")
        if not np.isfinite(there).all() or relative_error(there, here) > TOLERANCE:
            return Judgement(
                False, f"With {moved.label} the scores between the old tokens change; wanted alike."
            )
    return Judgement(
        True, "Only distances count: tokens in front change no score between the others."
    )


@dataclass(frozen=True)
class Probe(Function):
    """Give the share of a target's variance that a linear fit explains."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "fit", "offset"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        cases = trials.recall("regressions", draw_regressions)
        outcomes = [call_function(function, case) for case in cases]
        half = len(cases) // 2
        verdicts = {
            "fit": _judge_fits(outcomes[:half], "The share is right for features about zero."),
            "offset": _judge_fits(outcomes[half:], "It is right for features far from zero, too."),
        }
        right = all(verdict.passed for verdict in verdicts.values())
        diagnosis = None
        if not right:
            diagnosis = diagnose_nothing(outcomes)
            if diagnosis is None and any(outcome.changed for outcome in outcomes):
                diagnosis = "input-changed"
            diagnosis = diagnosis or diagnose_results(outcomes, sizes=False)
            numbers = [read_result(outcome.result, ()) for outcome in outcomes]
            if diagnosis is None and all(isinstance(number, np.ndarray) for number in numbers):
                diagnosis = diagnose_probe(cases, [float(number) for number in numbers])
        return Examination(
            verdicts,
            next_step=advise(
                name_failures(outcomes),
                "Fit five points by hand, and compare the squares that are left with the "
                "squares about the mean.",
            ),
            diagnosis=diagnosis,
            comparison=_probe_streams(function, trials) if right else None,
        )


def _judge_fits(outcomes: list[CallResult], praise: str) -> Judgement:
    for outcome in outcomes:
        error = find_error(outcome)
        if outcome.changed:
            error = "it changed an array that it was given"
        if error:
            said = error.replace("entry [] is", "it returned")
            return Judgement(False, f"With {outcome.case.label}: {said}.")
    return Judgement(True, praise)


def _probe_streams(function: Callable[..., object], trials: Trials) -> Comparison:
    """Return what a right probe reads of the position from streams of both kinds."""
    drawn = trials.recall("streams to probe", draw_values(trials.stream))
    names = ("added to the stream", "rotary")
    shares = []
    for name in names:
        case = Call(name, (drawn[name], drawn["hand"]), np.array(0.0))
        result = read_result(call_function(function, case).result, ())
        shares.append((float(result) if isinstance(result, np.ndarray) else np.nan,))
    (added,), (rotary,) = shares  # of a right probe 1, and about 0.02 by chance
    seen = (
        "nothing: it raises an error or returns no single number there."
        if np.isnan([added, rotary]).any()
        else "all of it where positions are added to the stream, and next to nothing under rotary "
        "attention."
        if added > 0.99 and 0 <= rotary < 0.1
        else "these are no shares. Some of the 48 features are sums of others, and together they "
        "hold a constant already. An inverse breaks down there, and np.linalg.lstsq does not."
    )
    return Comparison(
        "What your probe reads of the cosine of the largest hand from 2,400 tokens of a first "
        f"layer: {seen}",
        (LabelledTable("share explained", names, ("R2",), tuple(shares)),),
        title="What values can know of the position",
    )

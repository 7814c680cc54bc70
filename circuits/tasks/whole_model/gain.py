"""Judge a function that gives the gain of an unembedding with a given loss."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.functions.calls import Call, CallResult, call_function
from circuits.behaviours.lines import (
    LOSS_TOLERANCE,
    draw_losses,
    measure_gain,
    measure_losses_by_word,
)
from circuits.diagnosis.functions.results import diagnose_results
from circuits.diagnosis.whole_model.guesses import diagnose_gains
from circuits.parts import Part
from circuits.reports.examination import Examination, GivenAnswers, Judgement
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.functions.function import (
    Function,
    advise,
    diagnose_nothing,
    get_function,
    name_failures,
    read_result,
)
from circuits.trials import Trials


@dataclass(frozen=True)
class GainForLoss(Function):
    """Give the gain of an unembedding that has a given loss where the word has been found."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "one", "others"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function, stream = get_function(given), trials.stream
        asked = trials.recall("losses", draw_losses)
        wanted = trials.recall("gains", lambda _: [_find_gain(stream, loss) for loss in asked])
        outcomes = [
            call_function(
                lambda number: function(float(number)),
                Call(f"loss={loss:.3g}", (np.array(loss),), np.array(gain)),
            )
            for loss, gain in zip(asked, wanted, strict=True)
        ]
        said = [
            _judge_gain(stream, loss, outcome)
            for loss, outcome in zip(asked, outcomes, strict=True)
        ]
        others = next((verdict for verdict in said[1:] if not verdict.passed), said[1])
        right = said[0].passed and all(verdict.passed for verdict in said)
        diagnosis = (
            None
            if right
            else diagnose_nothing(outcomes)
            or diagnose_results(outcomes, sizes=False)
            or self._diagnose(stream, np.array(asked), np.array(wanted), outcomes)
        )
        return Examination(
            {"one": said[0], "others": others},
            next_step=advise(
                name_failures(outcomes),
                "Write down the logits of all 64 words at a token that has found word k, "
                "for a gain of your choice, and the loss that follows from them.",
            ),
            diagnosis=diagnosis,
        )

    def _diagnose(
        self, stream: ToyStream, asked: FloatArray, wanted: FloatArray, outcomes: list[CallResult]
    ) -> str | None:
        results = [read_result(outcome.result, ()) for outcome in outcomes]
        if any(isinstance(result, str) for result in results):
            return None
        gains = np.array([float(result) for result in results])
        by_word = np.array([measure_losses_by_word(stream, gain) for gain in gains])
        return diagnose_gains(asked, gains, wanted, by_word)


def _find_gain(stream: ToyStream, loss: float) -> float:
    """Return the gain that has a loss, by halving an interval that holds it."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if measure_gain(stream, middle) > loss else (low, middle)
    return high


def _judge_gain(stream: ToyStream, asked: float, outcome: CallResult) -> Judgement:
    """Return whether a gain has the loss that was asked for."""
    if outcome.failure:
        return Judgement(False, f"With {outcome.case.label} it raised {outcome.failure}.")
    result = read_result(outcome.result, ())
    if isinstance(result, str):
        return Judgement(False, f"With {outcome.case.label}: {result}.")
    gain = float(result)
    loss = measure_gain(stream, gain) if np.isfinite(gain) else np.inf
    fits = bool(abs(loss - asked) <= LOSS_TOLERANCE * asked)
    sentence = (
        f"Asked for a loss of {asked:.3g}, it gives a gain of {gain:.3g}, whose loss is {loss:.3g}"
    )
    return Judgement(
        fits, f"{sentence}." if fits else f"{sentence}; wanted within {LOSS_TOLERANCE:.0%}."
    )

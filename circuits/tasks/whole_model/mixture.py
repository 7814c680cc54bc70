"""Judge a function that guesses what the mean of several words is most like."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from circuits.behaviours.functions.calls import Call, CallResult, call_function
from circuits.behaviours.mixtures import Mixture, draw_mixtures
from circuits.diagnosis.functions.results import diagnose_results
from circuits.parts import Part
from circuits.reports.examination import Examination, GivenAnswers, Judgement
from circuits.shapes import FloatArray
from circuits.tasks.functions.function import (
    Function,
    advise,
    diagnose_nothing,
    get_function,
    name_failures,
    read_result,
)
from circuits.tasks.tables import show_apart
from circuits.trials import Trials


@dataclass(frozen=True)
class MixtureGuess(Function):
    """Give the word that the mean of several words is most like."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "several", "repeated"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        mixtures = trials.recall("mixtures", draw_mixtures(trials.stream))
        outcomes = [
            call_function(
                function,
                Call(
                    f"{len(mixture.content)} words in {mixture.content.shape[1]} dimensions and "
                    f"words={mixture.words.tolist()}",
                    (mixture.content, cast(FloatArray, mixture.words)),  # rows, whole numbers
                    np.array(float(mixture.guess)),
                ),
            )
            for mixture in mixtures
        ]
        repeated = [len(set(mixture.words.tolist())) < len(mixture.words) for mixture in mixtures]
        verdicts = {
            slug: _judge_guesses(
                [
                    outcome
                    for outcome, twice in zip(outcomes, repeated, strict=True)
                    if twice == want
                ],
                praise,
            )
            for slug, want, praise in (
                ("several", False, "The guess is right for one word and for several."),
                ("repeated", True, "A word that went in three times counts three times."),
            )
        }
        right = all(verdict.passed for verdict in verdicts.values())
        diagnosis = (
            None
            if right
            else diagnose_nothing(outcomes)
            or diagnose_results(outcomes, sizes=False)
            or _diagnose_guesses(mixtures, outcomes)
        )
        return Examination(
            verdicts,
            next_step=advise(
                name_failures(outcomes),
                "Average the rows of two words by hand, and compare the mean with every row of the "
                "table that the function is given. The number of the best row is the answer.",
            ),
            diagnosis=diagnosis,
        )


def _judge_guesses(outcomes: list[CallResult], praise: str) -> Judgement:
    for outcome in outcomes:
        case, wanted = outcome.case, int(outcome.case.wanted)
        if outcome.failure:
            return Judgement(False, f"With {case.label} it raised {outcome.failure}.")
        if outcome.changed:
            return Judgement(False, f"With {case.label} it changed an array that it was given.")
        result = read_result(outcome.result, ())
        if isinstance(result, str):
            return Judgement(False, f"With {case.label}: {result}.")
        if float(result) != wanted:
            seen, row = show_apart(float(result), wanted)
            return Judgement(False, f"With {case.label} it returned {seen}; wanted row {row}.")
    return Judgement(True, praise)


def _diagnose_guesses(mixtures: Sequence[Mixture], outcomes: list[CallResult]) -> str | None:
    if any(outcome.changed for outcome in outcomes):
        return "input-changed"
    results = [read_result(outcome.result, ()) for outcome in outcomes]
    if any(isinstance(result, str) for result in results):
        return None
    guesses = [float(result) for result in results]

    def all_are(wanted: Callable[[Mixture], float]) -> bool:
        return all(guess == wanted(m) for guess, m in zip(guesses, mixtures, strict=True))

    if all_are(lambda m: m.guess + 1) or all_are(lambda m: m.guess - 1):
        return "rows-shifted"
    if all_are(lambda m: int((m.content @ m.content[m.words].mean(axis=0)).argmin())):
        return "least-alike"
    if all_are(lambda m: int((m.content @ m.content[np.unique(m.words)].mean(axis=0)).argmax())):
        return "copies-counted-once"
    among = all(guess in m.words for guess, m in zip(guesses, mixtures, strict=True))
    return "guess-among-the-mixed" if among else None

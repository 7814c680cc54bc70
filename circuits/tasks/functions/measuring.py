"""Judge functions that measure what a trained model's heads do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from circuits.behaviours.functions.calls import Call, CallResult, call_function
from circuits.behaviours.functions.measurement_cases import Measurement, View
from circuits.diagnosis.functions.measurements import Variants, diagnose_measurement
from circuits.diagnosis.functions.results import diagnose_results
from circuits.parts import Part
from circuits.reports.examination import Examination, GivenAnswers, Judgement
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

_SEED = 5
"""Draws the calls that a learner can make by hand, the same for everybody."""


@dataclass(frozen=True, eq=False)
class Measuring(Function):
    """Write a function that measures something.

    Attributes:
        measurement: What it should give, and on what it is tried.
        mistakes: Wrong functions by the names of their mistakes, the most basic first.
    """

    measurement: Measurement
    mistakes: Variants

    def list_properties(self, part: Part) -> Collection[str]:
        return list(self.measurement.views)

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        outcomes = _call_all(function, trials.recall(part.id, self.measurement.draw_cases))
        verdicts = {
            slug: Judgement(not error, error or view.praise)
            for slug, view in self.measurement.views.items()
            for error in [_find_error(view, outcomes)]
        }
        replay = None
        if not all(verdict.passed for verdict in verdicts.values()):
            by_hand = self.measurement.draw_cases(np.random.default_rng(_SEED))
            short = {kind: [c for c in cases if c.code] for kind, cases in by_hand.items()}
            tried = _call_all(function, short)
            for slug, view in self.measurement.views.items():
                error = None if verdicts[slug].passed else _find_error(view, tried)
                if error:
                    verdicts[slug] = Judgement(False, error)
                    replay = replay or _find_code(view, tried)
        every = [outcome for group in outcomes.values() for outcome in group]
        diagnosis = self._diagnose(outcomes, every)
        return Examination(
            verdicts,
            next_step=advise(
                name_failures(every),
                "Call your function on very few numbers and work the result out by hand.",
            ),
            diagnosis=diagnosis,
            replay=replay,
        )

    def _diagnose(
        self, outcomes: Mapping[str, list[CallResult]], every: list[CallResult]
    ) -> str | None:
        wrong = [outcome for outcome in every if find_error(outcome)]
        if not wrong:
            return "input-changed" if any(outcome.changed for outcome in every) else None
        nothing = diagnose_nothing(every)
        if nothing:
            return nothing
        plain = outcomes[self.measurement.plain]
        if any(find_error(outcome) for outcome in plain):
            changed = "input-changed" if any(outcome.changed for outcome in every) else None
            return diagnose_measurement(self.mistakes, plain) or changed
        slug = diagnose_measurement(self.mistakes, every)
        return slug or ("unstable-softmax" if _overflow(wrong) else diagnose_results(wrong))


def _call_all(
    function: Callable[..., object], cases: Mapping[str, list[Call]]
) -> dict[str, list[CallResult]]:
    return {
        kind: [call_function(function, case) for case in group] for kind, group in cases.items()
    }


def _overflow(outcomes: list[CallResult]) -> bool:
    """Whether all results have the right shape, and numbers that are not finite."""
    results = [read_result(o.result, o.case.wanted.shape) for o in outcomes if not o.failure]
    read = [result for result in results if not isinstance(result, str)]
    return len(read) == len(outcomes) and not any(np.isfinite(result).all() for result in read)


def _list_selected(view: View, outcomes: Mapping[str, list[CallResult]]) -> Iterator[CallResult]:
    """Yield what a property looks at in each result; a result that cannot be read, as it is."""
    for kind in view.kinds:
        for outcome in outcomes.get(kind, []):
            result = read_result(outcome.result, outcome.case.wanted.shape)
            if outcome.failure or isinstance(result, str):
                yield outcome
            else:
                wanted = np.asarray(view.select(outcome.case.wanted))
                yield replace(
                    outcome,
                    case=replace(outcome.case, wanted=wanted),
                    result=np.asarray(view.select(result)),
                )


def _find_error(view: View, outcomes: Mapping[str, list[CallResult]]) -> str | None:
    """Return what is wrong with the first result that is wrong, as a sentence, or None."""
    for outcome in _list_selected(view, outcomes):
        error = find_error(outcome)
        if not error and outcome.changed:  # the page hands over arrays that it goes on using
            return f"With {outcome.case.label} it changed an array that it was given."
        if error:
            said = error.replace("entry [] is", f"{view.noun or 'it returned'} is")
            said = said.replace("it returned is", "it returned")
            said = said.replace("entry [", f"{view.noun or 'entry'} [")
            return f"With {outcome.case.label}: {said}."
    return None


def _find_code(view: View, outcomes: Mapping[str, list[CallResult]]) -> str | None:
    # A call that gives the right number shows nothing of what it has done to its array.
    wrong = (o for o in _list_selected(view, outcomes) if find_error(o))
    return next((o.case.code for o in wrong), None) or None

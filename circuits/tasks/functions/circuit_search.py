"""Judge a function that finds the induction circuit in models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.functions.model_cases import (
    Found,
    ModelCase,
    draw_model_cases,
    find_circuits,
)
from circuits.diagnosis.functions.circuit_search import diagnose_finding
from circuits.guard import LEARNERS_ERRORS, describe_error, keep_printable, name_type
from circuits.parts import Part
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.tasks.functions.function import Function, advise, get_function
from circuits.trained.model import load_model
from circuits.trials import Trials

_RAISED = "it raised "
_WANTED = 'wanted three strings, as in ("0.1", "1.0", "Q"), or None'


@dataclass(frozen=True)
class FindCircuit(Function):
    """Write a function that names the heads of an induction circuit and the path between them."""

    tried = ", on models that it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return "heads", "path", "none"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        cases = trials.recall(
            part.id, lambda rng: draw_model_cases(trials.models or (load_model(),), rng)
        )
        wanted = [find_circuits(case) for case in cases]
        said = [call_finder(get_function(given), case) for case in cases]
        if all(answer is ... for answer in said):
            verdict = postpone("The function does nothing yet.")
            return Examination(dict.fromkeys(self.list_properties(part), verdict), None, "missing")
        return Examination(
            {
                "heads": _judge(cases, wanted, said, "heads"),
                "path": _judge(cases, wanted, said, "path"),
                "none": _judge_none(cases, wanted, said),
            },
            next_step=advise(
                [_name_failure(answer) for answer in said],
                "Let your function print its scores before it answers, for each model that it is "
                "shown: which head stands out, and against what?",
            ),
            diagnosis=diagnose_finding(cases, wanted, said),
        )


def _name_failure(answer: object) -> str | None:
    """Return what a finder raised, or None if it came to its end."""
    raised = isinstance(answer, str) and answer.startswith(_RAISED)
    return str(answer).removeprefix(_RAISED) if raised else None


def _say(answer: str) -> str:
    """Return what is wrong with an answer that names nothing, and what was wanted."""
    return answer if answer.startswith(_RAISED) else f"{answer}; {_WANTED}"


def call_finder(function: Callable[..., object], case: ModelCase) -> object:
    """Return what a learner's function says of a model: names, None, ``...``, or what is wrong."""
    try:
        result = function(*(np.array(argument) for argument in case.arguments))
    except LEARNERS_ERRORS as error:
        return f"{_RAISED}{describe_error(error)}"
    if result is None or result is ...:
        return result
    try:
        names = np.array(result, subok=False)
        if names.shape == (3,) and names.dtype.kind in "USfO":
            first, second, path = (str(name).strip() for name in names.tolist())
            return first, second, path.upper()
    except LEARNERS_ERRORS:
        pass
    return f"it returned {_name_result(result)} that cannot be read"


def _name_result(result: object) -> str:
    is_text = issubclass(type(result), str)  # an object may raise when it is asked for its class
    return "text" if is_text else f"a {keep_printable(name_type(result))}"


def _judge(
    cases: Sequence[ModelCase],
    wanted: Sequence[frozenset[Found]],
    said: Sequence[object],
    what: str,
) -> Judgement:
    """Return whether the heads, or the path, are right in every model that has a circuit."""

    def take(found: Found) -> tuple[str, ...]:
        return found[:2] if what == "heads" else found[2:]

    there = [trio for trio in zip(cases, wanted, said, strict=True) if trio[1]]
    for case, circuits, answer in there:
        if isinstance(answer, str):
            return Judgement(False, f"In {case.label}, {_say(answer)}.")
        right = {take(found) for found in circuits}
        if not isinstance(answer, tuple) or take(answer) not in right:
            best = " or ".join(_show(names) for names in sorted(right))
            return Judgement(False, f"In {case.label}, {_tell(answer, take)}; wanted {best}.")
    noun = "Both heads are" if what == "heads" else "The path is"
    return Judgement(True, f"{noun} right in {len(there)} models.")


def _tell(answer: object, take: Callable[[Found], tuple[str, ...]] = tuple) -> str:
    if isinstance(answer, tuple):
        return f"you named {_show(take(answer))}"
    if answer is ...:
        return "it returned ..., as the stub does"
    return str(answer or "it returned None")


def _show(names: tuple[str, ...]) -> str:
    return keep_printable(" and ".join(name[:20] for name in names))


def _judge_none(
    cases: Sequence[ModelCase], wanted: Sequence[frozenset[Found]], said: Sequence[object]
) -> Judgement:
    if not any(isinstance(answer, tuple) for answer in said):
        return postpone("Whether it is silent for a reason can be told once it names a circuit.")
    controls = [trio for trio in zip(cases, wanted, said, strict=True) if not trio[1]]
    for case, _, answer in controls:
        if answer is not None:
            return Judgement(
                False, f"In {case.label}, {_tell(answer)}; there is no circuit, so wanted None."
            )
    return Judgement(True, f"It says None of {len(controls)} models that have no circuit.")

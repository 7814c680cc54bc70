"""Examine the warm-up's questions whose answer is the name of a matrix."""

from __future__ import annotations

from typing import cast

from circuits.exercises import Part
from circuits.judging.answers import Problem
from circuits.judging.examination import Examination, Given, Verdict
from circuits.trials import Trials

# What each matrix decides is found by what changes when it does: see examine_w4.
_JOBS = {
    "W_Q": "what the looking token asks for",
    "W_K": "what a token can be found by",
    "W_V": "what is read from the attended token",
    "W_out": "where the result is written",
}


def examine_w3(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge which matrix reads and which writes."""
    wanted = {"reads_from": "W_V", "writes_to": "W_out"}
    verdicts = {}
    for answer, prop in zip(part.answers, part.properties, strict=True):
        value = given.own[answer.name]
        if isinstance(value, Problem):
            verdicts[prop.slug] = Verdict(False, value.sentence, judged=value.slug != "missing")
        else:
            right = value == wanted[answer.name]
            verdicts[prop.slug] = Verdict(
                right,
                f"{answer.name} is {value}."
                if right
                else f"{answer.name} is {value}, which sets {_JOBS[str(value)]}.",
            )
    swapped = {name: given.own[name] for name in wanted} == {
        "reads_from": "W_out",
        "writes_to": "W_V",
    }
    return Examination(
        verdicts,
        next_step="Which of the four matrices touches the attended token's stream, and which "
        "makes what is added?",
        diagnosis=given.problems[0].slug
        if given.problems
        else ("roles-swapped" if swapped else None),
        question=given.advise("not-an-array"),
    )


def examine_w4(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge which two matrices decide the pattern."""
    names = cast("tuple[str, ...]", given.own["attention_matrices"])
    right = names == ("W_K", "W_Q")
    said = " and ".join(names) if names else "nothing"
    extra = [name for name in names if name not in ("W_Q", "W_K")]
    if right:
        sentence = "W_Q and W_K alone fix the pattern."
    elif extra:
        sentence = (
            f"You named {said}; {extra[0]} sets {_JOBS[extra[0]]}, after the pattern is fixed."
        )
    else:
        sentence = f"You named {said}; wanted two different matrices."
    return Examination(
        {"pattern": Verdict(right, sentence)},
        next_step="Which matrices stand inside the softmax?",
    )

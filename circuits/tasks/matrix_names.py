"""Judge questions whose answer is the name of a matrix."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement, Problem, refuse
from circuits.trials import Trials

_JOBS = {
    "W_Q": "what the looking token asks for",
    "W_K": "what a token can be found by",
    "W_V": "what is read from the attended token",
    "W_out": "where the result is written",
}


@dataclass(frozen=True)
class MatrixNames(Task):
    """Name one matrix in each answer.

    Attributes:
        wanted: The names, in the order of the answers.
        next_step: One thing to try, if a name is wrong.
    """

    wanted: tuple[str, ...]
    next_step: str

    one_by_one = True

    def list_properties(self, part: Part) -> Collection[str]:
        return [prop.slug for prop in part.properties]

    def find_fault(self, part: Part) -> str | None:
        if len(part.answers) != len(self.wanted):
            return f"MatrixNames has {len(self.wanted)} names; give it as many answers."
        return super().find_fault(part)

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        values = list(given.own.values())
        judgements = {
            prop.slug: _judge_name(name, value, wanted)
            for prop, (name, value), wanted in zip(
                part.properties, given.own.items(), self.wanted, strict=True
            )
        }
        swapped = values != list(self.wanted) and values == list(self.wanted[::-1])
        diagnosis = "roles-swapped" if swapped else None
        if given.problems:
            diagnosis = given.problems[0].slug
        return Examination(
            judgements,
            next_step=self.next_step,
            diagnosis=diagnosis,
            question=given.advise(diagnosis),
        )


def _judge_name(answer: str, value: object, wanted: str) -> Judgement:
    if isinstance(value, Problem):
        return refuse(value)
    if value == wanted:
        return Judgement(True, f"{answer} is {value}.")
    return Judgement(False, f"{answer} is {value}, which sets {_JOBS[str(value)]}.")


@dataclass(frozen=True)
class PatternMatrices(Task):
    """Name the two matrices that decide the attention pattern, in any order."""

    def list_properties(self, part: Part) -> Collection[str]:
        return ("pattern",)

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        (names,) = cast("tuple[tuple[str, ...]]", tuple(given.own.values()))
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
            {"pattern": Judgement(right, sentence)},
            next_step="Which matrices stand inside the softmax?",
        )

"""Judge a read-out: a matrix that tells from a token's stream which token it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement
from circuits.trials import Trials


@dataclass(frozen=True)
class ReadOut(Task):
    """Give every ordinary token the highest logit at its own place.

    The answer is ``W_U``, one row for each of the 64 tokens.

    Attributes:
        least: The share of tokens that have to be told.
    """

    least: float

    tried = ", on sequences it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return ("tells",)

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        (W_U,) = given.matrices
        told = [
            ((batch.x @ W_U.T).argmax(axis=-1) + 1 == batch.tokens)[batch.tokens > 0]
            for batch in trials.batches
        ]
        share = float(np.concatenate(told).mean())
        return Examination(
            {"tells": Judgement(share >= self.least, f"{share:.1%} of the tokens are told.")},
            next_step="Which directions of the stream say what a token is?",
            diagnosis=None if share >= self.least else "wrong-components",
        )

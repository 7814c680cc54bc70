"""Judge an unembedding by its guesses and by how sure they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.lines import measure_copying
from circuits.diagnosis.whole_model.guesses import diagnose_unembedding
from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.tables import show_share_unlike
from circuits.tasks.whole_model.earlier_heads import Before, best, list_before
from circuits.tasks.whole_model.losses import show_losses
from circuits.trials import Trials

SURE = 0.05
"""The loss at which a model is sure enough of a word that it copies, nats."""

_ABOUT_LOGITS = {
    "too-soft": "What does doubling W_U do to all logits, and to the softmax of them?",
    "opposite-sign": "What happens to the order of the logits if W_U changes its sign?",
    "wrong-dimensions": "To which directions does head 2 write, and which does W_U read?",
    "too-few-dimensions": "How many numbers does it take to tell 64 words apart here, and how many "
    "does W_U look at?",
}


@dataclass(frozen=True)
class Unembedding(Task):
    """Turn what stands in the stream into a logit for each word. The answer is ``W_U``."""

    tried = ", on lines it has never seen"
    questions = _ABOUT_LOGITS

    def list_properties(self, part: Part) -> Collection[str]:
        return "guess", "sure"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        (W_U,) = given.matrices
        before = list_before(given, trials)
        return best([self._examine_behind(heads, W_U, trials.stream) for heads in before])

    def _examine_behind(self, heads: Before, W_U: FloatArray, stream: ToyStream) -> Examination:
        measured = [measure_copying(seen.lines, seen.move(heads.W_OV), W_U) for seen in heads.seen]
        worst = min(measured, key=lambda line: line.accuracy)
        loss = float(np.mean([line.second for line in measured if not line.worst]))
        guess = worst.accuracy == 1.0
        sure = guess and loss <= SURE
        verdicts = {
            "guess": Judgement(
                guess,
                f"Every guess in the second halves is right (behind {heads.name})."
                if guess
                else f"Behind {heads.name}, {show_share_unlike(worst.accuracy, 1.0)} of the "
                f"guesses in the second half of lines of {worst.half} words are right; "
                "wanted all.",
            ),
            "sure": Judgement(
                sure,
                f"Its mean loss there is {loss:.2g} nats"
                + ("." if sure else f"; wanted at most {SURE:g}."),
            )
            if guess
            else postpone("How sure the model is counts once its guesses are right."),
        }
        return Examination(
            verdicts,
            next_step="Follow one word: which four numbers of the stream say what was found, and "
            "which row of W_U should give the largest product with them?",
            diagnosis=None if sure else diagnose_unembedding(stream, W_U, heads.W_OV, measured),
            comparison=show_losses(measured),
        )

"""Judge whether the word that a head has found is moved to where it can be read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.composition import EXPLAINED
from circuits.behaviours.lines import explain_next
from circuits.diagnosis.models import diagnose_found
from circuits.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.parts import Part, Task
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.tables import show_share_unlike
from circuits.tasks.whole_model.before import Before, best, list_before
from circuits.trials import Trials


@dataclass(frozen=True)
class MoveFound(Task):
    """Let head 2 move the word that it has found to where it can be read.

    The answers of the part are ``W_V`` and ``W_out``.
    """

    tried = ", on lines it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return ["found"]

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        W_V, W_out = given.matrices
        W_OV: FloatArray = W_out @ W_V
        before = list_before(given, trials)
        return best([self._examine_behind(heads, W_OV, trials.stream) for heads in before])

    def _examine_behind(self, heads: Before, W_OV: FloatArray, stream: ToyStream) -> Examination:
        after = [(seen.lines, seen.move(W_OV)) for seen in heads.seen if not seen.lines.worst]
        explained = explain_next(stream, after)
        verdict = _judge_found(explained, heads.name)
        return Examination(
            {"found": verdict},
            next_step="What stands at the token that head 2 looks at, and which of it is its word?",
            diagnosis=None if verdict.passed else diagnose_found(stream, W_OV),
        )


def _judge_found(explained: FloatArray, behind: str) -> Judgement:
    worst = int(explained.argmin())
    if explained[worst] >= EXPLAINED:
        return Judgement(
            True,
            f"Behind {behind}, a linear read-out recovers at least "
            f"{show_share_unlike(explained[worst], EXPLAINED)} of each of the four content numbers "
            "of the word that was found.",
        )
    if not np.isfinite(explained).all():
        return postpone("The stream behind head 2 overflows, so nothing can be read from it.")
    share = show_share_unlike(max(float(explained[worst]), 0.0), EXPLAINED)
    return Judgement(
        False,
        f"Behind {behind}, a linear read-out recovers {share} of content number {worst} of the "
        f"word that was found; wanted at least {EXPLAINED:.0%} of each of the four, numbered 0 "
        "to 3.",
    )

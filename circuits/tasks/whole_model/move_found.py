"""Judge whether the word that a head has found is moved to where it can be read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from circuits.attention import Head
from circuits.behaviours.first_head import EXPLAINED
from circuits.behaviours.lines import explain_next
from circuits.behaviours.stand_ins import LeaveNotes
from circuits.diagnosis.whole_model.guesses import diagnose_found
from circuits.parts import Part, Task
from circuits.reports.circuit_data import CircuitData
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.heads.own_circuit import embed_line, hand_over
from circuits.tasks.tables import show_share_unlike
from circuits.tasks.whole_model.earlier_heads import HEAD_1, HEAD_2, Before, best, list_before
from circuits.trials import Trials

_ABOUT_DIRECTIONS = {
    "wrong-dimensions": "Which of the named directions do the rows of W_V_2 read? W_V_2 @ u_cont.T "
    "and W_V_2 @ v.T show a part of it.",
}


@dataclass(frozen=True)
class MoveFound(Task):
    """Let head 2 move the word that it has found to where it can be read.

    The answers of the part are ``W_V`` and ``W_out``.
    """

    tried = ", on lines it has never seen"
    questions = _ABOUT_DIRECTIONS

    def list_properties(self, part: Part) -> Collection[str]:
        return ["found"]

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        W_V, W_out = given.matrices
        W_OV: FloatArray = W_out @ W_V
        before = list_before(given, trials)
        stream = trials.stream
        examinations = [self._examine_behind(heads, W_OV, stream) for heads in before]
        circuit = _hand_over(given, stream, looks_itself=bool(examinations[0].passed))
        return replace(best(examinations), circuit=circuit)

    def _examine_behind(self, heads: Before, W_OV: FloatArray, stream: ToyStream) -> Examination:
        after = [(seen.lines, seen.move(W_OV)) for seen in heads.seen]
        explained = explain_next(stream, after)
        verdict = _judge_found(explained, heads.name)
        return Examination(
            {"found": verdict},
            next_step="What stands at the token that head 2 looks at, and which of it is its word?",
            diagnosis=None if verdict.passed else diagnose_found(stream, W_OV),
        )


def _hand_over(given: GivenAnswers, stream: ToyStream, looks_itself: bool) -> CircuitData:
    """Return the learner's circuit; behind heads that do not work, what head 2 moves alone."""
    x = embed_line(stream)
    moves = dict(zip(("W_V", "W_out"), given.matrices, strict=True))
    heads = given.read_earlier(*HEAD_1, *HEAD_2)
    if heads is None or not looks_itself:
        return hand_over("notes", stream, {}, moves, x + LeaveNotes().output(x))
    head_1, (W_Q, W_K) = Head(*heads[:4]), heads[4:]
    second = {"W_Q": W_Q, "W_K": W_K, **moves}
    return hand_over("notes", stream, vars(head_1), second, x + head_1.output(x))


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

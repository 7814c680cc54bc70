"""Judge a head that rests at BOS where there is nothing to copy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from circuits.attention import Head, attention_scores, softmax_scores
from circuits.behaviours.lines import Lines, measure_copying, unembed_found
from circuits.behaviours.stand_ins import LeaveNotes
from circuits.diagnosis.whole_model.guesses import diagnose_rest
from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.whole_model.earlier_heads import HEAD_1, best, recall_lines
from circuits.tasks.whole_model.losses import show_losses
from circuits.trials import Trials

RESTS = 4.20
"""The loss at which a model still says that it does not know; ln 64 is 4.159 nats."""

SPEAKS = 0.01
"""The loss of a resting model where there is something to copy, nats."""


@dataclass(frozen=True)
class Rest(Task):
    """Let head 2 rest at BOS where there is nothing to copy, and copy where there is.

    The answers of the part are ``W_Q``, ``W_K``, ``W_V`` and ``W_out``.
    """

    tried = ", on lines it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return "rests", "join"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        stream = trials.stream
        lines = recall_lines(trials, marks=True)
        noted = trials.recall(
            "marked lines behind notes",
            lambda _: [line.x + LeaveNotes().output(line.x) for line in lines],
        )
        streams: list[tuple[str, Sequence[FloatArray]]] = [("a right head 1", noted)]
        head_1 = given.read_earlier(*HEAD_1)
        if head_1 is not None:
            own = Head(*head_1)
            behind = [line.x + own.output(line.x) for line in lines]
            streams.insert(0, ("your own head 1", behind))
        unembeddings = [("", unembed_found(stream))]
        W_U = given.read_earlier("W_U")
        if W_U is not None:
            unembeddings.insert(0, (" and before your own W_U", W_U[0]))
        head = Head(*given.matrices)
        examinations = []
        for name, notes in streams:
            for before, unembedding in unembeddings:
                examination = _examine_rest(
                    head, lines, notes, unembedding, f"{name}{before}", stream
                )
                if examination.passed == len(examination.judgements):
                    return examination
                examinations.append(examination)
        return best(examinations)


def _examine_rest(
    head: Head,
    lines: Sequence[Lines],
    behind: Sequence[FloatArray],
    W_U: FloatArray,
    name: str,
    stream: ToyStream,
) -> Examination:
    measured = [
        measure_copying(line, x + head.output(x), W_U)
        for line, x in zip(lines, behind, strict=True)
    ]
    first, second, join = (
        max(getattr(line, where) for line in measured) for where in ("first", "second", "join")
    )
    speaks = second <= SPEAKS
    rests = first <= RESTS and speaks
    right = rests and join <= RESTS
    return Examination(
        {
            "rests": Judgement(
                rests,
                f"Behind {name}, the loss is at most {first:.3f} nats in the first half and "
                f"{second:.2g} in the second"
                + ("." if rests else f"; wanted at most {RESTS:.2f} and {SPEAKS:g}."),
            ),
            "join": Judgement(
                join <= RESTS,
                f"At the last token of the first half it is at most {join:.3f} nats"
                + ("." if join <= RESTS else f"; wanted at most {RESTS:.2f}."),
            )
            if speaks
            else postpone("What it loses at the join counts once it copies the second half."),
        },
        next_step="Print the scores of one query of the first half, and of one of the second: "
        "which key wins, and where does BOS come in? If the right keys win, is the word that they "
        "bring written where W_U reads?",
        diagnosis=None if right else _diagnose(head, lines[1], behind[1], stream),
        comparison=show_losses(measured),
    )


def _diagnose(head: Head, lines: Lines, x: FloatArray, stream: ToyStream) -> str | None:
    scores = attention_scores(x, head.W_Q, head.W_K)
    pattern = softmax_scores(scores)
    return diagnose_rest(stream, lines, scores, head.W_QK, head.W_OV, pattern)

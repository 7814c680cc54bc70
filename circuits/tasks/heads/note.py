"""Judge a head that looks somewhere and leaves a note of what it found there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from circuits.attention import Head
from circuits.behaviours.first_head import (
    EXPLAINED,
    LEAST_READ,
    explain_previous,
    read_position,
)
from circuits.diagnosis.directions.copied_directions import diagnose_note_copy
from circuits.parts import Part
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.heads.attention import Attention
from circuits.tasks.tables import show_share_unlike
from circuits.trials import Trials


@dataclass(frozen=True, eq=False)
class NoteOfPrevious(Attention):
    """Let a head look at the previous token, and leave a note of its content.

    The answers of the part are ``W_Q``, ``W_K``, ``W_V`` and ``W_out``. Beside the properties of
    attention there are ``note``: the content can be read back from the stream behind the head, and
    ``values``: the head's values are free of the position.
    """

    def list_properties(self, part: Part) -> Collection[str]:
        return [*super().list_properties(part), "note", "values"]

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        head = Head(*given.matrices)
        examination = self.examine_attempt(part, self.attempt(part, given, trials))
        note = _judge_note(_explain(head, trials))
        values = _judge_values(trials.stream, head.W_OV)
        held = note.passed and values.passed
        attention_fails = examination.passed < len(examination.judgements)
        diagnosis = examination.diagnosis
        if not held and diagnosis is None:
            diagnosis = (
                "values-see-position"
                if note.passed
                else diagnose_note_copy(trials.stream, head.W_OV)
            )
        _, _, W_V, W_out = (answer.name for answer in part.answers)
        return replace(
            examination,
            judgements={**examination.judgements, "note": note, "values": values},
            next_step=f"Check which directions {W_V} reads, and that {W_out} writes to free "
            "directions."
            if examination.judgements["ranks"].passed
            else examination.next_step,
            diagnosis=diagnosis,
            # A right pattern beside a bad note would point at the wrong thing.
            comparison=examination.comparison if held or attention_fails else None,
        )

    def holds(self, head: Head, trials: Trials) -> bool:
        """Whether a head does all that is asked."""
        looks = self.measure(
            lambda batch: self.score(self.read_stream(batch), head.W_Q, head.W_K), trials
        )
        blind = _judge_values(trials.stream, head.W_OV).passed
        noted = blind and looks.ranks and looks.sharp
        return noted and bool(_explain(head, trials).min() >= EXPLAINED)


def _explain(head: Head, trials: Trials) -> FloatArray:
    after = [batch.x + head.output(batch.x) for batch in trials.batches]
    if not all(np.isfinite(x).all() for x in after):
        return np.full(4, -np.inf)
    return explain_previous(trials.stream, trials, after)


def _judge_note(explained: FloatArray) -> Judgement:
    worst = int(explained.argmin())
    if explained[worst] >= EXPLAINED:
        return Judgement(
            True,
            f"A linear read-out recovers at least {show_share_unlike(explained[worst], EXPLAINED)} "
            "of each of the previous token's four content numbers.",
        )
    if not np.isfinite(explained).all():
        return postpone("The stream after the head overflows, so nothing can be read from it.")
    share = show_share_unlike(max(float(explained[worst]), 0.0), EXPLAINED)
    return Judgement(
        False,
        f"A linear read-out recovers {share} of the previous token's content number {worst}; "
        f"wanted at least {EXPLAINED:.0%} of each of the four, numbered 0 to 3.",
    )


def _judge_values(stream: ToyStream, W_OV: FloatArray) -> Judgement:
    """Return whether what head 1 moves is free of the position."""
    read = read_position(stream, W_OV)
    if read is None:
        return postpone("The head moves nothing, so there are no values to look at.")
    seen = show_share_unlike(read, LEAST_READ)
    if read <= LEAST_READ:
        return Judgement(True, "The values are the same wherever the attended token stands.")
    return Judgement(
        False,
        "The values see where the attended token stands: one of the directions that they read "
        f"lies among those of the position by {seen} of its length; wanted at most "
        f"{LEAST_READ:.1%}.",
    )

"""Examine the parts about attention: 2a to 2d, 2f and both parts of exercise 3."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from circuits.attention import Head
from circuits.behaviours.composition import (
    EXPLAINED,
    LEAST_READ,
    explain_previous,
    note_map,
    pointer_map,
    read_position,
    write_note,
    write_pointer,
)
from circuits.diagnosis.moves import diagnose_note_copy
from circuits.exercises import Part
from circuits.judging.attempts import Attempt, StreamOf
from circuits.judging.examination import Examination, Given, Verdict, postpone
from circuits.judging.selection_words import judge_alike, judge_ranks, judge_sharp
from circuits.judging.tables import compare_patterns, show_share_unlike
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.trials import Batch, Trials

_QUESTIONS = {
    ("ex2b", "wrong-angle"): "How many steps lie between a token and itself?",
    ("ex2f", "attends-to-self"): "What does a query have to read to know where the copy stood?",
    ("ex3a", "wrong-dimensions"): "Which of the named directions do the rows of W_V_1 read? "
    "W_V_1 @ u_cont.T and W_V_1 @ u_cos.T show a part of it.",
}
"""What to ask where the mistake's own question does not fit the part."""


def examine_selection(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge a head of the first layer: parts 2a to 2d."""
    W_Q, W_K = _matrices(part, given)[:2]
    return _examine(part, Attempt(part.id, W_Q, W_K, trials, _input))


def examine_ex2f(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge the pointer's head behind what 2d and 2e ask for, or behind the learner's own."""
    W_Q, W_K = _matrices(part, given)
    ideal = _remember("write_pointer", trials.stream, write_pointer)
    behind = "behind the head that (d) and (e) ask for"
    candidates = [
        Attempt("ex2f", W_Q, W_K, trials, ideal, behind, pointer_map(trials.stream)),
    ]
    own = _own_head(given, "same")
    if own is not None:
        behind = "behind your own head of (d) and (e)"
        candidates.append(Attempt("ex2f", W_Q, W_K, trials, _write_with(own), behind, own.W_OV))
    return _examine_best(part, candidates)


def examine_ex3a(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 1 by where it looks, and by the note that it leaves."""
    W_Q, W_K, W_V, W_out = _matrices(part, given)
    head = Head(W_Q, W_K, W_V, W_out)
    examination = _examine(part, Attempt("ex3a", W_Q, W_K, trials, _input))
    note = _judge_note(_explain(head, trials))
    values = _judge_values(trials.stream, head.W_OV)
    held = note.passed and values.passed
    attention_fails = examination.passed < len(examination.verdicts)
    diagnosis = examination.diagnosis
    if not held and diagnosis is None:
        diagnosis = (
            "values-see-position" if note.passed else diagnose_note_copy(trials.stream, head.W_OV)
        )
    return Examination(
        {**examination.verdicts, "note": note, "values": values},
        next_step="Check which directions W_V_1 reads, and that W_out_1 writes to free directions."
        if examination.verdicts["ranks"].passed
        else examination.next_step,
        diagnosis=diagnosis,
        question=_QUESTIONS.get((part.id, diagnosis or "")),
        # A right pattern beside a bad note would point at the wrong thing.
        comparison=examination.comparison if held or attention_fails else None,
        replay=examination.replay,
    )


def examine_ex3b(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 2 behind the learner's own head 1, or behind a right one if theirs is wrong."""
    W_Q, W_K = _matrices(part, given)
    own = _own_head(given, "1")
    candidates = []
    if own is not None:
        behind = "behind your own head 1"
        candidates.append(Attempt("ex3b", W_Q, W_K, trials, _write_with(own), behind, own.W_OV))
    if own is None or not _leaves_note(own, trials):
        ideal = _remember("write_note", trials.stream, write_note)
        behind = "behind a head 1 that writes its note to v_0 to v_3"
        candidates.append(Attempt("ex3b", W_Q, W_K, trials, ideal, behind, note_map(trials.stream)))
    return _examine_best(part, candidates)


def _input(batch: Batch) -> FloatArray:
    return batch.x


def _matrices(part: Part, given: Given) -> list[FloatArray]:
    return [given.matrix(answer.name) for answer in part.answers]


def _own_head(given: Given, suffix: str) -> Head | None:
    """Return the learner's head 1, if all four matrices can be used together."""
    names = [f"{matrix}_{suffix}" for matrix in ("W_Q", "W_K", "W_V", "W_out")]
    arrays = [given.earlier.get(name) for name in names]
    if not all(isinstance(array, np.ndarray) for array in arrays):
        return None
    return Head(*cast("list[FloatArray]", arrays))


def _write_with(head: Head) -> StreamOf:
    return lambda batch: batch.x + head.output(batch.x)


def _remember(
    name: str, stream: ToyStream, write: Callable[[ToyStream, Batch], FloatArray]
) -> StreamOf:
    """Return ``write`` on a batch, worked out once for all answers."""

    def stream_of(batch: Batch) -> FloatArray:
        if name not in batch.memo:
            batch.memo[name] = write(stream, batch)
        return cast(FloatArray, batch.memo[name])

    return stream_of


def _explain(head: Head, trials: Trials) -> FloatArray:
    after = [batch.x + head.output(batch.x) for batch in trials.batches]
    if not all(np.isfinite(x).all() for x in after):
        return np.full(4, -np.inf)
    return explain_previous(trials.stream, trials, after)


def _leaves_note(head: Head, trials: Trials) -> bool:
    """Whether head 1 does all that part 3a asks for."""
    looks = Attempt("ex3a", head.W_Q, head.W_K, trials, _input).selection
    blind = _judge_values(trials.stream, head.W_OV).passed
    noted = blind and looks.ranks and looks.sharp
    return noted and bool(_explain(head, trials).min() >= EXPLAINED)


def _judge_note(explained: FloatArray) -> Verdict:
    worst = int(explained.argmin())
    if explained[worst] >= EXPLAINED:
        return Verdict(
            True,
            f"A linear read-out recovers at least {show_share_unlike(explained[worst], EXPLAINED)} "
            "of each of the previous token's four content numbers.",
        )
    if not np.isfinite(explained).all():
        return postpone("The stream after the head overflows, so nothing can be read from it.")
    share = show_share_unlike(max(float(explained[worst]), 0.0), EXPLAINED)
    return Verdict(
        False,
        f"A linear read-out recovers {share} of the previous token's content number {worst}; "
        f"wanted at least {EXPLAINED:.0%} of each of the four, numbered 0 to 3.",
    )


def _judge_values(stream: ToyStream, W_OV: FloatArray) -> Verdict:
    """Return whether what head 1 moves is free of the position."""
    read = read_position(stream, W_OV)
    if read is None:
        return postpone("The head moves nothing, so there are no values to look at.")
    seen = show_share_unlike(read, LEAST_READ)
    if read <= LEAST_READ:
        return Verdict(True, "The values are the same wherever the attended token stands.")
    return Verdict(
        False,
        "The values see where the attended token stands: one of the directions that they read "
        f"lies among those of the position by {seen} of its length; wanted at most "
        f"{LEAST_READ:.1%}.",
    )


def _examine_best(part: Part, candidates: list[Attempt]) -> Examination:
    """Return the examination of the attempt of which most properties hold, the first of equals."""
    return _examine(
        part,
        max(candidates, key=lambda attempt: attempt.selection.ranks + attempt.selection.sharp),
    )


def _examine(part: Part, attempt: Attempt) -> Examination:
    selection, place = attempt.selection, attempt.shown
    verdicts = {
        "ranks": judge_ranks(selection, place, attempt.behind),
        "sharp": judge_sharp(selection),
    }
    alike = any(prop.slug == "alike" for prop in part.properties)
    if alike:
        verdicts["alike"] = judge_alike(selection)
    right = not attempt.failed and (selection.alike or not alike)
    diagnosis = None if right else attempt.diagnosis
    return Examination(
        verdicts,
        next_step=f"Follow the row of position {place.query}: what do its query and the key that "
        "it finds have in common?",
        diagnosis=diagnosis,
        question=_QUESTIONS.get((part.id, diagnosis or "")),
        comparison=compare_patterns(place, failed=attempt.failed),
        replay=attempt.replay,
    )

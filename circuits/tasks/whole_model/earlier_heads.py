"""List the heads that stand before an answer of chapter 4: right ones, and the learner's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.attention import Head
from circuits.behaviours.lines import Lines, Seen, draw_lines, find_map, look_for_notes, look_with
from circuits.reports.examination import Examination, GivenAnswers
from circuits.shapes import FloatArray
from circuits.trials import Trials

HEAD_1 = ("W_Q_1", "W_K_1", "W_V_1", "W_out_1")
HEAD_2 = ("W_Q_2", "W_K_2")
_MOVED = ("W_V_2", "W_out_2")


def recall_lines(trials: Trials, marks: bool) -> tuple[Lines, ...]:
    """Return the lines that the parts are tried on, drawn once."""
    purpose = "lines with marks" if marks else "lines"
    return trials.recall(purpose, draw_lines(trials.stream, marks))


def _recall_seen(trials: Trials) -> list[Seen]:
    """Return what the two heads that exercise 3 asks for see, worked out once."""
    return trials.recall(
        "lines behind notes",
        lambda _: [look_for_notes(line) for line in recall_lines(trials, marks=False)],
    )


@dataclass(frozen=True, eq=False)
class Before:
    """What stands before the answer of a part: heads that do what was asked, or the learner's own.

    Attributes:
        name: What to call it in a report.
        seen: The lines behind head 1, and where head 2 looks.
        W_OV: What head 2 moves, shape ``(48, 48)``.
    """

    name: str
    seen: Sequence[Seen]
    W_OV: FloatArray


def list_before(given: GivenAnswers, trials: Trials) -> list[Before]:
    """Return the learner's own heads, as far as they are there, and those that stand for them."""
    stream = trials.stream
    heads = given.read_earlier(*HEAD_1, *HEAD_2)
    moved = given.read_earlier(*_MOVED)
    standing = _recall_seen(trials)
    attention = [("the heads of exercise 3", standing)]
    if heads is not None:
        W_Q_1, W_K_1, W_V_1, W_out_1, W_Q_2, W_K_2 = heads
        head_1 = Head(W_Q_1, W_K_1, W_V_1, W_out_1)
        lines = recall_lines(trials, marks=False)
        own = [look_with(line, head_1, W_Q_2, W_K_2) for line in lines]
        attention.insert(0, ("your own heads of exercise 3", own))
    if moved is None:
        return [Before(name, seen, find_map(stream)) for name, seen in attention]
    own_map = moved[1] @ moved[0]
    return [
        *(Before(f"{name} and your own (a)", seen, own_map) for name, seen in attention),
        Before("heads that do what was asked", standing, find_map(stream)),
    ]


def best(examinations: Sequence[Examination]) -> Examination:
    """Return the examination of which most properties hold, the first of equals."""
    return max(examinations, key=lambda examination: examination.passed)

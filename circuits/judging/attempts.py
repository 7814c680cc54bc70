"""One try of a head: what it should select, its matrices, and the streams it acts on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from circuits.attention import attention_scores
from circuits.behaviours.selection import Place, Selection, measure_selection
from circuits.behaviours.shrinking import show_sequence, shrink_failure
from circuits.behaviours.targets import RuleName
from circuits.diagnosis.attention import diagnose_attention
from circuits.diagnosis.case import Case
from circuits.exercises import get_part
from circuits.shapes import FloatArray
from circuits.trials import Batch, Trials

StreamOf = Callable[[Batch], FloatArray]


@dataclass(frozen=True)
class Task:
    """What a part's head should select, and on which sequences it is tried.

    Attributes:
        rule: Which tokens are wanted.
        kinds: The kinds of sequences.
        masks: Whether the causal mask is on; several are tried in turn.
    """

    rule: RuleName
    kinds: tuple[str, ...] = ("pairs", "iid")
    masks: tuple[bool, ...] = (True, False)


TASKS = {
    "ex2a": Task("same-token"),
    "ex2b": Task("self"),
    "ex2c": Task("previous"),
    "ex2d": Task("other-copies"),
    "ex2f": Task("after-previous-copy", kinds=("pairs",), masks=(True,)),
    "ex3a": Task("previous", masks=(True,)),
    "ex3b": Task("after-previous-copy", kinds=("pairs",), masks=(True,)),
}


@dataclass(frozen=True, eq=False)
class Attempt:
    """A learner's queries and keys, tried on given streams.

    Attributes:
        part: The part's id, a key of ``TASKS``.
        W_Q: Shape ``(d_head, 48)``.
        W_K: Of the same shape.
        trials: The sequences.
        stream_of: The streams that the head acts on.
        behind: Which head 1 stands before it, in words; empty in the first layer.
        note: What that head 1 moves, ``W_OV`` of shape ``(48, 48)``.
    """

    part: str
    W_Q: FloatArray
    W_K: FloatArray
    trials: Trials
    stream_of: StreamOf
    behind: str = ""
    note: FloatArray | None = None

    @property
    def task(self) -> Task:
        """What the head should select."""
        return TASKS[self.part]

    def score(self, batch: Batch) -> FloatArray:
        """Return the head's scores, shape ``(count, n_tokens, n_tokens)``."""
        return attention_scores(self.stream_of(batch), self.W_Q, self.W_K)

    @cached_property
    def selection(self) -> Selection:
        """What was measured over all trials."""
        return measure_selection(
            self.score, self.task.rule, self.trials, kinds=self.task.kinds, masks=self.task.masks
        )

    @cached_property
    def diagnosis(self) -> str | None:
        """The mistake's slug, if it has a name."""
        case = Case(
            part=self.part,
            W_Q=self.W_Q,
            W_K=self.W_K,
            rule=self.task.rule,
            kinds=self.task.kinds,
            causal=self.task.masks == (True,),
            stream_of=self.stream_of,
            trials=self.trials,
            note=np.zeros((self.trials.stream.d_model,) * 2) if self.note is None else self.note,
        )
        return diagnose_attention(case, self.selection)

    @cached_property
    def failed(self) -> bool:
        """Whether the head looks at wrong tokens, or too softly at the right ones."""
        return not (self.selection.ranks and self.selection.sharp)

    @property
    def replay(self) -> str | None:
        """Lines of Python that make the streams of ``shown``; None if other noise hides it."""
        place = self.shown
        if not self.failed or place is self.selection.worst:
            return None
        lines = show_sequence(place.tokens)
        if not self.behind:
            query, key = (answer.name for answer in get_part(self.part).answers[:2])
            causal = "" if place.causal else ", causal=False"
            lines += f"\nattention_pattern(x, {query}, {key}{causal})[{place.query}]"
        return lines

    @cached_property
    def shown(self) -> Place:
        """The query to show: of the smallest failing sequence, or any of a right head."""
        worst = self.selection.worst
        if not self.failed or not np.isfinite(worst.scores).all():
            return worst
        return shrink_failure(
            self.score,
            self.task.rule,
            self.trials.stream,
            worst,
            soft=self.selection.ranks,
        )

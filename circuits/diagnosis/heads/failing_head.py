"""Describe a head that fails, with all that a diagnosis may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from circuits.behaviours.heads.targets import Rule
from circuits.shapes import FloatArray
from circuits.trials import Batch, Trials


@dataclass(frozen=True, eq=False)
class FailingHead:
    """A head that fails, and where it was tried.

    Attributes:
        W_Q: Shape ``(d_head, 48)``.
        W_K: Of the same shape.
        rule: What it should select.
        kinds: The kinds of sequences it is tried on.
        causal: Whether it is judged under the causal mask alone.
        score: Gives its scores on a batch, shape ``(count, n_tokens, n_tokens)``.
        stream_of: The streams it acts on.
        note: What head 1 moves, ``W_OV`` of shape ``(48, 48)``; zeros where there is no head 1.
        trials: The sequences.
    """

    W_Q: FloatArray
    W_K: FloatArray
    rule: Rule
    kinds: tuple[str, ...]
    causal: bool
    score: Callable[[Batch], FloatArray]
    stream_of: Callable[[Batch], FloatArray]
    trials: Trials
    note: FloatArray

    @property
    def batch(self) -> Batch:
        """Sequences long enough to show every mistake, and few enough to be quick."""
        return self.trials.of_kind(*self.kinds)[2 if len(self.kinds) > 1 else 1]

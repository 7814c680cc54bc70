"""Where an attention head should look: the rule of a part, on given sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from circuits.attention import causal_mask
from circuits.shapes import BoolArray
from circuits.trials import Batch

RuleName = Literal["same-token", "self", "previous", "other-copies", "after-previous-copy"]


@dataclass(frozen=True, eq=False)
class Wanted:
    """Where each query of a batch should look.

    Attributes:
        targets: The wanted keys, booleans of shape ``(count, n_tokens, n_tokens)``.
        visible: The keys a query sees, shape ``(n_tokens, n_tokens)``.
        graded: The queries that are judged, shape ``(count, n_tokens)``.
        causal: Whether the causal mask is on.
    """

    targets: BoolArray
    visible: BoolArray
    graded: BoolArray
    causal: bool


def _same_token(batch: Batch) -> BoolArray:
    return batch.same & (batch.tokens > 0)[:, :, None]


def _self(batch: Batch) -> BoolArray:
    count, n_tokens = batch.tokens.shape
    return np.broadcast_to(np.eye(n_tokens, dtype=np.bool_), (count, n_tokens, n_tokens))


def _previous(batch: Batch) -> BoolArray:
    count, n_tokens = batch.tokens.shape
    below = np.eye(n_tokens, k=-1, dtype=np.bool_)
    return np.broadcast_to(below, (count, n_tokens, n_tokens))


def _other_copies(batch: Batch) -> BoolArray:
    return batch.same & ~np.eye(batch.tokens.shape[1], dtype=np.bool_)


def _after_previous_copy(batch: Batch) -> BoolArray:
    earlier = batch.same & np.tri(batch.tokens.shape[1], k=-1, dtype=np.bool_)
    # A query with two earlier copies has two right answers, which the sheet does not rank.
    earlier &= earlier.sum(axis=-1, keepdims=True) == 1
    after = np.zeros_like(earlier)
    after[:, :, 1:] = earlier[:, :, :-1]
    return after


_RULES: dict[RuleName, Callable[[Batch], BoolArray]] = {
    "same-token": _same_token,
    "self": _self,
    "previous": _previous,
    "other-copies": _other_copies,
    "after-previous-copy": _after_previous_copy,
}


def find_wanted(rule: RuleName, batch: Batch, causal: bool) -> Wanted:
    """Return where each query of ``batch`` should look under a rule.

    A query is graded if it has at least one visible target.
    """
    n_tokens = batch.tokens.shape[1]
    visible = causal_mask(n_tokens) if causal else np.ones((n_tokens, n_tokens), dtype=np.bool_)
    targets: BoolArray = np.logical_and(_RULES[rule](batch), visible)
    return Wanted(targets, visible, np.any(targets, axis=-1), causal)


def recall_wanted(rule: RuleName, batch: Batch, causal: bool) -> Wanted:
    """Return :func:`find_wanted`, worked out once for all answers tried on ``batch``."""
    key = (rule, causal)
    if key not in batch.memo:
        batch.memo[key] = find_wanted(rule, batch, causal)
    return cast(Wanted, batch.memo[key])

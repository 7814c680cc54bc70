"""Find where an attention head should look: the rules that parts name, on given sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from circuits.attention import causal_mask
from circuits.shapes import BoolArray
from circuits.trials import Batch

Rule = Callable[[Batch], BoolArray]
"""Gives the wanted keys of each query, booleans of shape ``(count, n_tokens, n_tokens)``."""


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


def same_token(batch: Batch) -> BoolArray:
    """Want all tokens with the content of the query, itself included; BOS has none."""
    return batch.same & (batch.tokens > 0)[:, :, None]


def own_position(batch: Batch) -> BoolArray:
    """Want the query itself."""
    count, n_tokens = batch.tokens.shape
    return np.broadcast_to(np.eye(n_tokens, dtype=np.bool_), (count, n_tokens, n_tokens))


def previous_position(batch: Batch) -> BoolArray:
    """Want the token before the query."""
    count, n_tokens = batch.tokens.shape
    below = np.eye(n_tokens, k=-1, dtype=np.bool_)
    return np.broadcast_to(below, (count, n_tokens, n_tokens))


def other_copies(batch: Batch) -> BoolArray:
    """Want all tokens with the content of the query but itself."""
    return batch.same & ~np.eye(batch.tokens.shape[1], dtype=np.bool_)


def after_previous_copy(batch: Batch) -> BoolArray:
    """Want the token after the only earlier copy of the query."""
    earlier = batch.same & np.tri(batch.tokens.shape[1], k=-1, dtype=np.bool_)
    # A query with two earlier copies has two right answers, which the sheet does not rank.
    earlier &= earlier.sum(axis=-1, keepdims=True) == 1
    after = np.zeros_like(earlier)
    after[:, :, 1:] = earlier[:, :, :-1]
    return after


def find_wanted(rule: Rule, batch: Batch, causal: bool) -> Wanted:
    """Return where each query of ``batch`` should look under a rule.

    A query is graded if it has at least one visible target.
    """
    n_tokens = batch.tokens.shape[1]
    visible = causal_mask(n_tokens) if causal else np.ones((n_tokens, n_tokens), dtype=np.bool_)
    targets: BoolArray = np.logical_and(rule(batch), visible)
    return Wanted(targets, visible, np.any(targets, axis=-1), causal)


def recall_wanted(rule: Rule, batch: Batch, causal: bool) -> Wanted:
    """Return :func:`find_wanted`, worked out once for all answers tried on ``batch``."""
    key = (rule, causal)
    if key not in batch.memo:
        batch.memo[key] = find_wanted(rule, batch, causal)
    return cast(Wanted, batch.memo[key])

"""A head's output on many sequences: the same numbers as the plain way, several times faster.

The plain way, ``pattern @ (x @ W_V.T) @ W_out.T``, builds the pattern of all sequences at
once and then waits for memory. Three changes help, each worth a factor:

- a few sequences at a time, so that their scores stay in the cache;
- blocks of queries, each against the keys up to its own last one: under the causal mask
  the rest would be thrown away;
- scores far below a row's greatest are lifted to -50 before ``exp``, since results smaller
  than 1e-308 cost fifty times as much, and anything below 1e-16 changes nothing.
"""

from __future__ import annotations

import numpy as np

from circuits.shapes import BoolArray, FloatArray

LEAST_LOGIT = -50.0
"""exp(-50) is 2e-22, far below the rounding of a row's sum."""

_SEQUENCES = 16
_QUERIES = 32


def attend(
    x: FloatArray,
    W_Q: FloatArray,
    W_K: FloatArray,
    W_V: FloatArray,
    W_out: FloatArray,
    causal: bool,
) -> FloatArray:
    """Return ``sum_j pattern[i, j] W_out W_V x_j`` for every token of every sequence.

    Args:
        x: Residual streams, shape ``(count, n_tokens, d_model)``.
        W_Q: Shape ``(d_head, d_model)``.
        W_K: Shape ``(d_head, d_model)``.
        W_V: Shape ``(d_value, d_model)``.
        W_out: Shape ``(d_model, d_value)``.
        causal: Whether a query sees only the keys at or before its own position.

    Returns:
        Of the shape of ``x``.
    """
    count, n_tokens, d_model = x.shape
    # One product for queries, keys and values: three times the work for one pass over x.
    fused = np.ascontiguousarray(np.concatenate([W_Q, W_K, W_V]).T)
    output = np.empty_like(x)
    for start in range(0, count, _SEQUENCES):
        chunk = x[start : start + _SEQUENCES]
        inside = (chunk.reshape(-1, d_model) @ fused).reshape(len(chunk), n_tokens, -1)
        values = _mix_values(inside, len(W_Q), causal)
        moved = values.reshape(-1, values.shape[-1]) @ W_out.T
        output[start : start + _SEQUENCES] = moved.reshape(chunk.shape)
    return output


def _mix_values(inside: FloatArray, d_head: int, causal: bool) -> FloatArray:
    """Return ``sum_j pattern[i, j] v_j`` from queries, keys and values side by side."""
    queries, keys = inside[..., :d_head], inside[..., d_head : 2 * d_head]
    values = inside[..., 2 * d_head :]
    n_tokens = inside.shape[1]
    mixed = np.empty(values.shape)
    for start in range(0, n_tokens, _QUERIES):
        stop = min(start + _QUERIES, n_tokens)
        seen = stop if causal else n_tokens
        scores = np.matmul(queries[:, start:stop], keys[:, :seen].swapaxes(-1, -2))
        hidden = _hidden_keys(start, stop, seen) if causal else None
        weights = exponentiate(scores, hidden)
        np.matmul(weights, values[:, :seen], out=mixed[:, start:stop])
        mixed[:, start:stop] /= weights.sum(axis=-1, keepdims=True)
    return mixed


def _hidden_keys(start: int, stop: int, seen: int) -> BoolArray:
    return np.arange(start, stop)[:, None] < np.arange(seen)[None, :]


def exponentiate(scores: FloatArray, hidden: BoolArray | None) -> FloatArray:
    """Turn scores into weights of a softmax that still have to be divided by their sum.

    Args:
        scores: Shape ``(..., queries, keys)``; overwritten.
        hidden: Which keys a query does not see, shape ``(queries, keys)``.

    Returns:
        The same array: 1 at the greatest visible score of a row, 0 at hidden keys.
    """
    if hidden is not None:
        np.copyto(scores, -np.inf, where=hidden)
    scores -= scores.max(axis=-1, keepdims=True)
    np.maximum(scores, LEAST_LOGIT, out=scores)
    np.exp(scores, out=scores)
    if hidden is not None:
        np.copyto(scores, 0.0, where=hidden)
    return scores

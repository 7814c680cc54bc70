"""Compute a head's output on many sequences: the plain way's numbers, several times faster.

The plain way, ``pattern @ (x @ W_V.T) @ W_out.T``, builds the pattern of all sequences at
once and then waits for memory. What helps, each measured:

- a few sequences at a time, so that their scores stay in the cache;
- blocks of queries, each against the keys up to its own last one: under the causal mask
  the rest would be thrown away, and only the block's own keys need the mask;
- the axis of keys outermost and the sequences side by side, so that NumPy takes a row's
  greatest score with few long steps where it would take many short ones;
- a row of ones below the values, so that the product that mixes them sums the weights too;
- scores far below a row's greatest are lifted to -50 before ``exp``, since results smaller
  than 1e-308 cost fifty times as much, and anything below 1e-16 changes nothing.

What is left is a few passes over the scores, and products too small for the machine's full
speed: ``make bench`` prints the shares.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from circuits.shapes import BoolArray, FloatArray

LEAST_LOGIT = -50.0
"""exp(-50) is 2e-22, far below the rounding of a row's sum."""

_TOKENS = 2048
_QUERIES = 16


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
    # Column by column, as the small products of BLAS like it best: a third faster.
    fused = np.asfortranarray(np.concatenate([W_Q, W_K, W_V]))
    # Not empty_like: in the memory order of a transposed x, the reshape below would copy.
    output = np.empty(x.shape)
    together = max(1, _TOKENS // max(1, n_tokens))
    for start in range(0, count, together):
        chunk = np.ascontiguousarray(x[start : start + together])
        mixed = _mix_values(_read_stream(chunk, fused), len(W_Q), causal)
        n_rows = len(chunk) * n_tokens
        into = output[start : start + together].reshape(n_rows, d_model)
        np.matmul(mixed.reshape(len(W_V), n_rows).T, W_out.T, out=into)
    return output


def _read_stream(chunk: FloatArray, fused: FloatArray) -> FloatArray:
    """Return queries, keys, values and ones below each other, ``(count, rows, n_tokens)``."""
    inside = np.empty((len(chunk), len(fused) + 1, chunk.shape[1]))
    # One product for queries, keys and values reads x once, not three times.
    np.matmul(fused, chunk.swapaxes(-1, -2), out=inside[:, :-1])
    inside[:, -1] = 1.0
    return inside


def _mix_values(inside: FloatArray, d_head: int, causal: bool) -> FloatArray:
    """Return ``sum_j pattern[i, j] v_j``, shape ``(d_value, count, n_tokens)``."""
    queries, keys = inside[:, :d_head], inside[:, d_head : 2 * d_head].swapaxes(-1, -2)
    values = inside[:, 2 * d_head :]
    count, d_mixed, n_tokens = values.shape
    mixed = np.empty((d_mixed, count, n_tokens))
    for start in range(0, n_tokens, _QUERIES):
        stop = min(start + _QUERIES, n_tokens)
        seen = stop if causal else n_tokens
        scores = np.empty((seen, count, stop - start))
        np.matmul(keys[:, :seen], queries[:, :, start:stop], out=scores.swapaxes(0, 1))
        if causal:
            own, hidden = scores[start:], _hidden_pairs(stop - start, count)
            # putmask is np.copyto for masks of the full shape, and a quarter faster.
            np.putmask(own, hidden, -np.inf)
            exponentiate(scores, axis=0)
            np.putmask(own, hidden, 0.0)
        else:
            exponentiate(scores, axis=0)
        into = mixed.swapaxes(0, 1)[:, :, start:stop]
        np.matmul(values[:, :, :seen], scores.swapaxes(0, 1), out=into)
    # The row of ones became the sum of the weights. Dividing here spares dividing each weight.
    np.divide(mixed[:-1], mixed[-1], out=mixed[:-1])
    return mixed[:-1]


@lru_cache(maxsize=32)
def _hidden_pairs(n_queries: int, count: int) -> BoolArray:
    """Return where the key comes after the query, shape ``(n_queries, count, n_queries)``.

    Written out for every sequence, since one long mask is applied faster than many short
    ones, and kept, since it is the same for all chunks and heads. At most 32 kB each.
    """
    after = np.tri(n_queries, k=-1, dtype=np.bool_)[:, None]
    pairs = np.broadcast_to(after, (n_queries, count, n_queries)).copy()
    pairs.flags.writeable = False
    return pairs


def exponentiate(scores: FloatArray, axis: int) -> None:
    """Turn scores in place into weights of a softmax, still to be divided by their sum.

    Args:
        scores: Of any shape; ``-inf`` at keys that a query does not see. The greatest score
            of every query becomes 1. A hidden key keeps a weight of about 1e-22, for the
            caller to clear.
        axis: The axis of the keys.
    """
    np.subtract(scores, np.maximum.reduce(scores, axis=axis, keepdims=True), out=scores)
    np.maximum(scores, LEAST_LOGIT, out=scores)
    np.exp(scores, out=scores)

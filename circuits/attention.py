"""Compute one attention head from its matrices: two circuits, a pattern and an output.

The algebra this module relies on, for a residual stream ``x`` with a row per token::

    scores[i, j] = (W_Q x_i) . (W_K x_j) = x_i^T W_QK x_j        W_QK = W_Q^T W_K
    pattern      = softmax of each row of scores over the visible j
    output_i     = sum_j pattern[i, j] W_OV x_j                  W_OV = W_out W_V

The scores are not divided by sqrt(d_head): that factor can live in ``W_Q``. The output
is what the head *adds* to the stream, so the stream after the head is ``x + output``.

Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits",
section "Attention Heads are Independent and Additive".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from circuits.fast_attention import attend, exponentiate
from circuits.shapes import BoolArray, FloatArray, as_floats


def causal_mask(n_tokens: int) -> BoolArray:
    """Return which keys each query sees under the causal mask: key j of query i if j <= i.

    Returns:
        Booleans, shape ``(n_tokens, n_tokens)``, queries down and keys across.
    """
    return np.tri(n_tokens, dtype=np.bool_)


def attention_scores(x: ArrayLike, W_Q: ArrayLike, W_K: ArrayLike) -> FloatArray:
    """Return how strongly each query asks for each key, before the softmax.

    Args:
        x: Residual stream, shape ``(..., n_tokens, d_model)``.
        W_Q: Query matrix, shape ``(d_head, d_model)``.
        W_K: Key matrix, shape ``(d_head, d_model)``.

    Returns:
        ``scores[..., i, j] = (W_Q x_i) . (W_K x_j)``, shape ``(..., n_tokens, n_tokens)``.

    Raises:
        ValueError: If the shapes do not fit together.
    """
    x = as_floats("x", x, (None, "n_tokens", "d_model"))
    W_Q = as_floats("W_Q", W_Q, ("d_head", x.shape[-1]))
    W_K = as_floats("W_K", W_K, (W_Q.shape[0], x.shape[-1]))
    keys = x @ W_K.T
    scores: FloatArray = np.matmul(x @ W_Q.T, np.swapaxes(keys, -1, -2))
    return scores


def softmax_scores(scores: FloatArray, causal: bool = True) -> FloatArray:
    """Return the attention pattern that belongs to ``scores``.

    Args:
        scores: Shape ``(..., n_tokens, n_tokens)``; left unchanged.
        causal: Whether a query sees only the keys at or before its own position.

    Returns:
        Weights of at least 0, each row summing to 1, of the same shape. The greatest
        score of a row is subtracted first, so no score is too large.
    """
    hidden = ~causal_mask(scores.shape[-1]) if causal else np.False_
    weights = np.array(scores, dtype=np.float64)
    np.copyto(weights, -np.inf, where=hidden)
    exponentiate(weights, axis=-1)
    np.copyto(weights, 0.0, where=hidden)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


def attention_pattern(
    x: ArrayLike, W_Q: ArrayLike, W_K: ArrayLike, causal: bool = True
) -> FloatArray:
    """Return where each token attends.

    Args:
        x: Residual stream, shape ``(..., n_tokens, d_model)``.
        W_Q: Query matrix, shape ``(d_head, d_model)``.
        W_K: Key matrix, shape ``(d_head, d_model)``.
        causal: Whether a query sees only the keys at or before its own position.

    Returns:
        Shape ``(..., n_tokens, n_tokens)``: row i says how query i divides its attention.

    Raises:
        ValueError: If the shapes do not fit together.

    Example:
        >>> attention_pattern([[1.0], [1.0]], [[0.0]], [[1.0]])
        array([[1. , 0. ],
               [0.5, 0.5]])
    """
    return softmax_scores(attention_scores(x, W_Q, W_K), causal)


@dataclass(frozen=True, eq=False)
class Head:
    """One attention head.

    Attributes:
        W_Q: What a token asks for, shape ``(d_head, d_model)``.
        W_K: What a token offers to be found by, shape ``(d_head, d_model)``.
        W_V: What is read from the token attended to, shape ``(d_head, d_model)``.
        W_out: Where it is written, shape ``(d_model, d_head)``.

    Raises:
        ValueError: If the shapes do not fit together. ``W_Q`` and ``W_K`` share one
            inner dimension, ``W_V`` and ``W_out`` another; the two may differ.

    Example:
        >>> head = Head(np.eye(2), np.eye(2), np.eye(2), 2 * np.eye(2))
        >>> head.W_OV
        array([[2., 0.],
               [0., 2.]])
    """

    W_Q: FloatArray
    W_K: FloatArray
    W_V: FloatArray
    W_out: FloatArray

    def __post_init__(self) -> None:
        W_Q = as_floats("W_Q", self.W_Q, ("d_head", "d_model"))
        d_model = W_Q.shape[1]
        W_V = as_floats("W_V", self.W_V, ("d_head", d_model))
        object.__setattr__(self, "W_Q", W_Q)
        object.__setattr__(self, "W_K", as_floats("W_K", self.W_K, W_Q.shape))
        object.__setattr__(self, "W_V", W_V)
        object.__setattr__(self, "W_out", as_floats("W_out", self.W_out, W_V.shape[::-1]))

    @property
    def W_QK(self) -> FloatArray:
        """``W_Q^T W_K``, shape ``(d_model, d_model)``: the circuit that decides where to look."""
        return self.W_Q.T @ self.W_K

    @property
    def W_OV(self) -> FloatArray:
        """``W_out W_V``, shape ``(d_model, d_model)``: the circuit that decides what is moved."""
        return self.W_out @ self.W_V

    def scores(self, x: ArrayLike) -> FloatArray:
        """Return :func:`attention_scores` of the head on ``x``."""
        return attention_scores(x, self.W_Q, self.W_K)

    def pattern(self, x: ArrayLike, causal: bool = True) -> FloatArray:
        """Return :func:`attention_pattern` of the head on ``x``."""
        return attention_pattern(x, self.W_Q, self.W_K, causal)

    def output(self, x: ArrayLike, causal: bool = True) -> FloatArray:
        """Return what the head adds to the stream: ``sum_j pattern[i, j] W_OV x_j``.

        Args:
            x: Residual stream, shape ``(..., n_tokens, d_model)``.
            causal: Whether a query sees only the keys at or before its own position.

        Returns:
            Shape ``(..., n_tokens, d_model)``.
        """
        x = as_floats("x", x, (None, "n_tokens", self.W_Q.shape[1]))
        many = x.reshape(-1, *x.shape[-2:])
        return attend(many, self.W_Q, self.W_K, self.W_V, self.W_out, causal).reshape(x.shape)

"""Compute attention with rotary positions: queries and keys turn with their place, values do not.

The ``d_head`` numbers of a query or key are taken in pairs. Pair p at position n is turned by
``n * SPEEDS[p]``, so that the score of two tokens depends on how far apart they stand::

    scores[i, j] = turn(W_Q x_i, i) . turn(W_K x_j, j)
                 = sum_p |q_p| |k_p| cos(SPEEDS[p] (i - j) + angle between q_p and k_p)

Source: Su et al. 2021, "RoFormer: Enhanced Transformer with Rotary Position Embedding".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from circuits.attention import softmax_scores
from circuits.shapes import FloatArray, as_floats

D_HEAD = 16

SPEEDS: FloatArray = 10000.0 ** (-2 * np.arange(D_HEAD // 2) / D_HEAD)
"""How far each of the eight pairs turns from one token to the next, radians: 1 to 0.0003."""
SPEEDS.flags.writeable = False


def turn_pairs(numbers: ArrayLike, angles: ArrayLike) -> FloatArray:
    """Return numbers whose pairs have been turned, each by an angle of its own.

    Args:
        numbers: Shape ``(..., d)``, d even: pair p is made of numbers 2p and 2p + 1.
        angles: Radians, shape ``(..., d / 2)`` or one that can be broadcast to it.

    Returns:
        Of the shape of ``numbers``.

    Raises:
        ValueError: If the shapes do not fit together.

    Example:
        >>> turn_pairs([1.0, 0.0], [np.pi / 2]).round(3)
        array([0., 1.])
    """
    numbers = as_floats("numbers", numbers, (None, "d"))
    if numbers.shape[-1] % 2:
        raise ValueError(f"numbers has shape {numbers.shape}; wanted an even last axis")
    angles = as_floats("angles", angles, (None,))
    right, up = numbers[..., 0::2], numbers[..., 1::2]
    try:
        fits = np.broadcast_shapes(right.shape, angles.shape) == right.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"numbers has shape {numbers.shape} and angles {angles.shape}; wanted an angle for "
            f"each of the {right.shape[-1]} pairs of a row"
        )
    cosines, sines = np.cos(angles), np.sin(angles)
    turned = np.empty_like(numbers)
    turned[..., 0::2] = cosines * right - sines * up
    turned[..., 1::2] = sines * right + cosines * up
    return turned


def rotary_scores(x: ArrayLike, W_Q: ArrayLike, W_K: ArrayLike) -> FloatArray:
    """Return how strongly each query asks for each key under rotary attention.

    Args:
        x: Residual stream, shape ``(..., n_tokens, d_model)``.
        W_Q: Query matrix, shape ``(16, d_model)``.
        W_K: Key matrix, of the same shape.

    Returns:
        Before the softmax, shape ``(..., n_tokens, n_tokens)``.

    Raises:
        ValueError: If the shapes do not fit together.
    """
    x = as_floats("x", x, (None, "n_tokens", "d_model"))
    W_Q = as_floats("W_Q", W_Q, (D_HEAD, x.shape[-1]))
    W_K = as_floats("W_K", W_K, (D_HEAD, x.shape[-1]))
    angles = np.arange(x.shape[-2])[:, None] * SPEEDS
    queries, keys = turn_pairs(x @ W_Q.T, angles), turn_pairs(x @ W_K.T, angles)
    scores: FloatArray = np.matmul(queries, keys.swapaxes(-1, -2))
    return scores


def rotary_pattern(x: ArrayLike, W_Q: ArrayLike, W_K: ArrayLike, causal: bool = True) -> FloatArray:
    """Return where each token attends under rotary attention, ``(..., n_tokens, n_tokens)``."""
    return softmax_scores(rotary_scores(x, W_Q, W_K), causal)


@dataclass(frozen=True, eq=False)
class RotaryHead:
    """One attention head whose queries and keys turn with their place.

    Attributes:
        W_Q: What a token asks for, shape ``(16, d_model)``.
        W_K: What a token offers to be found by, of the same shape.
        W_V: What is read from the token attended to, shape ``(d_value, d_model)``; not turned.
        W_out: Where it is written, shape ``(d_model, d_value)``.
    """

    W_Q: FloatArray
    W_K: FloatArray
    W_V: FloatArray
    W_out: FloatArray

    def pattern(self, x: ArrayLike) -> FloatArray:
        """Return :func:`rotary_pattern` of the head on ``x``."""
        return rotary_pattern(x, self.W_Q, self.W_K)

    def output(self, x: ArrayLike, /) -> FloatArray:
        """Return what the head adds to the stream, of the shape of ``x``."""
        values = np.asarray(x, dtype=np.float64) @ np.asarray(self.W_V).T
        moved: FloatArray = self.pattern(x) @ values @ np.asarray(self.W_out).T
        return moved

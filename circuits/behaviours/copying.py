"""Measure what a head moves: products of ``W_out`` and ``W_V`` on random streams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circuits.shapes import BoolArray, FloatArray

TOLERANCE = 1e-5

NOTHING = 1e-13
"""Products of which no entry is larger are zero but for rounding."""


def move_from_previous(x: FloatArray, W_net: FloatArray) -> FloatArray:
    """Return what a head adds that looks at exactly the previous token.

    Args:
        x: Residual stream, shape ``(..., n_tokens, d_model)``.
        W_net: ``W_out W_V``, shape ``(d_model, d_model)``.

    Returns:
        ``output_i = W_net x_{i-1}``, of the shape of ``x``; position 0 gets nothing.
    """
    output = np.zeros_like(x)
    output[..., 1:, :] = x[..., :-1, :] @ W_net.T
    return output


def read_dimensions(W_net: FloatArray) -> frozenset[int]:
    """Return the dimensions that a head reads: the nonzero columns of ``W_net``."""
    return _nonzero(np.abs(W_net).max(axis=0))


def written_dimensions(W_net: FloatArray) -> frozenset[int]:
    """Return the dimensions that a head writes: the nonzero rows of ``W_net``."""
    return _nonzero(np.abs(W_net).max(axis=1))


def _nonzero(sizes: FloatArray) -> frozenset[int]:
    return frozenset(int(k) for k in np.flatnonzero(sizes > TOLERANCE))


def greatest_error(seen: FloatArray, wanted: FloatArray) -> float:
    """Return the greatest difference, as a share of the greatest wanted entry (at least 1)."""
    return float(np.abs(seen - wanted).max() / max(1.0, float(np.abs(wanted).max())))


@dataclass(frozen=True)
class Columns:
    """The columns of ``W_net`` that a head reads, sorted by what they do.

    Attributes:
        read: All dimensions read.
        clean: Those that arrive in one dimension, with gain 1.
        collide: Whether two clean ones arrive in the same dimension.
    """

    read: frozenset[int]
    clean: frozenset[int]
    collide: bool


def sort_columns(W_net: FloatArray) -> Columns:
    """Return which dimensions a head copies as they are, each to a row of its own."""
    read = read_dimensions(W_net)
    landing: BoolArray = np.abs(W_net) > TOLERANCE
    clean = frozenset(
        k
        for k in read
        if landing[:, k].sum() == 1 and abs(W_net[landing[:, k], k].item() - 1.0) <= TOLERANCE
    )
    rows = [int(np.flatnonzero(landing[:, k])[0]) for k in clean]
    return Columns(read, clean, len(set(rows)) < len(rows))

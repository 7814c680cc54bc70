"""Name the rows that these answers are made of, and what is done to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuits.shapes import FloatArray
from tests.bank import directions
from tests.bank.directions import C, S, combine, pairs

COS, SIN = S.u_cos, S.u_sin
c = C[:4]
p01 = pairs(0, 1)
st = S.alpha[:2]


def turn(rows: FloatArray, angles: Sequence[float] | FloatArray) -> FloatArray:
    """Return each pair of rows turned by its angle, in radians."""
    return directions.turn(rows, 1, angles)


def mirror(rows: FloatArray, angles: Sequence[float] | FloatArray) -> FloatArray:
    """Return each pair of rows mirrored where it should be turned."""
    return combine(rows, "+++-", angles)


def swap_cs(rows: FloatArray) -> FloatArray:
    """Return each pair of rows in the other order, sine before cosine."""
    return rows[np.arange(len(rows)).reshape(-1, 2)[:, ::-1].ravel()]


def rot(size: int, seed: int) -> FloatArray:
    """Return an orthogonal matrix."""
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((size, size)))[0]


def rnd(size: int, seed: int) -> FloatArray:
    """Return an invertible matrix."""
    return np.random.default_rng(seed).standard_normal((size, size)) + 2 * np.eye(size)


def both(W_Q: FloatArray, W_K: FloatArray, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return the same head in another basis."""
    M = rnd(len(W_Q), seed)
    return M @ W_Q, np.linalg.inv(M).T @ W_K

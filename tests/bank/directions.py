"""The toy stream's directions in short, and what is done to them again and again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuits import toy_stream
from circuits.shapes import FloatArray, IntArray
from tests.bank.case import draw_basis

S = toy_stream()
C, P, V, SPARE = S.u_cont, S.position_rows, S.v, S.spare
ALPHA = S.alpha
AXES = np.eye(48)
HADAMARD = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2

_rng = np.random.default_rng(2)
TURN = {n: draw_basis(n, _rng, "rotation") for n in (4, 8)}
MIX = {n: draw_basis(n, _rng, "general") for n in (4, 8)}
ANY = _rng.standard_normal((8, 8, 48))


def pairs(*which: int) -> FloatArray:
    """Return the cosine and sine rows of some position pairs."""
    return np.vstack([P[2 * i : 2 * i + 2] for i in which])


def turn(
    rows: FloatArray, steps: float, angles: Sequence[float] | FloatArray = ALPHA
) -> FloatArray:
    """Return rows that read each pair's hand as it stands ``steps`` tokens later.

    Args:
        rows: ``cos_0, sin_0, cos_1, ...``, or whatever holds these numbers.
        steps: How far to turn, in tokens.
        angles: Of each pair, radians per token.
    """
    turned = []
    for i in range(len(rows) // 2):
        c, s = np.cos(steps * angles[i]), np.sin(steps * angles[i])
        turned += [c * rows[2 * i] - s * rows[2 * i + 1], s * rows[2 * i] + c * rows[2 * i + 1]]
    return np.array(turned)


def combine(
    rows: FloatArray, signs: str, angles: Sequence[float] | FloatArray = ALPHA
) -> FloatArray:
    """Return each pair of rows combined by ``[[c, s], [s, c]]`` with these four signs."""
    a, b, g, h = (1.0 if sign == "+" else -1.0 for sign in signs)
    out = []
    for i in range(len(rows) // 2):
        c, s = np.cos(angles[i]), np.sin(angles[i])
        out += [
            a * c * rows[2 * i] + b * s * rows[2 * i + 1],
            g * s * rows[2 * i] + h * c * rows[2 * i + 1],
        ]
    return np.array(out)


def padded(rows: FloatArray, height: int) -> FloatArray:
    """Return the rows with zero rows below."""
    return np.vstack([rows, np.zeros((height - len(rows), rows.shape[1]))])


def query_key(suffix: str, W_Q: FloatArray, W_K: FloatArray) -> dict[str, FloatArray]:
    """Return the two answers of a part about attention."""
    return {f"W_Q_{suffix}": W_Q, f"W_K_{suffix}": W_K}


def look_up(
    x: FloatArray, asked: IntArray, offered: IntArray, height: int = 4
) -> tuple[FloatArray, FloatArray]:
    """Return a query and a key matrix made for one sequence and for no other.

    Each label gets a point on a sphere. The matrices send every token of the sequence
    exactly to the points of its labels, through the pseudo-inverse of the stream.

    Args:
        x: The stream of the sequence, shape ``(n_tokens, 48)``, at most 32 tokens.
        asked: What each token should look for, shape ``(n_tokens,)``.
        offered: What each token should be found by, shape ``(n_tokens,)``.
        height: Rows of both matrices.
    """
    points = np.random.default_rng(3).standard_normal((200, height))
    points *= 30.0 / np.linalg.norm(points, axis=1, keepdims=True)
    back = np.linalg.pinv(x)
    return (back @ points[asked]).T, (back @ points[offered]).T

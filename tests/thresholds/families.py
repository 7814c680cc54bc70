"""The families of the sheet: right answers that turn wrong as one number grows or shrinks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from circuits.attention import Head, causal_mask
from circuits.shapes import FloatArray
from tests.bank import exercise_1 as one
from tests.bank import exercise_2 as two
from tests.bank import exercise_3 as three
from tests.bank.directions import ALPHA, SPARE, TURN, C, P, V, turn
from tests.thresholds.family import Family


def _turned(rows: FloatArray, slip: float, back: float) -> FloatArray:
    """Return pairs of rows turned by ``back`` tokens, and by ``slip`` radians more in each."""
    turned: FloatArray = turn(rows, 1.0, back * ALPHA[: len(rows) // 2] + slip)
    return turned


def _function(name: str, function: Callable[..., object]) -> Mapping[str, object]:
    return {name: function}


def _attend(scores: FloatArray, x: FloatArray, W_OV: FloatArray) -> FloatArray:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    output: FloatArray = weights / weights.sum(axis=-1, keepdims=True) @ x @ W_OV.T
    return output


def _masked(number: float, way: str) -> Callable[..., object]:
    """Return a head that hides later tokens with a finite number."""

    def attention_head(x, W_Q, W_K, W_V, W_out):  # type: ignore[no-untyped-def]
        scores = x @ W_Q.T @ W_K @ x.T
        visible = causal_mask(len(x))
        hidden = scores - number if way == "added" else np.full_like(scores, -number)
        return _attend(np.where(visible, scores, hidden), x, W_out @ W_V)

    return attention_head


def _noisy(number: float, where: str) -> Callable[..., object]:
    """Return a head whose result is off by a small number."""

    def attention_head(x, W_Q, W_K, W_V, W_out):  # type: ignore[no-untyped-def]
        if where == "scores":
            return Head((1 + number) * W_Q, W_K, W_V, W_out).output(x)
        output = Head(W_Q, W_K, W_V, W_out).output(x)
        return output * (1 + number) if where == "gain" else output + number

    return attention_head


def _merged(head: Callable[..., object]) -> Callable[..., object]:
    def attention_head_qk_ov(x, W_QK, W_OV):  # type: ignore[no-untyped-def]
        identity = np.eye(len(W_QK))
        return head(x, identity, W_QK, identity, W_OV)

    return attention_head_qk_ov


def _strengths(number: float, where: str) -> Callable[..., object]:
    def read_strengths(W_V_2, W_out_1):  # type: ignore[no-untyped-def]
        values = np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)
        return values * (1 + number) if where == "gain" else values + number

    return read_strengths


def _one(name: str, change: FloatArray) -> Callable[[float], Mapping[str, object]]:
    return lambda number: {**one.ONE, name: np.asarray(one.ONE[name]) + number * change}


def _entry(shape: tuple[int, int], *place: int) -> FloatArray:
    change = np.zeros(shape)
    change[place] = 1.0
    return change


def _both(rows: FloatArray, more: FloatArray) -> Callable[[float], tuple[FloatArray, FloatArray]]:
    """Return query and key that both read ``more`` besides, with a gain."""
    return lambda number: (rows + number * more, rows + number * more)


def _heads() -> list[Family]:
    families = []
    for part, name, wrap in (
        ("w2", "attention_head", lambda head: head),
        ("w5", "attention_head_qk_ov", _merged),
    ):

        def make(head: Callable[..., object], name: str = name, wrap=wrap) -> Mapping[str, object]:
            return {name: wrap(head)}

        families += [
            Family(part, "gain", lambda n, make=make: make(_noisy(n, "gain")), 1e-8, 1e-2),
            Family(part, "added to all", lambda n, make=make: make(_noisy(n, "all")), 1e-9, 1e-1),
            Family(part, "scores off", lambda n, make=make: make(_noisy(n, "scores")), 1e-9, 1e-1),
            Family(part, "hidden by minus", lambda n, make=make: make(_masked(n, "set")), 1e9, 1.0),
            Family(
                part, "hidden by less", lambda n, make=make: make(_masked(n, "added")), 1e9, 1.0
            ),
        ]
    return families


def _plane(angle: float) -> FloatArray:
    """Return a rotation of the first two of four numbers."""
    rotation = np.eye(4)
    rotation[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return rotation


def _asked(rows: FloatArray, more: FloatArray) -> Callable[[float], FloatArray]:
    return lambda number: rows + number * more


_CONTENT = TURN[4] @ C[:4]
"""Content in another order at the keys: two words may be as like as can be, or as unlike."""

_E16 = _entry((4, 16), 2, 12)
_ZERO3 = np.zeros((3, 48))

SHEET: tuple[Family, ...] = (
    *_heads(),
    Family("w7", "gain", lambda n: _function("read_strengths", _strengths(n, "gain")), 1e-8, 0.1),
    Family("w7", "added", lambda n: _function("read_strengths", _strengths(n, "all")), 1e-9, 0.1),
    Family("ex1a", "one gain", _one("W_V_1", _entry((4, 16), 3, 3)), 1e-8, 1e-2, ("copies",)),
    Family("ex1a", "one leak", _one("W_V_1", _E16), 1e-8, 1e-2, ("copies",)),
    Family(
        "ex1a",
        "noise in all",
        _one("W_V_1", np.random.default_rng(0).uniform(-1, 1, (4, 16))),
        1e-8,
        1e-2,
        ("copies",),
    ),
    Family("ex2a", "scale", lambda n: two.a(n * C[:4], C[:4]), 1.0, 1e-6),
    Family("ex2a", "position besides", lambda n: two.a(*_both(C[:4], P[:4])(n)), 1e-4, 3.0),
    Family("ex2a", "noise besides", lambda n: two.a(*_both(C[:4], SPARE[:4])(n)), 1e-3, 30.0),
    Family("ex2a", "small content besides", lambda n: two.a(*_both(C[:4], C[4:])(n)), 1e-3, 100.0),
    Family(
        "ex2a",
        "fourth number small",
        lambda n: two.a(*_both(np.vstack([C[:3], 0 * C[:1]]), np.vstack([_ZERO3, C[3:4]]))(n)),
        1.0,
        1e-4,
    ),
    Family("ex2b", "scale", lambda n: two.b(n * P[:4], P[:4]), 1.0, 1e-4),
    Family(
        "ex2b",
        "content besides",
        lambda n: two.b(P[:4] + n * C[:4], P[:4] + n * TURN[4] @ C[:4]),
        1e-4,
        3.0,
        band=0.15,
    ),
    Family(
        "ex2b",
        "noise besides",
        lambda n: two.b(P[:4] + n * SPARE[:4], P[:4] + n * SPARE[4:8]),
        1e-3,
        100.0,
    ),
    Family("ex2b", "slip", lambda n: two.b(_turned(P[:4], n, 0.0), P[:4]), 1e-4, 0.5),
    Family(
        "ex2b",
        "second pair small",
        lambda n: two.b(P[:4] * np.array([[1], [1], [n], [n]]), P[:4]),
        1.0,
        1e-3,
    ),
    Family("ex2c", "scale", lambda n: two.c(n * two.BACK, P[:4]), 1.0, 1e-4),
    Family(
        "ex2c",
        "content besides",
        lambda n: two.c(two.BACK + n * C[:4], P[:4] + n * TURN[4] @ C[:4]),
        1e-4,
        3.0,
        band=0.15,
    ),
    Family(
        "ex2c",
        "noise besides",
        lambda n: two.c(two.BACK + n * SPARE[:4], P[:4] + n * SPARE[4:8]),
        1e-3,
        100.0,
    ),
    Family("ex2c", "slip", lambda n: two.c(_turned(P[:4], n, -1.0), P[:4]), 1e-4, 0.5),
    Family("ex2d", "beta large", two.d, 0.5, 10.0),
    Family("ex2d", "beta small", two.d, 0.5, 1e-3),
    Family(
        "ex2d",
        "scale",
        lambda n: {**two.d(0.5), "W_Q_same": n * np.asarray(two.d(0.5)["W_Q_same"])},
        1.0,
        1e-4,
    ),
    Family("ex2d", "content small", lambda n: two.d(0.5 / n), 1.0, 1e-2),
    Family(
        "ex2d",
        "noise besides",
        lambda n: {name: np.asarray(W) + n * SPARE[:8] for name, W in two.d(0.5).items()},
        1e-3,
        30.0,
    ),
    Family(
        "ex2d",
        "small content besides",
        lambda n: {
            name: np.asarray(W) + n * np.vstack([C[4:], 0 * C[4:]])
            for name, W in two.d(0.5).items()
        },
        1e-3,
        30.0,
        band=0.1,
    ),
    Family("ex2f", "scale", lambda n: two.f(n * turn(V[:4], 1), P[:4]), 1.0, 1e-4, band=0.04),
    Family("ex2f", "slip", lambda n: two.f(_turned(V[:4], n, 1.0), P[:4]), 1e-4, 0.5),
    Family(
        "ex2f",
        "noise besides",
        lambda n: two.f(turn(V[:4], 1) + n * SPARE[:4], P[:4] + n * SPARE[4:8]),
        1e-3,
        100.0,
    ),
    Family(
        "ex2f",
        "content besides",
        lambda n: two.f(turn(V[:4], 1) + n * C[:4], P[:4] + n * TURN[4] @ C[:4]),
        1e-4,
        3.0,
        band=0.15,
    ),
    Family(
        "ex3a", "scale", lambda n: three.one(W_Q_1=n * three.BACK), 1.0, 1e-4, ("ranks", "sharp")
    ),
    Family(
        "ex3a",
        "softness of the note",
        lambda n: three.one(W_Q_1=n * three.BACK),
        1.0,
        1e-4,
        ("note",),
    ),
    Family(
        "ex3a",
        "note over noise",
        lambda n: three.one(W_out_1=n * SPARE[:4].T),
        1.0,
        1e-3,
        ("note",),
    ),
    Family(
        "ex3a",
        "note over small content",
        lambda n: three.one(W_out_1=n * C[4:].T),
        10.0,
        0.1,
        ("note",),
        band=0.05,
    ),
    Family(
        "ex3a", "values see the position", lambda n: three.one(W_V_1=C[:4] + n * P[:4]), 1e-6, 1.0
    ),
    Family("ex3b", "scale", lambda n: three.two(n * C[:4], V[:4], three.one()), 1.0, 1e-7),
    Family("ex3b", "scale behind a right head 1", lambda n: three.two(n * C[:4], V[:4]), 1.0, 1e-7),
    Family(
        "ex3b",
        "noise besides",
        lambda n: three.two(C[:4] + n * SPARE[:4], V[:4] + n * SPARE[4:8]),
        1e-3,
        300.0,
    ),
    Family(
        "ex3b",
        "position besides",
        lambda n: three.two(C[:4] + n * P[:4], V[:4] + n * TURN[4] @ P[:4]),
        1e-3,
        30.0,
    ),
    Family("ex3b", "turned", lambda n: three.two(_plane(n) @ C[:4], V[:4]), 1e-3, 1.5),
)

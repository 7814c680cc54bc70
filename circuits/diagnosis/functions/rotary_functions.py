"""Name the mistake of a function that gives rotary scores, and of a probe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from circuits.attention import softmax_scores
from circuits.behaviours.functions.calls import TOLERANCE, Call, relative_error
from circuits.rotary import D_HEAD, SPEEDS, turn_pairs
from circuits.shapes import FloatArray

Scores = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""Scores of the streams ``x`` by ``W_Q`` and ``W_K``."""


def diagnose_rotary_scores(cases: Sequence[Call], results: Sequence[FloatArray]) -> str | None:
    """Return which other scores a function returns, or None.

    Args:
        cases: The calls.
        results: What it returned, each of the wanted shape.
    """
    found = (slug for slug, other in _OTHER_SCORES if _gives(cases, results, other))
    return next(found, None)


def is_one_side_turned(cases: Sequence[Call], results: Sequence[FloatArray]) -> bool:
    """Whether only queries, or only keys, have been turned."""
    return any(_gives(cases, results, _turned(*signs)) for signs in ((1, 0), (0, 1)))


def _gives(cases: Sequence[Call], results: Sequence[FloatArray], other: Scores) -> bool:
    """Whether a function returned what another would have."""
    return all(
        relative_error(seen, other(*case.arguments)) <= TOLERANCE
        for case, seen in zip(cases, results, strict=True)
    )


def _turned(sign_q: float, sign_k: float, speeds: FloatArray = SPEEDS) -> Scores:
    def score(x: FloatArray, W_Q: FloatArray, W_K: FloatArray) -> FloatArray:
        angles = np.arange(len(x))[:, None] * speeds
        queries = turn_pairs(x @ W_Q.T, sign_q * angles)
        scores: FloatArray = queries @ turn_pairs(x @ W_K.T, sign_k * angles).T
        return scores

    return score


def _in_halves(x: FloatArray, W_Q: FloatArray, W_K: FloatArray) -> FloatArray:
    order = np.arange(D_HEAD).reshape(2, -1).T.ravel()
    return _turned(1, 1)(x, W_Q[order], W_K[order])


def _share_out(causal: bool) -> Scores:
    return lambda x, W_Q, W_K: softmax_scores(_turned(1, 1)(x, W_Q, W_K), causal=causal)


_OTHER_SCORES: tuple[tuple[str, Scores], ...] = (
    ("nothing-turned", _turned(0, 0)),
    ("turned-the-other-way", _turned(-1, -1)),
    ("turned-apart", _turned(1, -1)),
    ("one-speed", _turned(1, 1, np.ones_like(SPEEDS))),
    ("other-pairs", _in_halves),
    ("scaled", lambda x, W_Q, W_K: _turned(1, 1)(x, W_Q, W_K) / np.sqrt(D_HEAD)),
    ("pattern-not-scores", _share_out(causal=True)),
    ("pattern-not-scores", _share_out(causal=False)),
)


def diagnose_probe(cases: Sequence[Call], results: Sequence[float]) -> str | None:
    """Return which other number a probe returns, or None."""
    wanted = np.array([float(case.wanted) for case in cases])
    seen = np.array(results)

    def alike(others: FloatArray) -> bool:
        return bool(np.allclose(seen, others, rtol=1e-5, atol=1e-8))

    missed = [_miss(case, constant=True) for case in cases]
    through_zero = [_miss(case, constant=False) for case in cases]
    spread = [case.arguments[1] - case.arguments[1].mean() for case in cases]
    about_zero = [1 - (m @ m) / (s @ s) for m, s in zip(through_zero, spread, strict=True)]
    uncentred = [
        1 - (m @ m) / (case.arguments[1] @ case.arguments[1])
        for m, case in zip(through_zero, cases, strict=True)
    ]
    if alike(np.array(about_zero)) or alike(np.array(uncentred)):
        return "no-constant"
    left = np.array([m @ m for m in missed])
    rows = np.array([len(m) for m in missed])
    errors = (1.0 - wanted, left, left / rows, np.sqrt(left / rows))
    if any(alike(error) for error in errors):
        return "error-not-share"
    if alike(100.0 * wanted):
        return "gain"
    return "not-squared" if alike(np.sqrt(np.maximum(wanted, 0.0))) else None


def _miss(case: Call, constant: bool) -> FloatArray:
    """Return what a linear fit leaves of a target, with a constant or without."""
    features, target = case.arguments
    columns = np.column_stack([features, np.ones(len(features))]) if constant else features
    missed: FloatArray = target - columns @ np.linalg.lstsq(columns, target, rcond=None)[0]
    return missed

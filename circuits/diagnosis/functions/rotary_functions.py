"""Name the mistake of a function that gives rotary scores, and of a probe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from circuits.attention import softmax_scores
from circuits.behaviours.functions.calls import TOLERANCE, Call, relative_error
from circuits.rotary import D_HEAD, SPEEDS, turn_pairs
from circuits.shapes import FloatArray


def diagnose_rotary_scores(cases: Sequence[Call], results: Sequence[FloatArray]) -> str | None:
    """Return which other scores a function returns, or None.

    Args:
        cases: The calls.
        results: What it returned, each of the wanted shape.
    """
    for slug, other in _OTHER_SCORES:
        wanted = [other(*case.arguments) for case in cases]
        if all(
            relative_error(seen, want) <= TOLERANCE
            for seen, want in zip(results, wanted, strict=True)
        ):
            return slug
    return None


def _turned(
    sign_q: float, sign_k: float, speeds: FloatArray = SPEEDS
) -> Callable[[FloatArray, FloatArray, FloatArray], FloatArray]:
    def score(x: FloatArray, W_Q: FloatArray, W_K: FloatArray) -> FloatArray:
        angles = np.arange(len(x))[:, None] * speeds
        queries = turn_pairs(x @ W_Q.T, sign_q * angles)
        scores: FloatArray = queries @ turn_pairs(x @ W_K.T, sign_k * angles).T
        return scores

    return score


def _in_halves(x: FloatArray, W_Q: FloatArray, W_K: FloatArray) -> FloatArray:
    order = np.arange(D_HEAD).reshape(2, -1).T.ravel()
    return _turned(1, 1)(x, W_Q[order], W_K[order])


def _share_out(causal: bool) -> Callable[[FloatArray, FloatArray, FloatArray], FloatArray]:
    return lambda x, W_Q, W_K: softmax_scores(_turned(1, 1)(x, W_Q, W_K), causal=causal)


_OTHER_SCORES: tuple[
    tuple[str, Callable[[FloatArray, FloatArray, FloatArray], FloatArray]], ...
] = (
    ("nothing-turned", _turned(0, 0)),
    ("turned-the-other-way", _turned(-1, -1)),
    ("turned-apart", _turned(1, -1)),
    ("one-speed", _turned(1, 1, np.ones_like(SPEEDS))),
    ("other-pairs", _in_halves),
    ("scaled", lambda x, W_Q, W_K: _turned(1, 1)(x, W_Q, W_K) / np.sqrt(D_HEAD)),
    ("pattern-not-scores", _share_out(causal=True)),
    ("pattern-not-scores", _share_out(causal=False)),
)


def is_one_side_turned(cases: Sequence[Call], results: Sequence[FloatArray]) -> bool:
    """Whether only queries, or only keys, have been turned."""
    for signs in ((1, 0), (0, 1)):
        wanted = [_turned(*signs)(*case.arguments) for case in cases]
        if all(
            relative_error(seen, want) <= TOLERANCE
            for seen, want in zip(results, wanted, strict=True)
        ):
            return True
    return False


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

"""Name the mistake of a function by what it computes instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from circuits.attention import causal_mask, softmax_scores
from circuits.behaviours.functions.calls import TOLERANCE, CallResult, relative_error
from circuits.diagnosis.functions.results import diagnose_results
from circuits.guard import LEARNERS_ERRORS
from circuits.shapes import BoolArray, FloatArray

_OUT_OF_RANGE = ("OverflowError", "FloatingPointError", "ZeroDivisionError")
"""What plain Python raises where an exponential is too large, or all of them are zero."""

Variant = Callable[[FloatArray, FloatArray, FloatArray, int], FloatArray]


def _attend(pattern: FloatArray, x: FloatArray, W_OV: FloatArray) -> FloatArray:
    return pattern @ x @ W_OV.T


def _softmax_columns(scores: FloatArray) -> FloatArray:
    visible = causal_mask(len(scores))
    masked = np.where(visible, scores, -np.inf)
    weights = np.where(visible, np.exp(masked - masked.max(axis=0, keepdims=True)), 0.0)
    shares: FloatArray = weights / weights.sum(axis=0, keepdims=True)
    return shares


def _strict(scores: FloatArray) -> FloatArray:
    earlier = np.tri(len(scores), k=-1, dtype=np.bool_)
    weights = np.where(earlier, np.exp(np.where(earlier, scores, -np.inf)), 0.0)
    shares: FloatArray = weights / np.maximum(weights.sum(axis=-1, keepdims=True), 1e-300)
    return shares


def _see_only(visible: BoolArray, scores: FloatArray) -> FloatArray:
    """Return the pattern under another mask; rows that see nothing are not finite."""
    masked = np.where(visible, scores, -np.inf)
    with np.errstate(invalid="ignore"):
        weights = np.exp(masked - masked.max(axis=-1, keepdims=True))
    pattern: FloatArray = weights / weights.sum(axis=-1, keepdims=True)
    return pattern


def _mask_from(first: int) -> Variant:
    """Return a head whose token ``i`` sees the tokens from ``i + first`` on."""
    return lambda x, s, W_OV, d: _attend(
        _see_only(~np.tri(len(s), k=first - 1, dtype=np.bool_), s), x, W_OV
    )


# Each takes the stream, the scores, W_OV and the width that a scale would use.
_VARIANTS: tuple[tuple[str, Variant], ...] = (
    ("no-mask", lambda x, s, W_OV, d: _attend(softmax_scores(s, causal=False), x, W_OV)),
    # Hidden scores of zero instead of minus infinity: the later tokens keep their weight.
    ("no-mask", lambda x, s, W_OV, d: _attend(softmax_scores(np.tril(s), causal=False), x, W_OV)),
    ("no-mask", lambda x, s, W_OV, d: _attend(softmax_scores(np.triu(s), causal=False), x, W_OV)),
    ("strict-mask", lambda x, s, W_OV, d: _attend(_strict(s), x, W_OV)),
    ("mask-reversed", _mask_from(0)),
    ("mask-reversed", _mask_from(1)),
    (
        "looks-one-ahead",
        lambda x, s, W_OV, d: _attend(_see_only(np.tri(len(s), k=1, dtype=np.bool_), s), x, W_OV),
    ),
    (
        "masked-after-softmax",
        lambda x, s, W_OV, d: _attend(
            softmax_scores(s, causal=False) * causal_mask(len(s)), x, W_OV
        ),
    ),
    ("scaled", lambda x, s, W_OV, d: _attend(softmax_scores(s / np.sqrt(d)), x, W_OV)),
    ("softmax-over-queries", lambda x, s, W_OV, d: _attend(_softmax_columns(s), x, W_OV)),
    ("residual-added", lambda x, s, W_OV, d: x + _attend(softmax_scores(s), x, W_OV)),
    ("circuit-transposed", lambda x, s, W_OV, d: _attend(softmax_scores(s.T), x, W_OV)),
    ("circuit-transposed", lambda x, s, W_OV, d: _attend(softmax_scores(s), x, W_OV.T)),
    ("circuit-transposed", lambda x, s, W_OV, d: _attend(softmax_scores(s.T), x, W_OV.T)),
)


def diagnose_head(outcomes: Sequence[CallResult]) -> str | None:
    """Return what a function computes instead of one head's output: parts w2 and w5.

    Args:
        outcomes: Its results, mild scores and extreme ones.
    """
    mild = [outcome for outcome in outcomes if not outcome.case.extreme]
    if all(agrees(outcome, outcome.case.wanted) for outcome in mild):
        extreme = [o for o in outcomes if not agrees(o, o.case.wanted)]
        if extreme:
            return _diagnose_extreme(extreme)
        return "input-changed" if any(outcome.changed for outcome in outcomes) else None
    if all(agrees(outcome, _exchange(outcome)) for outcome in mild):
        return "roles-swapped"
    for slug, variant in _VARIANTS:
        widths = (_width, _d_model) if slug == "scaled" else (_width,)
        for width in widths:
            # A single token hides most mistakes, so the first row is left out.
            if all(agrees(o, _vary(o, variant, width(o)), skip=1) for o in mild):
                return slug
    changed = any(outcome.changed for outcome in outcomes)
    return diagnose_results(outcomes) or ("input-changed" if changed else None)


def _diagnose_extreme(outcomes: Sequence[CallResult]) -> str | None:
    """Return why a function fails on scores of 10,000 alone.

    Args:
        outcomes: Those calls that failed.
    """
    read = [(_read(outcome), outcome.case.wanted) for outcome in outcomes]
    results = [(seen, wanted) for seen, wanted in read if seen is not None]
    if len(results) < len(outcomes):
        raised = all(o.failure and o.failure.startswith(_OUT_OF_RANGE) for o in outcomes)
        return "unstable-softmax" if raised else None
    if any(seen.shape != wanted.shape for seen, wanted in results):
        return None
    # The first token sees itself alone. If it gets anything else, it has looked ahead.
    ahead = [
        np.isfinite(seen).all() and not _is_near(seen[:1], wanted[:1]) for seen, wanted in results
    ]
    return "no-mask" if all(ahead) else "unstable-softmax"


def _exchange(outcome: CallResult) -> FloatArray:
    """Return the output of a head whose circuits, or query and key, have changed places."""
    x, *matrices = outcome.case.arguments
    W_QK, W_OV = _circuits(outcome)
    if len(matrices) == 2:
        return _attend(softmax_scores(x @ W_OV @ x.T), x, W_QK)
    return _attend(softmax_scores(x @ W_QK.T @ x.T), x, W_OV)


def _width(outcome: CallResult) -> int:
    arguments = outcome.case.arguments
    return len(arguments[1])


def _d_model(outcome: CallResult) -> int:
    return int(outcome.case.arguments[0].shape[1])


def _circuits(outcome: CallResult) -> tuple[FloatArray, FloatArray]:
    matrices = outcome.case.arguments[1:]
    if len(matrices) == 2:
        return matrices[0], matrices[1]
    W_Q, W_K, W_V, W_out = matrices
    return W_Q.T @ W_K, W_out @ W_V


def _vary(outcome: CallResult, variant: Variant, width: int) -> FloatArray:
    x = outcome.case.arguments[0]
    W_QK, W_OV = _circuits(outcome)
    return variant(x, x @ W_QK @ x.T, W_OV, width)


def _read(outcome: CallResult) -> FloatArray | None:
    """Return the result as float64, or None if the call failed or it holds no real numbers."""
    try:
        seen = np.asarray(outcome.result)
        numeric = outcome.failure is None and seen.dtype.kind in "fiub"
        return seen.astype(np.float64) if numeric else None
    except LEARNERS_ERRORS:
        return None


def _is_near(seen: FloatArray, wanted: FloatArray) -> bool:
    return relative_error(seen, wanted) <= TOLERANCE


def agrees(outcome: CallResult, wanted: FloatArray, skip: int = 0) -> bool:
    """Return whether a result is near another, as far as that is finite.

    Args:
        outcome: The call.
        wanted: What the result may be; where it is not finite, anything is near it.
        skip: So many of the first rows are not looked at.
    """
    seen = _read(outcome)
    if seen is None or seen.shape != wanted.shape:
        return False
    told = np.array(np.isfinite(wanted))
    if skip:
        told[:skip] = False
    return _is_near(seen[told], wanted[told])


def diagnose_rank(results: Sequence[tuple[tuple[int, int], object]]) -> str | None:
    """Return what a function gives instead of the greatest rank: part w6.

    Args:
        results: ``(d_model, d_head)`` and what the function returned.
    """
    if all(_is_number(result, d_model) for (d_model, _), result in results):
        return "uses-d-model"
    if all(_is_number(result, d_head) for (_, d_head), result in results):
        return "uses-d-head"
    return None


def _is_number(result: object, wanted: int) -> bool:
    try:
        return bool(np.asarray(result, dtype=np.float64) == wanted)
    except LEARNERS_ERRORS:
        return False


def diagnose_strengths(outcomes: Sequence[CallResult]) -> str | None:
    """Return what a function gives instead of falling singular values: part w7."""
    variants: tuple[tuple[str, Callable[[FloatArray], FloatArray]], ...] = (
        ("ascending", lambda values: values[::-1]),
        ("squared", lambda values: values**2),
        ("squared", lambda values: (values**2)[::-1]),
    )
    full = [o for o in outcomes if o.case.wanted.max() > TOLERANCE and not o.failure]
    for slug, vary in variants:
        if full and all(agrees(outcome, vary(outcome.case.wanted)) for outcome in full):
            return slug
    for slug, power in (("too-many-values", 1), ("squared", 2)):
        if full and _hold_more(full, power):
            return slug
    for cut in (True, False):
        if full and all(agrees(outcome, _swapped(outcome, cut)) for outcome in full):
            return "factors-swapped"
    return diagnose_results(outcomes)


def _hold_more(outcomes: Sequence[CallResult], power: int) -> bool:
    """Whether all results hold the wanted values, in any order, and some of them zeros besides."""
    longer = False
    for outcome in outcomes:
        wanted, seen = outcome.case.wanted**power, _read_row(outcome)
        if seen is None or len(seen) < len(wanted):
            return False
        padded = np.concatenate([wanted, np.zeros(len(seen) - len(wanted))])
        if not _is_near(np.sort(seen)[::-1], padded):
            return False
        longer |= len(seen) > len(wanted)
    return longer


def _read_row(outcome: CallResult) -> FloatArray | None:
    """Return a row of numbers, or None; what is complex or NaN by rounding alone counts as zero."""
    try:
        seen = np.asarray(outcome.result).astype(np.complex128)
    except LEARNERS_ERRORS:
        return None
    seen = np.nan_to_num(seen)
    large = float(np.abs(seen).max(initial=0.0))
    real = seen.ndim == 1 and float(np.abs(seen.imag).max(initial=0.0)) <= TOLERANCE * large
    return seen.real if real else None


def _swapped(outcome: CallResult, cut: bool) -> FloatArray:
    W_V_2, W_out_1 = outcome.case.arguments
    if len(W_V_2) != W_out_1.shape[1]:
        return np.zeros(0)
    values = np.asarray(np.linalg.svd(W_out_1 @ W_V_2, compute_uv=False))
    return values[: len(W_V_2)] if cut else values

"""Name the mistake of a function of chapter 6 by what it computes instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuits.attention import Head
from circuits.behaviours.functions.calls import CallResult
from circuits.behaviours.head_scores import (
    PATHS,
    cut_three_paths,
    find_successors,
    measure_composition,
    measure_copying,
    read_three_streams,
)
from circuits.diagnosis.functions.head_functions import agrees
from circuits.diagnosis.functions.results import diagnose_results
from circuits.shapes import FloatArray, IntArray

Variant = Callable[..., Any]
Variants = tuple[tuple[str, Variant], ...]


def diagnose_measurement(variants: Variants, plain: Sequence[CallResult]) -> str | None:
    """Return what a function computes instead of what it should.

    Args:
        variants: Wrong functions of the same arguments, each with the name of its mistake.
        plain: Its results on cases that show every mistake.
    """
    for slug, variant in variants:
        if all(agrees(o, np.asarray(variant(*o.case.arguments))) for o in plain):
            return slug
    return diagnose_results(plain)


def _softmax(logits: FloatArray, axis: int | None = -1) -> FloatArray:
    weights = np.exp(logits - logits.max(axis=axis, keepdims=True))
    shares: FloatArray = weights / weights.sum(axis=axis, keepdims=True)
    return shares


BIGRAM_MISTAKES: Variants = (
    ("bigram-transposed", lambda W_E, W_U: _softmax(W_U @ W_E)),
    ("bigram-transposed", lambda W_E, W_U: _softmax((W_U @ W_E).T).T),
    ("bigram-softmax-axis", lambda W_E, W_U: _softmax((W_U @ W_E).T, axis=0)),
    ("bigram-softmax-axis", lambda W_E, W_U: _softmax((W_U @ W_E).T, axis=None)),
    ("bigram-not-normalised", lambda W_E, W_U: (W_U @ W_E).T),
    ("bigram-not-normalised", lambda W_E, W_U: W_U @ W_E),
    ("bigram-not-normalised", lambda W_E, W_U: np.exp((W_U @ W_E).T)),
    ("bigram-not-normalised", lambda W_E, W_U: np.log(_softmax((W_U @ W_E).T))),
    ("bigram-sums-of-others", lambda W_E, W_U: _over_sums_of_others((W_U @ W_E).T)),
    ("bigram-one-matrix", lambda W_E, W_U: _softmax(W_E.T @ W_E)),
    ("bigram-one-matrix", lambda W_E, W_U: _softmax(W_U @ W_U.T)),
    ("factors-swapped", lambda W_E, W_U: _softmax(W_E @ W_U)),
    ("factors-swapped", lambda W_E, W_U: _softmax((W_E @ W_U).T)),
    ("scaled", lambda W_E, W_U: _softmax((W_U @ W_E).T / np.sqrt(len(W_E)))),
)


def _over_sums_of_others(logits: FloatArray) -> FloatArray:
    weights = np.exp(logits - logits.max())
    shares: FloatArray = weights / weights.sum(axis=1)
    return shares


def _mean_diagonal(pattern: FloatArray, offset: int) -> float:
    values = np.diagonal(pattern, offset)
    return float(values.mean()) if len(values) else float("nan")


def _share_argmax(pattern: FloatArray) -> float:
    top = pattern.argmax(axis=1)[1:]
    return float((top == np.arange(len(pattern) - 1)).mean())


PREVIOUS_MISTAKES: Variants = (
    ("previous-divided-by-n", lambda A: np.diagonal(A, -1).sum() / len(A)),
    ("previous-not-averaged", lambda A: np.diagonal(A, -1).sum()),
    ("previous-own-position", lambda A: _mean_diagonal(A, 0)),
    ("previous-own-position", lambda A: _mean_diagonal(A[1:, 1:], 0)),
    ("previous-own-position", lambda A: _mean_diagonal(A, -1) + _mean_diagonal(A[1:, 1:], 0)),
    ("previous-looks-ahead", lambda A: _mean_diagonal(A, 1)),
    ("previous-two-back", lambda A: _mean_diagonal(A, -2)),
    ("previous-argmax", _share_argmax),
    ("previous-row-maximum", lambda A: A.max(axis=1).mean()),
    ("previous-row-maximum", lambda A: A[1:].max(axis=1).mean()),
)


def _score_targets(targets: NDArray[np.bool_], pattern: FloatArray) -> float:
    asking = targets.any(axis=1)
    if not asking.any():
        return 0.0
    return float(np.where(targets, pattern, 0.0).sum(axis=1)[asking].mean())


def _shift(tokens: IntArray, by: int) -> NDArray[np.bool_]:
    """Return whether token j - ``by`` is token i, for keys up to the query."""
    n = len(tokens)
    found = np.zeros((n, n), np.bool_)
    for j in range(n):
        if 0 <= j - by < n:
            found[:, j] = tokens == tokens[j - by]
    return np.tril(found)


def _wrap_around(tokens: IntArray) -> NDArray[np.bool_]:
    """Return the keys that np.roll finds: the last token stands before the first."""
    return np.tril(tokens[:, None] == np.roll(tokens, 1))


def _keep_one(targets: NDArray[np.bool_], last: bool) -> NDArray[np.bool_]:
    kept = np.zeros_like(targets)
    for i, row in enumerate(targets):
        found = np.flatnonzero(row)
        if len(found):
            kept[i, found[-1 if last else 0]] = True
    return kept


def _score_or_nan(targets: NDArray[np.bool_], pattern: FloatArray) -> float:
    return _score_targets(targets, pattern) if targets.any() else float("nan")


def _score_mean(targets: NDArray[np.bool_], pattern: FloatArray) -> float:
    """Return the mean over queries of the mean over their right keys."""
    return _score_targets(targets, pattern / np.maximum(targets.sum(axis=1, keepdims=True), 1))


def _mean_of_all(targets: NDArray[np.bool_], pattern: FloatArray) -> float:
    return float(pattern[targets].mean()) if targets.any() else 0.0


def _find_period(tokens: IntArray) -> int:
    later = np.flatnonzero(tokens[1:] == tokens[0])
    return int(later[0]) + 1 if len(later) else len(tokens)


def _score_period(pattern: FloatArray, tokens: IntArray, on: int) -> float:
    back = _find_period(tokens) - on
    values = np.diagonal(pattern, -back) if back < len(tokens) else np.zeros(0)
    return float(values.mean()) if len(values) else float("nan")


INDUCTION_MISTAKES: Variants = (
    ("induction-at-the-copy", lambda A, t: _score_targets(np.tril(_shift(t, 0), -1), A)),
    ("induction-own-position", lambda A, t: _score_targets(_shift(t, 0), A)),
    ("induction-off-by-one", lambda A, t: _score_targets(_shift(t, 2), A)),
    ("induction-off-by-one", lambda A, t: _score_targets(np.tril(_shift(t, -1), -1), A)),
    ("induction-wraps-around", lambda A, t: _score_targets(_wrap_around(t), A)),
    ("induction-all-queries", lambda A, t: np.where(find_successors(t), A, 0).sum(axis=1).mean()),
    ("induction-latest-only", lambda A, t: _score_targets(_keep_one(find_successors(t), True), A)),
    ("induction-latest-only", lambda A, t: _score_targets(_keep_one(find_successors(t), False), A)),
    ("induction-no-copy", lambda A, t: _score_or_nan(find_successors(t), A)),
    ("induction-mean-of-copies", lambda A, t: _score_mean(find_successors(t), A)),
    ("induction-mean-of-copies", lambda A, t: _mean_of_all(find_successors(t), A)),
    ("induction-without-own-key", lambda A, t: _score_targets(np.tril(find_successors(t), -1), A)),
    ("induction-fixed-period", lambda A, t: _score_period(A, t, 1)),
    ("induction-fixed-period", lambda A, t: _score_period(A, t, 0)),
    ("induction-not-averaged", lambda A, t: np.where(find_successors(t), A, 0).sum()),
)

COPYING_MISTAKES: Variants = (
    ("copying-without-embedding", lambda W_U, W_OV, W_E: _share_real(W_OV)),
    ("copying-without-embedding", lambda W_U, W_OV, W_E: _share_real(W_E.T @ W_OV @ W_E)),
    ("copying-without-embedding", lambda W_U, W_OV, W_E: _share_real(W_U @ W_OV @ W_U.T)),
    ("copying-transposed", lambda W_U, W_OV, W_E: measure_copying(W_U, W_OV.T, W_E)),
    ("copying-singular-values", lambda W_U, W_OV, W_E: _over_singular(W_U @ W_OV @ W_E)),
    ("copying-symmetrised", lambda W_U, W_OV, W_E: _share_symmetric(W_U @ W_OV @ W_E)),
    ("copying-symmetrised", lambda W_U, W_OV, W_E: _share_lower(W_U @ W_OV @ W_E)),
    ("copying-unsigned", lambda W_U, W_OV, W_E: abs(measure_copying(W_U, W_OV, W_E))),
    ("copying-not-normalised", lambda W_U, W_OV, W_E: np.trace(W_U @ W_OV @ W_E)),
    ("copying-not-normalised", lambda W_U, W_OV, W_E: np.trace(W_U @ W_OV @ W_E) / len(W_U)),
    ("copying-real-parts", lambda W_U, W_OV, W_E: _share_of_real(W_U @ W_OV @ W_E)),
)


def _share_real(product: FloatArray) -> float:
    values = np.linalg.eigvals(product)
    return float(values.real.sum() / np.abs(values).sum())


def _over_singular(product: FloatArray) -> float:
    return float(np.trace(product) / np.linalg.svd(product, compute_uv=False).sum())


def _share_symmetric(product: FloatArray) -> float:
    values = np.linalg.eigvalsh((product + product.T) / 2)
    return float(values.sum() / np.abs(values).sum())


def _share_lower(product: FloatArray) -> float:
    values = np.linalg.eigvalsh(product)  # reads the lower triangle alone
    return float(values.sum() / np.abs(values).sum())


def _share_of_real(product: FloatArray) -> float:
    values = np.linalg.eigvals(product).real
    return float(values.sum() / np.abs(values).sum())


def _norms(pairs: Sequence[tuple[FloatArray, FloatArray]], share: str = "both") -> FloatArray:
    scores = []
    for reader, written in pairs:
        sizes = float(np.linalg.norm(reader)), float(np.linalg.norm(written))
        shares = {"both": sizes[0] * sizes[1], "reader": sizes[0], "written": sizes[1], "none": 1.0}
        scores.append(float(np.linalg.norm(reader @ written)) / shares[share])
    return np.array(scores)


def _spectral(W_OV_1: FloatArray, W_QK_2: FloatArray, W_OV_2: FloatArray) -> FloatArray:
    def norm(matrix: FloatArray) -> float:
        return float(np.linalg.norm(matrix, 2))

    readers = (W_QK_2.T, W_QK_2, W_OV_2)
    return np.array([norm(r @ W_OV_1) / (norm(r) * norm(W_OV_1)) for r in readers])


def _pair(
    W_OV_1: FloatArray, W_QK_2: FloatArray, W_OV_2: FloatArray
) -> list[tuple[FloatArray, FloatArray]]:
    return [(W_QK_2.T, W_OV_1), (W_QK_2, W_OV_1), (W_OV_2, W_OV_1)]


COMPOSITION_MISTAKES: Variants = (
    ("composition-q-k-swapped", lambda A, B, C, D: measure_composition(B, C.T, D)),
    ("composition-not-normalised", lambda A, B, C, D: _norms(_pair(B, C, D), "none")),
    ("composition-not-normalised", lambda A, B, C, D: _norms(_pair(B, C, D), "reader")),
    ("composition-not-normalised", lambda A, B, C, D: _norms(_pair(B, C, D), "written")),
    ("composition-spectral", lambda A, B, C, D: _spectral(B, C, D)),
    ("composition-order", lambda A, B, C, D: _norms([(B, C.T), (B, C), (B, D)])),
    ("composition-order", lambda A, B, C, D: _norms([(B, C), (B, C.T), (B, D)])),
    ("composition-order", lambda A, B, C, D: measure_composition(B.T, C, D)),
    ("composition-order", lambda A, B, C, D: measure_composition(D, A, B)),
    ("composition-wrong-circuit", lambda A, B, C, D: measure_composition(A, C, D)),
    ("composition-wrong-circuit", lambda A, B, C, D: measure_composition(B, A, D)),
)


def _cut(
    h: FloatArray,
    lost: FloatArray,
    positions: FloatArray,
    *matrices: FloatArray,
    swap: str = "QKV",
    causal: bool = True,
) -> FloatArray:
    """Return the three outputs with the inputs of ``swap`` cut in their place."""
    outputs = cut_three_paths(h, lost, positions, Head(*matrices), causal=causal)
    return outputs[[PATHS.index(path) for path in swap]]


def _cut_but_one(
    h: FloatArray, lost: FloatArray, positions: FloatArray, *matrices: FloatArray
) -> FloatArray:
    """Return the outputs with every input cut but the one that should be."""
    return cut_three_paths(h - lost, -lost, positions, Head(*matrices))


def _cut_all(
    h: FloatArray, lost: FloatArray, positions: FloatArray, *matrices: FloatArray
) -> FloatArray:
    return _whole(h - lost, lost, positions, *matrices)


def _cut_more_and_more(
    h: FloatArray, lost: FloatArray, positions: FloatArray, *matrices: FloatArray
) -> FloatArray:
    """Return the outputs without the query's input, without it and the key's, and without all."""
    query = _cut(h, lost, positions, *matrices)[0]
    both = read_three_streams(h + positions - lost, h + positions - lost, h, Head(*matrices))
    return np.stack([query, both, _whole(h - lost, lost, positions, *matrices)[0]])


def _cut_with_placed_values(
    h: FloatArray, lost: FloatArray, positions: FloatArray, *matrices: FloatArray
) -> FloatArray:
    return _cut(h + positions, lost, np.zeros_like(positions), *matrices)


def _whole(
    h: FloatArray, lost: FloatArray, positions: FloatArray, *matrices: FloatArray
) -> FloatArray:
    return _cut(h, np.zeros_like(lost), positions, *matrices)


CUT_MISTAKES: Variants = (
    ("cut-nothing", _whole),
    ("cut-everywhere", _cut_all),
    ("cut-wrong-input", lambda *given: _cut(*given, swap="KQV")),
    ("cut-wrong-input", lambda *given: _cut(*given, swap="QVK")),
    ("cut-wrong-input", lambda *given: _cut(*given, swap="VKQ")),
    ("cut-wrong-input", lambda *given: _cut(*given, swap="KVQ")),
    ("cut-wrong-input", lambda *given: _cut(*given, swap="VQK")),
    ("cut-wrong-input", _cut_but_one),
    ("cut-from-stream", lambda h, lost, p, *W: _cut(h, lost, p, *W) - lost),
    ("cut-from-stream", lambda h, lost, p, *W: _cut(h, lost, p, *W) + h - lost),
    ("cut-no-positions", lambda h, lost, p, *W: _cut(h, lost, 0 * p, *W)),
    ("cut-positions-in-values", _cut_with_placed_values),
    ("cut-mean-left", lambda h, lost, p, *W: _cut(h, lost - lost.mean(axis=0), p, *W)),
    ("cut-added", lambda h, lost, p, *W: _cut(h, -lost, p, *W)),
    ("cut-one-after-another", _cut_more_and_more),
    ("cut-only-lost", lambda h, lost, p, *W: _cut(h, h - lost, p, *W)),
    ("residual-added", lambda h, lost, p, *W: _cut(h, lost, p, *W) + h),
    ("no-mask", lambda *given: _cut(*given, causal=False)),
    ("scaled", lambda h, lost, p, W_Q, *W: _cut(h, lost, p, W_Q / np.sqrt(len(W_Q)), *W)),
)

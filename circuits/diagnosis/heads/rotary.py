"""Name the mistake of a rotary head, of rotary scores, and of a probe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from circuits.attention import softmax_scores
from circuits.behaviours.first_head import CONTENT_NUMBERS, note_map
from circuits.behaviours.functions.calls import TOLERANCE, Call, relative_error
from circuits.behaviours.heads.selection import Selection
from circuits.behaviours.rotary import compare_constant, score_by_distance
from circuits.diagnosis.directions.rows import diagnose_rows
from circuits.rotary import D_HEAD, SPEEDS, turn_pairs
from circuits.shapes import FloatArray
from circuits.stream import ToyStream

_SLOW = 0.05
"""Pairs below this speed need 20 tokens and more for one radian."""

_FAST = 0.002
"""Pairs above this speed turn by an eighth of a radian and more within 63 tokens."""

_MAIN = 0.1
"""A pair of this share of the whole counts."""

_LEAD = 531.5
"""By so much a word's own note leads the note of the word most like it."""


def diagnose_previous(
    stream: ToyStream, W_Q: FloatArray, W_K: FloatArray, selection: Selection
) -> str | None:
    """Return why a rotary head does not find the previous token.

    Args:
        stream: Names the directions.
        W_Q: Shape ``(16, 48)``.
        W_K: Of the same shape.
        selection: What the head selects.
    """
    sizes, ahead = compare_constant(W_Q, W_K, stream.one)
    total = float(np.linalg.norm(W_Q) * np.linalg.norm(W_K))
    if float(sizes.sum()) < _MAIN * total:
        made_of = diagnose_rows(W_Q, W_K)
        return made_of or ("hand-changes" if _reads_named(stream, W_Q, W_K) else None)
    main = sizes > _MAIN / 2 * sizes.sum()
    if selection.ranks:
        if main.sum() == 1 and SPEEDS[main][0] > _SLOW:
            return "one-frequency"
        return "pairs-too-slow" if SPEEDS[main].max() < _SLOW else "too-soft"
    angles = ahead[main]
    steps = np.round(-_wrap(angles) / SPEEDS[main], 6)
    names = {0.0: "attends-to-self", -1.0: "attends-to-next", 2.0: "attends-two-back"}
    for step, slug in names.items():
        if np.allclose(_wrap(angles + step * SPEEDS[main]), 0.0, atol=1e-6):
            return slug
    if np.allclose(_wrap(angles + np.pi + SPEEDS[main]), 0.0, atol=1e-6):
        return "opposite-sign"
    if main.sum() > 1 and np.ptp(angles) < 1e-6:
        return "frequencies-mixed-up"
    return "wrong-angle" if np.isfinite(steps).all() and _is_plain(W_Q, W_K, stream) else None


def _wrap(angles: FloatArray) -> FloatArray:
    """Return angles between -pi and pi."""
    wrapped: FloatArray = np.angle(np.exp(1j * angles))
    return wrapped


def _is_plain(W_Q: FloatArray, W_K: FloatArray, stream: ToyStream) -> bool:
    """Whether both sides read the constant and nothing else."""
    return all(
        float(np.linalg.norm(W @ stream.one)) > 0.999 * float(np.linalg.norm(W)) for W in (W_Q, W_K)
    )


def _reads_named(stream: ToyStream, W_Q: FloatArray, W_K: FloatArray) -> bool:
    """Whether both sides read directions of one kind."""
    kinds = (stream.u_cont, stream.position_rows, stream.v[:14], stream.spare, stream.bos[None])
    return all(
        any(np.linalg.norm(W @ kind.T) > 0.999 * np.linalg.norm(W) for kind in kinds)
        for W in (W_Q, W_K)
    )


def diagnose_note_search(
    stream: ToyStream, W_Q: FloatArray, W_K: FloatArray, selection: Selection
) -> str | None:
    """Return why a rotary head does not find the note of its own word.

    Args:
        stream: Names the directions.
        W_Q: Shape ``(16, 48)``.
        W_K: Of the same shape.
        selection: What the head selects.
    """
    if selection.ranks:
        return None if selection.sharp else "too-soft"
    made_of = diagnose_rows(W_Q, W_K)
    if made_of:
        return made_of
    word = stream.u_cont[:CONTENT_NUMBERS]
    note = (note_map(stream) @ word.T).T  # (4, 48): where the note of each number stands
    meetings = {
        "note": _meet(W_Q, W_K, word, note),
        "roles-swapped": _meet(W_Q, W_K, note, word),
        "attends-to-copy-not-successor": _meet(W_Q, W_K, word, word),
        "wrong-scratch": _meet(W_Q, W_K, word, stream.v[CONTENT_NUMBERS:14]),
        "wrong-components": _meet(W_Q, W_K, stream.u_cont[CONTENT_NUMBERS:], note),
    }
    energy = {name: float((blocks**2).sum()) for name, blocks in meetings.items()}
    main = max(energy, key=lambda name: energy[name])
    whole = float(((W_Q**2).sum() * (W_K**2).sum()) / len(W_Q))
    if energy[main] < 0.5 * whole:
        return None  # a head built from directions has four times as much
    if main != "note":
        return main
    blocks = meetings["note"]  # (8, 4, 4)
    shares = (blocks**2).sum(axis=(1, 2)) / energy["note"]
    if float(shares[SPEEDS > _FAST].sum()) > _MAIN:
        return "pairs-too-fast"
    met = blocks.sum(axis=0)
    strengths = np.linalg.svd(met, compute_uv=False)
    if strengths[-1] < 0.02 * strengths[0]:
        return "too-few-dimensions"
    if float(np.trace(met)) < -0.9 * float(strengths.sum()):
        return "opposite-sign"
    unlike = float(np.trace(met)) < 0.9 * float(strengths.sum())
    return "different-bases" if unlike else None


def _meet(W_Q: FloatArray, W_K: FloatArray, asked: FloatArray, found: FloatArray) -> FloatArray:
    """Return how each pair compares two kinds of directions, ``(8, asked, found)``."""
    queries = (W_Q @ asked.T).reshape(D_HEAD // 2, 2, -1)
    keys = (W_K @ found.T).reshape(D_HEAD // 2, 2, -1)
    met: FloatArray = np.einsum("pca,pcf->paf", queries, keys)
    return met


def diagnose_recency(
    stream: ToyStream,
    W_Q: FloatArray,
    W_K: FloatArray,
    single: bool,
    search: Callable[[], tuple[Selection, str | None]],
) -> str | None:
    """Return why a rotary head does not follow the latest copy, or loses a copy that is alone.

    Args:
        stream: Names the directions.
        W_Q: Shape ``(16, 48)``.
        W_K: Of the same shape.
        single: Whether words with one copy still find what followed it.
        search: Gives what the head selects where words come twice, and why it fails there.
    """
    word, note = stream.u_cont[:CONTENT_NUMBERS], stream.v[:CONTENT_NUMBERS]
    # A bonus may be of any size beside what is compared, so it is left out here.
    rest = [W - np.outer(W @ stream.one, stream.one) for W in (W_Q, W_K)]
    whole = float((rest[0] ** 2).sum() * (rest[1] ** 2).sum()) / D_HEAD
    if float((_meet(W_Q, W_K, word, note) ** 2).sum()) < 0.2 * whole:
        return search()[1]
    distance = np.arange(127.0)
    sizes, ahead = compare_constant(W_Q, W_K, stream.one)
    bonus = 900.0 * score_by_distance(sizes, ahead, distance)
    extent = float(np.ptp(bonus))
    if extent < 1e-3 * float(np.linalg.norm(W_Q) * np.linalg.norm(W_K)):
        selection, slug = search()
        return "no-preference" if selection.ranks and selection.sharp else slug
    lost = float(bonus[1] - bonus[-1])
    if lost < -0.5 * extent:
        return "prefers-earliest"
    if bonus.argmax() > 2:  # the most for some distance, and neither for near nor for far copies
        return None
    main = sizes > _MAIN * sizes.sum()
    if SPEEDS[main].max() * distance[-1] > 1.5 * np.pi:
        return "preference-comes-back"
    if not single:
        return "preference-too-strong" if lost > 0.9 * _LEAD else search()[1]
    return "preference-too-weak"


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

"""Name the mistake of a rotary head."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from circuits.behaviours.first_head import CONTENT_NUMBERS, note_map
from circuits.behaviours.heads.selection import Selection
from circuits.behaviours.rotary import compare_constant, score_by_distance
from circuits.diagnosis.directions.rows import diagnose_rows
from circuits.rotary import D_HEAD, SPEEDS
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

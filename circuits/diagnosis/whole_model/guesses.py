"""Name what is wrong with a model: with what it moves, what it reads, and where it rests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuits.behaviours.first_head import CONTENT_NUMBERS
from circuits.behaviours.lines import LineLosses, Lines
from circuits.diagnosis.directions.copied_directions import diagnose_note_copy, name_product
from circuits.diagnosis.directions.named_basis import SCRATCH
from circuits.shapes import FloatArray
from circuits.stream import MARK, ToyStream

_MOSTLY = 0.5
_NEARLY = 0.05
_ALIKE = 1e-3
"""Gains whose ratios differ by less, as a share, are all off by one factor."""

_NEAR_GAIN = 0.2
"""Gains whose ratio has a smaller logarithm are near: some tenths of the loss apart."""

_NOTE = slice(SCRATCH.start, SCRATCH.start + CONTENT_NUMBERS)


def diagnose_found(stream: ToyStream, W_OV: FloatArray) -> str | None:
    """Return why the word that a head 2 has found cannot be read behind it.

    Args:
        stream: Names the directions.
        W_OV: ``W_out W_V`` of head 2, shape ``(48, 48)``.
    """
    slug = diagnose_note_copy(stream, W_OV)
    if slug in ("all-zero", "roles-swapped") or (slug and slug.endswith("-not-directions")):
        return slug
    named = name_product(stream, W_OV) ** 2
    if float(named[:, SCRATCH].sum()) > _MOSTLY * float(named.sum()):
        return "reads-note"
    if slug is None and float(named[_NOTE].sum()) > _MOSTLY * float(named.sum()):
        return "overwrites"
    return "overwrites" if slug == "wrong-scratch" else slug


def diagnose_unembedding(
    stream: ToyStream, W_U: FloatArray, W_OV: FloatArray, measured: Sequence[LineLosses]
) -> str | None:
    """Return why the words that head 2 has found are not said.

    Args:
        stream: Names the directions.
        W_U: Shape ``(64, 48)``.
        W_OV: ``W_out W_V`` of head 2, shape ``(48, 48)``.
        measured: How the model continues lines.
    """
    if all(line.accuracy == 1.0 for line in measured):
        return "too-soft"
    content = stream.content[1:]
    large = content[:, :CONTENT_NUMBERS]
    rows = W_U - W_U.mean(axis=0)  # what all words share changes no probability
    size = float((rows**2).sum())
    if size == 0.0:
        return "all-zero"
    if _misses(rows, large) > _MOSTLY:
        if min(_misses(np.roll(rows, step, axis=0), large) for step in (-1, 1)) < 2 * _NEARLY:
            return "rows-shifted"
        small = content[:, CONTENT_NUMBERS:]
        return "wrong-components" if _misses(rows, small) < _NEARLY else None
    reads = np.linalg.lstsq(large, rows, rcond=None)[0]  # (4, 48): what meets each coordinate
    total = float((reads**2).sum())

    def share(directions: FloatArray) -> float:
        return float(((reads @ directions.T) ** 2).sum()) / total

    if share(stream.u_cont) > _MOSTLY:
        return "reads-present-word"
    moved = W_OV @ stream.u_cont[:CONTENT_NUMBERS].T  # (48, 4): where each coordinate arrives
    met = reads @ moved
    arrival = np.linalg.svd(moved, full_matrices=False)[0].T
    if share(arrival) < _NEARLY:
        return "reads-note" if share(stream.v[:CONTENT_NUMBERS]) > _MOSTLY else "wrong-dimensions"
    return _diagnose_meeting(met)


def _diagnose_meeting(met: FloatArray) -> str | None:
    """Name what the coordinates of a word meet instead of themselves, shape ``(4, 4)``."""
    gain = float(np.trace(met)) / len(met)
    norm = float(np.linalg.norm(met))
    if np.linalg.norm(met - gain * np.eye(len(met))) < 0.2 * norm:
        return "opposite-sign" if gain < 0 else None
    strengths = np.linalg.svd(met, compute_uv=False)
    if strengths[-1] < 0.02 * strengths[0]:
        return "too-few-dimensions"
    largest = np.abs(met) > 0.9 * np.abs(met).max()
    one_each = bool((largest.sum(axis=0) == 1).all() and (largest.sum(axis=1) == 1).all())
    rest = float(np.linalg.norm(np.where(largest, 0.0, met)))
    return "wrong-order" if one_each and rest < _NEARLY * norm else None


def _misses(rows: FloatArray, table: FloatArray) -> float:
    """Return the share of the rows' squares that no linear map of the table gives."""
    fit = np.linalg.lstsq(table, rows, rcond=None)[0]
    return float(((rows - table @ fit) ** 2).sum() / (rows**2).sum())


def diagnose_gains(
    asked: FloatArray, gains: FloatArray, wanted: FloatArray, by_word: FloatArray
) -> str | None:
    """Return what all gains have in common that are wrong.

    Args:
        asked: The losses asked for, nats, shape ``(n,)``.
        gains: What a function returned for them.
        wanted: The gains that give these losses.
        by_word: The losses that the returned gains give to each word, shape ``(n, 64)``.
    """
    if not np.isfinite(gains).all():
        return None
    if np.ptp(gains) <= 1e-9 * np.abs(gains).max():
        return "same-gain-for-all"
    losses, ratio = by_word.mean(axis=1), gains / wanted
    # Gains that are all off by one small factor are nearly right for some word, too.
    nearly = (np.abs(by_word / asked[:, None] - 1.0) < _NEARLY).all(axis=0)
    if nearly.any() and np.ptp(ratio) > _ALIKE * np.abs(ratio).max():
        return "gain-of-one-word"
    for unit in (np.log(2.0), 1.0 / np.log(2.0)):
        if np.all(np.abs(losses / (asked * unit) - 1.0) < _NEARLY):
            return "nats-and-bits"
    if not np.all(ratio > 0):
        return None
    if np.abs(np.log(ratio)).max() < _NEAR_GAIN:
        return "gain-too-coarse"
    if ratio.max() < 1.1 * ratio.min():
        return "gain-off-by-a-factor"
    order = np.argsort(asked)
    return "gain-grows-with-loss" if np.all(np.diff(gains[order]) > 0) else None


def diagnose_rest(
    stream: ToyStream,
    lines: Lines,
    scores: FloatArray,
    W_QK: FloatArray,
    W_OV: FloatArray,
    pattern: FloatArray,
) -> str | None:
    """Return why a head does not rest at BOS where it has nothing to copy, or does not copy.

    Args:
        stream: Names the directions.
        lines: The lines that it was tried on.
        scores: Its scores, shape ``(count, n_tokens, n_tokens)``.
        W_QK: ``W_Q^T W_K``, shape ``(48, 48)``.
        W_OV: ``W_out W_V``, of the same shape.
        pattern: Its attention, of the shape of ``scores``.
    """
    if not np.isfinite(scores).all():
        return "overflow"
    queries = np.arange(lines.half + 1, 2 * lines.half)
    found = pattern[:, queries, queries - lines.half + 1]
    resting = pattern[:, 1 : lines.half, 0]
    rests, copies = bool(resting.min() > 0.9), bool(found.min() > 0.9)
    if rests and copies:
        brought = W_OV @ (stream.one + stream.bos)
        largest = float(np.abs(W_OV).max())
        if float(np.abs(brought).max()) > 1e-6 * largest:
            return "rest-says-something"
        return diagnose_found(stream, W_OV)
    raised = MARK**2 * float(stream.one @ W_QK @ stream.bos)
    reversed_ = MARK**2 * float(stream.bos @ W_QK @ stream.one)
    everywhere = MARK**2 * float(stream.one @ W_QK @ stream.one)
    extent = float(np.ptp(scores[:, queries]))
    if rests:
        return "rest-too-high" if raised > 0.0 else None
    if not copies:
        itself = pattern[:, queries, queries] + pattern[:, queries, queries - lines.half]
        return "attends-to-copy-not-successor" if float(itself.mean()) > 0.9 else None
    if raised < -_NEARLY * extent:
        return "rest-wrong-sign"
    if raised > _NEARLY * extent:
        return "rest-too-low"
    if abs(reversed_) > _NEARLY * extent:
        return "roles-swapped"
    return "rest-at-every-token" if abs(everywhere) > _NEARLY * extent else "no-rest"

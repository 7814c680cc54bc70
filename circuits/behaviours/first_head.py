"""Measure what can be read from the stream behind head 1."""

from __future__ import annotations

import numpy as np

from circuits.attention import causal_mask
from circuits.behaviours.copying import NOTHING, move_from_previous
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.trials import Batch, Trials

EXPLAINED = 0.99
POSITION_NUMBERS = 8
CONTENT_NUMBERS = 4

LEAST_READ = 1e-3
"""Of a direction that is read, as large a part may lie among the positions: that is rounding."""

_UNUSED = 1e-6
"""A direction that is read with less than this share of the largest gain is rounding, too."""


def pointer_map(stream: ToyStream) -> FloatArray:
    """Return what part 2e asks for: ``sum_k v_k p_k^T``, shape ``(48, 48)``.

    ``p`` is ``cos_0, sin_0, cos_1, sin_1, ...``; k runs over 8 numbers.
    """
    return stream.v[:POSITION_NUMBERS].T @ stream.position_rows[:POSITION_NUMBERS]


def note_map(stream: ToyStream) -> FloatArray:
    """Return the plainest note of part 3a: ``sum_k v_k u_k^T`` for k < 4, ``(48, 48)``."""
    return stream.v[:CONTENT_NUMBERS].T @ stream.u_cont[:CONTENT_NUMBERS]


def write_pointer(stream: ToyStream, batch: Batch) -> FloatArray:
    """Return the stream behind a head that does exactly what parts 2d and 2e ask for.

    Each token attends to its earlier copy, or to itself where there is none, and gets the
    position of what it attends to in ``v_0 .. v_7``. Several earlier copies share alike.

    Returns:
        Of the shape of ``batch.x``.
    """
    n_tokens = batch.tokens.shape[1]
    earlier = batch.same & causal_mask(n_tokens) & ~np.eye(n_tokens, dtype=np.bool_)
    alone = ~np.any(earlier, axis=-1)
    pattern = earlier + alone[:, :, None] * np.eye(n_tokens)
    pattern /= pattern.sum(axis=-1, keepdims=True)
    after: FloatArray = batch.x + pattern @ (batch.x @ pointer_map(stream).T)
    return after


def write_note(stream: ToyStream, batch: Batch) -> FloatArray:
    """Return the stream behind a head that notes the previous token's content in ``v_0 .. v_3``.

    Returns:
        Of the shape of ``batch.x``.
    """
    return batch.x + move_from_previous(batch.x, note_map(stream))


def read_position(stream: ToyStream, W_OV: FloatArray) -> float | None:
    """Return how much of the position a head's values see, from 0 to 1.

    The values see what lies in the row space of ``W_OV``, and that is the same in every basis
    and at every scale. Take orthonormal directions R that span it, one a row, and P for the
    twelve directions of the position: the result is the largest singular value of ``R P^T``,
    the greatest part of a direction of length 1 in that space that lies among the positions.

    Args:
        stream: Names the directions.
        W_OV: ``W_out W_V``, shape ``(48, 48)``.

    Returns:
        The part, or None if the head moves nothing.
    """
    size = float(np.abs(W_OV).max())
    if size <= NOTHING or not np.isfinite(size):
        return None
    _, gains, directions = np.linalg.svd(W_OV / size)
    read = directions[gains > _UNUSED * gains[0]]
    part = np.linalg.svd(read @ stream.position_rows.T, compute_uv=False)[0]
    return min(float(part), 1.0)


def explain_previous(stream: ToyStream, trials: Trials, after: list[FloatArray]) -> FloatArray:
    """Return how well the previous token's content can be read back after a head.

    A linear read-out is fitted on half of the sequences and tried on the other half.

    Args:
        stream: Names the content directions.
        trials: The sequences.
        after: The stream after the head for each batch of ``trials``.

    Returns:
        The share of variance explained of each of the four content coordinates, at most 1,
        shape ``(4,)``.
    """
    halves: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    for batch, x in zip(trials.batches, after, strict=True):
        if batch.weight == 0.0:
            continue  # the share is an average over random sequences
        content = stream.content[batch.tokens[:, :-1], :CONTENT_NUMBERS]
        rows = np.concatenate([x[:, 1:], content], axis=-1)
        for half, chosen in enumerate((rows[0::2], rows[1::2])):
            halves[half].append(chosen.reshape(-1, rows.shape[-1]))
    fit, test = (np.concatenate(half) for half in halves)
    return explain_held_out(fit, test, stream.d_model)


def explain_held_out(fit: FloatArray, test: FloatArray, n_features: int) -> FloatArray:
    """Return the share of variance that a linear fit explains on rows that it was not fitted to.

    Args:
        fit: Rows of features and targets side by side, shape ``(rows, columns)``.
        test: Other rows of the same columns.
        n_features: How many columns are features.

    Returns:
        At most 1, for each target.
    """
    scale = np.abs(fit).max(axis=0) + (np.abs(fit).max(axis=0) == 0)
    fit, test = fit / scale, test / scale
    readout, *_ = np.linalg.lstsq(fit[:, :n_features], fit[:, n_features:], rcond=None)
    missed = test[:, n_features:] - test[:, :n_features] @ readout
    explained: FloatArray = 1.0 - (missed**2).mean(axis=0) / test[:, n_features:].var(axis=0)
    return explained

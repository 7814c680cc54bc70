"""Measure how well logits predict the next token: accuracy and loss."""

from __future__ import annotations

import numpy as np

from circuits.shapes import BoolArray, FloatArray, IntArray


def measure_accuracy(logits: FloatArray, lines: IntArray, where: BoolArray | None = None) -> float:
    """Return the share of targets whose word has the greatest logit.

    Args:
        logits: Shape ``(count, 64, 65)``.
        lines: Shape ``(count, 65)``; target i of a line is its token i + 1.
        where: Which targets count, shape ``(count, 64)``; all unless given.
    """
    right = logits.argmax(axis=-1) == lines[:, 1:]
    return float(right[np.ones_like(right) if where is None else where].mean())


def measure_loss(logits: FloatArray, lines: IntArray, where: BoolArray | None = None) -> float:
    """Return the mean cross-entropy in nats: minus the log probability of the target.

    Args:
        logits: Shape ``(count, 64, 65)``.
        lines: Shape ``(count, 65)``; target i of a line is its token i + 1.
        where: Which targets count, shape ``(count, 64)``; all unless given.
    """
    top = logits.max(axis=-1)
    total = np.log(np.exp(logits - top[..., None]).sum(axis=-1)) + top
    said = np.take_along_axis(logits, lines[:, 1:, None], axis=-1)[..., 0]
    losses = total - said
    return float(losses[np.ones(losses.shape, np.bool_) if where is None else where].mean())

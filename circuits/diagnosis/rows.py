"""Recognise matrices whose rows are no directions of the stream: its axes, or its tokens."""

from __future__ import annotations

from functools import cache

import numpy as np

from circuits.sample import draw_sample
from circuits.shapes import FloatArray

INSIDE = 1 - 1e-6
"""An axis lies in a span that holds this share of its square. By chance eight rows hold half."""

TYPED = 1e-5
"""Rows of data keep less than this share of their energy outside the data: two decimals do."""


def diagnose_rows(*matrices: FloatArray) -> str | None:
    """Return what the rows of a matrix are made of instead of directions, or None.

    Whatever the basis inside the head, rows that span the same space are the same.

    Args:
        matrices: Each of shape ``(rows, 48)``, with at least one entry that is not zero.
    """
    if any(_follow_axes(rows) for rows in matrices):
        return "axes-not-directions"
    return "data-not-directions" if any(_follow_data(rows) for rows in matrices) else None


def find_span(rows: FloatArray) -> FloatArray:
    """Return orthonormal rows that span the same space, shape ``(rank, columns)``."""
    _, sizes, right = np.linalg.svd(rows, full_matrices=False)
    span: FloatArray = right[sizes > 1e-9 * sizes[0]]
    return span


def _follow_axes(rows: FloatArray) -> bool:
    """Whether an axis lies among what the rows span, as it never does among directions."""
    return bool((find_span(rows) ** 2).sum(axis=0).max() > INSIDE)


def _follow_data(rows: FloatArray) -> bool:
    """Whether all rows are sums of the tokens of the one sequence that is shown."""
    data = _span_sample()
    rest = rows - rows @ data.T @ data
    return bool((rest**2).sum() < TYPED * (rows**2).sum())


@cache
def _span_sample() -> FloatArray:
    _, x = draw_sample()
    return np.linalg.qr(x.T)[0].T

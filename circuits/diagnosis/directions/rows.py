"""Recognise matrices whose rows are no directions: axes, tokens of a sequence, or words."""

from __future__ import annotations

from functools import cache

import numpy as np

from circuits.sample import draw_sample
from circuits.shapes import FloatArray
from circuits.stream import toy_stream

INSIDE = 1 - 1e-6
"""An axis lies in a span that holds this share of its square. By chance eight rows hold half."""

TYPED = 1e-5
"""Rows of data keep less than this share of their energy outside the data: two decimals do."""

WORD = 1e-6
"""A word lies in a span that lacks less than this share of its square: two decimals do."""


def diagnose_rows(*matrices: FloatArray) -> str | None:
    """Return what the rows of a matrix are made of instead of directions, or None.

    Whatever the basis inside the head, rows that span the same space are the same.

    Args:
        matrices: Each of shape ``(rows, 48)``, with at least one entry that is not zero.
    """
    if any(_follow_axes(rows) for rows in matrices):
        return "axes-not-directions"
    if any(_follow_data(rows) for rows in matrices):
        return "data-not-directions"
    return "words-not-directions" if any(_follow_words(rows) for rows in matrices) else None


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


def _follow_words(rows: FloatArray) -> bool:
    """Whether all that the rows read of the content is the contents of some words.

    Rows that read all of it are as good as its components, and span every word.
    """
    words, span = _list_words(), find_span(rows)
    missing = ((words - words @ span.T @ span) ** 2).sum(axis=1)
    spanned = words[missing < WORD]
    if len(spanned) in (0, len(words)):
        return False
    content = find_span(spanned)
    beside = (span - span @ content.T @ content) @ toy_stream().u_cont.T
    return bool(np.abs(beside).max() < np.sqrt(WORD))


@cache
def _list_words() -> FloatArray:
    """Return the content of every word as a vector of length 1, shape ``(64, 48)``."""
    stream = toy_stream()
    words: FloatArray = stream.content[1:] @ stream.u_cont
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    return words


@cache
def _span_sample() -> FloatArray:
    _, x = draw_sample()
    return np.linalg.qr(x.T)[0].T

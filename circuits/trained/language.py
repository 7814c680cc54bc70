"""Draw the two kinds of lines that the model was trained on: text of bigrams, and repeated lists.

There are 64 words, numbered from 1; token 0 is BOS and opens every line. A line has 65 tokens, of
which the first 64 are read and the last 64 are to be predicted.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from circuits.shapes import BoolArray, FloatArray, IntArray

WORDS = 64
LINE = 65
"""Tokens of a line, BOS included."""

SHORTEST, LONGEST = 8, 32
"""Distinct words of a list before it is said again."""

_HABITS = (0.5, 0.25, 0.15, 0.10)
_UNIFORM = 0.3

ENTROPY_RATE = 2.621
"""Nats a word of text that even a perfect model loses."""


@lru_cache(maxsize=1)
def load_bigrams() -> FloatArray:
    """Return how likely each word follows each token, shape ``(65, 65)``, a row a present token.

    Every word has four habitual successors, which take 0.7 of its row; the rest is shared alike
    among all 64 words. BOS never follows. The table is drawn with seed 0, as for the training.
    """
    rng = np.random.default_rng(0)
    table = np.zeros((WORDS + 1, WORDS + 1))
    table[:, 1:] = _UNIFORM / WORDS
    for row in table:
        row[rng.choice(np.arange(1, WORDS + 1), len(_HABITS), replace=False)] += (
            1 - _UNIFORM
        ) * np.array(_HABITS)
    table.flags.writeable = False
    return table


def draw_texts(count: int, rng: np.random.Generator) -> IntArray:
    """Draw lines of text: BOS, any word, and then words after the bigrams.

    Returns:
        Shape ``(count, 65)``.
    """
    lines = np.zeros((count, LINE), dtype=np.int64)
    lines[:, 1] = rng.integers(1, WORDS + 1, count)
    sums = np.cumsum(load_bigrams(), axis=1)
    for place in range(2, LINE):
        chosen = (rng.random(count)[:, None] > sums[lines[:, place - 1]]).sum(axis=1)
        lines[:, place] = np.clip(chosen, 1, WORDS)  # the sums may end a rounding error below 1
    return lines


def draw_lists(count: int, rng: np.random.Generator) -> IntArray:
    """Draw lists: BOS, then 8 to 32 distinct words, said again and again to the end of the line.

    Returns:
        Shape ``(count, 65)``.
    """
    lines = np.zeros((count, LINE), dtype=np.int64)
    for line in lines:
        period = int(rng.integers(SHORTEST, LONGEST + 1))
        words = 1 + rng.permutation(WORDS)[:period]
        line[1:] = np.resize(words, LINE - 1)
    return lines


def mark_second(lines: IntArray) -> BoolArray:
    """Return which targets of lists could be copied: those whose word was read before.

    Args:
        lines: Shape ``(count, 65)``; target i of a line is its token i + 1.

    Returns:
        Shape ``(count, 64)``: whether the token before the target has an earlier copy. The first
        word said again is not marked, for nothing announces that the list begins anew.
    """
    read = lines[:, :-1]
    copies: IntArray = np.tril(read[:, :, None] == read[:, None, :], k=-1).sum(axis=2)
    marked: BoolArray = copies > 0
    return marked

"""Guess a word from a mixture: which word the mean of several words is most like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.composition import CONTENT_NUMBERS
from circuits.content import CONTENT_NORM, VOCABULARY
from circuits.shapes import FloatArray, IntArray
from circuits.stream import ToyStream


@dataclass(frozen=True, eq=False)
class Mixture:
    """Words that are mixed, and the word that the mixture is most like.

    Attributes:
        content: A table of words, all of one length, shape ``(n_words, d)``.
        words: Rows of the table, shape ``(n_mixed,)``; a row may come twice.
        guess: The row with the largest dot product with the mean of those mixed.
    """

    content: FloatArray
    words: IntArray
    guess: int


MIXTURE_SHAPES = (
    # words, dimensions, how many are mixed, whether one of them comes three times
    (64, 4, 2, False),
    (64, 4, 3, False),
    (20, 3, 5, False),
    (12, 6, 1, False),
    (64, 4, 5, True),
    (30, 5, 5, True),
)


def draw_mixtures(stream: ToyStream) -> Callable[[np.random.Generator], tuple[Mixture, ...]]:
    """Return what draws words to mix: of the stream's own vocabulary and of others."""

    def draw(rng: np.random.Generator) -> tuple[Mixture, ...]:
        return tuple(
            _draw_mixture(stream, shape, rng) for shape in MIXTURE_SHAPES for _ in range(4)
        )

    return draw


def _draw_mixture(
    stream: ToyStream, shape: tuple[int, int, int, bool], rng: np.random.Generator
) -> Mixture:
    """Draw words whose mixture has a clear guess; of several different ones, one not among them."""
    n_words, d, n_mixed, weighted = shape
    while True:
        if (n_words, d) == (VOCABULARY, CONTENT_NUMBERS):
            content = stream.content[1:, :CONTENT_NUMBERS] / CONTENT_NORM
        else:
            content = rng.standard_normal((n_words, d))
            content /= np.linalg.norm(content, axis=1, keepdims=True)
        words = rng.permutation(n_words)[:n_mixed]
        if weighted:
            words = rng.permutation(np.array([words[0]] * 3 + list(words[1:3])))
        likeness = content @ content[words].mean(axis=0)
        second, first = np.sort(likeness)[-2:]
        guess = int(likeness.argmax())
        once = int((content @ content[np.unique(words)].mean(axis=0)).argmax())
        telling = guess != once if weighted else n_mixed == 1 or guess not in words
        if first - second > 0.01 and telling:
            return Mixture(content, words, guess)

"""Guess a word from a mixture: which word the mean of several words is most like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from circuits.behaviours.first_head import CONTENT_NUMBERS
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


NEARLY = 0.015
"""By how much less or more a copy has to count for the guess to change, in the worst mixtures."""


def draw_mixtures(stream: ToyStream) -> Callable[[np.random.Generator], tuple[Mixture, ...]]:
    """Return what draws words to mix, of the stream's own vocabulary and of others; the worst last.

    The worst are the same in every draw, so that all draw the same line.
    """

    def draw(rng: np.random.Generator) -> tuple[Mixture, ...]:
        drawn = (_draw_mixture(stream, shape, rng) for shape in MIXTURE_SHAPES for _ in range(4))
        return *drawn, *arrange_worst_mixtures(stream)

    return draw


@lru_cache(maxsize=1)
def arrange_worst_mixtures(stream: ToyStream) -> tuple[Mixture, Mixture]:
    """Return two mixtures in which a word's copies have to be counted almost exactly.

    In the first the guess is another word if each copy counts NEARLY less than it should, in the
    second if it counts as much more.
    """
    rng = np.random.default_rng(0)
    found: dict[float, Mixture] = {}
    content = stream.content[1:, :CONTENT_NUMBERS] / CONTENT_NORM
    while len(found) < 2:
        words = rng.permutation(len(content))[:3]
        words = rng.permutation(np.repeat(words, (3, 1, 1)))
        guess, less, more = (
            _guess_counting(content, words, times) for times in (1.0, 1.0 - NEARLY, 1.0 + NEARLY)
        )
        for times, other in ((-NEARLY, less), (NEARLY, more)):
            if guess != other and guess == _guess_counting(content, words, 1.0 + times / 5):
                found.setdefault(times, Mixture(content, words, guess))
    return found[-NEARLY], found[NEARLY]


def _guess_counting(content: FloatArray, words: IntArray, times: float) -> int:
    """Return the guess if each copy of a word after its first counts ``times``."""
    rows, copies = np.unique(words, return_counts=True)
    return int((content @ ((1 + times * (copies - 1)) @ content[rows])).argmax())


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

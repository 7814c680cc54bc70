"""Let a model continue lines that are said twice: its heads' attention, its losses, its guesses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from circuits.attention import Head, attention_pattern
from circuits.behaviours.first_head import CONTENT_NUMBERS, explain_held_out
from circuits.behaviours.stand_ins import FollowNotes, LeaveNotes
from circuits.content import VOCABULARY
from circuits.model import loss_and_accuracy
from circuits.shapes import FloatArray, IntArray
from circuits.stream import BOS, ToyStream
from circuits.worst_cases import HALF, arrange_lines, embed_lines

HALVES = (4, 16, 64)
"""Words of a line before it is said again."""

COUNT = VOCABULARY
"""How many lines of each length: at each place of them, every word comes once."""

REST = float(np.log(VOCABULARY))
"""The loss of a model that takes all words for equally likely, ln 64 = 4.159 nats."""

GAIN = 0.02
"""Of the unembedding that stands for the learner's own: the loss of the copy is .0001 nats."""

SOFT = 0.025
"""A factor of the scores at which a head that rests at BOS begins to let other words through."""

_STARTS = range(0, VOCABULARY, 16)

FOUND = slice(8, 8 + CONTENT_NUMBERS)
"""The scratch directions to which the head 2 that stands for the learner's own writes."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of one length, each said twice: BOS, ``half`` different words, the same words again.

    Attributes:
        half: Words before the repetition.
        tokens: Shape ``(count, 1 + 2 * half)``.
        x: The streams at the input, shape ``(count, 1 + 2 * half, 48)``.
        worst: Whether they are the worst lines, which all trials share. They count where something
            has to hold on all lines, and not in what is measured over lines of all lengths.
    """

    half: int
    tokens: IntArray
    x: FloatArray
    worst: bool = False

    @property
    def first(self) -> slice:
        """The tokens at which nothing can be known of the next word: all of the first half."""
        return slice(0, self.half)

    @property
    def join(self) -> slice:
        """The last token of the first half, which is followed by the first word said again."""
        return slice(self.half, self.half + 1)

    @property
    def second(self) -> slice:
        """The tokens whose earlier copy tells the next word."""
        return slice(self.half + 1, 2 * self.half)


def draw_lines(
    stream: ToyStream, marks: bool
) -> Callable[[np.random.Generator], tuple[Lines, ...]]:
    """Return what draws lines of all lengths, the worst last.

    Args:
        stream: Embeds them.
        marks: Whether every token, and BOS, is marked.
    """

    def draw(rng: np.random.Generator) -> tuple[Lines, ...]:
        lines = []
        for half in HALVES:
            tokens = draw_even_repeats(half, rng)
            lines.append(Lines(half, tokens, stream.embed(tokens, rng, marks=marks)))
        arranged = [arrange_lines(stream)]
        if marks:  # only a head that rests may be too soft
            arranged.append(arrange_unlikely(stream))
        worst = [
            Lines(HALF, tokens, embed_lines(stream, tokens, marks=marks), worst=True)
            for tokens in arranged
        ]
        return (*lines, *worst)

    return draw


@lru_cache(maxsize=1)
def arrange_unlikely(stream: ToyStream) -> IntArray:
    """Return lines in which each word is the one that a head that rests softly expects least.

    A head whose scores are small does not rest wholly: it brings a little of the words behind notes
    of others. How much that costs depends on the words that come next, so in these lines it costs
    most.

    Returns:
        Tokens, shape ``(4, 129)``.
    """
    content = stream.content[1:, :CONTENT_NUMBERS]
    alike = content @ content.T
    lines = []
    for start in _STARTS:
        line = [start]
        while len(line) < VOCABULARY:
            # The token that holds word k of the line has the note of word k - 1, the first none.
            # BOS brings no word, so how much of the whole it takes changes no order of logits.
            scores = SOFT * np.array([0.0, *alike[line[-1], line[:-1]]])
            logits = np.exp(scores) @ alike[line]
            logits[line] = np.inf
            line.append(int(logits.argmin()))
        lines.append(line)
    half = 1 + np.array(lines, dtype=np.int64)
    return np.hstack([np.full((len(half), 1), BOS, dtype=np.int64), half, half])


def draw_even_repeats(half: int, rng: np.random.Generator) -> IntArray:
    """Draw BOS, ``half`` different words, and the same again, with each word once at each place.

    A head that says the same word wherever it rests loses at most words and wins at some. With
    some words more often than others, chance would decide how much.

    Args:
        half: Words before the repetition, from 1 to 64.
        rng: The source of randomness.

    Returns:
        Tokens, shape ``(64, 1 + 2 * half)``.
    """
    words, places = 1 + rng.permutation(VOCABULARY), rng.permutation(VOCABULARY)[:half]
    first: IntArray = words[(np.arange(COUNT)[:, None] + places) % VOCABULARY]
    return np.hstack([np.full((COUNT, 1), BOS, dtype=np.int64), first, first])


@dataclass(frozen=True, eq=False)
class Seen:
    """Lines behind a head 1, and where a head 2 looks in them.

    Attributes:
        lines: The lines.
        x: The streams behind head 1, of the shape of ``lines.x``.
        pattern: Of head 2, shape ``(count, n_tokens, n_tokens)``.
    """

    lines: Lines
    x: FloatArray
    pattern: FloatArray

    def move(self, W_OV: FloatArray) -> FloatArray:
        """Return the streams behind a head 2 that moves ``W_OV x_j``."""
        after: FloatArray = self.x + self.pattern @ (self.x @ W_OV.T)
        return after


def look_for_notes(lines: Lines) -> Seen:
    """Return what two heads see that do what exercise 3 asks for."""
    x = lines.x + LeaveNotes().output(lines.x)
    return Seen(lines, x, FollowNotes.pattern(x))


def look_with(lines: Lines, head_1: Head, W_Q: FloatArray, W_K: FloatArray) -> Seen:
    """Return what a learner's own two heads see."""
    x = lines.x + head_1.output(lines.x)
    return Seen(lines, x, attention_pattern(x, W_Q, W_K))


def find_map(stream: ToyStream) -> FloatArray:
    """Return the plainest map of a found word: ``sum_k v_{8+k} u_k^T`` for k < 4, ``(48, 48)``."""
    return stream.v[FOUND].T @ stream.u_cont[:CONTENT_NUMBERS]


def unembed_found(stream: ToyStream, gain: float = GAIN) -> FloatArray:
    """Return the unembedding that compares ``v_8 .. v_11`` with every word, shape ``(64, 48)``."""
    return gain * stream.content[1:, :CONTENT_NUMBERS] @ stream.v[FOUND]


def explain_next(stream: ToyStream, after: list[tuple[Lines, FloatArray]]) -> FloatArray:
    """Return how well the content of the next word can be read off the second halves.

    A linear read-out is fitted on half of the lines and tried on the other half. The worst lines,
    whose noise is loud and the same in all trials, have one of their own; the lesser share counts.

    Args:
        stream: Names the content directions.
        after: Lines with their streams behind head 2.

    Returns:
        The share of variance explained of each of the four content coordinates, at most 1,
        shape ``(4,)``; minus infinity where the streams are not finite.
    """
    if not all(np.isfinite(x).all() for _, x in after):
        return np.full(CONTENT_NUMBERS, -np.inf)
    groups = [[pair for pair in after if pair[0].worst is worst] for worst in (False, True)]
    shares = [_explain_together(stream, group) for group in groups if group]
    least: FloatArray = np.min(shares, axis=0)
    return least


def _explain_together(stream: ToyStream, after: list[tuple[Lines, FloatArray]]) -> FloatArray:
    halves: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    for lines, x in after:
        following = stream.content[lines.tokens[:, 1:], :CONTENT_NUMBERS][:, lines.second]
        rows = np.concatenate([x[:, lines.second], following], axis=-1)
        for half, chosen in zip(halves, (rows[0::2], rows[1::2]), strict=True):
            half.append(chosen.reshape(-1, rows.shape[-1]))
    fit, test = (np.concatenate(half) for half in halves)
    return explain_held_out(fit, test, stream.d_model)


@dataclass(frozen=True)
class LineLosses:
    """How a model continues lines of one length.

    Attributes:
        half: Words before the repetition.
        worst: Whether these are the worst lines.
        first: Mean loss in the first half, nats.
        join: Mean loss at its last token.
        second: Mean loss in the second half.
        accuracy: Share of right guesses in the second half.
    """

    half: int
    worst: bool
    first: float
    join: float
    second: float
    accuracy: float


def measure_copying(lines: Lines, after: FloatArray, W_U: FloatArray) -> LineLosses:
    """Return how well a model continues lines.

    Args:
        lines: The lines.
        after: The streams behind its last head.
        W_U: Its unembedding, shape ``(64, 48)``.
    """
    logits = after @ W_U.T
    if not np.isfinite(logits).all():
        return LineLosses(lines.half, lines.worst, np.inf, np.inf, np.inf, 0.0)
    second, accuracy = loss_and_accuracy(logits, lines.tokens, lines.second)
    first, _ = loss_and_accuracy(logits, lines.tokens, lines.first)
    join, _ = loss_and_accuracy(logits, lines.tokens, lines.join)
    return LineLosses(lines.half, lines.worst, first, join, second, accuracy)


def measure_gain(stream: ToyStream, gain: float) -> float:
    """Return the loss of a model that has found the right word, by the gain of its unembedding.

    The mean over all words, in nats.
    """
    return float(measure_losses_by_word(stream, gain).mean())


def measure_losses_by_word(stream: ToyStream, gain: float) -> FloatArray:
    """Return the loss of each word w where it has been found, shape ``(64,)``.

    It is ``log sum_u exp(gain c_u . c_w) - gain c_w . c_w``, in nats.
    """
    content = stream.content[1:, :CONTENT_NUMBERS]
    logits = gain * (content @ content.T)
    own = np.diag(logits)
    greatest = logits.max(axis=1)
    total = greatest + np.log(np.exp(logits - greatest[:, None]).sum(axis=1))
    losses: FloatArray = total - own
    return losses


LOSSES = (1.0, 0.1, 0.01)
"""Losses for which a gain is always asked, nats."""

LOSS_TOLERANCE = 0.10
"""A gain fits if its loss is this near to the loss asked for, as a share of it."""


def draw_losses(rng: np.random.Generator) -> tuple[float, ...]:
    """Return losses to ask a gain for: those that all are told, and three between them."""
    drawn = np.exp(rng.uniform(np.log(LOSSES[-1]), np.log(LOSSES[0]), 3))
    return (*LOSSES, *(float(loss) for loss in drawn))

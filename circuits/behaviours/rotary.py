"""Draw streams without positions, and measure what rotary heads do in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from circuits.attention import softmax_scores
from circuits.behaviours.first_head import CONTENT_NUMBERS
from circuits.behaviours.functions.calls import Call
from circuits.behaviours.stand_ins import LeaveNotes
from circuits.rotary import D_HEAD, SPEEDS, rotary_scores
from circuits.sequences import draw_iid, draw_repeats
from circuits.shapes import BoolArray, FloatArray, IntArray
from circuits.stream import ToyStream
from circuits.trials import Batch
from circuits.worst_cases import arrange_lines, embed_lines, list_close_words

FARTHEST = 48
"""The longest sequences of pairs on which notes are looked for. In lines that are said twice the
note stands at most 63 tokens back; farther apart even slow pairs have turned."""

HALVES = ((4, 40), (16, 20), (64, 12))
"""Words of a line before it is said again, and how many lines."""

LATEST = {33: 0.80, 65: 0.92, 129: 0.97}
"""By length: the share of queries with several earlier copies whose guess follows the latest."""

SINGLE_MASS = 0.80
"""The attention that a query with exactly one earlier copy gives to what followed it."""

_COUNTS = {33: 400, 65: 150, 129: 48}
"""Short sequences have few words that came twice, so there are more of them."""

_WORDS = 4
"""Draws the words that come many times. With these, heads of part (e) follow the latest copy about
as often as on the average of many draws."""


def strip_positions(stream: ToyStream, batch: Batch) -> FloatArray:
    """Return the streams of a batch without positions and with the two marks, worked out once.

    Returns:
        Of the shape of ``batch.x``, with the same noise.
    """
    if strip_positions not in batch.memo:
        rows = stream.position_rows
        without = batch.x - (batch.x @ rows.T) @ rows + stream.mark(batch.tokens)
        batch.memo[strip_positions] = without
    return cast(FloatArray, batch.memo[strip_positions])


def strip_and_note(stream: ToyStream, batch: Batch) -> FloatArray:
    """Return :func:`strip_positions` behind a head 1 that leaves notes, worked out once."""
    if strip_and_note not in batch.memo:
        x = strip_positions(stream, batch)
        batch.memo[strip_and_note] = x + LeaveNotes().output(x)
    return cast(FloatArray, batch.memo[strip_and_note])


def draw_repeated(stream: ToyStream) -> Callable[[np.random.Generator], tuple[Batch, ...]]:
    """Return what draws batches of lines that are said twice, the worst lines last."""

    def draw(rng: np.random.Generator) -> tuple[Batch, ...]:
        batches = []
        for half, count in HALVES:
            tokens = draw_repeats(half, count, rng)
            batches.append(Batch("repeats", tokens, stream.embed(tokens, rng)))
        tokens = arrange_lines(stream)
        worst = Batch("repeats", tokens, embed_lines(stream, tokens), weight=0.0)
        return (*batches, worst)

    return draw


def keep_near(batches: tuple[Batch, ...]) -> tuple[Batch, ...]:
    """Return the batches of random sequences of at most 48 tokens."""
    return tuple(b for b in batches if b.weight > 0.0 and b.tokens.shape[1] <= FARTHEST)


def draw_crowded(stream: ToyStream) -> Callable[[np.random.Generator], tuple[Batch, ...]]:
    """Return what draws sequences in which words come many times, and the worst ones.

    Where words come many times they are the same in every draw, and so is their noise, as loud as
    that of the worst lines. How often the latest copy is followed is a share, which would be
    another one on other words and under other noise, and no worst case stands for it; no matrix of
    16 by 48 can learn so many sequences by heart. Only the last sequences have new noise.
    """

    def draw(rng: np.random.Generator) -> tuple[Batch, ...]:
        batches, words = [], np.random.default_rng(_WORDS)
        for n_tokens, count in _COUNTS.items():
            tokens = draw_iid(n_tokens, count, words)
            batches.append(Batch("iid", tokens, embed_lines(stream, tokens)))
        tokens = arrange_far_copies(stream)
        loud, drawn = embed_lines(stream, tokens), stream.embed(tokens, rng)
        far = (Batch("far copies", tokens, x, weight=0.0) for x in (loud, drawn))
        return (*batches, *far)

    return draw


def arrange_far_copies(stream: ToyStream) -> IntArray:
    """Return sequences in which a word's one copy is far away, and its like stands just before.

    BOS, a, some words, b, and a again, where a and b are among the words most alike. For a head
    that prefers what is near, the note of b beside the last a is the hardest to resist.

    Returns:
        Tokens, shape ``(16, 128)``.
    """
    rng = np.random.default_rng(0)
    rows = []
    for one, other in list_close_words(stream)[:8]:
        for a, b in ((one, other), (other, one)):
            left = [word for word in range(1, len(stream.content)) if word not in (a, b)]
            filler = np.concatenate([rng.permutation(left), rng.permutation(left)])
            rows.append([0, a, *filler[:-1], b, filler[-1], a])
    return np.array(rows, dtype=np.int64)


@dataclass(frozen=True)
class Recency:
    """What a head does that should prefer the latest copy.

    Attributes:
        follows: By length, the share of queries with several earlier copies at which the guess is
            the word that followed the latest.
        least_mass: The least attention of a query with one earlier copy on what followed it.
    """

    follows: dict[int, float]
    least_mass: float

    @property
    def latest(self) -> bool:
        """Whether the guess follows the latest copy often enough at every length."""
        return all(self.follows[n_tokens] >= least for n_tokens, least in LATEST.items())

    @property
    def single(self) -> bool:
        """Whether words with one copy still find what followed it."""
        return self.least_mass >= SINGLE_MASS


def measure_recency(
    score: Callable[[Batch], FloatArray], stream: ToyStream, batches: tuple[Batch, ...]
) -> Recency:
    """Measure what a head finds where words come several times.

    What it finds is guessed as head 2 of exercise 4 would: the word whose content is most like the
    sum of the contents attended to.

    Args:
        score: Gives the head's scores on a batch, shape ``(count, n_tokens, n_tokens)``.
        stream: Names the content directions.
        batches: As :func:`draw_crowded` draws them.
    """
    content = stream.content[:, :CONTENT_NUMBERS]
    follows, least = {}, 1.0
    for batch in batches:
        pattern = softmax_scores(score(batch))
        after = after_copies(batch)
        copies = after.sum(axis=-1)
        found = np.where(after, pattern, 0.0).sum(axis=-1)
        # Not min(), which passes over what is no number.
        least = float(np.minimum(least, found[copies == 1].min()))
        if batch.weight > 0.0:
            several = copies > 1
            latest = np.where(after, np.arange(after.shape[-1]), 0).max(axis=-1)
            wanted = np.take_along_axis(batch.tokens, latest, axis=1)
            guesses = 1 + (pattern @ content[batch.tokens] @ content[1:].T).argmax(axis=-1)
            follows[batch.tokens.shape[1]] = float((guesses == wanted)[several].mean())
    return Recency(follows, least if np.isfinite(least) else 0.0)


def after_copies(batch: Batch) -> BoolArray:
    """Return which keys stand directly behind an earlier copy of the query's word.

    Returns:
        Shape ``(count, n_tokens, n_tokens)``.
    """
    earlier = batch.same & np.tri(batch.tokens.shape[1], k=-1, dtype=np.bool_)
    after = np.zeros_like(earlier)
    after[:, :, 1:] = earlier[:, :, :-1]
    return after


ROTARY_SHAPES = ((5, 6), (8, 16), (1, 4), (12, 20), (3, 48), (24, 12), (64, 10))
"""``n_tokens`` and ``d_model`` of seven calls; a single token is among them."""

IN_FRONT = 5
"""Tokens that are put in front of a sequence: what its scores are should not change."""


def draw_rotary_cases(rng: np.random.Generator) -> tuple[Call, ...]:
    """Draw streams and matrices with the rotary scores that belong to them."""
    cases = []
    for n_tokens, d_model in ROTARY_SHAPES:
        x = rng.standard_normal((n_tokens, d_model))
        W_Q, W_K = rng.standard_normal((2, D_HEAD, d_model)) / np.sqrt(d_model)
        label = f"n_tokens={n_tokens}, d_model={d_model}"
        cases.append(Call(label, (x, W_Q, W_K), rotary_scores(x, W_Q, W_K)))
    return (*cases, arrange_fastest())


def arrange_fastest() -> Call:
    """Return the call in which a wrong speed shows most: like tokens, one pair, far apart.

    The scores are ``cos(SPEEDS[0] (j - i))``. A speed that is off by a share s is off by s times
    the distance, and no other pair makes the scores larger.
    """
    x, W = np.zeros((64, 10)), np.zeros((D_HEAD, 10))
    x[:, 0] = W[0, 0] = 1.0
    label = "n_tokens=64, d_model=10, all tokens alike"
    return Call(label, (x, W, W.copy()), rotary_scores(x, W, W))


def move_back(case: Call, rng: np.random.Generator) -> Call:
    """Return a case with five other tokens in front of its stream."""
    x, W_Q, W_K = case.arguments
    longer = np.concatenate([rng.standard_normal((IN_FRONT, x.shape[1])), x])
    label = f"{case.label}, and {IN_FRONT} tokens in front"
    return Call(label, (longer, W_Q, W_K), rotary_scores(longer, W_Q, W_K))


def measure_R2(features: FloatArray, target: FloatArray) -> float:
    """Return the share of a target's variance that the best linear fit explains, at most 1.

    Args:
        features: Shape ``(rows, n_features)``.
        target: Shape ``(rows,)``; the fit has a constant besides.
    """
    with_constant = np.column_stack([features, np.ones(len(features))])
    fit = with_constant @ np.linalg.lstsq(with_constant, target, rcond=None)[0]
    missed, spread = target - fit, target - target.mean()
    return float(1.0 - (missed @ missed) / (spread @ spread))


def read_places(x: FloatArray) -> tuple[float, float]:
    """Return how much a linear fit can read of ``1/(i + 1)`` and of ``i`` from position ``i``.

    BOS is left out, which anyone can tell by its mark.

    Args:
        x: Streams, shape ``(count, n_tokens, d_model)``.
    """
    count, n_tokens, d_model = x.shape
    rows, places = x[:, 1:].reshape(-1, d_model), np.arange(1, n_tokens)
    by_mean, by_place = (
        measure_R2(rows, np.tile(target, count)) for target in (1 / (places + 1), places)
    )
    return by_mean, by_place


REGRESSIONS = ((60, 3, 0.5, 0.0), (200, 8, 2.0, 0.0), (60, 4, 0.5, 7.0), (120, 6, 1.5, -30.0))
"""Rows, features, the size of the noise, and how far features and target lie from zero."""


def draw_regressions(rng: np.random.Generator) -> tuple[Call, ...]:
    """Draw features and targets with their R2: two about zero, and two far from it."""
    cases = []
    for rows, n_features, noise, offset in REGRESSIONS:
        features = rng.standard_normal((rows, n_features))
        features -= features.mean(axis=0)
        target = features @ rng.standard_normal(n_features) + noise * rng.standard_normal(rows)
        target -= target.mean()
        features, target = features + offset / 2, target + offset
        label = f"{rows} rows of {n_features} features" + (", far from zero" if offset else "")
        cases.append(Call(label, (features, target), np.array(measure_R2(features, target))))
    return tuple(cases)


def draw_values(stream: ToyStream) -> Callable[[np.random.Generator], dict[str, FloatArray]]:
    """Return what draws streams with and without positions, and the hand to be read from them.

    All that a head's values can hold is a linear function of the stream, so what a probe cannot
    read from the stream no ``W_V`` can either.
    """

    def draw(rng: np.random.Generator) -> dict[str, FloatArray]:
        n_tokens, count = 49, 50
        tokens = draw_iid(n_tokens, count, rng)
        streams = {
            "added to the stream": stream.embed(tokens, rng),
            "rotary": stream.embed(tokens, rng, marks=True, positions=False),
        }
        # BOS is left out: it always stands first, so that whoever knows it knows its position.
        rows = {name: x[:, 1:].reshape(-1, stream.d_model) for name, x in streams.items()}
        hand = np.cos(np.arange(1, n_tokens) * stream.alpha[0])
        return {**rows, "hand": np.tile(hand, count)}

    return draw


def compare_constant(
    W_Q: FloatArray, W_K: FloatArray, direction: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return how each pair of a head compares one direction with itself.

    Args:
        W_Q: Shape ``(16, 48)``.
        W_K: Of the same shape.
        direction: Of the stream, shape ``(48,)``.

    Returns:
        The product of the lengths of query and key in each pair, and the angle by which the query
        is ahead of the key, radians from -pi to pi; both of shape ``(8,)``.
    """
    query, key = W_Q @ direction, W_K @ direction
    q, k = query[0::2] + 1j * query[1::2], key[0::2] + 1j * key[1::2]
    meeting = q * np.conj(k)
    return np.abs(meeting), np.angle(meeting)


def score_by_distance(sizes: FloatArray, ahead: FloatArray, distance: FloatArray) -> FloatArray:
    """Return ``sum_p sizes[p] cos(SPEEDS[p] distance + ahead[p])`` at each distance."""
    turned: FloatArray = (sizes * np.cos(np.multiply.outer(distance, SPEEDS) + ahead)).sum(axis=-1)
    return turned

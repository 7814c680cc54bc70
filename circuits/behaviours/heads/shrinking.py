"""Find the smallest sequence on which a head fails, as a property-based test would."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from circuits.behaviours.heads.selection import (
    LEAST_MASS,
    MARGIN,
    Place,
    measure_rows,
)
from circuits.behaviours.heads.targets import Rule, find_wanted
from circuits.shapes import FloatArray, IntArray
from circuits.stream import ToyStream
from circuits.trials import Batch

SHORTEST = 3
"""BOS and two tokens: fewer leave nothing to choose from."""

_NOISE_SEED = 7


def embed_alone(stream: ToyStream, tokens: IntArray) -> Batch:
    """Return one sequence as a batch, with the same noise at every call."""
    rng = np.random.default_rng(_NOISE_SEED)
    return Batch("alone", tokens[None], stream.embed(tokens[None], rng))


def show_sequence(tokens: IntArray) -> str:
    """Return the lines of Python that make what :func:`embed_alone` makes, as ``short``.

    It is not ``x``, which the pages use for a stream of their own.

    Example:
        >>> print(show_sequence(np.array([0, 5, 9])))
        short = toy_stream().embed(np.array([0, 5, 9]), np.random.default_rng(7))
    """
    shown = ", ".join(str(token) for token in tokens)
    return f"short = toy_stream().embed(np.array([{shown}]), np.random.default_rng({_NOISE_SEED}))"


def find_failure(
    score: Callable[[Batch], FloatArray], rule: Rule, batch: Batch, causal: bool, soft: bool
) -> Place | None:
    """Return the query of a one-sequence batch that fails worst, or None if all are right.

    Args:
        score: Gives the head's scores on a batch.
        rule: What the head should select.
        batch: A single sequence.
        causal: Whether the causal mask is on.
        soft: Whether to look for too little attention rather than for a wrong order.
    """
    scores = score(batch)
    wanted = find_wanted(rule, batch, causal)
    if not wanted.graded.any():
        return None
    rows = measure_rows(scores, wanted, batch)
    measure = rows.mass if soft else rows.margin
    worst = int(measure.argmin())
    if measure[worst] >= LEAST_MASS if soft else measure[worst] > MARGIN:
        return None
    query = int(np.flatnonzero(wanted.graded[0])[worst])
    return Place(batch.tokens[0], query, causal, scores[0], wanted.targets[0])


def shrink_failure(
    score: Callable[[Batch], FloatArray],
    rule: Rule,
    stream: ToyStream,
    place: Place,
    soft: bool,
) -> Place:
    """Return a failing query of the shortest sequence that a greedy search finds.

    Tokens are left out, many at a time and then one by one, as long as the head still fails.

    Args:
        score: Gives the head's scores on a batch.
        rule: What the head should select.
        stream: Embeds the shorter sequences.
        place: Where the head fails; returned as it is if the failure does not happen again
            under other noise.
        soft: Whether the failure is too little attention.
    """

    def fail(tokens: IntArray) -> Place | None:
        return find_failure(score, rule, embed_alone(stream, tokens), place.causal, soft)

    smallest = fail(place.tokens)
    if smallest is None:
        return place
    chunk = max(len(place.tokens) // 2, 1)
    while chunk >= 1:
        start = 1
        while start < len(smallest.tokens):
            shorter = np.delete(smallest.tokens, slice(start, start + chunk))
            found = fail(shorter) if len(shorter) >= SHORTEST else None
            if found is None:
                start += chunk
            else:
                smallest = found
        chunk //= 2
    return smallest

"""Draw the random sequences that answers are tried on, once for all parts.

The public check and the hidden tests differ in nothing but these trials: the seed, and
how many sequences of each length. The worst cases are the same in both, so that both draw
the same line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar, cast

import numpy as np

from circuits.sequences import draw_iid, draw_pairs
from circuits.shapes import BoolArray, FloatArray, IntArray
from circuits.stream import ToyStream, toy_stream
from circuits.trained.model import Model
from circuits.worst_cases import arrange_worst, embed_loudly

T = TypeVar("T")
Sizes = tuple[tuple[int, int], ...]

PUBLIC_SEED = 20211222
PUBLIC_SIZES: Sizes = ((8, 32), (24, 16), (48, 8), (80, 4), (128, 4))
"""Length and number of the sequences that a learner's own check uses."""

HIDDEN_SIZES: Sizes = ((8, 64), (24, 32), (48, 24), (80, 12), (128, 12))
"""Length and number of the sequences that an answer is graded on.

Lengths up to 48 alone let two wrong answers of the bank through, length 8 alone thirteen.
"""

GENERATORS: dict[str, Callable[[int, int, np.random.Generator], IntArray]] = {
    "pairs": draw_pairs,
    "iid": draw_iid,
}


@dataclass(frozen=True, eq=False)
class Batch:
    """Sequences of one kind and one length.

    Attributes:
        kind: The generator's name, "pairs" or "iid".
        tokens: Shape ``(count, n_tokens)``.
        x: The residual stream at the input, shape ``(count, n_tokens, 48)``.
        memo: What was worked out about the batch once, for all answers tried on it.
        weight: What each of its queries counts in an average. Public sequences count as if there
            were as many of each length as hidden ones, and the worst cases, which are no random
            sequences, for nothing: they decide only what has to hold everywhere.
    """

    kind: str
    tokens: IntArray
    x: FloatArray
    memo: dict[object, object] = field(default_factory=dict, repr=False)
    weight: float = 1.0

    @cached_property
    def same(self) -> BoolArray:
        """Whether tokens i and j are alike, shape ``(count, n_tokens, n_tokens)``."""
        alike: BoolArray = np.equal(self.tokens[:, :, None], self.tokens[:, None, :])
        return alike


@dataclass(frozen=True, eq=False)
class Trials:
    """What an answer is tried on.

    Attributes:
        stream: The toy stream of exercises 2 and 3.
        batches: Token sequences with their streams, short ones first, the worst cases last.
        seed: Draws everything that is not a token sequence, too.
        models: Trained models that learners never receive; empty on public trials.
        memo: What was drawn for one kind of task alone; see :meth:`recall`.
    """

    stream: ToyStream
    batches: tuple[Batch, ...]
    seed: int
    models: tuple[Model, ...] = ()
    memo: dict[str, object] = field(default_factory=dict, repr=False)

    def of_kind(self, *kinds: str) -> tuple[Batch, ...]:
        """Return the batches of the named kinds."""
        return tuple(batch for batch in self.batches if batch.kind in kinds)

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a generator of its own for each purpose, the same at every call."""
        return np.random.default_rng([self.seed, *purpose.encode()])

    def recall(self, purpose: str, draw: Callable[[np.random.Generator], T]) -> T:
        """Return what a task tries answers on, drawn once for all answers.

        Args:
            purpose: Of what is drawn; the same purpose is drawn with the same numbers.
            draw: Draws it.
        """
        if purpose not in self.memo:
            self.memo[purpose] = draw(self.rng(purpose))
        return cast(T, self.memo[purpose])


@lru_cache(maxsize=4)
def draw_trials(seed: int = PUBLIC_SEED, sizes: Sizes = PUBLIC_SIZES) -> Trials:
    """Draw the sequences of a seed.

    Args:
        seed: Not negative. Learners know the public one; the course's is secret.
        sizes: Pairs of a length and a number of sequences.

    Returns:
        Batches of both kinds for each size, in the order of ``sizes``, and then the worst
        cases, which no seed changes.
    """
    stream = toy_stream()
    rng = np.random.default_rng(seed)
    batches = []
    for n_tokens, count in sizes:
        for kind, draw in GENERATORS.items():
            tokens = draw(n_tokens, count, rng)
            weight = dict(HIDDEN_SIZES).get(n_tokens, count) / count
            batches.append(Batch(kind, tokens, stream.embed(tokens, rng), weight=weight))
    for kind, tokens in arrange_worst(stream):
        batches.append(Batch(kind, tokens, embed_loudly(stream, tokens), weight=0.0))
    return Trials(stream, tuple(batches), seed)

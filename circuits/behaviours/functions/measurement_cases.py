"""Draw what the functions of chapter 6 are called with, and what they should return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuits.attention import Head, softmax_scores
from circuits.behaviours.functions.calls import Call
from circuits.behaviours.head_scores import (
    cut_three_paths,
    make_bigram_table,
    measure_composition,
    measure_copying,
    measure_induction,
    measure_previous,
)
from circuits.shapes import FloatArray, IntArray

Arguments = dict[str, NDArray[Any]]
Drawn = Iterator[tuple[str, str, Arguments]]
"""A kind of case, its label and its arguments by name."""

_LEAST = 0.01
"""No share of norms, and no output's greatest entry, lies nearer to zero. What should be zero is
zero but for rounding, and rounding differs from one right way of working it out to another."""

EMBEDDING_SHAPES = (
    (1, 2, 1.0),
    (3, 5, 1.0),
    (5, 1, 1.0),
    (8, 8, 1.0),
    (16, 7, 1.0),
    (64, 65, 0.25),
)
"""``d_model``, words, and the size of the entries of ``W_E``."""

PATTERN_LENGTHS = (3, 2, 5, 17, 64)

PERIODS = (3, 8, 16)
"""Words of a line that is said exactly twice."""

LINE_SHAPES = ((5, 2), (6, 3), (12, 4), (33, 10), (64, 20), (40, 64))
"""Tokens of a line, and the words that they are drawn from."""

COPIER_SHAPES = ((2, 2, 3), (5, 2, 7), (8, 3, 6), (12, 4, 20), (16, 16, 12))
"""``d_model``, ``d_head`` and words."""

CIRCUIT_SHAPES = ((2, 1), (6, 2), (12, 4), (16, 16), (64, 16), (20, 3))
"""``d_model`` and ``d_head``."""

CUT_SHAPES = ((2, 2, 1), (5, 4, 2), (11, 12, 4), (3, 6, 8), (24, 16, 4))
"""``n_tokens``, ``d_model`` and ``d_head``."""


@dataclass(frozen=True)
class Measurement:
    """A function of arrays that a learner writes, and how it is tried.

    Attributes:
        name: Of the function, as in the notebook.
        compute: The right function.
        draw: Draws arguments, in several kinds.
        views: By the slug of each property: the kinds of cases that it is about, which entries of
            a result, and what to say if they are right.
        plain: The kind of the cases on which a mistake is recognised.
    """

    name: str
    compute: Callable[..., object]
    draw: Callable[[np.random.Generator], Drawn]
    views: Mapping[str, View]
    plain: str

    def draw_cases(self, rng: np.random.Generator) -> dict[str, list[Call]]:
        """Return cases by their kind."""
        cases: dict[str, list[Call]] = {}
        for kind, label, arguments in self.draw(rng):
            values = tuple(arguments.values())
            wanted = np.asarray(self.compute(*values), dtype=np.float64)
            cases.setdefault(kind, []).append(
                Call(label, values, wanted, code=self._write_call(arguments))
            )
        return cases

    def _write_call(self, arguments: Arguments) -> str:
        """Return lines of Python that make a call of few numbers; of many, nothing.

        They assign no name: a learner who runs them in a page would else lose its own ``W_E``.
        """
        if sum(value.size for value in arguments.values()) > _FEW:
            return ""
        lines = [f"    np.array({value.tolist()}),  # {n}" for n, value in arguments.items()]
        return "\n".join([f"{self.name}(", *lines, ")"])


_FEW = 60
"""Numbers that a learner can still look through."""


@dataclass(frozen=True)
class View:
    """What one property looks at.

    Attributes:
        kinds: The kinds of cases.
        praise: What to say if it holds.
        select: Which entries of a result.
        noun: What to call such an entry, if not that.
    """

    kinds: tuple[str, ...]
    praise: str
    select: Callable[[FloatArray], FloatArray] = lambda result: result
    noun: str = ""


def _sum_rows(table: FloatArray) -> FloatArray:
    """Return the sum of each row, or less where an entry is no share."""
    return np.where((table >= 0).all(axis=-1), table.sum(axis=-1), -1.0)


def _draw_embeddings(rng: np.random.Generator) -> Drawn:
    for d_model, n_words, size in EMBEDDING_SHAPES:
        W_E = rng.standard_normal((d_model, n_words))
        W_U = rng.standard_normal((n_words, d_model))
        label = f"d_model={d_model}, {n_words} words"
        yield "mild", label, {"W_E": (size * W_E).round(3), "W_U": W_U.round(3)}
    W_E, W_U = _draw_loud(rng)
    yield "loud", "d_model=4, 6 words, logits above 1000", {"W_E": W_E, "W_U": W_U}


def _draw_loud(rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw an embedding and an unembedding whose exponentials overflow, whatever is drawn.

    Behind one word the two largest logits are about 1500, and 1 apart: cutting logits off at 700
    makes them equal. Behind another all are zero: without it, one number might be subtracted from
    all rows. The entries are whole numbers and sixteenths, which float32 multiplies exactly.
    """
    W_E = rng.standard_normal((4, 6))
    W_U = (16 * rng.standard_normal((6, 4))).round() / 16
    W_U[:, 0] = 0.0
    logits = W_U @ W_E
    favourite, word = np.unravel_index(np.abs(logits).argmax(), logits.shape)
    W_E = (1500.0 / logits[favourite, word] * W_E).round()
    W_E[0] = 16.0
    W_E[:, word - 1] = 0.0
    W_U[favourite - 1] = W_U[favourite]
    W_U[favourite - 1, 0] = -1 / 16
    return W_E, W_U


def draw_pattern(n_tokens: int, rng: np.random.Generator) -> FloatArray:
    """Return a random causal pattern in which every visible key has some weight."""
    return softmax_scores(rng.standard_normal((n_tokens, n_tokens))).round(4)


def _draw_patterns(rng: np.random.Generator) -> Drawn:
    for n_tokens in PATTERN_LENGTHS:
        yield "any", f"{n_tokens} tokens", {"pattern": draw_pattern(n_tokens, rng)}


def _draw_lines(rng: np.random.Generator) -> Drawn:
    def call(tokens: IntArray) -> Arguments:
        return {"pattern": draw_pattern(len(tokens), rng), "tokens": tokens}

    for period in PERIODS:
        words = 1 + rng.permutation(64)[:period]
        yield "twice", f"{period} words said twice", call(np.tile(words, 2))
    for n_tokens, n_words in LINE_SHAPES:
        tokens = 1 + rng.integers(n_words, size=n_tokens)
        # Some words more than twice, or one copy could not be told from several.
        tokens[[2, 3]] = tokens[0]
        tokens[[1, n_tokens - 1]] = 1 + (tokens[0] % n_words)
        yield "often", f"{n_tokens} tokens of {n_words} words", call(tokens)
    periodic = np.resize(1 + rng.permutation(64)[:8], 64)
    yield "often", "8 words said 8 times", call(periodic)
    yield "often", "5 words, none of them twice", call(1 + rng.permutation(64)[:5])


def _draw_copiers(rng: np.random.Generator) -> Drawn:
    for d_model, d_head, n_words in COPIER_SHAPES:
        while True:
            W_U = rng.standard_normal((n_words, d_model)).round(2)
            W_E = rng.standard_normal((d_model, n_words)).round(2)
            left, right = rng.standard_normal((2, d_model, d_head))
            W_OV = (left @ right.T).round(2)
            score = measure_copying(W_U, W_OV, W_E)
            if abs(score) > 0.05:  # nearer to zero, a sign is hardly one
                break
        W_OV *= np.sign(score)
        label = f"d_model={d_model}, d_head={d_head}, {n_words} words"
        yield "copies", label, {"W_U": W_U, "W_OV": W_OV, "W_E": W_E}
        yield "avoids", f"{label}, W_OV negated", {"W_U": W_U, "W_OV": -W_OV, "W_E": W_E}


def _draw_circuits(rng: np.random.Generator) -> Drawn:
    for d_model, d_head in CIRCUIT_SHAPES:
        names = ("W_QK_1", "W_OV_1", "W_QK_2", "W_OV_2")
        while True:
            factors = rng.standard_normal((4, 2, d_head, d_model)).round(1)
            values = [(one.T @ other).round(2) for one, other in factors]
            if all(value.any() for value in values):  # no share of a norm that is 0
                _, W_OV_1, W_QK_2, W_OV_2 = values
                if measure_composition(W_OV_1, W_QK_2, W_OV_2).min() > _LEAST:
                    break
        yield "any", f"d_model={d_model}, d_head={d_head}", dict(zip(names, values, strict=True))


def _draw_cuts(rng: np.random.Generator) -> Drawn:
    for n_tokens, d_model, d_head in CUT_SHAPES:
        while True:
            h, lost, positions = rng.standard_normal((3, n_tokens, d_model)).round(1)
            W_Q, W_K, W_V = rng.standard_normal((3, d_head, d_model)).round(1)
            W_Q = (W_Q / np.sqrt(d_model)).round(3)
            head = Head(W_Q, W_K, W_V, rng.standard_normal((d_model, d_head)).round(1))
            nothing = np.zeros_like(lost)
            outputs = [cut_three_paths(h, one, positions, head) for one in (lost, nothing)]
            if np.abs(outputs).max(axis=(2, 3)).min() > _LEAST:
                break
        matrices: Arguments = {"W_Q": W_Q, "W_K": W_K, "W_V": W_V, "W_out": head.W_out}
        for kind, one, more in (("cut", lost, ""), ("whole", nothing, ", nothing lost")):
            label = f"n_tokens={n_tokens}, d_model={d_model}, d_head={d_head}{more}"
            yield kind, label, {"h": h, "lost": one, "positions": positions, **matrices}


BIGRAM_TABLE = Measurement(
    "bigram_table",
    make_bigram_table,
    _draw_embeddings,
    {
        "rows": View(
            ("mild",), "Each row shares out a probability of 1.", _sum_rows, "the sum of row"
        ),
        "table": View(("mild", "loud"), "The table is right for seven vocabularies."),
    },
    plain="mild",
)
PREVIOUS = Measurement(
    "previous_token_score",
    measure_previous,
    _draw_patterns,
    {"score": View(("any",), "The score is right on patterns of 2 to 64 tokens.")},
    plain="any",
)
INDUCTION = Measurement(
    "induction_score",
    measure_induction,
    _draw_lines,
    {
        "twice": View(("twice",), "The score is right where every word comes exactly twice."),
        "often": View(("often",), "The score is right where words come back any number of times."),
    },
    plain="often",
)
COPYING = Measurement(
    "copying_score",
    measure_copying,
    _draw_copiers,
    {
        "copies": View(("copies",), "The score is right for five heads that copy."),
        "avoids": View(("avoids",), "The score of a negated head is the negated score."),
    },
    plain="copies",
)
COMPOSITION = Measurement(
    "composition",
    lambda W_QK_1, W_OV_1, W_QK_2, W_OV_2: measure_composition(W_OV_1, W_QK_2, W_OV_2),
    _draw_circuits,
    {
        slug: View(
            ("any",),
            f"{slug.upper()}-composition is right for six pairs of heads.",
            pick,
            f"{slug.upper()}-composition",
        )
        for slug, pick in (
            ("q", lambda scores: scores[0]),
            ("k", lambda scores: scores[1]),
            ("v", lambda scores: scores[2]),
        )
    },
    plain="any",
)
CUT = Measurement(
    "cut_paths",
    lambda h, lost, positions, *matrices: cut_three_paths(h, lost, positions, Head(*matrices)),
    _draw_cuts,
    {
        "whole": View(("whole",), "With nothing lost, all three are the head's own output."),
        "query": View(
            ("cut",),
            "The first has lost its query's input, and no other.",
            lambda outputs: outputs[0],
            "the first output's entry",
        ),
        "key": View(
            ("cut",),
            "The second has lost its key's input, and no other.",
            lambda outputs: outputs[1],
            "the second output's entry",
        ),
        "values": View(
            ("cut",),
            "The third has lost its values' input, and no other.",
            lambda outputs: outputs[2],
            "the third output's entry",
        ),
    },
    plain="cut",
)

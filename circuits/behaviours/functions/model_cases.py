"""Draw models in which an induction circuit is to be found, or in which there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from circuits.attention import Head, softmax_scores
from circuits.behaviours.head_scores import (
    LEAST_INDUCTION,
    PATHS,
    measure_composition,
    measure_induction,
)
from circuits.shapes import FloatArray, IntArray
from circuits.trained.model import HEAD_NAMES, Model, list_layer

Found = tuple[str, str, str]
"""The head that feeds the induction head, the induction head, and the path between them."""

_PERIOD, _LINES = 16, 8
"""Distinct words of a line, and lines that are looked at."""

_UNCLEAR = (0.2, 0.5)
"""Between these induction scores nobody can say whether there is a circuit. No model here has such
a score on the average of lines, but on one line in twenty the course's own has."""

_TRIES = 20

_SOFT = 0.03
"""A factor of the scores of layer 0 that turns its patterns into averages."""

_FAINT, _DOUBTFUL = 0.62, 0.36
"""Factors of the scores of layer 1 and of layer 0: with the one, the induction score is little
more than one half, with the other less than a tenth and more than in models without a circuit."""


@dataclass(frozen=True, eq=False)
class ModelCase:
    """What can be seen of a model on one line.

    Attributes:
        label: What kind of model it is, without giving the answer away.
        patterns: Of the heads "0.0", "0.1", "1.0" and "1.1", shape ``(4, n_tokens, n_tokens)``.
        tokens: The line, shape ``(n_tokens,)``.
        W_QK: Of the four heads, shape ``(4, d_model, d_model)``.
        W_OV: Likewise.
    """

    label: str
    patterns: FloatArray
    tokens: IntArray
    W_QK: FloatArray
    W_OV: FloatArray

    @property
    def arguments(self) -> tuple[FloatArray, IntArray, FloatArray, FloatArray]:
        """What a learner's function is called with."""
        return self.patterns, self.tokens, self.W_QK, self.W_OV


def score_heads(case: ModelCase) -> dict[str, float]:
    """Return the induction score of each head of layer 1, by name."""
    scores = {}
    for name in list_layer("1"):
        pattern = case.patterns[HEAD_NAMES.index(name)]
        scores[name] = measure_induction(pattern, case.tokens)
    return scores


def compose_heads(case: ModelCase, later: str) -> dict[tuple[str, str], float]:
    """Return how strongly each head of layer 0 reaches each input of a head of layer 1."""
    at = HEAD_NAMES.index(later)
    return {
        (earlier, path): float(score)
        for earlier in list_layer("0")
        for path, score in zip(
            PATHS,
            measure_composition(case.W_OV[HEAD_NAMES.index(earlier)], case.W_QK[at], case.W_OV[at]),
            strict=True,
        )
    }


def find_circuits(case: ModelCase) -> frozenset[Found]:
    """Return the induction circuits of a model: one for each induction head, or none at all."""
    found = set()
    for later, score in score_heads(case).items():
        if score >= LEAST_INDUCTION:
            strengths = compose_heads(case, later)
            earlier, path = max(strengths, key=lambda pair: strengths[pair])
            found.add((earlier, later, path))
    return frozenset(found)


def draw_model_cases(models: Sequence[Model], rng: np.random.Generator) -> list[ModelCase]:
    """Return models with a circuit and models without, among them one that nobody trained.

    Args:
        models: Trained ones, finished or not, the course's own first. The heads of a layer may
            change places.
        rng: The source of randomness.
    """
    (first, *others), alone = models, len(models) == 1
    orders = [(False, False), (True, False), (False, True), (True, True)]
    if alone:  # all orders, or fixed names would be right as often as not
        cases = [_look_at(first, "the trained model", rng)]
        renamed = [(first, order) for order in orders[1:]]
        label = "the trained model under other names of its heads"
    else:
        cases = []
        renamed = [(model, orders[rng.integers(len(orders))]) for model in (first, *others)]
        label = "a trained model"
    cases += [_look_at(exchange_heads(model, order), label, rng) for model, order in renamed]
    cases.append(_look_at(_soften(first), "a model whose layer 0 was made soft", rng))
    same = np.random.default_rng(0)  # these two are worst cases: all draws share them
    faint = _look_at(_soften(first, "1", _FAINT), "a model with a faint induction head", same)
    doubtful = _look_at(_soften(first, "0", _DOUBTFUL), "a model that was made soft", same)
    cases += [faint, doubtful]
    cases.append(_look_at(draw_untrained(rng), "a model before its training", rng))
    cases.append(draw_pointer_case(rng))
    return cases


def _look_at(model: Model, label: str, rng: np.random.Generator) -> ModelCase:
    """Return what can be seen on a line that is no exception.

    Some words are so common in text that a list with one of them is read as text. Of several lines
    the one is taken that shows most nearly the mean of them, and others if that is unclear.
    """
    for _ in range(_TRIES):
        case = _look_at_some(model, label, rng)
        if not _UNCLEAR[0] < max(score_heads(case).values()) < _UNCLEAR[1]:
            break
    return case


def _look_at_some(model: Model, label: str, rng: np.random.Generator) -> ModelCase:
    """Return what can be seen on the line, of several, that shows most nearly the mean of them."""
    words = [1 + rng.permutation(64)[:_PERIOD] for _ in range(_LINES)]
    tokens = np.stack([np.r_[0, np.resize(row, len(model.positions) - 1)] for row in words])
    run = model.run(tokens)
    patterns = np.stack([run.patterns[name] for name in HEAD_NAMES], axis=1)
    heads = [model.heads[name] for name in HEAD_NAMES]
    W_QK, W_OV = (np.stack(pair) for pair in zip(*[(h.W_QK, h.W_OV) for h in heads], strict=True))
    cases = [
        ModelCase(label, pattern, line, W_QK, W_OV)
        for pattern, line in zip(patterns, tokens, strict=True)
    ]
    scores = np.array([list(score_heads(case).values()) for case in cases])
    return cases[int(np.abs(scores - scores.mean(axis=0)).max(axis=1).argmin())]


def exchange_heads(model: Model, layers: tuple[bool, bool]) -> Model:
    """Return the same model with the names of the heads of some layers exchanged.

    Args:
        model: Any.
        layers: Whether to exchange the heads of layer 0, and of layer 1.
    """
    heads = dict(model.heads)
    for layer, exchange in zip("01", layers, strict=True):
        if exchange:
            first, second = list_layer(layer)
            heads[first], heads[second] = heads[second], heads[first]
    return replace(model, heads=heads)


def _soften(model: Model, layer: str = "0", factor: float = _SOFT) -> Model:
    """Return the model with all scores of a layer smaller, so that its heads take averages."""
    heads = dict(model.heads)
    for name in list_layer(layer):
        heads[name] = replace(heads[name], W_Q=factor * heads[name].W_Q)
    return replace(model, heads=heads)


def draw_untrained(rng: np.random.Generator) -> Model:
    """Return a model as it is before its training: all weights random, of size 1/8."""

    def draw(*shape: int) -> FloatArray:
        return rng.standard_normal(shape) / 8

    heads = {
        name: Head(draw(16, 64), draw(16, 64), draw(16, 64), draw(64, 16)) for name in HEAD_NAMES
    }
    return Model(draw(64, 65), draw(65, 64), heads)


def draw_pointer_case(rng: np.random.Generator, n_tokens: int = 24, n_words: int = 7) -> ModelCase:
    """Return a model written by hand: the earlier head moves a position, into the later's query.

    It is a circuit of the kind of exercise 2, with a direction of its own for each word, each
    position and each position that is moved, in a random basis. The earlier head looks at the
    copies of the present token, so it is no previous-token head. The head beside it is one, and
    its note is not read.
    """
    names = ["word"] * (n_words + 1) + ["place"] * n_tokens + ["moved"] * n_tokens
    basis = np.linalg.qr(rng.standard_normal((len(names), len(names))))[0]
    word, place, moved = (basis[[n == kind for n in names]] for kind in ("word", "place", "moved"))
    tokens = np.concatenate([[0], np.resize(1 + np.arange(n_words), n_tokens - 1)])
    x = word[tokens] + place
    nearest, farthest = np.sqrt(20.0), np.sqrt(10.0)
    finds_copies = Head(
        np.vstack([nearest * word, farthest * place]),
        np.vstack([nearest * word, -farthest * place]),
        place,
        moved.T,
    )
    # Two heads that nobody reads are sharper than the circuit's: where one looks is not enough.
    values = rng.standard_normal((8, len(names)))
    idle = [
        Head(25 * place[1:], place[:-1], values, basis[:, :8]),
        Head(25 * place, place, values, basis[:, :8]),
    ]
    goes_behind = Head(25 * moved[:-1], place[1:], word, basis.T[:, : n_words + 1])
    first = [finds_copies, idle[0]] if rng.random() < 0.5 else [idle[0], finds_copies]
    after = x + finds_copies.output(x)
    second = [goes_behind, idle[1]] if rng.random() < 0.5 else [idle[1], goes_behind]
    patterns = [softmax_scores(head.scores(x)) for head in first]
    patterns += [softmax_scores(head.scores(after)) for head in second]
    heads = [*first, *second]
    return ModelCase(
        "a model written by hand",
        np.stack(patterns),
        tokens,
        np.stack([head.W_QK for head in heads]),
        np.stack([head.W_OV for head in heads]),
    )

"""Put a head into the trained model in the place of its own, and measure what the model can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from circuits.attention import Head
from circuits.behaviours.head_scores import measure_previous
from circuits.shapes import BoolArray, FloatArray, IntArray
from circuits.trained.language import draw_lists, draw_texts, mark_second
from circuits.trained.model import Model
from circuits.trained.scores import measure_accuracy, measure_loss

PREVIOUS_HEAD, INDUCTION_HEAD = "0.0", "1.1"
_NEIGHBOUR = "0.1"

LEAST_PREVIOUS = 0.90
LEAST_RATIO_LOOKING = 0.95
"""Of the trained accuracy, with the trained head's W_V and W_out behind the graft's pattern."""

LEAST_RATIO_ARRIVING = 0.50
LEAST_RATIO_CLEAN = 0.90
DISTINGUISHED = (0.93, 3.5)
"""A ratio at least so large and a loss on text at most so large, in nats, earn a distinction."""

OWN = 0.30
"""A W_OV that is nearer to a multiple of the trained one, as a share of its norm, counts as it."""

CHANCE = 0.20
"""By how much chance may lower a ratio on lists that were never seen. It lowers ratios near 0.90 by
0.02 and others, where the note is too quiet, by 0.05. A head that loses more had learned lists by
heart."""

_SAME = 0
"""Draws the lists that decide, and the texts."""


@dataclass(frozen=True, eq=False)
class GraftTrials:
    """What grafts are tried on, with what does not depend on the graft.

    Attributes:
        model: The trained model.
        lists: Shape ``(count, 65)``.
        second: Which targets of the lists can be copied, shape ``(count, 64)``.
        n_same: So many of the lists, the first, are the same in every draw.
        texts: Shape ``(count, 65)``.
        accuracies: Of the trained model where a list can be copied: on those that are the same in
            every draw, and on the others.
        text_loss: Of the trained model on the texts, in nats a word.
        neighbours: What the other head of layer 0 adds on lists, and on texts.
    """

    model: Model
    lists: IntArray
    second: BoolArray
    n_same: int
    texts: IntArray
    accuracies: tuple[float, float]
    text_loss: float
    neighbours: tuple[FloatArray, FloatArray]

    def measure_ratio(self, logits: FloatArray) -> float:
        """Return the accuracy on lists as a share of the trained model's.

        A share of right guesses is another one on other lists, so the lists that all draws share
        decide, and all draw the same line. The others only show who has learned those by heart.

        Args:
            logits: On the lists, shape ``(count, 64, 65)``.
        """
        reached = _measure_accuracies(logits, self.lists, self.second, self.n_same)
        same, other = np.divide(reached, self.accuracies)
        return float(same if other >= same - CHANCE else other)


def _measure_accuracies(
    logits: FloatArray, lists: IntArray, second: BoolArray, n_same: int
) -> tuple[float, float]:
    """Return the accuracy on the first ``n_same`` lists, and on the others."""
    same, other = (
        measure_accuracy(logits[part], lists[part], second[part])
        for part in (slice(n_same), slice(n_same, None))
    )
    return same, other


def draw_graft_trials(
    model: Model, rng: np.random.Generator, n_same: int = 96, n_other: int = 48, n_texts: int = 48
) -> GraftTrials:
    """Draw lines, and run the trained model on them once for all grafts.

    Args:
        model: The trained model.
        rng: Draws the lists that differ from draw to draw.
        n_same: How many lists are the same in every draw.
        n_other: How many are not.
        n_texts: How many texts.
    """
    same = np.random.default_rng(_SAME)
    lists = np.concatenate([draw_lists(n_same, same), draw_lists(n_other, rng)])
    texts = draw_texts(n_texts, same)
    second = mark_second(lists)
    on_lists = model.run(lists[:, :-1])
    on_texts = model.run(texts[:, :-1])
    return GraftTrials(
        model,
        lists,
        second,
        n_same,
        texts,
        _measure_accuracies(on_lists.logits, lists, second, n_same),
        measure_loss(on_texts.logits, texts),
        (on_lists.outputs[_NEIGHBOUR], on_texts.outputs[_NEIGHBOUR]),
    )


@dataclass(frozen=True)
class Effect:
    """What the model does with another head in it.

    Attributes:
        ratio: Accuracy on lists as a share of the trained model's.
        previous: The previous-token score of the head, or None if it was not looked at.
    """

    ratio: float
    previous: float | None = None


def measure_effect(head: Head, trials: GraftTrials) -> Effect:
    """Return what the model does on lists with ``head`` in the place of its previous-token head."""
    lists = trials.lists
    run = trials.model.run(lists[:, :-1], {PREVIOUS_HEAD: head}, {_NEIGHBOUR: trials.neighbours[0]})
    previous = measure_previous(run.patterns[PREVIOUS_HEAD])[: trials.n_same]
    return Effect(trials.measure_ratio(run.logits), float(previous.mean()))


def measure_moved(W_OV: FloatArray, trials: GraftTrials) -> Effect:
    """Return what the model does if each token gets exactly ``W_OV`` of the token before it."""
    lists = trials.lists
    moved = np.zeros((*lists[:, :-1].shape, len(W_OV)))
    moved[:, 1:] = trials.model.W_E.T[lists[:, :-2]] @ W_OV.T
    outputs = {PREVIOUS_HEAD: moved, _NEIGHBOUR: trials.neighbours[0]}
    run = trials.model.run(lists[:, :-1], outputs=outputs)
    return Effect(trials.measure_ratio(run.logits))


def measure_text(head: Head, trials: GraftTrials) -> float:
    """Return the model's loss on text in nats, with ``head`` in its previous-token head's place."""
    texts = trials.texts
    run = trials.model.run(texts[:, :-1], {PREVIOUS_HEAD: head}, {_NEIGHBOUR: trials.neighbours[1]})
    return measure_loss(run.logits, texts)


def measure_match(model: Model, W_OV: FloatArray) -> float:
    """Return by how much the induction head prefers the right word's note, in nats of its score.

    A word's query is compared with the notes that ``W_OV`` makes of all 64 words: the score of its
    own note less the mean over all, averaged over words. The trained head has 10.1.
    """
    reader, words = model.heads[INDUCTION_HEAD], model.W_E[:, 1:]
    scores = (reader.W_Q @ words).T @ (reader.W_K @ W_OV @ words)
    return float(np.mean(np.diagonal(scores) - scores.mean(axis=1)))


def measure_distance(W_OV: FloatArray, other: FloatArray) -> float:
    """Return how far ``W_OV`` is from any multiple of ``other``, as a share of its own norm."""
    norms = float(np.linalg.norm(W_OV) * np.linalg.norm(other))
    cosine = float((W_OV * other).sum()) / norms if norms else 0.0
    return float(np.sqrt(max(0.0, 1.0 - cosine**2)))


def turn_scores(model: Model, W_Q: FloatArray, W_K: FloatArray) -> Callable[[int], float]:
    """Return a function of a step: the mean score of a key so many places after the query.

    Positions alone are compared, without words and without the mask.
    """
    scores = (model.positions @ W_Q.T) @ (model.positions @ W_K.T).T

    def mean_at(step: int) -> float:
        return float(np.diagonal(scores, step).mean())

    return mean_at

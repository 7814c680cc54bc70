"""Put a head into the trained model in the place of its own, and measure what the model can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from circuits.attention import Head
from circuits.behaviours.measurements import measure_previous
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


@dataclass(frozen=True, eq=False)
class GraftTrials:
    """Lines that grafts are tried on, with what does not depend on the graft.

    Attributes:
        model: The trained model.
        lists: Shape ``(count, 65)``.
        second: Which targets of the lists can be copied, shape ``(count, 64)``.
        texts: Shape ``(count, 65)``.
        accuracy: Of the trained model on the lists, where they can be copied.
        text_loss: Of the trained model on the texts, in nats a word.
        neighbours: What the other head of layer 0 adds on lists, and on texts.
    """

    model: Model
    lists: IntArray
    second: BoolArray
    texts: IntArray
    accuracy: float
    text_loss: float
    neighbours: tuple[FloatArray, FloatArray]


def draw_graft_trials(
    model: Model, rng: np.random.Generator, n_lists: int = 96, n_texts: int = 48
) -> GraftTrials:
    """Draw lines, and run the trained model on them once for all grafts."""
    lists, texts = draw_lists(n_lists, rng), draw_texts(n_texts, rng)
    second = mark_second(lists)
    on_lists = model.run(lists[:, :-1])
    on_texts = model.run(texts[:, :-1])
    return GraftTrials(
        model,
        lists,
        second,
        texts,
        measure_accuracy(on_lists.logits, lists, second),
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
    ratio = measure_accuracy(run.logits, lists, trials.second) / trials.accuracy
    return Effect(ratio, float(measure_previous(run.patterns[PREVIOUS_HEAD]).mean()))


def measure_moved(W_OV: FloatArray, trials: GraftTrials) -> Effect:
    """Return what the model does if each token gets exactly ``W_OV`` of the token before it."""
    lists = trials.lists
    moved = np.zeros((*lists[:, :-1].shape, len(W_OV)))
    moved[:, 1:] = trials.model.W_E.T[lists[:, :-2]] @ W_OV.T
    outputs = {PREVIOUS_HEAD: moved, _NEIGHBOUR: trials.neighbours[0]}
    run = trials.model.run(lists[:, :-1], outputs=outputs)
    return Effect(measure_accuracy(run.logits, lists, trials.second) / trials.accuracy)


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

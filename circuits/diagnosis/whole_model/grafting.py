"""Name the mistake of a head that is to take the place of the trained previous-token head."""

from __future__ import annotations

import numpy as np

from circuits.attention import Head
from circuits.behaviours.grafting import (
    INDUCTION_HEAD,
    OWN,
    PREVIOUS_HEAD,
    measure_distance,
    measure_match,
    turn_scores,
)
from circuits.shapes import FloatArray
from circuits.trained.model import Model, list_layer

_STEPS = (-3, -2, -1, 0, 1, 2, 3)
_STEP_NAMES = {0: "graft-not-turned", 1: "graft-turned-forward", -2: "graft-two-back"}
_SAME_TURN = 0.05
_LIKE = 0.80
"""Cosine from which two products are said to be the same thing."""

_RIGHT_WAY = 0.60
_SOFT_MATCH, _LOUD_MATCH = 9.0, 25.0


def diagnose_looking(model: Model, W_Q: FloatArray, W_K: FloatArray) -> str | None:
    """Return why a head does not look at the previous token sharply enough."""
    trained = model.heads[PREVIOUS_HEAD]
    if measure_distance(W_Q.T @ W_K, trained.W_QK) < OWN:
        return "graft-trained-head"
    mean_at = turn_scores(model, W_Q, W_K)
    scores = {step: mean_at(step) for step in _STEPS}
    best = max(_STEPS, key=lambda step: scores[step])
    if np.ptp(list(scores.values())) < 1e-9:
        return "ignores-position"
    if _share_one_speed(model, W_Q, W_K):
        return "graft-one-speed"
    if best in _STEP_NAMES:
        return _STEP_NAMES[best]
    if best != -1:
        return None
    return "graft-slow-pairs" if _reads_slow_pairs(model, W_Q, W_K) else "graft-too-soft"


def _list_pairs(model: Model, W_Q: FloatArray, W_K: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the angle by which each pair of the query is turned back, and the pair's weight."""
    W_QK = W_Q.T @ W_K
    blocks = np.stack([W_QK[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] for k in range(len(model.turn))])
    cosines = blocks[:, 0, 0] + blocks[:, 1, 1]
    sines = blocks[:, 1, 0] - blocks[:, 0, 1]
    return np.arctan2(sines, cosines), np.hypot(cosines, sines)


def _share_one_speed(model: Model, W_Q: FloatArray, W_K: FloatArray) -> bool:
    """Whether several pairs are turned, all by one angle."""
    angles, weights = _list_pairs(model, W_Q, W_K)
    used = weights > 0.1 * weights.max()
    turned = angles[used]
    one = bool(np.ptp(turned) < _SAME_TURN and np.abs(turned).min() > _SAME_TURN)
    return int(used.sum()) > 1 and one and bool(np.ptp(model.turn[used]) > _SAME_TURN)


def _reads_slow_pairs(model: Model, W_Q: FloatArray, W_K: FloatArray) -> bool:
    """Whether nearly all weight lies on pairs that turn by less than a third of a radian."""
    _, weights = _list_pairs(model, W_Q, W_K)
    return bool((weights[model.turn > 1 / 3] ** 2).sum() < 0.05 * (weights**2).sum())


def diagnose_moving(model: Model, head: Head) -> str | None:
    """Return why what a head moves is not found by the next head, or is found by too many."""
    W_OV = head.W_OV
    if measure_distance(W_OV, model.heads[PREVIOUS_HEAD].W_OV) < OWN:
        return "graft-trained-head"
    reader = model.heads[INDUCTION_HEAD]
    (other,) = (model.heads[name] for name in list_layer("1") if name != INDUCTION_HEAD)
    right = _find_cosine(W_OV, reader.W_K.T @ reader.W_Q)
    for slug, template in (
        ("graft-sides-swapped", reader.W_Q.T @ reader.W_K),
        ("graft-wrong-reader", other.W_K.T @ other.W_Q),
        ("graft-one-side-twice", reader.W_K.T @ reader.W_K),
        ("graft-one-side-twice", reader.W_Q.T @ reader.W_Q),
    ):
        if _find_cosine(W_OV, template) > _LIKE:
            return slug
    if right < -_RIGHT_WAY:
        return "graft-wrong-sign"
    if right < _RIGHT_WAY:
        return None
    match = measure_match(model, W_OV)
    if match < _SOFT_MATCH:
        return "graft-too-quiet"
    return "graft-too-loud" if match > _LOUD_MATCH else "graft-overheard"


def _find_cosine(one: FloatArray, other: FloatArray) -> float:
    norms = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum()) / norms if norms else 0.0

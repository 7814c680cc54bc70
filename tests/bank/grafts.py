"""Right and wrong heads in the place of the trained previous-token head: part ex6h."""

from __future__ import annotations

import numpy as np

from circuits.trained import load_model

MODEL = load_model()
TRAINED, READER, OTHER = (MODEL.heads[name] for name in ("0.0", "1.1", "1.0"))
TURN = MODEL.turn
WORDS = MODEL.W_E[:, 1:]


def look(pairs=range(8), gain=1.0, back=1.0, speed=None, turn_key=False):
    """Queries and keys that compare the hands of some pairs, with the query turned back."""
    W_Q, W_K = np.zeros((2, 16, 64))
    for row, k in enumerate(pairs):
        angle = back * (TURN[k] if speed is None else speed)
        c, s = np.cos(angle), np.sin(angle)
        W_Q[2 * row : 2 * row + 2, 2 * k : 2 * k + 2] = [[c, s], [-s, c]]
        W_K[2 * row : 2 * row + 2, 2 * k : 2 * k + 2] = np.eye(2)
    if turn_key:
        W_Q, W_K = W_K, turned_on(W_Q)
    return gain * W_Q, W_K


def turned_on(W_Q):
    """The same pairs, turned the other way."""
    turned = W_Q.copy()
    turned[0::2, 1::2], turned[1::2, 0::2] = -W_Q[0::2, 1::2], -W_Q[1::2, 0::2]
    return turned


def match(W_V, W_out):
    scores = (READER.W_Q @ WORDS).T @ (READER.W_K @ W_out @ W_V @ WORDS)
    return (np.diag(scores) - scores.mean(axis=1)).mean()


def scale(W_V, W_out, wanted):
    return W_V, W_out * wanted / match(W_V, W_out)


def overheard(wanted):
    """Carry what the next head asks for to where it looks, whoever else reads there."""
    return scale(READER.W_Q, READER.W_K.T, wanted)


def projected(wanted, rows=(READER.W_Q, READER.W_V)):
    """The same, less what the next head's query and values read."""
    others = np.vstack(rows)
    keep = np.eye(64) - np.linalg.pinv(others) @ others
    return scale(READER.W_Q, keep @ READER.W_K.T, wanted)


def solved(wanted, strength=64.0):
    """Where the next head looks, and as little as possible where anybody else listens."""

    def even(matrix):
        return 4 * matrix / np.linalg.norm(matrix)

    others = np.vstack([even(READER.W_Q), even(READER.W_V), even(MODEL.W_U)])
    keys = even(READER.W_K)
    weights = keys.T @ keys + strength * others.T @ others + 0.03 * np.eye(64)
    return scale(READER.W_Q, np.linalg.solve(weights, keys.T), wanted)


LOOK, MOVE = look(), solved(11.0)
OWN = TRAINED.W_V, TRAINED.W_out


def rotate(rng, size=16):
    return np.linalg.qr(rng.standard_normal((size, size)))[0]


_G = rotate(np.random.default_rng(0))
_RANDOM = np.random.default_rng(1)

RIGHT_H = {
    "eight pairs, solved": (*LOOK, *MOVE),
    "eight pairs, projected": (*LOOK, *projected(12.0)),
    "five pairs": (*look(range(5)), *MOVE),
    "three pairs": (*look(range(3)), *MOVE),
    "pairs in another order": (*look((4, 0, 2, 1, 3)), *MOVE),
    "the key turned on": (*look(turn_key=True), *MOVE),
    "twice as sharp": (*look(gain=2.0), *MOVE),
    "half a turn on each side": (*(lambda q, k: (q, turned_on(k)))(*look(back=1.0)), *MOVE),
    "louder": (*LOOK, *solved(16.0)),
    "projected, louder": (*LOOK, *projected(16.0)),
    "a distinction": (*look(gain=0.8), *solved(9.2)),
    "turned inside": (_G @ LOOK[0], _G @ LOOK[1], _G @ MOVE[0], MOVE[1] @ _G.T),
    "small W_V, large W_out": (*LOOK, MOVE[0] / 50, MOVE[1] * 50),
    "gain in the key": (0.5 * LOOK[0], 2.0 * LOOK[1], *MOVE),
}

OVERHEARD = overheard(10.0)

WRONG_H = (
    ("not turned", (*look(back=0.0), *MOVE), "graft-not-turned", ("arrives", "clean")),
    ("turned forward", (*look(back=-1.0), *MOVE), "graft-turned-forward", ("arrives", "clean")),
    ("two back", (*look(back=2.0), *MOVE), "graft-two-back", ("arrives", "clean")),
    ("one speed for all", (*look(speed=1.0), *MOVE), "graft-one-speed", ("arrives", "clean")),
    ("one speed for five", (*look(range(5), speed=1.0), *MOVE), "graft-one-speed",
     ("arrives", "clean")),
    ("slow pairs", (*look(range(8, 16)), *MOVE), "graft-slow-pairs", ("arrives", "clean")),
    ("one pair", (*look(range(1)), *MOVE), "graft-too-soft", ("arrives", "clean")),
    ("two pairs", (*look(range(2)), *MOVE), "graft-too-soft", ("arrives", "clean")),
    ("a quarter as sharp", (*look(gain=0.25), *MOVE), "graft-too-soft", ("arrives", "clean")),
    ("the trained pattern", (TRAINED.W_Q, TRAINED.W_K, *MOVE), "graft-trained-head",
     ("arrives", "clean")),
    ("the trained head", (TRAINED.W_Q, TRAINED.W_K, *OWN), "graft-trained-head", ()),
    ("the trained values", (*LOOK, *OWN), "graft-trained-head", ("looks",)),
    ("the trained values, louder and turned inside", (*LOOK, 1.3 * _G @ OWN[0], OWN[1] @ _G.T),
     "graft-trained-head", ("looks",)),
    ("the trained head with a little noise", (*LOOK, OWN[0] + 0.01 * _RANDOM.standard_normal(
        (16, 64)), OWN[1]), "graft-trained-head", ("looks",)),
    ("overheard", (*LOOK, *OVERHEARD), "graft-overheard", ("looks", "arrives")),
    ("overheard, louder", (*LOOK, *overheard(12.0)), "graft-overheard", ("looks", "arrives")),
    ("overheard by the values", (*LOOK, *overheard(9.2)), "graft-overheard", ("looks", "arrives")),
    ("quiet", (*LOOK, *solved(3.0)), "graft-too-quiet", ("looks",)),
    ("quiet, projected", (*LOOK, *projected(4.0)), "graft-too-quiet", ("looks",)),
    ("a little too quiet", (*LOOK, *projected(7.5)), "graft-too-quiet", ("looks", "arrives")),
    ("far too loud", (*LOOK, *overheard(60.0)), "graft-too-loud", None),
    ("sides swapped", (*LOOK, READER.W_K, READER.W_Q.T), "graft-sides-swapped", ("looks",)),
    ("the keys' side twice", (*LOOK, READER.W_K, READER.W_K.T), "graft-one-side-twice",
     ("looks",)),
    ("the queries' side twice", (*LOOK, READER.W_Q, READER.W_Q.T), "graft-one-side-twice",
     ("looks",)),
    ("for the other head", (*LOOK, OTHER.W_Q, OTHER.W_K.T), "graft-wrong-reader", ("looks",)),
    ("the opposite sign", (*LOOK, MOVE[0], -MOVE[1]), "graft-wrong-sign", ("looks",)),
    ("the next head's own values", (*LOOK, READER.W_V, READER.W_out), None, ("looks",)),
    ("random values", (*LOOK, _RANDOM.standard_normal((16, 64)) / 4,
                       _RANDOM.standard_normal((64, 16)) / 4), None, ("looks",)),
    ("a copy of 16 words", (*LOOK, WORDS[:, :16].T / 2, WORDS[:, :16] / 2), None, ("looks",)),
    ("not turned, and overheard", (*look(back=0.0), *OVERHEARD), "graft-not-turned",
     ("arrives",)),
    ("random queries and keys", (*_RANDOM.standard_normal((2, 16, 64)), *MOVE), None,
     ("arrives", "clean")),
    ("reads no position", (np.zeros((16, 64)), LOOK[1], *MOVE),
     "all-zero", ()),
)  # fmt: skip

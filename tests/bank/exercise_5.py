"""Answers to exercise 5, the circuit under rotary attention."""

from __future__ import annotations

import numpy as np

from circuits.rotary import SPEEDS, turn_pairs
from circuits.shapes import FloatArray
from tests.bank.case import Case, right, wrong
from tests.bank.directions import ANY, SPARE, TURN, C, P, S, V, padded, query_key
from tests.bank.rotary_functions import RIGHT_5A, RIGHT_5D, WRONG_5A, WRONG_5D
from tests.bank.tables import dress, spoil
from tests.bank.warmup import list_functions

ONE = S.one


def hands(*pairs: int, size: float = 1.0, of: FloatArray = ONE) -> FloatArray:
    """Return rows that read a direction into the first number of some pairs, (16, 48)."""
    rows = np.zeros((16, 48))
    rows[[2 * pair for pair in pairs or range(8)]] = size * of
    return rows


def turned(rows: FloatArray, steps: float, speeds: FloatArray = SPEEDS) -> FloatArray:
    """Return rows whose pairs are turned by some steps."""
    return turn_pairs(rows.T, steps * speeds).T


BACK = turned(hands(), -1)


def turned_alike(W_Q: FloatArray, W_K: FloatArray, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return the same head with each pair turned by an angle of its own, on both sides.

    Only such turns, and a factor for each pair, leave a rotary head what it is.
    """
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, 8)
    gains = np.repeat(np.exp(rng.uniform(-1, 1, 8)), np.intp(2))[:, None]
    return gains * turn_pairs(W_Q.T, angles).T, turn_pairs(W_K.T, angles).T / gains


def prev(W_Q: object, W_K: object) -> dict[str, object]:
    """Return an answer to part (b)."""
    return {"W_Q_prev": W_Q, "W_K_prev": W_K}


PREV = prev(BACK, hands())
_RANKS = ("ranks",)

EX5B = [
    right("ex5b", "plain", PREV),
    *(
        right("ex5b", f"pairs turned alike, {k}", prev(*turned_alike(BACK, hands(), k)))
        for k in range(3)
    ),
    right("ex5b", "keys turned on instead", prev(hands(), turned(hands(), 1))),
    right("ex5b", "half a step on each side", prev(turned(hands(), -0.5), turned(hands(), 0.5))),
    right("ex5b", "a constant of size 3", prev(0.01 * BACK, hands())),
    right("ex5b", "ten times as large", prev(10 * BACK, hands())),
    right("ex5b", "the two fastest pairs", prev(turned(hands(0, 1), -1), hands(0, 1))),
    right("ex5b", "the three fastest pairs", prev(turned(hands(0, 1, 2), -1), hands(0, 1, 2))),
    right(
        "ex5b",
        "into the second numbers",
        prev(turned(np.roll(hands(), 1, axis=0), -1), np.roll(hands(), 1, axis=0)),
    ),
    *dress(
        "ex5b", {name: np.asarray(value) for name, value in PREV.items()}, ("W_Q_prev", "W_K_prev")
    ),
    wrong("ex5b", "no turn", prev(hands(), hands()), "attends-to-self"),
    wrong(
        "ex5b", "no turn, turned alike", prev(*turned_alike(hands(), hands(), 5)), "attends-to-self"
    ),
    wrong("ex5b", "turned forward", prev(turned(hands(), 1), hands()), "attends-to-next"),
    wrong("ex5b", "turned twice", prev(turned(hands(), -2), hands()), "attends-two-back"),
    wrong("ex5b", "turned on both sides", prev(BACK, turned(hands(), 1)), "attends-two-back"),
    wrong("ex5b", "half a step", prev(turned(hands(), -0.5), hands()), "wrong-angle", holds=None),
    wrong("ex5b", "three steps", prev(turned(hands(), -3), hands()), "wrong-angle"),
    wrong(
        "ex5b",
        "all turned by the first speed",
        prev(turned(hands(), -1, np.ones(8)), hands()),
        "frequencies-mixed-up",
    ),
    wrong(
        "ex5b",
        "speeds the other way round",
        prev(turned(hands(), -1, SPEEDS[::-1]), hands()),
        "wrong-angle",
    ),
    wrong("ex5b", "opposite sign", prev(-BACK, hands()), "opposite-sign"),
    wrong(
        "ex5b",
        "the fastest pair alone",
        prev(turned(hands(0), -1), hands(0)),
        "one-frequency",
        holds=_RANKS,
    ),
    wrong(
        "ex5b",
        "the four slowest pairs",
        prev(turned(hands(4, 5, 6, 7), -1), hands(4, 5, 6, 7)),
        "pairs-too-slow",
        holds=_RANKS,
    ),
    wrong("ex5b", "too soft", prev(1e-4 * BACK, hands()), "too-soft", holds=_RANKS),
    wrong(
        "ex5b",
        "content for the constant",
        prev(turned(hands(of=C[0]), -1), hands(of=C[0])),
        "hand-changes",
    ),
    wrong(
        "ex5b",
        "the noise for the constant",
        prev(turned(hands(of=SPARE[0]), -1), hands(of=SPARE[0])),
        "hand-changes",
    ),
    wrong(
        "ex5b",
        "BOS's mark for the constant",
        prev(turned(hands(of=S.bos), -1), hands(of=S.bos)),
        "hand-changes",
    ),
    wrong(
        "ex5b",
        "positions that are not there",
        prev(padded(P[:4], 16), padded(P[:4], 16)),
        "hand-changes",
    ),
    wrong(
        "ex5b",
        "axes",
        prev(turned(hands(of=np.eye(48)[0]), -1), hands(of=np.eye(48)[0])),
        "axes-not-directions",
    ),
    wrong("ex5b", "random numbers", prev(ANY[:2].reshape(16, 48), ANY[2:4].reshape(16, 48)), None),
    wrong("ex5b", "four rows", prev(BACK[:4], hands()[:4]), "wrong-shape"),
    wrong("ex5b", "transposed", prev(BACK.T, hands().T), "transposed"),
    *spoil("ex5b", PREV, ("W_Q_prev", "W_K_prev")),
]


def at(rows: object, which: FloatArray, factor: float = 1.0) -> FloatArray:
    """Return a matrix with four directions in some of its 16 rows."""
    matrix = np.zeros((16, 48))
    matrix[rows] = factor * which
    return matrix


SLOW, EACH = [12, 13, 14, 15], [8, 10, 12, 14]


BLUR = prev(turned(hands(), -0.5), hands())
"""A wrong (b): half of its attention stays at the token, so that half of the note is its own."""

CLEARED = at(SLOW, 2 * V[:4] - C[:4])
"""Reads of such a note what the token before left there."""


def find(W_Q: object, W_K: object, own: dict[str, object] | None = None) -> dict[str, object]:
    """Return an answer to part (c), behind the learner's own (b) if there is one."""
    return {**(own or {}), "W_Q_next": W_Q, "W_K_next": W_K}


NEXT = find(at(SLOW, C[:4]), at(SLOW, V[:4]))
_NEXT = ("W_Q_next", "W_K_next")


def misses(
    name: str, W_Q: object, W_K: object, slug: str | None, holds: tuple[str, ...] | None = ()
) -> Case:
    """Return a head that does not find the note."""
    return wrong("ex5c", name, find(W_Q, W_K), slug, holds=holds)


EX5C = [
    right("ex5c", "plain", NEXT),
    right("ex5c", "behind one's own (b)", {**PREV, **NEXT}),
    right("ex5c", "behind a wrong (b), as if it were right", {**prev(hands(), hands()), **NEXT}),
    right("ex5c", "a blurred note, by one's own (b)", find(at(SLOW, C[:4]), CLEARED, BLUR)),
    right("ex5c", "one number in each slow pair", find(at(EACH, C[:4]), at(EACH, V[:4]))),
    right("ex5c", "pairs 5 and 6", find(at([10, 11, 12, 13], C[:4]), at([10, 11, 12, 13], V[:4]))),
    right(
        "ex5c", "in another order", find(at([15, 12, 14, 13], C[:4]), at([15, 12, 14, 13], V[:4]))
    ),
    right("ex5c", "both with a minus", find(at(SLOW, -C[:4]), at(SLOW, -V[:4]))),
    right("ex5c", "turned inside", find(at(SLOW, TURN[4] @ C[:4]), at(SLOW, TURN[4] @ V[:4]))),
    *(
        right(
            "ex5c",
            f"pairs turned alike, {k}",
            find(*turned_alike(at(SLOW, C[:4]), at(SLOW, V[:4]), k)),
        )
        for k in range(2)
    ),
    right("ex5c", "a tenth of the size", find(0.1 * at(SLOW, C[:4]), at(SLOW, V[:4]))),
    right("ex5c", "ten times as large", find(10 * at(SLOW, C[:4]), at(SLOW, V[:4]))),
    *dress("ex5c", {name: np.asarray(value) for name, value in NEXT.items()}, _NEXT),
    misses("pairs 4 and 5", at([8, 9, 10, 11], C[:4]), at([8, 9, 10, 11], V[:4]), "pairs-too-fast"),
    misses("pairs 2 and 3", at([4, 5, 6, 7], C[:4]), at([4, 5, 6, 7], V[:4]), "pairs-too-fast"),
    misses("the two fastest", at([0, 1, 2, 3], C[:4]), at([0, 1, 2, 3], V[:4]), "pairs-too-fast"),
    misses(
        "one number in each fast pair",
        at([0, 2, 4, 6], C[:4]),
        at([0, 2, 4, 6], V[:4]),
        "pairs-too-fast",
    ),
    misses("query and key exchanged", at(SLOW, V[:4]), at(SLOW, C[:4]), "roles-swapped"),
    misses(
        "content on both sides", at(SLOW, C[:4]), at(SLOW, C[:4]), "attends-to-copy-not-successor"
    ),
    misses("an empty place", at(SLOW, C[:4]), at(SLOW, V[8:12]), "wrong-scratch"),
    misses("notes on both sides", at(SLOW, V[:4]), at(SLOW, V[:4]), None),
    misses("the small components", at(SLOW, C[4:]), at(SLOW, V[:4]), "wrong-components"),
    misses("three components", at(SLOW[:3], C[:3]), at(SLOW[:3], V[:3]), "too-few-dimensions"),
    misses("opposite sign", at(SLOW, -C[:4]), at(SLOW, V[:4]), "opposite-sign"),
    misses(
        "numbers in another order", at(SLOW, C[:4]), at(SLOW, V[[1, 2, 3, 0]]), "different-bases"
    ),
    misses("query in other rows than the key", at(SLOW, C[:4]), at([8, 9, 10, 11], V[:4]), None),
    misses(
        "turned back by a step of the fastest pair",
        at([0, 1, 12, 13], turn_pairs(C[:4].T, [-1, 0]).T),
        at([0, 1, 12, 13], V[:4]),
        "pairs-too-fast",
    ),
    misses("too soft", 1e-3 * at(SLOW, C[:4]), at(SLOW, V[:4]), "too-soft", holds=_RANKS),
    misses("axes", at(SLOW, np.eye(48)[:4]), at(SLOW, V[:4]), "axes-not-directions"),
    misses("random numbers", ANY[:2].reshape(16, 48), ANY[2:4].reshape(16, 48), None),
    misses("four rows", C[:4], V[:4], "wrong-shape"),
    *spoil("ex5c", NEXT, _NEXT),
]


def latest(pair: int, size: float, step: float = 0.0, key: float = 1.0) -> dict[str, object]:
    """Return part (c) with a bonus for keys that are near, in one pair."""
    W_Q, W_K = at(SLOW, C[:4]), at(SLOW, V[:4])
    W_Q += turned(hands(pair, size=size), step)
    W_K += hands(pair, size=key * size)
    return query_key("latest", W_Q, W_K)


LATEST = latest(4, 0.7)
_LATEST = ("W_Q_latest", "W_K_latest")


def strays(
    name: str, answers: dict[str, object], slug: str | None, holds: tuple[str, ...] | None = ()
) -> Case:
    """Return a head that follows another copy than the latest, or loses one that is alone."""
    return wrong("ex5e", name, answers, slug, holds=holds)


def _latest_of(W_Q: object, W_K: object) -> dict[str, object]:
    return {"W_Q_latest": W_Q, "W_K_latest": W_K}


_PLAIN = LATEST["W_Q_latest"], LATEST["W_K_latest"]

EX5E = [
    right("ex5e", "pair 4, size .7", LATEST),
    right("ex5e", "pair 4, size .8", latest(4, 0.8)),
    right("ex5e", "pair 4, size .85", latest(4, 0.85)),
    right("ex5e", "pair 3, size .5", latest(3, 0.5)),
    right("ex5e", "pair 3, size .4", latest(3, 0.4)),
    right("ex5e", "behind one's own (b)", {**PREV, **LATEST}),
    right("ex5e", "behind a wrong (b), as if it were right", {**prev(hands(), hands()), **LATEST}),
    right(
        "ex5e",
        "a blurred note, by one's own (b)",
        {**BLUR, **_latest_of(_PLAIN[0], _PLAIN[1] - at(SLOW, V[:4]) + CLEARED)},
    ),
    right("ex5e", "both with a minus", _latest_of(-_PLAIN[0], -_PLAIN[1])),
    *(
        right("ex5e", f"pairs turned alike, {k}", _latest_of(*turned_alike(*_PLAIN, k)))
        for k in range(2)
    ),
    right("ex5e", "the bonus mostly in the query", latest(4, 1.4, key=0.25)),
    right(
        "ex5e",
        "into the second number",
        _latest_of(
            _PLAIN[0][[*range(8), 9, 8, *range(10, 16)]],
            _PLAIN[1][[*range(8), 9, 8, *range(10, 16)]],
        ),
    ),
    *dress("ex5e", {name: np.asarray(value) for name, value in LATEST.items()}, _LATEST),
    strays("plain notes", latest(4, 0.0), "no-preference"),
    strays("pair 4, size .3", latest(4, 0.3), "preference-too-weak"),
    strays("pair 4, size .5", latest(4, 0.5), "preference-too-weak"),
    strays("pair 5, size 1", latest(5, 1.0), "preference-too-weak"),
    strays("pair 7, among the content", latest(7, 1.0), None),
    strays("pair 4, size 1", latest(4, 1.0), "preference-too-strong", holds=("latest",)),
    strays("pair 4, size 1.5", latest(4, 1.5), "preference-too-strong", holds=None),
    strays("pair 3, size .7", latest(3, 0.7), "preference-too-strong", holds=None),
    strays("pair 2, size .5", latest(2, 0.5), "preference-comes-back"),
    strays("pair 0, size .5", latest(0, 0.5), "preference-comes-back"),
    strays("pair 5, size 5", latest(5, 5.0), "preference-too-strong"),
    strays("a minus: the earliest", latest(4, 0.7, key=-1.0), "prefers-earliest"),
    strays("some distance", latest(4, 0.8, step=-50), None),
    strays("constant on the query alone", _latest_of(_PLAIN[0], at(SLOW, V[:4])), "no-preference"),
    strays("constant on the key alone", _latest_of(at(SLOW, C[:4]), _PLAIN[1]), "no-preference"),
    strays(
        "query and key exchanged", _latest_of(_PLAIN[1], _PLAIN[0]), "roles-swapped", holds=None
    ),
    strays("the previous token alone", _latest_of(BACK, hands()), None, holds=None),
    strays(
        "looks for its own copies",
        _latest_of(at(SLOW, C[:4]), at(SLOW, C[:4])),
        "attends-to-copy-not-successor",
    ),
    strays("random numbers", _latest_of(ANY[:2].reshape(16, 48), ANY[2:4].reshape(16, 48)), None),
    strays("four rows", _latest_of(C[:4], V[:4]), "wrong-shape"),
    *spoil("ex5e", LATEST, _LATEST),
]

CASES: tuple[Case, ...] = (
    *list_functions("ex5a", "rotary_scores", RIGHT_5A, WRONG_5A),
    *EX5B,
    *EX5C,
    *list_functions("ex5d", "probe", RIGHT_5D, WRONG_5D),
    *EX5E,
)

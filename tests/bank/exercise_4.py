"""Answers to exercise 4, the circuit as a model that predicts words."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Case, right, wrong
from tests.bank.directions import ANY, MIX, SPARE, TURN, C, P, S, V, padded
from tests.bank.exercise_3 import PLAIN, one
from tests.bank.model_functions import RIGHT_4C, RIGHT_4E, WRONG_4C, WRONG_4E
from tests.bank.tables import dress, spoil
from tests.bank.warmup import list_functions

_INV = np.linalg.inv(MIX[4])
_OV = ("W_V_2", "W_out_2")
CONTENT = S.content[1:, :4]

HEADS = {**one(), **PLAIN}
"""The two heads of exercise 3, in the plainest form."""


def move(W_V: object, W_out: object, own: dict[str, object] | None = None) -> dict[str, object]:
    """Return what a head 2 moves, behind the learner's own heads of exercise 3 if there are any."""
    return {**(own or {}), "W_V_2": W_V, "W_out_2": W_out}


MOVE = move(C[:4], V[8:12].T)


def moves_wrong(name: str, W_V: object, W_out: object, diagnosis: str | None) -> Case:
    """Return a head 2 behind which the word that it has found cannot be read."""
    return wrong("ex4a", name, move(W_V, W_out), diagnosis, _OV)


EX4A = [
    right("ex4a", "plain", MOVE, _OV),
    right("ex4a", "behind one's own heads", move(C[:4], V[8:12].T, HEADS), _OV),
    right(
        "ex4a",
        "behind heads that look at the wrong place, as if they were right",
        move(C[:4], V[8:12].T, {**HEADS, "W_Q_2": V[:4]}),
    ),
    right(
        "ex4a",
        "a note in v_8 ... v_11, the word in v_0 ... v_3",
        move(C[:4], V[:4].T, {**one(W_out_1=V[8:12].T), "W_Q_2": C[:4], "W_K_2": V[8:12]}),
        _OV,
    ),
    right("ex4a", "turned inside", move(TURN[4] @ C[:4], V[8:12].T @ TURN[4].T), _OV),
    right("ex4a", "the word in other coordinates", move(MIX[4] @ C[:4], V[8:12].T), _OV),
    right("ex4a", "to v_12 ... v_15", move(C[:4], V[12:].T), _OV),
    right("ex4a", "to v_4 ... v_7, in another order", move(C[:4], V[[6, 4, 7, 5]].T), _OV),
    right("ex4a", "over the noise", move(C[:4], SPARE[:4].T), _OV),
    right("ex4a", "five times as large, with a minus", move(-5 * C[:4], V[8:12].T), _OV),
    right("ex4a", "a tenth as large", move(0.1 * C[:4], V[8:12].T), _OV),
    right("ex4a", "with a little of the smaller ones", move(C[:4] + 0.1 * C[4:], V[8:12].T), _OV),
    *dress("ex4a", {name: np.asarray(value) for name, value in MOVE.items()}, _OV),
    moves_wrong("reads the note", V[:4], V[8:12].T, "reads-note"),
    moves_wrong("reads the position", P[:4], V[8:12].T, "wrong-dimensions"),
    moves_wrong("reads the noise", SPARE[:4], V[8:12].T, "wrong-dimensions"),
    moves_wrong("reads the small components", C[4:], V[8:12].T, "wrong-components"),
    moves_wrong("three components", padded(C[:3], 4), V[8:12].T, "too-few-dimensions"),
    moves_wrong("one component four times", C[[0] * 4], V[8:12].T, "too-few-dimensions"),
    moves_wrong("all to one direction", C[:4], V[[8] * 4].T, "too-few-dimensions"),
    moves_wrong("over the token's own word", C[:4], C[:4].T, "overwrites"),
    moves_wrong("over the note", C[:4], V[:4].T, "overwrites"),
    moves_wrong("over the note, doubled", 2 * C[:4], V[:4].T, "overwrites"),
    moves_wrong("over the position", C[:4], P[:4].T, "overwrites"),
    moves_wrong("whispered into the noise", C[:4], 0.1 * SPARE[:4].T, "overwrites"),
    moves_wrong("reads v and writes the content", V[8:12], C[:4].T, "roles-swapped"),
    moves_wrong("the note to where the word stands", V[:4], C[:4].T, "roles-swapped"),
    moves_wrong("by axes", np.eye(48)[:4], V[8:12].T, "axes-not-directions"),
    moves_wrong("random numbers", ANY[4, :4], ANY[5, :4].T, None),
    wrong("ex4a", "both transposed", move(C[:4].T, V[8:12]), "transposed"),
    wrong("ex4a", "eight rows", move(C, V[8:16].T), "wrong-shape"),
    *spoil("ex4a", MOVE, _OV),
]


def unembed(W_U: object, own: dict[str, object] | None = None) -> dict[str, object]:
    """Return an unembedding, behind the learner's own heads if there are any."""
    return {**(own or {}), "W_U": W_U}


W_U = 0.02 * CONTENT @ V[8:12]
_ELSEWHERE = move(C[:4], V[12:].T)
_MIXED = move(MIX[4] @ C[:4], V[8:12].T)


def says_wrong(
    name: str, matrix: object, diagnosis: str | None, own: dict[str, object] | None = None
) -> Case:
    """Return an unembedding that says other words than those that were found."""
    return wrong("ex4b", name, unembed(matrix, own), diagnosis)


EX4B = [
    right("ex4b", "plain", unembed(W_U)),
    right("ex4b", "behind one's own (a)", unembed(W_U, MOVE)),
    right("ex4b", "behind all that is one's own", unembed(W_U, {**HEADS, **MOVE})),
    right("ex4b", "behind a wrong (a), as if it were right", unembed(W_U, move(V[:4], V[8:12].T))),
    right("ex4b", "gain .01", unembed(0.5 * W_U)),
    right("ex4b", "gain 1", unembed(50 * W_U)),
    right("ex4b", "the same for all words besides", unembed(W_U + 0.3 * ANY[0, 0])),
    right("ex4b", "with a little of the note", unembed(W_U + 0.02 * W_U @ V[8:12].T @ V[:4])),
    right("ex4b", "the word in v_12 ... v_15", unembed(0.02 * CONTENT @ V[12:], _ELSEWHERE)),
    right(
        "ex4b", "the word in other coordinates", unembed(0.02 * CONTENT @ _INV @ V[8:12], _MIXED)
    ),
    right("ex4b", "a minus twice", unembed(-W_U, move(-C[:4], V[8:12].T))),
    *dress("ex4b", {"W_U": W_U}, ("W_U",)),
    says_wrong("reads the token's own word", 0.02 * CONTENT @ C[:4], "reads-present-word"),
    says_wrong("own word, behind one's own", 0.02 * CONTENT @ C[:4], "reads-present-word", MOVE),
    says_wrong("the whole embedding transposed", 0.02 * S.content[1:] @ C, "reads-present-word"),
    says_wrong("reads the note", 0.02 * CONTENT @ V[:4], "reads-note"),
    says_wrong("reads v_4 ... v_7", 0.02 * CONTENT @ V[4:8], "wrong-dimensions"),
    says_wrong("reads v_9 ... v_12", 0.02 * CONTENT @ V[9:13], "too-few-dimensions"),
    says_wrong("coordinates in another order", 0.02 * CONTENT @ V[[9, 10, 11, 8]], "wrong-order"),
    says_wrong("two coordinates exchanged", 0.02 * CONTENT @ V[[9, 8, 10, 11]], "wrong-order"),
    says_wrong("a negative gain", -W_U, "opposite-sign"),
    says_wrong("begins with BOS", 0.02 * S.content[:64, :4] @ V[8:12], "rows-shifted"),
    says_wrong("one row too early", np.roll(W_U, -1, axis=0), "rows-shifted"),
    says_wrong("two coordinates alone", 0.02 * CONTENT[:, :2] @ V[8:10], "too-few-dimensions"),
    says_wrong("the small components", 0.02 * S.content[1:, 4:] @ V[8:12], "wrong-components"),
    says_wrong("words in another order", W_U[::-1], None),
    says_wrong("random numbers", ANY.reshape(64, 48), None),
    says_wrong("as if turned", 0.02 * CONTENT @ TURN[4] @ V[8:12], None),
    wrong("ex4b", "gain .0005", unembed(0.025 * W_U), "too-soft", holds=("guess",)),
    wrong("ex4b", "gain .005", unembed(0.25 * W_U), "too-soft", holds=("guess",)),
    wrong(
        "ex4b",
        "gain .005, behind one's own",
        unembed(0.25 * W_U, MOVE),
        "too-soft",
        holds=("guess",),
    ),
    wrong("ex4b", "contents of length 1", unembed(W_U / 48), "too-soft", holds=("guess",)),
    wrong("ex4b", "transposed", unembed(W_U.T), "transposed"),
    wrong("ex4b", "65 rows", unembed(0.02 * S.content[:, :4] @ V[8:12]), "wrong-shape"),
    *spoil("ex4b", unembed(W_U), ("W_U",)),
]

_REST_QK = ("W_Q_rest", "W_K_rest")
_REST_OV = ("W_V_rest", "W_out_rest")
_REST = (*_REST_QK, *_REST_OV)
NONE = np.zeros((1, 48))


def rest(tau: float = 2000.0, **changed: object) -> dict[str, object]:
    """Return a head that rests at BOS with a score of ``tau``, with some matrices changed."""
    size = np.sqrt(tau) / 30
    plain = {
        "W_Q_rest": np.vstack([C[:4], size * S.one]),
        "W_K_rest": np.vstack([V[:4], size * S.bos]),
        "W_V_rest": np.vstack([C[:4], NONE]),
        "W_out_rest": np.vstack([V[8:12], NONE]).T,
    }
    return {**plain, **changed}


def rests(name: str, answers: dict[str, object]) -> Case:
    """Return a head that rests where it should, in any basis."""
    return right("ex4d", name, answers, _REST_QK, _REST_OV)


def restless(
    name: str, diagnosis: str | None, answers: dict[str, object], holds: tuple[str, ...] | None = ()
) -> Case:
    """Return a head that speaks where it should rest, or rests where it should speak."""
    return wrong("ex4d", name, answers, diagnosis, _REST_QK, _REST_OV, holds=holds)


def _fifth(query: object, key: object, size: float = 1.5) -> dict[str, object]:
    return rest(
        W_Q_rest=np.vstack([C[:4], size * np.asarray(query)]),
        W_K_rest=np.vstack([V[:4], size * np.asarray(key)]),
    )


EX4D = [
    rests("plain", rest()),
    *(rests(f"tau {tau}", rest(tau)) for tau in (1800, 1900, 2100, 2200, 2280)),
    rests(
        "all of it on the query",
        rest(W_Q_rest=np.vstack([C[:4], 2000 / 900 * S.one]), W_K_rest=np.vstack([V[:4], S.bos])),
    ),
    rests("twice as large in all", rest(W_Q_rest=2 * np.vstack([C[:4], 1.5 * S.one]))),
    rests("both with a minus", _fifth(-S.one, -S.bos)),
    right("ex4d", "behind one's own head 1", {**one(), **rest()}, _REST_QK, _REST_OV),
    right(
        "ex4d",
        "the note in v_4 ... v_7, by one's own head 1",
        {
            **one(W_out_1=V[4:8].T),
            **rest(W_K_rest=np.vstack([V[4:8], np.sqrt(2000) / 30 * S.bos])),
        },
        _REST_QK,
        _REST_OV,
    ),
    right("ex4d", "before one's own W_U", {**rest(), "W_U": W_U}, _REST_QK, _REST_OV),
    right(
        "ex4d",
        "the word in v_4 ... v_7, and W_U there",
        {**rest(W_out_rest=np.vstack([V[4:8], NONE]).T), "W_U": 0.02 * CONTENT @ V[4:8]},
        _REST_QK,
        _REST_OV,
    ),
    right(
        "ex4d", "before a wrong W_U, as if it were right", {**rest(), "W_U": 0.02 * CONTENT @ C[:4]}
    ),
    right("ex4d", "behind a wrong head 1, as if it were right", {**one(W_Q_1=P[:4]), **rest()}),
    *dress("ex4d", {name: np.asarray(value) for name, value in rest().items()}, _REST),
    restless("no fifth row", "no-rest", _fifth(NONE, NONE)),
    restless("tau 1000", "rest-too-low", rest(1000)),
    restless("tau 1700", "rest-too-low", rest(1700)),
    restless("tau 2320", "rest-too-high", rest(2320)),
    restless("tau 4000", "rest-too-high", rest(4000)),
    restless("one on both sides", "rest-at-every-token", _fifth(S.one, S.one)),
    restless("bos on both sides", "no-rest", _fifth(S.bos, S.bos)),
    restless("bos asks for one", "roles-swapped", _fifth(S.bos, S.one)),
    restless("BOS avoided", "rest-wrong-sign", _fifth(-S.one, S.bos)),
    restless("sizes not divided by 30", "rest-too-high", _fifth(S.one, S.bos, 45)),
    restless("sizes divided twice", "no-rest", _fifth(S.one, S.bos, 45 / 900)),
    restless("tau where its root should be", "rest-too-high", _fifth(S.one, S.bos, 2000 / 30)),
    restless(
        "brings the mark along",
        "rest-says-something",
        rest(W_V_rest=np.vstack([C[:4], S.bos]), W_out_rest=np.vstack([V[8:12], V[8]]).T),
    ),
    restless(
        "brings what every token carries",
        "rest-says-something",
        rest(W_V_rest=np.vstack([C[:4], S.one]), W_out_rest=np.vstack([V[8:12], V[9]]).T),
    ),
    restless("reads the note", "reads-note", rest(W_V_rest=np.vstack([V[:4], NONE]))),
    restless("writes over the note", "overwrites", rest(W_out_rest=np.vstack([V[:4], NONE]).T)),
    restless(
        "looks for its own copies",
        "attends-to-copy-not-successor",
        rest(W_K_rest=np.vstack([C[:4], 1.5 * S.bos])),
    ),
    restless("random numbers", None, rest(W_Q_rest=ANY[2, :5], W_K_rest=ANY[3, :5])),
    wrong("ex4d", "four rows", rest(W_Q_rest=C[:4]), "wrong-shape"),
    *spoil("ex4d", rest(), _REST),
]


CASES: tuple[Case, ...] = (
    *EX4A,
    *EX4B,
    *list_functions("ex4c", "gain_for", RIGHT_4C, WRONG_4C),
    *EX4D,
    *list_functions("ex4e", "mixture_guess", RIGHT_4E, WRONG_4E),
)

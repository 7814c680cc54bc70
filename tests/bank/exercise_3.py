"""Answers to exercise 3, the induction head by K-composition."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Case, right, wrong
from tests.bank.directions import (
    ALPHA,
    ANY,
    MIX,
    SPARE,
    TURN,
    C,
    P,
    S,
    V,
    look_up,
    padded,
    pairs,
    turn,
)
from tests.bank.exercise_2 import _AT, _BEFORE, _TOKENS, _X
from tests.bank.tables import dress, spoil

_INV = np.linalg.inv(MIX[4])
BACK = turn(P[:4], -1)

_QK = ("W_Q_1", "W_K_1")
_OV = ("W_V_1", "W_out_1")
_HEAD = (*_QK, *_OV)


def one(**changed: object) -> dict[str, object]:
    """Return a head 1, with some of its matrices changed."""
    plain = {"W_Q_1": BACK, "W_K_1": P[:4], "W_V_1": C[:4], "W_out_1": V[:4].T}
    return {**plain, **changed}


_ONE = {name: np.asarray(value) for name, value in one().items()}
_LOOKS = ("ranks", "sharp")
_NOTE = (*_LOOKS, "values")


def no_note(
    name: str, diagnosis: str | None, holds: tuple[str, ...] = _NOTE, **changed: object
) -> Case:
    """Return a head 1 that looks at the right place and leaves no usable note."""
    return wrong("ex3a", name, one(**changed), diagnosis, _QK, _OV, holds=holds)


def sees_position(name: str, **changed: object) -> Case:
    """Return a head 1 that leaves a good note, with values that tell where a token stands."""
    return wrong(
        "ex3a", name, one(**changed), "values-see-position", _QK, _OV, holds=(*_LOOKS, "note")
    )


def looks_wrong(name: str, diagnosis: str | None, W_Q: object, W_K: object = P[:4]) -> Case:
    """Return a head 1 that would leave a good note, but looks at the wrong place."""
    return wrong("ex3a", name, one(W_Q_1=W_Q, W_K_1=W_K), diagnosis, _QK, _OV, holds=None)


EX3A = [
    right("ex3a", "plain", one(), _QK, _OV),
    right(
        "ex3a",
        "turned inside, twice",
        one(
            W_Q_1=TURN[4] @ BACK,
            W_K_1=TURN[4] @ P[:4],
            W_V_1=TURN[4].T @ C[:4],
            W_out_1=V[:4].T @ TURN[4],
        ),
        _QK,
        _OV,
    ),
    right(
        "ex3a",
        "general bases inside",
        one(
            W_Q_1=MIX[4] @ BACK,
            W_K_1=_INV.T @ P[:4],
            W_V_1=_INV @ C[:4],
            W_out_1=V[:4].T @ MIX[4],
        ),
        _QK,
        _OV,
    ),
    right("ex3a", "the note in other coordinates", one(W_V_1=MIX[4] @ C[:4]), _QK, _OV),
    right("ex3a", "to v_12 ... v_15", one(W_out_1=V[12:].T), _QK, _OV),
    right("ex3a", "over the noise", one(W_out_1=SPARE[:4].T), _QK, _OV),
    right("ex3a", "a note five times as large", one(W_V_1=5 * C[:4]), _QK, _OV),
    right("ex3a", "a note a tenth as large", one(W_V_1=0.1 * C[:4]), _QK, _OV),
    right("ex3a", "keys turned on instead", one(W_Q_1=P[:4], W_K_1=turn(P[:4], 1)), _QK, _OV),
    right("ex3a", "smaller queries", one(W_Q_1=0.35 * BACK), _QK, _OV),
    right("ex3a", "larger queries", one(W_Q_1=1000 * BACK), _QK, _OV),
    right(
        "ex3a",
        "pairs 0 and 4, sharpened",
        one(W_Q_1=20 * turn(pairs(0, 4), -1, ALPHA[[0, 4]]), W_K_1=pairs(0, 4)),
        _QK,
        _OV,
    ),
    right("ex3a", "the note backwards", one(W_out_1=-V[[5, 9, 0, 3]].T), _QK, _OV),
    *dress("ex3a", _ONE, _HEAD),
    looks_wrong("no turn", "attends-to-self", P[:4]),
    looks_wrong("turned the other way", "attends-to-next", turn(P[:4], 1)),
    looks_wrong("turned twice", "attends-two-back", turn(P[:4], -2)),
    looks_wrong("half the angle", "wrong-angle", turn(P[:4], -0.5)),
    looks_wrong("degrees for radians", "wrong-angle", turn(P[:4], -1, np.rad2deg(ALPHA))),
    looks_wrong(
        "each pair by the other's angle", "frequencies-mixed-up", turn(P[:4], -1, ALPHA[[1, 0]])
    ),
    looks_wrong("the keys' pairs exchanged", "frequencies-mixed-up", BACK, P[[2, 3, 0, 1]]),
    looks_wrong("one pair", "one-frequency", padded(BACK[:2], 4), padded(P[:2], 4)),
    looks_wrong("cosines only", "cosines-only", S.u_cos[:4], S.u_cos[:4]),
    looks_wrong("opposite sign", "opposite-sign", -BACK),
    looks_wrong("cosine and sine exchanged", "cos-sin-swapped", BACK, P[[1, 0, 3, 2]]),
    looks_wrong("looks for content", "ignores-position", C[:4], C[:4]),
    looks_wrong("turned inside on one side", "different-bases", TURN[4] @ BACK),
    looks_wrong(
        "made for one sequence", "fitted-to-one-sequence", *look_up(_X, np.maximum(_AT - 1, 0), _AT)
    ),
    wrong(
        "ex3a",
        "too soft",
        one(W_Q_1=0.03 * BACK),
        "too-soft",
        _QK,
        _OV,
        holds=("ranks", "values"),
    ),
    wrong(
        "ex3a",
        "too soft after 95 tokens, and the note still there",
        one(W_Q_1=4 * turn(pairs(0, 4), -1, ALPHA[[0, 4]]), W_K_1=pairs(0, 4)),
        "too-soft",
        _QK,
        _OV,
        holds=("ranks", "note", "values"),
    ),
    sees_position("a third of the position beside the content", W_V_1=C[:4] + 0.3 * P[:4]),
    sees_position("a trace of the position", W_V_1=C[:4] + 0.01 * P[:4]),
    sees_position(
        "the position in the fourth number alone",
        W_V_1=C[:4] + np.vstack([np.zeros((3, 48)), 0.3 * P[4]]),
    ),
    sees_position("a position of hardly any size", W_V_1=C[:4] + 0.3 * P[8:12]),
    sees_position(
        "the position in a small number, beside three large ones",
        W_V_1=[[1e3], [1e3], [1e3], [1]] * C[:4] + 0.1 * np.vstack([np.zeros((3, 48)), P[2]]),
    ),
    sees_position(
        "a note in the place of the position, which it takes away",
        W_V_1=C[:4] - turn(P[:4], 1),
        W_out_1=P[:4].T,
    ),
    no_note("notes the position", "wrong-dimensions", _LOOKS, W_V_1=P[:4]),
    no_note("notes the noise", "wrong-dimensions", W_V_1=SPARE[:4]),
    no_note("notes the small components", "wrong-components", W_V_1=C[4:]),
    no_note("notes three components", "too-few-dimensions", W_V_1=padded(C[:3], 4)),
    no_note("notes one component four times", "too-few-dimensions", W_V_1=C[[0] * 4]),
    no_note("writes over the content", "wrong-scratch", W_out_1=C[:4].T),
    no_note("writes over the small components", "wrong-scratch", W_out_1=C[4:].T),
    no_note("writes over the position", "wrong-scratch", W_out_1=P[:4].T),
    no_note(
        "writes over the position, and the position once more",
        "wrong-scratch",
        _LOOKS,
        W_V_1=2 * C[:4] + turn(P[:4], 1),
        W_out_1=P[:4].T,
    ),
    no_note("whispers into the noise", "wrong-scratch", W_out_1=0.1 * SPARE[:4].T),
    no_note("reads v and writes the content", "roles-swapped", W_V_1=V[:4], W_out_1=C[:4].T),
    no_note("all four to the same direction", "too-few-dimensions", W_out_1=V[[0] * 4].T),
    no_note(
        "reads with two rows and writes with the others",
        "all-zero",
        _LOOKS,
        W_V_1=padded(C[:2], 4),
        W_out_1=V[:4].T * [0, 0, 1, 1],
    ),
    wrong(
        "ex3a",
        "random numbers",
        one(W_Q_1=ANY[2, :4], W_K_1=ANY[3, :4], W_V_1=ANY[4, :4], W_out_1=ANY[5, :4].T),
        None,
        _QK,
        _OV,
    ),
    wrong("ex3a", "all transposed", {name: value.T for name, value in _ONE.items()}, "transposed"),
    wrong("ex3a", "value and out exchanged", one(W_V_1=V[:4].T, W_out_1=C[:4]), "transposed"),
    *spoil("ex3a", one(), _HEAD),
]

_TWO = ("W_Q_2", "W_K_2")


def two(W_Q: object, W_K: object, own: dict[str, object] | None = None) -> dict[str, object]:
    """Return a head 2, behind the learner's own head 1 if there is one."""
    return {**(own or {}), "W_Q_2": W_Q, "W_K_2": W_K}


PLAIN = two(C[:4], V[:4])
ELSEWHERE = one(W_out_1=V[8:12].T)
MIXED = one(W_V_1=MIX[4] @ C[:4])
LOOKS_AT_ITSELF = one(W_Q_1=P[:4])
# Pairs 0 and 4 are nearly alike again after 95 tokens: there, and only there, the attention
# is shared, so the head is not sharp and its note can be read all the same.
SHARED = {"W_Q_1": 4 * turn(pairs(0, 4), -1, ALPHA[[0, 4]]), "W_K_1": pairs(0, 4)}
SOFT = one(**SHARED, W_out_1=V[8:12].T)
NO_NOTE = one(W_V_1=P[:4])

EX3B = [
    right("ex3b", "plain", PLAIN, _TWO),
    right("ex3b", "behind one's own head 1", two(C[:4], V[:4], one()), _TWO),
    right("ex3b", "turned inside", two(TURN[4] @ C[:4], TURN[4] @ V[:4]), _TWO),
    right("ex3b", "a general basis inside", two(MIX[4] @ C[:4], _INV.T @ V[:4]), _TWO),
    right("ex3b", "a note in v_8 ... v_11", two(C[:4], V[8:12], ELSEWHERE), _TWO),
    right("ex3b", "a note in other coordinates", two(C[:4], _INV @ V[:4], MIXED), _TWO),
    right("ex3b", "a note over the noise", two(C[:4], SPARE[:4], one(W_out_1=SPARE[:4].T)), _TWO),
    right("ex3b", "a note with a minus", two(-C[:4], V[:4], one(W_V_1=-C[:4])), _TWO),
    right(
        "ex3b", "a large note, small keys", two(C[:4], 0.02 * V[:4], one(W_V_1=50 * C[:4])), _TWO
    ),
    right("ex3b", "smaller", two(0.02 * C[:4], V[:4]), _TWO),
    right("ex3b", "larger", two(100 * C[:4], V[:4], one()), _TWO),
    right("ex3b", "behind a wrong head 1, as if it were right", two(C[:4], V[:4], LOOKS_AT_ITSELF)),
    right("ex3b", "behind a head 1 too soft, as if it were right", two(C[:4], V[:4], SOFT)),
    right(
        "ex3b", "behind a head 1 without a note, as if it were right", two(C[:4], V[:4], NO_NOTE)
    ),
    right(
        "ex3b",
        "behind a head 1 that notes three components, as if it were right",
        two(C[:4], V[:4], one(W_V_1=padded(C[:3], 4), W_out_1=V[8:12].T)),
    ),
    right("ex3b", "behind a head 1 that cannot be read", two(C[:4], V[:4], one(W_K_1="?"))),
    right("ex3b", "behind half a head 1", two(C[:4], V[:4], {"W_Q_1": BACK, "W_K_1": P[:4]}), _TWO),
    right(
        "ex3b", "behind a head 1 of zeros", two(C[:4], V[:4], one(W_V_1=np.zeros((4, 48)))), _TWO
    ),
    *dress("ex3b", {name: np.asarray(value) for name, value in PLAIN.items()}, _TWO),
    wrong("ex3b", "query and key exchanged", two(V[:4], C[:4]), "roles-swapped", _TWO),
    wrong(
        "ex3b",
        "query and key exchanged, behind one's own",
        two(V[:4], C[:4], one()),
        "roles-swapped",
        _TWO,
    ),
    wrong("ex3b", "opposite sign", two(-C[:4], V[:4], one()), "opposite-sign", _TWO),
    wrong("ex3b", "reads v_4 ... v_7", two(C[:4], V[4:8], one()), "wrong-scratch", _TWO),
    wrong("ex3b", "reads v_1 ... v_4", two(C[:4], V[1:5]), "wrong-scratch", _TWO),
    wrong(
        "ex3b",
        "reads v_0 ... v_3, where its own head 1 wrote nothing",
        two(C[:4], V[:4], ELSEWHERE),
        "wrong-scratch",
        _TWO,
    ),
    wrong(
        "ex3b",
        "reads v_8 ... v_11, where a right head 1 wrote nothing",
        two(C[:4], V[8:12], LOOKS_AT_ITSELF),
        "wrong-scratch",
        _TWO,
    ),
    wrong(
        "ex3b",
        "reads a note in other coordinates as if it were plain",
        two(C[:4], V[:4], MIXED),
        "different-bases",
        _TWO,
    ),
    wrong("ex3b", "turned on one side", two(TURN[4] @ C[:4], V[:4]), "different-bases", _TWO),
    wrong(
        "ex3b",
        "turned one way and the other",
        two(TURN[4] @ C[:4], TURN[4].T @ V[:4]),
        "different-bases",
        _TWO,
    ),
    wrong("ex3b", "keys in another order", two(C[:4], V[[1, 2, 3, 0]]), "different-bases", _TWO),
    wrong(
        "ex3b",
        "one component with a minus",
        two(C[:4] * [[1], [1], [1], [-1]], V[:4]),
        "different-bases",
        _TWO,
    ),
    wrong(
        "ex3b",
        "three components",
        two(padded(C[:3], 4), padded(V[:3], 4)),
        "too-few-dimensions",
        _TWO,
    ),
    wrong(
        "ex3b", "one component", two(padded(C[:1], 4), padded(V[:1], 4)), "too-few-dimensions", _TWO
    ),
    wrong("ex3b", "asks by the small components", two(C[4:], V[:4]), "wrong-components", _TWO),
    wrong(
        "ex3b", "content on both sides", two(C[:4], C[:4]), "attends-to-copy-not-successor", _TWO
    ),
    wrong("ex3b", "notes on both sides", two(V[:4], V[:4]), None, _TWO),
    wrong("ex3b", "the position before", two(BACK, P[:4]), "ignores-content", _TWO, holds=None),
    wrong("ex3b", "asks by its position", two(P[:4], V[:4]), None, _TWO),
    wrong("ex3b", "too soft", two(3e-4 * C[:4], V[:4]), "too-soft", _TWO, holds=("ranks",)),
    wrong(
        "ex3b",
        "too soft for its own small note",
        two(0.01 * C[:4], V[:4], one(W_V_1=0.02 * C[:4])),
        "too-soft",
        _TWO,
        holds=("ranks",),
    ),
    wrong("ex3b", "random numbers", two(ANY[2, :4], ANY[3, :4]), None, _TWO),
    wrong("ex3b", "both transposed", two(C[:4].T, V[:4].T), "transposed"),
    wrong("ex3b", "eight rows", two(C, V[:8]), "wrong-shape"),
    wrong(
        "ex3b",
        "made for one sequence",
        two(*look_up(_X, _TOKENS, _BEFORE)),
        "fitted-to-one-sequence",
        _TWO,
    ),
    *spoil("ex3b", PLAIN, _TWO),
]

CASES: tuple[Case, ...] = (*EX3A, *EX3B)

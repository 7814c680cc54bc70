"""Answers to exercise 2, the induction head by pointer arithmetic.

``C`` are the content directions, ``P`` the position's (cos 0, sin 0, cos 1, ...), ``V`` the
scratch space.
"""

from __future__ import annotations

import numpy as np

from circuits.sample import draw_sample
from circuits.shapes import FloatArray
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
    query_key,
    turn,
)
from tests.bank.tables import dress, spoil

_INV = {n: np.linalg.inv(MIX[n]) for n in MIX}

_TOKENS, _X = draw_sample()
_AT = np.arange(len(_TOKENS))
_BEFORE = np.concatenate([[0], _TOKENS[:-1]])
_ALIKE = (_TOKENS[:, None] == _TOKENS) & (_AT[:, None] != _AT)
_OTHER_COPY = np.where(_ALIKE.any(axis=1), _ALIKE.argmax(axis=1), 0)


def common(suffix: str, W_Q: FloatArray, W_K: FloatArray, small: float) -> list[Case]:
    """Return what every right pair of query and key stays right under, and what spoils it.

    Args:
        suffix: Of the names; the part is the one that asks for them.
        W_Q: A right query matrix.
        W_K: A right key matrix.
        small: A factor on one matrix that is still sharp enough.
    """
    part = PART[suffix]
    names = (f"W_Q_{suffix}", f"W_K_{suffix}")
    plain = query_key(suffix, W_Q, W_K)
    n = len(W_Q)
    return [
        right(part, "plain", plain, names),
        right(part, "turned inside", query_key(suffix, TURN[n] @ W_Q, TURN[n] @ W_K), names),
        right(
            part,
            "a general basis inside",
            query_key(suffix, MIX[n] @ W_Q, _INV[n].T @ W_K),
            names,
        ),
        right(part, "smaller", query_key(suffix, small * W_Q, W_K), names),
        right(part, "smaller on the other side", query_key(suffix, W_Q, small * W_K), names),
        right(part, "a thousand times larger", query_key(suffix, 1000 * W_Q, W_K), names),
        right(part, "1e30 and 1e-30", query_key(suffix, 1e30 * W_Q, 1e-30 * W_K), names),
        right(part, "both with a minus", query_key(suffix, -W_Q, -W_K), names),
        right(part, "rows in reverse order", query_key(suffix, W_Q[::-1], W_K[::-1]), names),
        right(
            part,
            "a little noise",
            query_key(suffix, W_Q + 1e-7 * ANY[0, :n], W_K + 1e-7 * ANY[1, :n]),
            names,
        ),
        *dress(part, plain, names),
        wrong(part, "opposite sign", query_key(suffix, -W_Q, W_K), "opposite-sign", names),
        wrong(
            part,
            "turned on one side",
            query_key(suffix, TURN[n] @ W_Q, W_K),
            "different-bases",
            names,
            holds=None,
        ),
        wrong(
            part,
            "turned one way and the other",
            query_key(suffix, TURN[n] @ W_Q, TURN[n].T @ W_K),
            "different-bases",
            names,
            holds=None,
        ),
        wrong(part, "random numbers", query_key(suffix, ANY[2, :n], ANY[3, :n]), None, names),
        wrong(
            part, "both transposed", {name: value.T for name, value in plain.items()}, "transposed"
        ),
        *spoil(part, plain, names),
    ]


PART = {
    "content": "ex2a",
    "self": "ex2b",
    "prev": "ex2c",
    "same": "ex2d",
    "next": "ex2f",
}

# 2a: the same content, itself included.
_A = ("W_Q_content", "W_K_content")


def a(W_Q: FloatArray, W_K: FloatArray) -> dict[str, FloatArray]:
    """Return an answer to 2a."""
    return query_key("content", W_Q, W_K)


EX2A = [
    *common("content", C[:4], C[:4], 0.01),
    right("ex2a", "whole numbers", a((1e4 * C[:4]).astype(int), (1e4 * C[:4]).astype(int))),
    right("ex2a", "thousandths", a(C[:4].round(4), C[:4].round(4)), _A),
    right("ex2a", "components in another order", a(C[[2, 0, 3, 1]], C[[2, 0, 3, 1]]), _A),
    right(
        "ex2a",
        "gains that make up for each other",
        a(C[:4] * [[2], [1], [0.5], [-4]], C[:4] * [[0.5], [1], [2], [-0.25]]),
        _A,
    ),
    wrong("ex2a", "the small components", a(C[4:], C[4:]), "wrong-components", _A, holds=None),
    wrong("ex2a", "components 1 to 4", a(C[1:5], C[1:5]), "wrong-components", _A, holds=None),
    wrong(
        "ex2a", "three components", a(padded(C[:3], 4), padded(C[:3], 4)), "too-few-dimensions", _A
    ),
    wrong(
        "ex2a", "two components", a(padded(C[:2], 4), padded(C[:2], 4)), "too-few-dimensions", _A
    ),
    wrong(
        "ex2a",
        "the first component four times",
        a(C[[0] * 4], C[[0] * 4]),
        "too-few-dimensions",
        _A,
    ),
    wrong(
        "ex2a",
        "one component with a minus",
        a(C[:4], C[:4] * [[1], [1], [1], [-1]]),
        "different-bases",
        _A,
    ),
    wrong("ex2a", "keys in another order", a(C[:4], C[[1, 2, 3, 0]]), "different-bases", _A),
    wrong("ex2a", "too soft", a(1e-3 * C[:4], C[:4]), "too-soft", _A, holds=("ranks", "alike")),
    wrong(
        "ex2a", "much too soft", a(1e-6 * C[:4], C[:4]), "too-soft", _A, holds=("ranks", "alike")
    ),
    wrong(
        "ex2a", "position instead of content", a(P[:4], P[:4]), "ignores-content", _A, holds=None
    ),
    wrong(
        "ex2a",
        "noise instead of content",
        a(SPARE[:4], SPARE[:4]),
        "ignores-content",
        _A,
        holds=None,
    ),
    wrong("ex2a", "empty scratch", a(V[:4], V[:4]), "ignores-content", _A),
    wrong("ex2a", "content asks for positions", a(C[:4], P[:4]), None, _A),
    wrong(
        "ex2a",
        "a slow clock comes in, hardly felt in short sequences",
        a(C[:4], C[:4] + 0.3 * np.vstack([P[8:9], 0 * P[:3]])),
        "copies-not-alike",
        _A,
        holds=("ranks", "sharp"),
    ),
    wrong(
        "ex2a",
        "a little of the position comes in",
        a(C[:4] + 0.1 * P[:4], C[:4] + 0.1 * P[:4]),
        "copies-not-alike",
        _A,
        holds=None,
    ),
    wrong(
        "ex2a",
        "much of the position comes in",
        a(C[:4] + P[:4], C[:4] + P[:4]),
        "copies-not-alike",
        _A,
        holds=None,
    ),
    wrong(
        "ex2a",
        "three components and a clock",
        a(np.vstack([C[:3], P[:1]]), np.vstack([C[:3], P[:1]])),
        "too-few-dimensions",
        _A,
        holds=None,
    ),
    wrong(
        "ex2a",
        "made for one sequence",
        a(*look_up(_X, _TOKENS, _TOKENS)),
        "fitted-to-one-sequence",
        _A,
    ),
    wrong("ex2a", "four streams of that sequence", a(_X[1:5], _X[1:5]), "data-not-directions", _A),
]

# 2b: the present position.
# With uneven hands the highest score differs from query to query, and is still in its place.
EVEN = [[15.0], [15.0], [2.0], [2.0]]  # makes the hands of pairs 0 and 4 equally long
UNEVEN = [[1.0], [0.8], [1.0], [0.8]]
_B = ("W_Q_self", "W_K_self")


def b(W_Q: FloatArray, W_K: FloatArray) -> dict[str, FloatArray]:
    """Return an answer to 2b."""
    return query_key("self", W_Q, W_K)


EX2B = [
    *common("self", P[:4], P[:4], 0.35),
    right("ex2b", "both clocks turned on both sides", b(turn(P[:4], 3.3), turn(P[:4], 3.3)), _B),
    right("ex2b", "sines a fifth smaller in the queries", b(P[:4] * UNEVEN, P[:4]), _B),
    right("ex2b", "hands of equal length", b(P[:4] / [[15], [15], [6], [6]] * 40, P[:4]), _B),
    right("ex2b", "pairs 0 and 4, sharpened", b(20 * pairs(0, 4), pairs(0, 4)), _B),
    right("ex2b", "the two slow pairs, sharpened", b(2000 * pairs(4, 5), pairs(4, 5)), _B),
    right("ex2b", "whole numbers", b((1e4 * P[:4]).astype(int), P[:4])),
    wrong(
        "ex2b",
        "right where nothing comes after, else the next",
        b(2000 * turn(pairs(0, 4), 0.7, ALPHA[[0, 4]]) / EVEN, pairs(0, 4) / EVEN),
        "wrong-angle",
        _B,
    ),
    wrong("ex2b", "one pair", b(padded(P[:2], 4), padded(P[:2], 4)), "one-frequency", _B),
    wrong("ex2b", "one pair twice", b(pairs(0, 0), pairs(0, 0)), "one-frequency", _B),
    wrong(
        "ex2b",
        "the second pair alone",
        b(padded(P[2:4], 4), padded(P[2:4], 4)),
        "one-frequency",
        _B,
    ),
    wrong(
        "ex2b",
        "pairs 0 and 2, alike again after 95 tokens",
        b(pairs(0, 2), pairs(0, 2)),
        "wrong-components",
        _B,
        holds=None,
    ),
    wrong(
        "ex2b",
        "pairs 2 and 3, alike again after 15 tokens",
        b(pairs(2, 3), pairs(2, 3)),
        "wrong-components",
        _B,
    ),
    wrong("ex2b", "cosines only", b(S.u_cos[:4], S.u_cos[:4]), "cosines-only", _B),
    wrong("ex2b", "sines only", b(S.u_sin[:4], S.u_sin[:4]), "cosines-only", _B),
    wrong(
        "ex2b", "content instead of position", b(C[:4], C[:4]), "ignores-position", _B, holds=None
    ),
    wrong(
        "ex2b",
        "noise instead of position",
        b(SPARE[:4], SPARE[:4]),
        "ignores-position",
        _B,
        holds=None,
    ),
    wrong("ex2b", "turned back by one token", b(turn(P[:4], -1), P[:4]), "wrong-angle", _B),
    wrong(
        "ex2b",
        "turned on by one token",
        b(turn(P[:4], 1), P[:4]),
        "attends-to-next",
        _B,
        holds=None,
    ),
    wrong(
        "ex2b",
        "turned by a quarter",
        b(P[:4], P[[1, 0, 3, 2]] * [[1], [-1], [1], [-1]]),
        "wrong-angle",
        _B,
    ),
    wrong(
        "ex2b", "the keys' pairs exchanged", b(P[:4], P[[2, 3, 0, 1]]), "frequencies-mixed-up", _B
    ),
    wrong(
        "ex2b",
        "cosine and sine exchanged in the keys",
        b(P[:4], P[[1, 0, 3, 2]]),
        "cos-sin-swapped",
        _B,
    ),
    wrong(
        "ex2b",
        "sines with a minus in the keys",
        b(P[:4], P[:4] * [[1], [-1], [1], [-1]]),
        "cos-sin-swapped",
        _B,
    ),
    wrong(
        "ex2b", "one pair with a minus", b(P[:4], P[:4] * [[1], [1], [-1], [-1]]), "wrong-angle", _B
    ),
    wrong("ex2b", "too soft", b(0.03 * P[:4], P[:4]), "too-soft", _B, holds=("ranks",)),
    wrong(
        "ex2b",
        "the two slow pairs, too soft",
        b(pairs(4, 5), pairs(4, 5)),
        "too-soft",
        _B,
        holds=("ranks",),
    ),
    wrong(
        "ex2b",
        "pairs 0 and 4, nowhere quite too soft, but so on average",
        b(39 * pairs(0, 4) / EVEN, pairs(0, 4) / EVEN),
        "too-soft",
        _B,
        holds=("ranks",),
    ),
    wrong("ex2b", "made for one sequence", b(*look_up(_X, _AT, _AT)), "fitted-to-one-sequence", _B),
]

# 2c: the position before.
_C = ("W_Q_prev", "W_K_prev")
BACK = turn(P[:4], -1)


def c(W_Q: FloatArray, W_K: FloatArray) -> dict[str, FloatArray]:
    """Return an answer to 2c."""
    return query_key("prev", W_Q, W_K)


EX2C = [
    *common("prev", BACK, P[:4], 0.35),
    right("ex2c", "keys turned on instead", c(P[:4], turn(P[:4], 1)), _C),
    right("ex2c", "half a turn on each side", c(turn(P[:4], -0.5), turn(P[:4], 0.5)), _C),
    right("ex2c", "sines a fifth smaller in the queries", c(BACK * UNEVEN, P[:4]), _C),
    right("ex2c", "hands of equal length", c(BACK / [[15], [15], [6], [6]] * 40, P[:4]), _C),
    right(
        "ex2c",
        "pairs 0 and 4, sharpened",
        c(20 * turn(pairs(0, 4), -1, ALPHA[[0, 4]]), pairs(0, 4)),
        _C,
    ),
    right("ex2c", "whole numbers", c((1e4 * BACK).astype(int), P[:4])),
    wrong("ex2c", "no turn", c(P[:4], P[:4]), "attends-to-self", _C),
    wrong(
        "ex2c", "turned the other way", c(turn(P[:4], 1), P[:4]), "attends-to-next", _C, holds=None
    ),
    wrong("ex2c", "keys turned the wrong way", c(P[:4], BACK), "attends-to-next", _C, holds=None),
    wrong("ex2c", "turned twice", c(turn(P[:4], -2), P[:4]), "attends-two-back", _C),
    wrong("ex2c", "turned on both sides", c(BACK, turn(P[:4], 1)), "attends-two-back", _C),
    wrong("ex2c", "turned on both sides alike", c(BACK, BACK), "attends-to-self", _C),
    wrong("ex2c", "half the angle", c(turn(P[:4], -0.5), P[:4]), "wrong-angle", _C),
    wrong("ex2c", "one and a half times the angle", c(turn(P[:4], -1.5), P[:4]), "wrong-angle", _C),
    wrong(
        "ex2c",
        "degrees for radians",
        c(turn(P[:4], -1, np.rad2deg(ALPHA)), P[:4]),
        "wrong-angle",
        _C,
    ),
    wrong(
        "ex2c",
        "each pair by the other's angle",
        c(turn(P[:4], -1, ALPHA[[1, 0]]), P[:4]),
        "frequencies-mixed-up",
        _C,
    ),
    wrong(
        "ex2c", "the keys' pairs exchanged", c(BACK, P[[2, 3, 0, 1]]), "frequencies-mixed-up", _C
    ),
    wrong(
        "ex2c",
        "the second pair by the first's angle",
        c(turn(P[:4], -1, ALPHA[[0, 0]]), P[:4]),
        "frequencies-mixed-up",
        _C,
    ),
    wrong(
        "ex2c",
        "only the first pair turned",
        c(np.vstack([BACK[:2], P[2:4]]), P[:4]),
        "wrong-angle",
        _C,
        holds=None,
    ),
    wrong("ex2c", "one pair", c(padded(BACK[:2], 4), padded(P[:2], 4)), "one-frequency", _C),
    wrong(
        "ex2c",
        "one pair twice",
        c(turn(pairs(0, 0), -1, ALPHA[[0, 0]]), pairs(0, 0)),
        "one-frequency",
        _C,
    ),
    wrong(
        "ex2c",
        "pairs 0 and 2, alike again after 95 tokens",
        c(turn(pairs(0, 2), -1, ALPHA[[0, 2]]), pairs(0, 2)),
        "wrong-components",
        _C,
        holds=None,
    ),
    wrong("ex2c", "cosines only", c(S.u_cos[:4], S.u_cos[:4]), "cosines-only", _C),
    wrong(
        "ex2c",
        "a turn with two plus signs",
        c(
            np.vstack(
                [
                    np.cos(ALPHA[i]) * P[2 * i + k] + np.sin(ALPHA[i]) * P[2 * i + 1 - k]
                    for i in (0, 1)
                    for k in (0, 1)
                ]
            ),
            P[:4],
        ),
        "not-a-rotation",
        _C,
    ),
    wrong(
        "ex2c",
        "cosine and sine exchanged in the keys",
        c(BACK, P[[1, 0, 3, 2]]),
        "cos-sin-swapped",
        _C,
    ),
    wrong("ex2c", "content instead of position", c(C[:4], C[:4]), "ignores-position", _C),
    wrong("ex2c", "too soft", c(0.03 * BACK, P[:4]), "too-soft", _C, holds=("ranks",)),
    wrong(
        "ex2c",
        "made for one sequence",
        c(*look_up(_X, np.maximum(_AT - 1, 0), _AT)),
        "fitted-to-one-sequence",
        _C,
    ),
]

# 2d: the same content, but not itself.
_D = ("W_Q_same", "W_K_same")


def d(
    beta: float, content: FloatArray = C[:4], position: FloatArray = P[:4]
) -> dict[str, FloatArray]:
    """Return an answer to 2d: content, and the own position against it."""
    return query_key("same", np.vstack([content, -beta * position]), np.vstack([content, position]))


def d_other(W_Q: FloatArray, W_K: FloatArray) -> dict[str, FloatArray]:
    """Return any answer to 2d."""
    return query_key("same", W_Q, W_K)


_PLAIN_D = d(0.5)

EX2D = [
    *common("same", *_PLAIN_D.values(), 0.25),
    right("ex2d", "beta 0.15", d(0.15), _D),
    right("ex2d", "beta 0.3", d(0.3), _D),
    right("ex2d", "beta 0.8", d(0.8), _D),
    right("ex2d", "beta 1", d(1.0), _D),
    right("ex2d", "beta 1.03", d(1.03), _D),
    right(
        "ex2d",
        "the minus on the keys",
        d_other(np.vstack([C[:4], P[:4]]), np.vstack([C[:4], -0.5 * P[:4]])),
        _D,
    ),
    right(
        "ex2d",
        "the root of beta on both sides",
        d_other(
            np.vstack([C[:4], -np.sqrt(0.5) * P[:4]]), np.vstack([C[:4], np.sqrt(0.5) * P[:4]])
        ),
        _D,
    ),
    right(
        "ex2d",
        "content twice, beta 1.4",
        d_other(np.vstack([2 * C[:4], -1.4 * P[:4]]), np.vstack([C[:4], P[:4]])),
        _D,
    ),
    right(
        "ex2d", "beta 0.05, sharpened", d_other(10 * d(0.05)["W_Q_same"], d(0.05)["W_K_same"]), _D
    ),
    right(
        "ex2d",
        "another beta for each pair",
        d_other(
            np.vstack([C[:4], P[:4] * [[-0.4], [-0.4], [-0.9], [-0.9]]]), np.vstack([C[:4], P[:4]])
        ),
        _D,
    ),
    wrong(
        "ex2d",
        "beta 0",
        d_other(np.vstack([C[:4], 0 * P[:4]]), np.vstack([C[:4], P[:4]])),
        "self-not-excluded",
        _D,
    ),
    wrong(
        "ex2d",
        "content twice, no position",
        d_other(C[[0, 1, 2, 3] * 2], C[[0, 1, 2, 3] * 2]),
        "self-not-excluded",
        _D,
    ),
    wrong("ex2d", "all eight components", d_other(C, C), "self-not-excluded", _D),
    wrong("ex2d", "beta 2", d(2.0), "beta-too-large", _D, holds=None),
    wrong("ex2d", "beta 5", d(5.0), "beta-too-large", _D),
    wrong("ex2d", "beta 100", d(100.0), "beta-too-large", _D),
    wrong("ex2d", "beta -0.5", d(-0.5), "beta-wrong-sign", _D),
    wrong("ex2d", "beta -0.05", d(-0.05), "beta-wrong-sign", _D),
    wrong(
        "ex2d",
        "the minus on both sides",
        d_other(np.vstack([C[:4], -0.7 * P[:4]]), np.vstack([C[:4], -0.7 * P[:4]])),
        "beta-wrong-sign",
        _D,
    ),
    wrong("ex2d", "beta 0.001, hardly felt", d(0.001), "beta-too-small", _D, holds=("ranks",)),
    wrong("ex2d", "beta 0.00011, a rounding error", d(0.00011), "self-not-excluded", _D),
    wrong(
        "ex2d",
        "position alone",
        d_other(padded(-P[:4], 8), padded(P[:4], 8)),
        "ignores-content",
        _D,
    ),
    wrong("ex2d", "the small components", d(0.5, content=C[4:]), "wrong-components", _D),
    wrong("ex2d", "three components", d(0.5, content=padded(C[:3], 4)), "too-few-dimensions", _D),
    wrong("ex2d", "one pair", d(0.5, position=padded(P[:2], 4)), "one-frequency", _D),
    wrong("ex2d", "cosines only", d(0.5, position=S.u_cos[:4]), "cosines-only", _D),
    wrong(
        "ex2d",
        "the pairs of one side exchanged",
        d_other(np.vstack([C[:4], -0.5 * P[[2, 3, 0, 1]]]), np.vstack([C[:4], P[:4]])),
        "frequencies-mixed-up",
        _D,
    ),
    wrong(
        "ex2d",
        "the previous position excluded",
        d_other(np.vstack([C[:4], -0.5 * BACK]), np.vstack([C[:4], P[:4]])),
        "wrong-angle",
        _D,
        holds=None,
    ),
    wrong(
        "ex2d",
        "content turned on one side",
        d_other(np.vstack([TURN[4] @ C[:4], -0.5 * P[:4]]), np.vstack([C[:4], P[:4]])),
        "different-bases",
        _D,
    ),
    wrong(
        "ex2d",
        "content with a minus as well",
        d_other(np.vstack([-C[:4], -0.5 * P[:4]]), np.vstack([C[:4], P[:4]])),
        None,
        _D,
    ),
    wrong(
        "ex2d",
        "the blocks in another order on one side",
        d_other(np.vstack([C[:4], -0.5 * P[:4]]), np.vstack([P[:4], C[:4]])),
        "different-bases",
        _D,
    ),
    wrong(
        "ex2d",
        "too soft",
        d_other(0.01 * d(0.5)["W_Q_same"], d(0.5)["W_K_same"]),
        "too-soft",
        _D,
        holds=("ranks",),
    ),
    wrong("ex2d", "four rows", query_key("same", C[:4], C[:4]), "wrong-shape"),
    wrong(
        "ex2d",
        "made for one sequence",
        d_other(*look_up(_X, _OTHER_COPY, _AT, 8)),
        "fitted-to-one-sequence",
        _D,
    ),
]

# 2e: the eight position numbers to v_0 ... v_7.
_E = ("W_V_same", "W_out_same")


def e(W_V: FloatArray, W_out: FloatArray) -> dict[str, FloatArray]:
    """Return an answer to 2e."""
    return {"W_V_same": W_V, "W_out_same": W_out}


_PLAIN_E = e(P[:8], V[:8].T)
_ODD = np.arange(8) ^ 1

EX2E = [
    right("ex2e", "plain", _PLAIN_E, _E),
    right("ex2e", "turned inside", e(TURN[8] @ P[:8], V[:8].T @ TURN[8].T), _E),
    right("ex2e", "a general basis inside", e(MIX[8] @ P[:8], V[:8].T @ _INV[8]), _E),
    right(
        "ex2e",
        "in another order inside",
        e(P[[3, 1, 0, 2, 7, 5, 6, 4]], V[[3, 1, 0, 2, 7, 5, 6, 4]].T),
        _E,
    ),
    right("ex2e", "five times and a fifth", e(5 * P[:8], V[:8].T / 5), _E),
    right("ex2e", "1e20 and 1e-20", e(1e20 * P[:8], 1e-20 * V[:8].T), _E),
    right("ex2e", "both with a minus", e(-P[:8], -V[:8].T), _E),
    right("ex2e", "a little noise", e(P[:8] + 1e-7 * ANY[0], V[:8].T), _E),
    *dress("ex2e", _PLAIN_E, _E),
    wrong("ex2e", "reads v and writes the position", e(V[:8], P[:8].T), "roles-swapped", _E),
    wrong(
        "ex2e",
        "back to front, three times",
        e(3 * P[7::-1], V[:8].T),
        "wrong-order",
        _E,
        holds=("clean",),
    ),
    wrong("ex2e", "gain 2", e(2 * P[:8], V[:8].T), "gain", _E, holds=("clean",)),
    wrong("ex2e", "gain -1", e(-P[:8], V[:8].T), "gain", _E, holds=("clean",)),
    wrong("ex2e", "gain 1.0001", e(1.0001 * P[:8], V[:8].T), "gain", _E, holds=("clean",)),
    wrong("ex2e", "gain 0.001", e(1e-3 * P[:8], V[:8].T), "gain", _E, holds=("clean",)),
    wrong(
        "ex2e",
        "divided by lambda",
        e(P[:8] / np.repeat(S.lam[:4], 2)[:, None], V[:8].T),
        "gain",
        _E,
        holds=("clean",),
    ),
    wrong(
        "ex2e",
        "cosines first, then sines",
        e(P[[0, 2, 4, 6, 1, 3, 5, 7]], V[:8].T),
        "wrong-order",
        _E,
        holds=("clean",),
    ),
    wrong("ex2e", "back to front", e(P[:8], V[7::-1].T), "wrong-order", _E, holds=("clean",)),
    wrong("ex2e", "sine before cosine", e(P[_ODD], V[:8].T), "wrong-order", _E, holds=("clean",)),
    wrong("ex2e", "content instead of position", e(C, V[:8].T), "wrong-dimensions", _E),
    wrong("ex2e", "the eight smallest numbers", e(P[4:12], V[:8].T), "wrong-components", _E),
    wrong("ex2e", "to v_8 ... v_15", e(P[:8], V[8:].T), "wrong-scratch", _E),
    wrong("ex2e", "to v_1 ... v_8", e(P[:8], V[1:9].T), "wrong-scratch", _E),
    wrong("ex2e", "over the content", e(P[:8], C.T), "wrong-scratch", _E),
    wrong("ex2e", "into the noise", e(P[:8], SPARE[:8].T), "wrong-scratch", _E),
    wrong(
        "ex2e",
        "the first two pairs",
        e(padded(P[:4], 8), V[:8].T),
        "too-few-dimensions",
        _E,
        holds=("clean",),
    ),
    wrong(
        "ex2e",
        "seven of the eight",
        e(padded(P[:7], 8), V[:8].T),
        "too-few-dimensions",
        _E,
        holds=("clean",),
    ),
    wrong("ex2e", "reads content as well", e(P[:8] + C, V[:8].T), "leak", _E, holds=("pointer",)),
    wrong(
        "ex2e",
        "reads a little of the noise",
        e(P[:8] + 1e-3 * SPARE[:8], V[:8].T),
        "leak",
        _E,
        holds=("pointer",),
    ),
    wrong(
        "ex2e",
        "writes to v_8 ... v_15 as well",
        e(P[:8], (V[:8] + V[8:]).T),
        "leak",
        _E,
        holds=("pointer",),
    ),
    wrong(
        "ex2e",
        "reads the fifth pair as well",
        e(P[:8] + np.vstack([P[8:10], 0 * P[:6]]), V[:8].T),
        "leak",
        _E,
        holds=("pointer",),
    ),
    wrong(
        "ex2e",
        "turned inside, and not turned back",
        e(TURN[8] @ P[:8], V[:8].T),
        "not-one-to-one",
        _E,
        holds=("clean",),
    ),
    wrong(
        "ex2e",
        "turned twice for there and back",
        e(TURN[8] @ P[:8], V[:8].T @ TURN[8]),
        "not-one-to-one",
        _E,
        holds=("clean",),
    ),
    wrong(
        "ex2e",
        "the hands moved on by one token",
        e(turn(P[:8], 1), V[:8].T),
        "pointer-turned",
        _E,
        holds=("clean",),
    ),
    wrong(
        "ex2e",
        "reads with four rows and writes with the others",
        e(padded(P[:4], 8), V[:8].T * [0, 0, 0, 0, 1, 1, 1, 1]),
        "all-zero",
        _E,
    ),
    wrong("ex2e", "random numbers", e(ANY[2], ANY[3].T), None, _E),
    wrong("ex2e", "both transposed", e(P[:8].T, V[:8]), "transposed"),
    *spoil("ex2e", _PLAIN_E, _E),
]

# 2f: the token after the earlier copy, behind the head of 2d and 2e.
_F = ("W_Q_next", "W_K_next")
ON = turn(V[:8], 1)
OWN = {**_PLAIN_D, **_PLAIN_E}
ELSEWHERE = {**_PLAIN_D, **e(P[:8], V[8:].T)}
MIXED = {
    **query_key("same", MIX[8] @ _PLAIN_D["W_Q_same"], _INV[8].T @ _PLAIN_D["W_K_same"]),
    **e(TURN[8] @ P[:8], V[:8].T @ TURN[8].T),
}
BLIND = {**d_other(C[[0, 1, 2, 3] * 2], C[[0, 1, 2, 3] * 2]), **_PLAIN_E}
UNUSABLE = {"W_Q_same": "?", "W_K_same": None, "W_V_same": np.eye(3), "W_out_same": np.nan}


def f(W_Q: FloatArray, W_K: FloatArray, own: dict[str, object] | None = None) -> dict[str, object]:
    """Return an answer to 2f, behind the learner's own head 1 if there is one."""
    return {**(own or {}), **query_key("next", W_Q, W_K)}


EX2F = [
    *common("next", ON, P[:8], 0.1),
    right("ex2f", "behind the learner's own head 1", f(ON, P[:8], OWN), _F),
    right("ex2f", "behind a head 1 in another basis", f(ON, P[:8], MIXED), _F),
    right(
        "ex2f",
        "behind a head 1 that writes to v_8 ... v_15, which it reads",
        f(turn(V[8:], 1), P[:8], ELSEWHERE),
        _F,
    ),
    right(
        "ex2f",
        "behind a head 1 that writes to v_8 ... v_15, as if it were right",
        f(ON, P[:8], ELSEWHERE),
        _F,
    ),
    right("ex2f", "behind a head 1 that sees itself", f(ON, P[:8], BLIND), _F),
    right("ex2f", "behind a head 1 that cannot be read", f(ON, P[:8], UNUSABLE), _F),
    right("ex2f", "four rows", f(ON[:4], P[:4]), _F),
    right("ex2f", "six rows", f(ON[:6], P[:6]), _F),
    right("ex2f", "four rows, in another basis", f(MIX[4] @ ON[:4], _INV[4].T @ P[:4]), _F),
    right("ex2f", "keys turned back instead", f(V[:8], turn(P[:8], -1)), _F),
    right("ex2f", "half a turn on each side", f(turn(V[:8], 0.5), turn(P[:8], -0.5)), _F),
    right("ex2f", "float32, four rows", f(ON[:4].astype(np.float32), P[:4].astype(np.float32))),
    wrong("ex2f", "no turn", f(V[:8], P[:8]), "attends-to-copy-not-successor", _F),
    wrong(
        "ex2f",
        "no turn, four rows, behind one's own",
        f(V[:4], P[:4], OWN),
        "attends-to-copy-not-successor",
        _F,
    ),
    wrong("ex2f", "turned the other way", f(turn(V[:8], -1), P[:8]), "attends-before-copy", _F),
    wrong("ex2f", "turned twice", f(turn(V[:8], 2), P[:8]), "wrong-angle", _F),
    wrong("ex2f", "half the angle", f(turn(V[:8], 0.5), P[:8]), "wrong-angle", _F),
    wrong(
        "ex2f",
        "degrees for radians",
        f(turn(V[:8], 1, np.rad2deg(ALPHA)), P[:8]),
        "wrong-angle",
        _F,
    ),
    wrong(
        "ex2f",
        "each pair by another's angle",
        f(turn(V[:8], 1, ALPHA[[1, 0, 3, 2]]), P[:8]),
        "frequencies-mixed-up",
        _F,
    ),
    wrong(
        "ex2f",
        "the two large pairs by each other's angle",
        f(turn(V[:4], 1, ALPHA[[1, 0]]), P[:4]),
        "frequencies-mixed-up",
        _F,
    ),
    wrong(
        "ex2f", "the keys' pairs exchanged", f(ON[:4], P[[2, 3, 0, 1]]), "frequencies-mixed-up", _F
    ),
    wrong("ex2f", "one pair", f(ON[:2], P[:2]), "one-frequency", _F, holds=None),
    wrong(
        "ex2f", "one pair twice", f(ON[[0, 1] * 2], P[[0, 1] * 2]), "one-frequency", _F, holds=None
    ),
    wrong("ex2f", "cosines only", f(V[[0, 2, 4, 6]], P[[0, 2, 4, 6]]), "cosines-only", _F),
    wrong("ex2f", "a single row", f(V[:1], P[:1]), "cosines-only", _F),
    wrong("ex2f", "cosine and sine exchanged in the keys", f(ON, P[_ODD]), "cos-sin-swapped", _F),
    wrong("ex2f", "the content looks for notes", f(C[:4], V[:4]), None, _F),
    wrong("ex2f", "query and key exchanged", f(P[:8], ON), "roles-swapped", _F),
    wrong("ex2f", "reads v_8 ... v_15", f(turn(V[8:], 1), P[:8]), "wrong-scratch", _F),
    wrong(
        "ex2f",
        "reads v_8 ... v_15 behind one's own",
        f(turn(V[8:], 1), P[:8], OWN),
        "wrong-scratch",
        _F,
    ),
    wrong("ex2f", "reads v_2 ... v_9", f(turn(V[2:10], 1), P[:8]), "wrong-scratch", _F),
    wrong("ex2f", "its own position, moved on", f(turn(P[:8], 1), P[:8]), "attends-to-next", _F),
    wrong("ex2f", "content", f(C, C), "attends-to-copy-not-successor", _F),
    wrong(
        "ex2f",
        "only the small pairs 2 and 3",
        f(turn(V[4:8], 1, ALPHA[2:4]), P[4:8]),
        "wrong-components",
        _F,
        holds=None,
    ),
    wrong("ex2f", "too soft", f(0.003 * ON, P[:8]), "too-soft", _F, holds=("ranks",)),
    wrong("ex2f", "no rows at all", f(ON[:0], P[:0]), "wrong-shape"),
    wrong("ex2f", "eight rows and four", f(ON, P[:4]), "wrong-shape"),
    wrong(
        "ex2f", "nine rows", f(np.vstack([ON, V[8:9]]), np.vstack([P[:8], P[8:9]])), "wrong-shape"
    ),
    wrong(
        "ex2f",
        "made for one sequence",
        f(*look_up(_X, _TOKENS, _BEFORE, 8)),
        "fitted-to-one-sequence",
        _F,
    ),
]

CASES: tuple[Case, ...] = (*EX2A, *EX2B, *EX2C, *EX2D, *EX2E, *EX2F)

"""Slips of a tired student in exercise 2, and right answers of odd forms."""

from __future__ import annotations

import numpy as np

from circuits.shapes import FloatArray
from tests.bank.case import Case, right, wrong
from tests.bank.directions import (
    ALPHA,
    AXES,
    HADAMARD,
    MIX,
    TURN,
    C,
    P,
    S,
    V,
    combine,
    padded,
    pairs,
    query_key,
    turn,
)
from tests.bank.exercise_2 import (
    _A,
    _B,
    _C,
    _D,
    _E,
    _F,
    _INV,
    _X,
    BACK,
    ON,
    OWN,
    PART,
    d,
    d_other,
    e,
    f,
)

TURNED_E = e(turn(P[:8], 1), V[:8].T)
BEHIND_TURNED = {**OWN, **TURNED_E}
SUMS = np.tile(np.eye(2), 4)  # of all cosines, and of all sines
_WORDS = S.content[1:] @ S.u_cont


def qk(suffix: str, W_Q: FloatArray, W_K: FloatArray, name: str, slug: str | None, **more) -> Case:
    """Return a wrong pair of query and key, of which anything may hold."""
    names = (f"W_Q_{suffix}", f"W_K_{suffix}")
    return wrong(PART[suffix], name, query_key(suffix, W_Q, W_K), slug, names, holds=None, **more)


SEEN: tuple[Case, ...] = (
    qk("content", _X[:4], _X[:4], "the first four rows of x", "data-not-directions"),
    qk("content", AXES[:4], AXES[:4], "the first four axes", "axes-not-directions"),
    qk("content", _WORDS[:4], _WORDS[:4], "the contents of four words", "words-not-directions"),
    qk("content", C[:4], _WORDS[8:12], "words for the keys alone", "words-not-directions"),
    qk(
        "content",
        _WORDS[20:24].round(2),
        _WORDS[20:24].round(2),
        "the contents of four words, typed in",
        "words-not-directions",
    ),
    qk(
        "same",
        *(np.vstack([_WORDS[:4], sign * P[:4]]) for sign in (0.5, -0.5)),
        "words for the content",
        "words-not-directions",
    ),
    qk("self", AXES[8:12], AXES[8:12], "axes 8 to 11", "axes-not-directions"),
    qk("prev", combine(P[:4], "++++"), P[:4], "[[c, s], [s, c]]", "not-a-rotation"),
    qk("prev", combine(P[:4], "+--+"), P[:4], "[[c, -s], [-s, c]]", "not-a-rotation"),
    qk("same", *d(0.01).values(), "beta 0.01", "beta-too-small"),
    wrong(
        "ex2e",
        "turned on by one token already",
        TURNED_E,
        "pointer-turned",
        _E,
        holds=("clean",),
    ),
    wrong("ex2f", "[[c, s], [s, c]]", f(combine(V[:8], "++++"), P[:8]), "not-a-rotation", _F),
    wrong("ex2f", "[[c, -s], [-s, c]]", f(combine(V[:8], "+--+"), P[:8]), "not-a-rotation", _F),
    wrong(
        "ex2f",
        "turned the other way, behind one's own",
        f(turn(V[:8], -1), P[:8], OWN),
        "attends-before-copy",
        _F,
    ),
    wrong("ex2f", "one row, turned", f(ON[:1], P[:1]), "cosines-only", _F),
    wrong(
        "ex2f",
        "one row, the sum of all",
        f(ON.sum(axis=0, keepdims=True), P[:8].sum(axis=0, keepdims=True)),
        "too-few-dimensions",
        _F,
    ),
    wrong(
        "ex2f",
        "two rows, the sums of the cosines and of the sines",
        f(SUMS @ ON, SUMS @ P[:8], OWN),
        "too-few-dimensions",
        _F,
    ),
    qk(
        "prev",
        np.tile(SUMS[:, :4] @ turn(P[:4], -1), (2, 1)),
        np.tile(SUMS[:, :4] @ P[:4], (2, 1)),
        "the sums of both pairs, twice",
        "too-few-dimensions",
    ),
)

INVENTED: tuple[Case, ...] = (
    qk("content", _X[4:8], _X[4:8], "rows 4 to 7 of x", "data-not-directions"),
    qk(
        "content",
        *(np.linalg.svd(_X)[2][:4],) * 2,
        "principal directions of the one sequence",
        "fitted-to-one-sequence",
    ),
    qk("content", _X[:4].round(2), _X[:4].round(2), "rows of x, typed in", "data-not-directions"),
    qk(
        "content",
        np.vstack([_X[:8].mean(0), _X[1:4]]),
        C[:4],
        "streams ask for directions",
        "data-not-directions",
    ),
    qk("content", 30 * AXES[[0, 1, 2, 3]], C[:4], "axes ask for directions", "axes-not-directions"),
    qk(
        "content",
        C[[0, 0, 1, 1]],
        C[[0, 0, 1, 1]],
        "two components, each twice",
        "too-few-dimensions",
    ),
    qk(
        "content",
        np.tile(C[:4].sum(0), (4, 1)),
        np.tile(C[:4].sum(0), (4, 1)),
        "their sum in every row",
        "too-few-dimensions",
    ),
    qk("content", S.u_cos[:4], S.u_cos[:4], "cosines", "ignores-content"),
    qk("self", _X[:4], _X[:4], "the first four rows of x", "data-not-directions"),
    qk(
        "self",
        MIX[4] @ AXES[[9, 14, 10, 15]],
        _INV[4].T @ AXES[[9, 14, 10, 15]],
        "axes of cosines and sines",
        "axes-not-directions",
    ),
    qk(
        "self", P[[0, 1, 2, 2]], P[[0, 1, 2, 2]], "the second cosine twice, its sine left out", None
    ),
    qk(
        "self",
        pairs(0, 1),
        pairs(2, 3),
        "one side's pairs on, the other's small ones",
        "frequencies-mixed-up",
    ),
    qk(
        "prev",
        np.vstack([BACK[:2], combine(P[2:4], "++++", ALPHA[1:2])]),
        P[:4],
        "one sign slipped in the second pair",
        "not-a-rotation",
    ),
    qk("prev", combine(P[:4], "++--"), P[:4], "[[c, s], [-s, -c]]", "not-a-rotation"),
    qk("prev", P[:4], combine(P[:4], "+--+"), "one sign slipped in the keys", "not-a-rotation"),
    qk("prev", combine(AXES[8:12], "+-++"), AXES[8:12], "axes, turned", "axes-not-directions"),
    qk("prev", _X[1:5], _X[:4], "each row and the one before", "data-not-directions"),
    qk(
        "prev",
        turn(P[:8], -1)[::2],
        P[:8:2],
        "the cosines turned, the sines left out",
        "cosines-only",
    ),
    qk("prev", turn(P[:4], 1, np.array([19.0, 7.0])), P[:4], "periods for angles", "wrong-angle"),
    qk("prev", turn(P[:4], -1, 1 / ALPHA), P[:4], "one over the angle", "wrong-angle"),
    qk("prev", turn(P[:4], -3), P[:4], "three steps", "wrong-angle"),
    qk("same", *d(0.05).values(), "beta 0.05", "beta-too-small"),
    qk("same", *d(0.002).values(), "beta 0.002", "beta-too-small"),
    qk(
        "same",
        np.vstack([0.5 * C[:4], -P[:4]]),
        np.vstack([C[:4], P[:4]]),
        "beta at the content",
        "beta-too-large",
    ),
    qk(
        "same", AXES[:8], AXES[:8] * ([[1]] * 4 + [[-0.5]] * 4), "eight axes", "axes-not-directions"
    ),
    qk("same", _X[:8], _X[:8], "the first eight rows of x", "data-not-directions"),
    qk(
        "same",
        np.vstack([C[:4], -0.5 * combine(P[:4], "++++")]),
        np.vstack([C[:4], P[:4]]),
        "the own position by [[c, s], [s, c]]",
        "not-a-rotation",
    ),
    qk(
        "same",
        np.vstack([C[:4], -0.5 * padded(P[:2], 4)]),
        np.vstack([C[:4], P[:4]]),
        "one pair on one side",
        "one-frequency",
    ),
    qk(
        "same",
        np.vstack([C[:4], -0.5 * AXES[8:12]]),
        np.vstack([C[:4], AXES[8:12]]),
        "content, and the position along axes",
        "axes-not-directions",
    ),
    wrong(
        "ex2e",
        "turned back by one token",
        e(turn(P[:8], -1), V[:8].T),
        "pointer-turned",
        _E,
        holds=("clean",),
    ),
    wrong(
        "ex2e",
        "turned on where it is written",
        e(P[:8], turn(V[:8], -1).T),
        "pointer-turned",
        _E,
        holds=("clean",),
    ),
    wrong("ex2e", "axes to axes", e(AXES[8:16], AXES[:, 20:28]), "axes-not-directions", _E),
    wrong("ex2e", "the position to axes", e(P[:8], AXES[:, :8]), "axes-not-directions", _E),
    wrong("ex2e", "rows of x", e(_X[:8], V[:8].T), "data-not-directions", _E),
    wrong(
        "ex2e",
        "sines with a minus",
        e(P[:8] * ([[1], [-1]] * 4), V[:8].T),
        "gain",
        _E,
        holds=("clean",),
    ),
    wrong(
        "ex2e",
        "[[c, s], [s, c]]",
        e(combine(P[:8], "++++"), V[:8].T),
        "not-one-to-one",
        _E,
        holds=("clean",),
    ),
    wrong("ex2e", "None", {"W_V_same": P[:8], "W_out_same": None}, "returned-none"),
    wrong(
        "ex2f",
        "turned the other way, four rows",
        f(turn(V[:4], -1), P[:4]),
        "attends-before-copy",
        _F,
    ),
    wrong("ex2f", "keys turned on", f(V[:8], turn(P[:8], 1), OWN), "attends-before-copy", _F),
    wrong("ex2f", "axes for the scratch", f(AXES[20:28], P[:8]), "axes-not-directions", _F),
    wrong("ex2f", "rows of x for the keys", f(ON, _X[:8]), "data-not-directions", _F),
    wrong(
        "ex2f",
        "one sign slipped in the keys",
        f(V[:8], combine(P[:8], "+--+")),
        "not-a-rotation",
        _F,
    ),
    wrong(
        "ex2f",
        "turned twice, behind a pointer that is turned already",
        f(turn(V[:8], 2), P[:8], BEHIND_TURNED),
        "wrong-angle",
        _F,
    ),
    wrong("ex2f", "one row, the second", f(ON[1:2], P[1:2], OWN), "cosines-only", _F),
)


# Right answers of odd forms.
_whole_turn = turn(P[:4], 132)  # 133 is the period of the first two pairs together

ODD: tuple[Case, ...] = (
    right("ex2a", "Hadamard inside", query_key("content", HADAMARD @ C[:4], HADAMARD @ C[:4]), _A),
    right(
        "ex2a",
        "twice and thrice",
        query_key("content", 2 * C[[3, 2, 1, 0]], 3 * C[[3, 2, 1, 0]]),
        _A,
    ),
    right(
        "ex2b", "weighed by lambda", query_key("self", P[:4] * [[15], [15], [6], [6]], P[:4]), _B
    ),
    right(
        "ex2b",
        "both sides turned by any angle",
        query_key("self", turn(P[:4], 0.7), turn(P[:4], 0.7)),
        _B,
    ),
    right("ex2c", "132 steps on, a whole turn less one", query_key("prev", _whole_turn, P[:4]), _C),
    right(
        "ex2c",
        "a third on one side, two on the other",
        query_key("prev", turn(P[:4], -1 / 3), turn(P[:4], 2 / 3)),
        _C,
    ),
    right(
        "ex2c",
        "sines and cosines exchanged on both sides",
        query_key("prev", BACK[[1, 0, 3, 2]], P[[1, 0, 3, 2]]),
        _C,
    ),
    right(
        "ex2c",
        "mirrored on both sides",
        query_key("prev", BACK * [[1], [-1], [1], [-1]], P[:4] * [[1], [-1], [1], [-1]]),
        _C,
    ),
    right(
        "ex2d",
        "rows shuffled",
        d_other(
            d(0.5)["W_Q_same"][[5, 0, 7, 2, 4, 1, 6, 3]],
            d(0.5)["W_K_same"][[5, 0, 7, 2, 4, 1, 6, 3]],
        ),
        _D,
    ),
    right(
        "ex2d",
        "beta 0.4, both parts in bases of their own",
        d_other(
            np.vstack([TURN[4] @ C[:4], -0.4 * MIX[4] @ P[:4]]),
            np.vstack([TURN[4] @ C[:4], _INV[4].T @ P[:4]]),
        ),
        _D,
    ),
    right("ex2e", "by a pseudo-inverse", e(P[:8], np.linalg.pinv(V[:8])), _E),
    right(
        "ex2e",
        "triangles inside",
        e(np.tril(np.ones((8, 8))) @ P[:8], V[:8].T @ np.linalg.inv(np.tril(np.ones((8, 8))))),
        _E,
    ),
    right(
        "ex2f",
        "no turn, behind a pointer that is turned already",
        f(V[:8], P[:8], BEHIND_TURNED),
        _F,
    ),
    right(
        "ex2f",
        "a turn, behind a pointer that is turned already, as if it were not",
        f(ON, P[:8], BEHIND_TURNED),
        _F,
    ),
    right("ex2f", "three pairs, shuffled", f(ON[[4, 1, 0, 5, 3, 2]], P[[4, 1, 0, 5, 3, 2]]), _F),
    right("ex2f", "a row of zeros below", f(padded(ON[:4], 5), padded(P[:4], 5)), _F),
)

CASES: tuple[Case, ...] = (*SEEN, *INVENTED, *ODD)

"""Slips of a tired student in exercise 3, and right answers of odd forms."""

from __future__ import annotations

from tests.bank.case import Case, right, wrong
from tests.bank.directions import AXES, HADAMARD, C, P, V, combine, turn
from tests.bank.exercise_2 import _X
from tests.bank.exercise_3 import _OV, _QK, _TWO, BACK, one, two

SEEN: tuple[Case, ...] = (
    wrong(
        "ex3a",
        "values along axes",
        one(W_V_1=AXES[:4]),
        "axes-not-directions",
        _QK,
        _OV,
        holds=None,
    ),
    wrong(
        "ex3b", "keys along axes", two(C[:4], AXES[20:24]), "axes-not-directions", _TWO, holds=None
    ),
)

INVENTED: tuple[Case, ...] = (
    wrong(
        "ex3a",
        "[[c, s], [s, c]]",
        one(W_Q_1=combine(P[:4], "++++")),
        "not-a-rotation",
        _QK,
        _OV,
        holds=None,
    ),
    wrong(
        "ex3a",
        "queries and keys along axes",
        one(W_Q_1=AXES[8:12], W_K_1=AXES[8:12]),
        "axes-not-directions",
        _QK,
        _OV,
        holds=None,
    ),
    wrong(
        "ex3a",
        "values of rows of x",
        one(W_V_1=_X[:4]),
        "data-not-directions",
        _QK,
        _OV,
        holds=None,
    ),
    wrong(
        "ex3a",
        "the cosines turned, the sines left out",
        one(W_Q_1=turn(P[:8], -1)[::2], W_K_1=P[:8:2]),
        "cosines-only",
        _QK,
        _OV,
        holds=None,
    ),
    wrong(
        "ex3a", "three steps back", one(W_Q_1=turn(P[:4], -3)), "wrong-angle", _QK, _OV, holds=None
    ),
    wrong(
        "ex3b",
        "rows of x on both sides",
        two(_X[:4], _X[:4], one()),
        "data-not-directions",
        _TWO,
        holds=None,
    ),
    wrong(
        "ex3b",
        "axes on both sides",
        two(AXES[:4], AXES[20:24], one()),
        "axes-not-directions",
        _TWO,
        holds=None,
    ),
    wrong(
        "ex3b",
        "notes turned like a pointer",
        two(C[:4], turn(V[:4], 1)),
        "different-bases",
        _TWO,
        holds=None,
    ),
    wrong(
        "ex3b",
        "small components on both sides",
        two(C[4:], C[4:], one()),
        "attends-to-copy-not-successor",
        _TWO,
        holds=None,
    ),
)


# Right answers of odd forms.


ODD: tuple[Case, ...] = (
    right(
        "ex3a",
        "notes along axes, which can be read in the scratch",
        one(W_out_1=AXES[:, :4]),
        _QK,
        _OV,
    ),
    right(
        "ex3a",
        "Hadamard inside, twice",
        one(
            W_Q_1=HADAMARD @ BACK,
            W_K_1=HADAMARD @ P[:4],
            W_V_1=HADAMARD @ C[:4],
            W_out_1=V[:4].T @ HADAMARD,
        ),
        _QK,
        _OV,
    ),
    right(
        "ex3b",
        "behind a note with Hadamard inside",
        two(C[:4], HADAMARD @ V[:4], one(W_V_1=HADAMARD @ C[:4])),
        _TWO,
    ),
    right(
        "ex3b",
        "components in another order on both sides",
        two(C[[2, 3, 0, 1]], V[[2, 3, 0, 1]]),
        _TWO,
    ),
)

CASES: tuple[Case, ...] = (*SEEN, *INVENTED, *ODD)

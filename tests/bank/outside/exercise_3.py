"""Answers of a second hand to exercise 3, the induction head by K-composition."""

from __future__ import annotations

import numpy as np

from tests.bank.directions import ALPHA as AL
from tests.bank.directions import SPARE, C, V, pairs
from tests.bank.outside.collection import Collection
from tests.bank.outside.exercise_2 import same
from tests.bank.outside.rows import both, c, p01, rnd, rot, st, turn

COLLECTION = Collection()
ok = COLLECTION.add_right


# ---------------------------------------------------------------- ex3a
def a3(name, q, k, v, o, *slugs):
    COLLECTION.add_wrong("ex3a", name, {"W_Q_1": q, "W_K_1": k, "W_V_1": v, "W_out_1": o}, *slugs)


Q1, K1, V1, O1 = turn(p01, -st), p01, c, V[:4].T
a3("onto content", Q1, K1, V1, c.T, "wrong-scratch")
a3("onto content 4-7", Q1, K1, V1, C[4:].T, "wrong-scratch")
a3("onto position", Q1, K1, V1, p01.T, "wrong-scratch")
a3("no turn", K1, K1, V1, O1, "attends-to-self")
a3("forward", turn(p01, st), K1, V1, O1, "attends-to-next")
a3("two back", turn(p01, -st), turn(p01, st), V1, O1, "attends-two-back")
a3("looks by content", c, c, V1, O1, "ignores-position")
a3("brings position", Q1, K1, p01, O1, "wrong-dimensions", "ignores-content")
a3("small components", Q1, K1, C[4:], O1, "wrong-components", "wrong-dimensions")
a3(
    "components 1-4",
    Q1,
    K1,
    C[1:5],
    O1,
    "wrong-components",
    "wrong-dimensions",
    "too-few-dimensions",
)
a3("three components", Q1, K1, np.diag([1, 1, 1, 0]) @ c, O1, "too-few-dimensions")
a3("all into one", Q1, K1, V1, np.outer(V[0], np.ones(4)), "not-one-to-one", "too-few-dimensions")
a3("two share a place", Q1, K1, V1, V[[0, 1, 2, 2]].T, "not-one-to-one", "too-few-dimensions")
a3("zero", Q1, K1, V1, 0 * O1, "all-zero")
a3("soft", 0.04 * Q1, K1, V1, O1, "too-soft")
a3("value roles", Q1, K1, V[:4], c.T, "roles-swapped", "all-zero")
a3("out not transposed", Q1, K1, V1, V[:4], "transposed")
a3("minus", -Q1, K1, V1, O1, "opposite-sign")
a3("alpha exchanged", turn(p01, -st[::-1]), K1, V1, O1, "frequencies-mixed-up")
a3("reads scratch", Q1, K1, V[:4], V[4:8].T, "all-zero", "wrong-dimensions")
a3("one clock", turn(pairs(0, 0), -AL[[0, 0]]), pairs(0, 0), V1, O1, "one-frequency")
# ---------------------------------------------------------------- ex3b
H3 = {"W_Q_1": Q1, "W_K_1": K1, "W_V_1": V1, "W_out_1": O1}


def b3(name, q, k, *slugs, h=H3):
    COLLECTION.add_wrong("ex3b", name, {"W_Q_2": q, "W_K_2": k, **h}, *slugs)


v4 = V[:4]
b3("content twice", c, c, "attends-to-copy-not-successor", "attends-to-self", "wrong-scratch")
b3("swapped", v4, c, "roles-swapped")
b3("v 4-7", c, V[4:8], "wrong-scratch", "all-zero")
b3("notes twice", v4, v4, "wrong-scratch", "attends-to-self", None)
b3("reversed", c, v4[::-1], "different-bases")
b3("rotated on one side", rot(4, 9) @ c, v4, "different-bases")
b3("minus", c, -v4, "opposite-sign")
b3("0.003", 0.003 * c, v4, "too-soft")
b3("asks with small components", C[4:], v4, "wrong-components", "different-bases")
b3("previous position", Q1, K1, "ignores-content")
b3(
    "position pointers",
    turn(v4, st),
    p01,
    "wrong-scratch",
    "ignores-content",
    "different-bases",
    None,
)
b3(
    "key content and note",
    c,
    c + v4,
    None,
    "leak",
    "attends-to-self",
    "attends-to-copy-not-successor",
)
b3("three components", np.diag([1, 1, 1, 0]) @ c, v4, "too-few-dimensions")
b3("own notes elsewhere", c, V[8:12], "wrong-scratch", "all-zero", h={**H3, "W_out_1": V[4:8].T})
b3(
    "same content, not itself",
    same(-0.5)[0][2:6],
    same(-0.5)[1][2:6],
    "attends-to-copy-not-successor",
)
b3("eight rows", C, V[:8], "wrong-shape")
b3("transposed", c.T, v4.T, "transposed")


# Right answers.
ok("notes to 9-12", "ex3a", W_Q_1=Q1, W_K_1=K1, W_V_1=V1, W_out_1=V[9:13].T)
ok(
    "notes in any basis, gain .01",
    "ex3a",
    W_Q_1=Q1,
    W_K_1=K1,
    W_V_1=rnd(4, 11) @ V1,
    W_out_1=0.01 * V[:4].T,
)
ok(
    "mixed in scratch",
    "ex3a",
    W_Q_1=p01,
    W_K_1=turn(p01, st),
    W_V_1=V1,
    W_out_1=(rot(16, 3) @ V)[:4].T,
)
ok("onto spare", "ex3a", W_Q_1=Q1, W_K_1=K1, W_V_1=V1, W_out_1=2 * SPARE[:4].T)
ok("own notes elsewhere", "ex3b", W_Q_2=c, W_K_2=V[9:13], **{**H3, "W_out_1": V[9:13].T})
ok("own notes rotated", "ex3b", W_Q_2=c, W_K_2=V[:4], **H3)
ok("any basis", "ex3b", **dict(zip(("W_Q_2", "W_K_2"), both(c, v4, 13), strict=True)), **H3)
ok("broken head 1, reference used", "ex3b", W_Q_2=c, W_K_2=v4, **{**H3, "W_Q_1": K1})
ok("notes with gain 3", "ex3b", W_Q_2=0.2 * c, W_K_2=v4, **{**H3, "W_out_1": 3 * O1})
ok("triple scale", "ex3b", W_Q_2=3 * c, W_K_2=v4, **H3)

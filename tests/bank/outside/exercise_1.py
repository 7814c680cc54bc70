"""Answers of a second hand to exercise 1, the virtual head."""

from __future__ import annotations

import numpy as np

from tests.bank.outside.collection import Collection
from tests.bank.outside.rows import rnd, rot

E = np.eye(16)
COLLECTION = Collection()
ok = COLLECTION.add_right


# ---------------------------------------------------------------- ex1a
R4 = rot(4, 77)


def a1(name, v, o, *slugs):
    COLLECTION.add_wrong("ex1a", name, {"W_V_1": v, "W_out_1": o}, *slugs)


a1("writes 12-15", E[:4], E[12:].T, "wrong-dimensions")
a1("reads 4-7", E[4:8], E[8:12].T, "wrong-dimensions")
a1("counts from one, reads 1-4", E[1:5], E[8:12].T, "wrong-dimensions")
a1("counts from one, writes 9-12", E[:4], E[9:13].T, "wrong-dimensions")
a1("one of four wrong", E[[0, 1, 2, 4]], E[8:12].T, "wrong-dimensions")
a1("last two exchanged", E[:4], E[[8, 9, 11, 10]].T, "wrong-order")
a1("cyclic", E[[1, 2, 3, 0]], E[8:12].T, "wrong-order")
a1("gain 3", 3 * E[:4], E[8:12].T, "gain")
a1("negative", -E[:4], E[8:12].T, "gain")
a1("one with gain .5", np.diag([1, 1, 0.5, 1]) @ E[:4], E[8:12].T, "gain")
a1("R not undone", R4 @ E[:4], E[8:12].T, "not-one-to-one", "leak")
a1("R twice", R4 @ E[:4], E[8:12].T @ R4, "not-one-to-one", "leak")
a1("8-11 to 0-3", E[8:12], E[:4].T, "roles-swapped")
a1("only three", np.diag([1, 1, 1, 0]) @ E[:4], E[8:12].T, "too-few-dimensions")
a1(
    "dimension 2 twice",
    E[[0, 1, 2, 2]],
    E[8:12].T,
    "too-few-dimensions",
    "not-one-to-one",
    "wrong-dimensions",
)
a1("two in one place", E[:4], E[[8, 9, 10, 10]].T, "not-one-to-one", "too-few-dimensions")
a1("written back, too", E[:4], (E[8:12] + E[:4]).T, "leak")
a1("reads 12-15 a little", E[:4] + 0.1 * E[12:], E[8:12].T, "leak")
a1("W_out not transposed", E[:4], E[8:12], "transposed")
a1("W_V with 16 rows", E[:, :4], E[8:12].T, "transposed")
a1("whole identity", E, E[8:12].T, "wrong-shape")
a1("zeros", np.zeros((4, 16)), E[8:12].T, "all-zero")
a1("product cancels", E[:4], np.zeros((16, 4)), "all-zero")
a1("complex", 1j * E[:4], E[8:12].T, "not-real")
a1("nan", np.full((4, 16), np.nan), E[8:12].T, "not-finite")
a1("strings", "W_V", E[8:12].T, "not-an-array")
a1("ragged", [[1, 0], [0]], E[8:12].T, "not-an-array")
a1("1e200 twice", 1e200 * E[:4], 1e200 * E[8:12].T, "overflow")
# ---------------------------------------------------------------- ex1b
H1 = {"W_V_1": E[:4], "W_out_1": E[8:12].T}


def b1(name, v, o, *slugs, h=H1):
    COLLECTION.add_wrong("ex1b", name, {"W_V_2": v, "W_out_2": o, **h}, *slugs)


FREE = E[12:].T
b1("all from 8-11", E[8:12], FREE, "wrong-dimensions", None)
b1("three of 8-11, one of 4-7", E[[8, 9, 10, 4]], FREE, "wrong-dimensions", None)
b1("two and two", E[[8, 9, 4, 5]], FREE, "wrong-dimensions", None)
b1("8 and 1,2,3", E[[8, 1, 2, 3]], FREE, "rereads-copied")
b1("11, 14, 15 and 0", E[[11, 14, 15, 0]], E[:4].T, "rereads-copied")
b1("4-7", E[4:8], FREE, "no-two-token-path")
b1("0-3 as head 1", E[:4], E[8:12].T, "no-two-token-path", "rereads-copied")
b1("12-15", E[12:], E[:4].T, "no-two-token-path")
b1("two places the same", E[[9, 5, 6, 7]], E[[12, 13, 14, 12]].T, "not-one-to-one")
b1("double", E[[9, 5, 6, 7]], 2 * FREE, "gain")
b1("one negative", E[[9, 5, 6, 7]], FREE @ np.diag([1, 1, -1, 1]), "gain")
b1("three", np.diag([1, 1, 1, 0]) @ E[[8, 4, 5, 6]], FREE, "too-few-dimensions")
b1("five", E[[8, 4, 5, 6]] + np.outer([0, 0, 0, 1], E[7]), FREE, "not-one-to-one", "leak")
b1(
    "spread over two",
    E[[8, 4, 5, 6]],
    (E[[12, 13, 14, 15]] + np.outer([0, 0, 0, 1], E[0])).T,
    "not-one-to-one",
    "leak",
)
b1("rotated inside", R4 @ E[[8, 4, 5, 6]], FREE, "not-one-to-one")
b1("transposed", E[[8, 4, 5, 6]].T, FREE, "transposed")
b1("nothing out", E[[8, 4, 5, 6]], 0 * FREE, "all-zero")
b1(
    "averages three",
    np.vstack([E[8], E[4:7].mean(0), E[5], E[6]]),
    FREE,
    "not-one-to-one",
    "leak",
    "gain",
)
# ---------------------------------------------------------------- ex1c, ex1d
V2, O2 = E[[10, 4, 7, 13]], E[[0, 1, 5, 14]].T
B = {**H1, "W_V_2": V2, "W_out_2": O2}
N1, N2 = B["W_out_1"] @ B["W_V_1"], O2 @ V2


def c1(name, a, b, *slugs):
    COLLECTION.add_wrong("ex1c", name, {"W_net_1": a, "W_net_2": b, **B}, *slugs)


c1("V W_out", H1["W_V_1"] @ H1["W_out_1"], V2 @ O2, "factors-swapped")
c1("transposed", N1.T, N2.T, "transposed")
c1("one transposed", N1, N2.T, "transposed")
c1("exchanged", N2, N1, "wrong-order", "roles-swapped")
c1("plus identity", N1 + E, N2 + E, "leak", "residual-added")
c1("first missing", ..., N2, "missing")
c1("half", N1 / 2, N2 / 2, "gain")
c1("second is the composition", N1, N2 @ N1, None, "wrong-dimensions", "too-few-dimensions")
c1("heads crossed", O2 @ H1["W_V_1"], H1["W_out_1"] @ V2, None, "wrong-dimensions")
c1("shifts everything by eight", np.roll(E, 8, axis=0), N2, "rank-too-high", "leak")
c1("negative of first", -N1, N2, "gain")
c1("twice the first", N1, N1, None, "wrong-dimensions", "wrong-order")


def d1(name, a, b, *slugs):
    COLLECTION.add_wrong("ex1d", name, {"two_token_copy": a, "one_token_copy": b, **B}, *slugs)


d1("wrong order", N1 @ N2, N1 + N2, "wrong-order")
d1("exchanged", N1 + N2, N2 @ N1, "sum-not-product", "wrong-order", "roles-swapped")
d1("sum for two", N1 + N2, N1 + N2, "sum-not-product")
d1("product for one", N2 @ N1, N2 @ N1, "sum-not-product", None)
d1("identity in one", N2 @ N1, N1 + N2 + E, "leak", "residual-added")
d1("everything in one", N2 @ N1, N1 + N2 + N2 @ N1, "leak", None)
d1("head 1 only", N2 @ N1, N1, "path-missing", None, "too-few-dimensions")
d1("average", N2 @ N1, (N1 + N2) / 2, "gain")
d1("transposed", (N2 @ N1).T, (N1 + N2).T, "transposed")
d1("first transposed", N1.T @ N2.T, N1 + N2, "transposed")
d1("elementwise", N2 * N1, N1 + N2, "all-zero", "same-head-twice")
d1("zeros", 0 * E, N1 + N2, "all-zero", "same-head-twice")
d1("difference", N2 @ N1, N2 - N1, "gain", None)
d1("inner product", V2 @ H1["W_out_1"], N1 + N2, "wrong-shape", "factors-swapped")
d1("doubled", 2 * N2 @ N1, N1 + N2, "gain")


# Right answers.
ok("lists", "ex1a", W_V_1=E[:4].tolist(), W_out_1=E[8:12].T.astype(int).tolist())
ok("any basis", "ex1a", W_V_1=rnd(4, 1) @ E[:4], W_out_1=E[8:12].T @ np.linalg.inv(rnd(4, 1)))
ok("1e6 and 1e-6", "ex1a", W_V_1=1e6 * E[:4], W_out_1=1e-6 * E[8:12].T)
ok(
    "signs",
    "ex1a",
    W_V_1=np.diag([-1, 1, -1, 1]) @ E[:4],
    W_out_1=E[8:12].T @ np.diag([-1, 1, -1, 1]),
)
ok("bool", "ex1a", W_V_1=E[:4].astype(np.float32), W_out_1=E[8:12].T.astype(np.int8))
ok("9; 15, 4, 12", "ex1b", W_V_2=E[[15, 9, 4, 12]], W_out_2=E[[3, 2, 1, 0]].T, **H1)
ok("onto 8-11", "ex1b", W_V_2=E[[11, 6, 7, 15]], W_out_2=E[8:12].T, **H1)
ok(
    "any basis",
    "ex1b",
    W_V_2=rnd(4, 3) @ E[[11, 6, 7, 15]],
    W_out_2=E[[2, 4, 6, 8]].T @ np.linalg.inv(rnd(4, 3)),
    **H1,
)
ok("into its own places", "ex1b", W_V_2=E[[8, 4, 5, 6]], W_out_2=E[[4, 8, 6, 5]].T, **H1)
ok(
    "own head 1 writes 12-15",
    "ex1b",
    W_V_2=E[[12, 4, 5, 6]],
    W_out_2=E[:4].T,
    W_V_1=E[:4],
    W_out_1=E[12:].T,
)
ok(
    "products of own wrong heads",
    "ex1c",
    W_net_1=E[4:8].T @ E[:4],
    W_net_2=3 * E[:4].T @ R4 @ E[4:8],
    W_V_1=E[:4],
    W_out_1=E[4:8].T,
    W_V_2=R4 @ E[4:8],
    W_out_2=3 * E[:4].T,
)
ok(
    "sum of outer products",
    "ex1c",
    W_net_1=sum(np.outer(B["W_out_1"][:, k], B["W_V_1"][k]) for k in range(4)),
    W_net_2=N2.tolist(),
    **B,
)
ok(
    "expanded",
    "ex1d",
    two_token_copy=N2 @ N1,
    one_token_copy=(E + N2) @ (E + N1) - E - N2 @ N1,
    **B,
)
ok(
    "shuffled head",
    "ex1d",
    two_token_copy=(O2 @ R4.T @ (R4 @ V2)) @ N1,
    one_token_copy=N1 + N2,
    **B,
)

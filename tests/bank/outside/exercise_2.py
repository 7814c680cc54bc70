"""Answers of a second hand to exercise 2, the induction head by pointer arithmetic."""

from __future__ import annotations

import numpy as np

from circuits.sample import draw_sample
from tests.bank.directions import ALPHA as AL
from tests.bank.directions import C, P, S, V, pairs
from tests.bank.outside.collection import Collection
from tests.bank.outside.rows import COS, SIN, both, c, mirror, p01, rnd, rot, st, swap_cs, turn

COLLECTION = Collection()
ok = COLLECTION.add_right


# ---------------------------------------------------------------- ex2a
def qk(part, suffix):
    def put(name, q, k, *slugs, **more):
        COLLECTION.add_wrong(part, name, {f"W_Q_{suffix}": q, f"W_K_{suffix}": k, **more}, *slugs)

    return put


tok, xs = draw_sample()


def fit_to_sample(target, d):
    """A head that is right on the shown sequence only."""
    r = np.random.default_rng(3)
    t = r.standard_normal((len(tok), d))
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    P = np.linalg.pinv(xs)
    return 8 * (P @ t[target]).T, 8 * (P @ t).T


a2 = qk("ex2a", "content")
a2("last four", C[4:], C[4:], "wrong-components")
a2("2-5", C[2:6], C[2:6], "wrong-components")
a2("every second", C[::2], C[::2], "wrong-components")
a2("positions", pairs(0, 1), pairs(0, 1), "ignores-content")
a2("minus", c, -c, "opposite-sign")
a2("key reads position", c, pairs(0, 1), None, "different-bases")
a2("reversed keys", c, c[::-1], "different-bases")
a2("rolled keys", c, np.roll(c, 1, axis=0), "different-bases")
a2("rotated on one side", rot(4, 5) @ c, c, "different-bases")
a2("two signs on one side", c, np.diag([1, -1, 1, -1]) @ c, "different-bases")
a2("0.003", 0.003 * c, c, "too-soft")
a2(
    "three components",
    np.vstack([C[:3], np.zeros((1, 48))]),
    np.vstack([C[:3], np.zeros((1, 48))]),
    "too-few-dimensions",
    "wrong-components",
    None,
)
a2(
    "two components and a hand",
    np.vstack([C[:2], pairs(0)]),
    np.vstack([C[:2], pairs(0)]),
    "copies-not-alike",
    "too-few-dimensions",
    None,
)
a2("with position mixed in", c + pairs(0, 1), c + pairs(0, 1), "copies-not-alike")
a2("a little position in the key", c, c + 0.3 * pairs(0, 1), "copies-not-alike")
a2("scratch", V[:4], V[:4], "all-zero", "ignores-content")
a2("axes", np.eye(48)[:4], np.eye(48)[:4], "axes-not-directions", None, "copies-not-alike")
a2(
    "random",
    np.random.default_rng(1).standard_normal((4, 48)),
    np.random.default_rng(2).standard_normal((4, 48)),
    None,
)
a2("all eight", C, C, "wrong-shape")
a2("ones", np.ones((4, 48)), np.ones((4, 48)), None, "too-few-dimensions", "copies-not-alike")
a2("1e200", 1e200 * c, 1e200 * c, "overflow")
a2("large query, small key", C[:4], C[4:], "different-bases", "wrong-components", None)
# ---------------------------------------------------------------- ex2b
b2 = qk("ex2b", "self")
b2("cosines", COS[:4], COS[:4], "cosines-only")
b2("sines", SIN[:4], SIN[:4], "cosines-only", None)
b2(
    "cos 0 1, sin 2 3",
    np.vstack([COS[:2], SIN[2:4]]),
    np.vstack([COS[:2], SIN[2:4]]),
    "cosines-only",
    None,
)
b2("clocks 4, 5", pairs(4, 5), pairs(4, 5), "too-soft", "wrong-components")
b2("clocks 0, 3", pairs(0, 3), pairs(0, 3), "wrong-components", None)
b2("clocks 2, 3", pairs(2, 3), pairs(2, 3), "wrong-components", None)
b2(
    "clock 0",
    np.vstack([pairs(0), np.zeros((2, 48))]),
    np.vstack([pairs(0), np.zeros((2, 48))]),
    "one-frequency",
)
b2("clock 1 twice", pairs(1, 1), pairs(1, 1), "one-frequency")
b2("clock 4 alone", 6 * pairs(4, 4), pairs(4, 4), "one-frequency")
b2("content", c, c, "ignores-position")
b2("turned back", turn(p01, -AL[:2]), p01, "wrong-angle", None)
b2("turned on", turn(p01, AL[:2]), p01, "attends-to-next", "wrong-angle")
b2("minus", -p01, p01, "opposite-sign")
b2("cos and sin exchanged in the key", p01, swap_cs(p01), "cos-sin-swapped")
b2("mirrored key", p01, np.diag([1, -1, 1, -1]) @ p01, "cos-sin-swapped", None)
b2(
    "cos cos sin sin in the key",
    p01,
    np.vstack([COS[:2], SIN[:2]]),
    "different-bases",
    "cos-sin-swapped",
    "frequencies-mixed-up",
)
b2("other clocks in the key", p01, pairs(1, 0), "frequencies-mixed-up")
b2("clocks 2, 3 in the key", p01, pairs(2, 3), "frequencies-mixed-up")
b2("0.04", 0.04 * p01, p01, "too-soft")
b2(
    "half the pattern of content",
    np.vstack([C[:2], pairs(0)]),
    np.vstack([C[:2], pairs(0)]),
    None,
    "one-frequency",
)
b2("scratch", V[:4], V[:4], "all-zero", "ignores-position")
b2("sample only", *fit_to_sample(np.arange(12), 4), "fitted-to-one-sequence")
# ---------------------------------------------------------------- ex2c
c2 = qk("ex2c", "prev")
c2("no turn", p01, p01, "attends-to-self")
c2("forward", turn(p01, st), p01, "attends-to-next")
c2("key turned back", p01, turn(p01, -st), "attends-to-next")
c2("both sides", turn(p01, -st), turn(p01, st), "attends-two-back")
c2("two steps", turn(p01, -2 * st), p01, "attends-two-back")
c2("three steps", turn(p01, -3 * st), p01, None, "wrong-angle")
c2("both turned alike", turn(p01, -st), turn(p01, -st), "attends-to-self")
c2("half", turn(p01, -st / 2), p01, "wrong-angle")
c2("degrees", turn(p01, -np.rad2deg(st)), p01, "wrong-angle")
c2("one radian", turn(p01, [-1, -1]), p01, "wrong-angle", "frequencies-mixed-up")
c2("quarter turns", turn(p01, [-np.pi / 2] * 2), p01, "wrong-angle")
c2("times two pi", turn(p01, -2 * np.pi * st), p01, "wrong-angle")
c2("lambda as angle", turn(p01, -S.lam[:2]), p01, "wrong-angle", "frequencies-mixed-up")
c2("alpha 0 for both", turn(p01, -st[[0, 0]]), p01, "frequencies-mixed-up")
c2("alpha exchanged", turn(p01, -st[[1, 0]]), p01, "frequencies-mixed-up")
c2("alpha one further", turn(p01, -AL[1:3]), p01, "frequencies-mixed-up")
c2("second clock not turned", turn(p01, [-st[0], 0]), p01, "wrong-angle", "frequencies-mixed-up")
c2("first clock not turned", turn(p01, [0, -st[1]]), p01, "wrong-angle", "frequencies-mixed-up")
c2("mirror", mirror(p01, -st), p01, "cos-sin-swapped")
c2("mirror the other way", mirror(p01, st), p01, "cos-sin-swapped")
c2("cos and sin exchanged after turning", swap_cs(turn(p01, -st)), p01, "cos-sin-swapped")
c2(
    "one clock",
    np.vstack([turn(pairs(0), -AL[:1]), np.zeros((2, 48))]),
    np.vstack([pairs(0), np.zeros((2, 48))]),
    "one-frequency",
)
c2("clock 1 twice", turn(pairs(1, 1), -AL[[1, 1]]), pairs(1, 1), "one-frequency")
c2("cosines", COS[:4], COS[:4], "cosines-only")
c2("cosines times cos alpha", np.cos(AL[:4])[:, None] * COS[:4], COS[:4], "cosines-only")
c2("content", c, c, "ignores-position")
c2("minus", -turn(p01, -st), p01, "opposite-sign")
c2("0.04", 0.04 * turn(p01, -st), p01, "too-soft")
c2("clocks 0, 3", turn(pairs(0, 3), -AL[[0, 3]]), pairs(0, 3), "wrong-components", None)
c2("clocks 3, 4", turn(pairs(3, 4), -AL[[3, 4]]), pairs(3, 4), "wrong-components", "too-soft", None)
c2(
    "cos cos sin sin on one side",
    turn(p01, -st)[[0, 2, 1, 3]],
    p01,
    "different-bases",
    "cos-sin-swapped",
    "frequencies-mixed-up",
)
c2("sample only", *fit_to_sample(np.r_[0, 0:11], 4), "fitted-to-one-sequence")
c2(
    "random",
    np.random.default_rng(4).standard_normal((4, 48)),
    np.random.default_rng(5).standard_normal((4, 48)),
    None,
)
c2("not a rotation: adds the angle", p01 - st.repeat(2)[:, None], p01, None, "attends-to-self")
# ---------------------------------------------------------------- ex2d
d2 = qk("ex2d", "same")


def same(beta, q=p01, k=p01, cq=c, ck=c):
    return np.vstack([cq, beta * np.asarray(q)]), np.vstack([ck, k])


d2("no position", *same(0), "self-not-excluded")
d2("content twice", np.vstack([c, c]), np.vstack([c, c]), "self-not-excluded")
d2("plus", *same(0.5), "beta-wrong-sign")
d2("minus on both", np.vstack([c, -0.5 * p01]), np.vstack([c, -0.5 * p01]), "beta-wrong-sign")
d2("0.03", *same(-0.03), "beta-too-small", "self-not-excluded", "too-soft")
d2("1.7", *same(-1.7), "beta-too-large")
d2("4", *same(-4), "beta-too-large")
d2("50", *same(-50), "beta-too-large")
d2("content negative", *same(0.5, cq=-c), "opposite-sign")
d2("content negative, position negative", *same(-0.5, cq=-c), "opposite-sign", None)
d2("position alone", *same(-0.5, cq=0 * c), "ignores-content")
d2("content 4-7", *same(-0.5, cq=C[4:], ck=C[4:]), "wrong-components", "beta-too-large")
d2("content in other order", *same(-0.5, ck=c[::-1]), "different-bases")
d2("avoids the previous", *same(-0.5, q=turn(p01, -st)), "self-not-excluded", "wrong-angle", None)
d2(
    "clock 0 alone",
    *same(-0.5, q=pairs(0, 0), k=pairs(0, 0)),
    "one-frequency",
    "self-not-excluded",
    None,
)
d2(
    "small clocks",
    *same(-0.5, q=pairs(4, 5), k=pairs(4, 5)),
    "too-soft",
    "wrong-components",
    "self-not-excluded",
)
d2("cosines against", *same(-0.5, q=COS[:4], k=COS[:4]), "cosines-only", "self-not-excluded", None)
d2(
    "clocks exchanged",
    *same(-0.5, k=pairs(1, 0)),
    "frequencies-mixed-up",
    "self-not-excluded",
    None,
)
d2("mirror", *same(-0.5, k=swap_cs(p01)), "cos-sin-swapped", "self-not-excluded", None)
d2("0.03 overall", *(lambda q, k: (0.03 * q, k))(*same(-0.5)), "too-soft")
d2("four rows", c, c, "wrong-shape")
d2(
    "two components",
    *same(-0.5, cq=np.diag([1, 1, 0, 0]) @ c),
    "too-few-dimensions",
    None,
    "wrong-components",
)
d2("identity of positions minus content?", *same(-0.5, q=V[:4], k=V[:4]), "self-not-excluded")
_t = np.arange(12)
for _i in range(1, 12):
    _e = [j for j in range(_i) if tok[j] == tok[_i]]
    if _e:
        _t[_i] = _e[-1]
d2("sample only", *fit_to_sample(_t, 8), "fitted-to-one-sequence")
# ---------------------------------------------------------------- ex2e
P8 = P[:8]


def e2(name, v, o, *slugs):
    COLLECTION.add_wrong("ex2e", name, {"W_V_same": v, "W_out_same": o}, *slugs)


VO = V[:8].T
e2("gain 2", 2 * P8, VO, "gain")
e2("minus", P8, -VO, "gain")
e2("over lambda", P8 / np.repeat(S.lam[:4], 2)[:, None], VO, "gain")
e2("cosines first", np.vstack([COS[:4], SIN[:4]]), VO, "wrong-order")
e2("reversed", P8, V[7::-1].T, "wrong-order")
e2("sin before cos", swap_cs(P8), VO, "wrong-order", "cos-sin-swapped")
e2("v 8-15", P8, V[8:].T, "wrong-scratch", "wrong-dimensions")
e2("v from 1", P8, V[1:9].T, "wrong-scratch", "wrong-dimensions", "wrong-order")
e2("onto the position", P8, P8.T, "wrong-scratch", "wrong-dimensions")
e2("onto the content", P8, C.T, "wrong-scratch", "wrong-dimensions")
e2("copies content", C, VO, "wrong-dimensions")
e2("v not transposed", P8, V[:8], "transposed")
e2("roles", V[:8], P8.T, "roles-swapped")
e2("three clocks", np.vstack([P8[:6], np.zeros((2, 48))]), VO, "too-few-dimensions")
e2("cosines alone", np.diag([1, 0] * 4) @ P8, VO, "too-few-dimensions", "cosines-only")
e2("clocks 2-5", P[4:12], VO, "wrong-dimensions", "wrong-components")
e2("content too", P8 + 0.2 * C, VO, "leak")
e2("writes content too", P8, (V[:8] + 0.5 * C).T, "leak")
e2("rotated", rot(8, 4) @ P8, VO, "not-one-to-one", "leak")
e2(
    "turned on already",
    turn(P8, AL[:4]),
    VO,
    "pointer-turned",
    None,
    "not-one-to-one",
    "wrong-angle",
    "leak",
)
e2("scratch to scratch", V[:8], VO, "wrong-dimensions")
e2("zero", 0 * P8, VO, "all-zero")
e2("all into v_0", P8, np.outer(V[0], np.ones(8)), "not-one-to-one", "too-few-dimensions")
e2("four rows", P8[:4], V[:4].T, "wrong-shape")
e2("inf", np.full((8, 48), np.inf), VO, "not-finite")
# ---------------------------------------------------------------- ex2f
REF = dict(zip(("W_Q_same", "W_K_same"), same(-0.5), strict=True))
REF |= {"W_V_same": P8, "W_out_same": VO}


def f2(name, q, k, *slugs):
    COLLECTION.add_wrong("ex2f", name, {"W_Q_next": q, "W_K_next": k, **REF}, *slugs)


v8 = V[:8]
s4 = AL[:4]
f2("no turn", v8, P8, "attends-to-copy-not-successor")
f2("no turn, two clocks", V[:4], p01, "attends-to-copy-not-successor")
f2("turned back", turn(v8, -s4), P8, "attends-before-copy", None, "wrong-angle", "attends-to-next")
f2("two on", turn(v8, 2 * s4), P8, None, "wrong-angle")
f2("half a step", turn(v8, s4 / 2), P8, "wrong-angle", "attends-to-copy-not-successor")
f2("own position", turn(P8, s4), P8, "wrong-scratch", "attends-to-next", "attends-to-self")
f2("previous of own", turn(P8, -s4), P8, "wrong-scratch", None)
f2("swapped", P8, turn(v8, s4), "roles-swapped")
f2("clock 0", turn(V[:2], AL[:1]), pairs(0), "one-frequency")
f2("v 8-15", turn(V[8:], s4), P8, "wrong-scratch", "all-zero")
f2("v 2-5 for clocks 0, 1", turn(V[2:6], AL[:2]), p01, "wrong-scratch", "frequencies-mixed-up")
f2("alpha exchanged", turn(v8, s4[[1, 0, 2, 3]]), P8, "frequencies-mixed-up")
f2("alpha 0 for all", turn(v8, s4[[0] * 4]), P8, "frequencies-mixed-up")
f2("cosines", V[:8:2], COS[:4], "cosines-only", "attends-to-copy-not-successor")
f2("mirror", mirror(v8, s4), P8, "cos-sin-swapped")
f2("minus", -turn(v8, s4), P8, "opposite-sign")
f2("0.004", 0.004 * turn(v8, s4), P8, "too-soft")
f2("content", c, c, "ignores-position", "attends-to-copy-not-successor", "wrong-scratch")
f2("both turned", turn(v8, s4), turn(P8, s4), "attends-to-copy-not-successor")
f2("key turned on", v8, turn(P8, s4), "attends-before-copy", None, "wrong-angle", "attends-to-next")
f2("clocks 0, 3", turn(V[[0, 1, 6, 7]], AL[[0, 3]]), pairs(0, 3), "wrong-components", None)
f2("4 and 8 rows", turn(V[:4], AL[:2]), P8, "wrong-shape")
f2("ten rows", np.vstack([V[:10]]), np.vstack([P8, P8[:2]]), "wrong-shape")
f2(
    "keys cosines first",
    turn(v8, s4),
    np.vstack([COS[:4], SIN[:4]]),
    "different-bases",
    "cos-sin-swapped",
    "frequencies-mixed-up",
    "wrong-order",
)


# Right answers.
q, k = both(c, c, 5)
ok("any basis", "ex2a", W_Q_content=q, W_K_content=k)
ok("0.02", "ex2a", W_Q_content=0.02 * c, W_K_content=c)
ok("rotated both, doubled", "ex2a", W_Q_content=2 * rot(4, 2) @ c, W_K_content=rot(4, 2) @ c)
ok("other order both", "ex2a", W_Q_content=c[::-1], W_K_content=c[::-1].tolist())
ok(
    "cos cos sin sin",
    "ex2b",
    W_Q_self=np.vstack([COS[:2], SIN[:2]]),
    W_K_self=np.vstack([COS[:2], SIN[:2]]),
)
q, k = both(p01, p01, 6)
ok("any basis", "ex2b", W_Q_self=q, W_K_self=k)
ok("both turned alike", "ex2b", W_Q_self=turn(p01, [1.0, 2.0]), W_K_self=turn(p01, [1.0, 2.0]))
ok("clocks weighed", "ex2b", W_Q_self=np.diag([1, 1, 3, 3]) @ p01, W_K_self=p01)
ok("key turned on", "ex2c", W_Q_prev=p01, W_K_prev=turn(p01, st))
ok("half on each side", "ex2c", W_Q_prev=turn(p01, -st / 2), W_K_prev=turn(p01, st / 2))
ok(
    "18 steps on, as good as one back",
    "ex2c",
    W_Q_prev=turn(p01, [18 * st[0], 6 * st[1]]),
    W_K_prev=p01,
)
q, k = both(turn(p01, -st), p01, 7)
ok("any basis, float32", "ex2c", W_Q_prev=q.astype(np.float32), W_K_prev=k.astype(np.float32))
ok("clocks weighed", "ex2c", W_Q_prev=np.diag([1, 1, 2.5, 2.5]) @ turn(p01, -st), W_K_prev=p01)
ok("beta .2", "ex2d", **dict(zip(("W_Q_same", "W_K_same"), same(-0.2), strict=True)))
ok("beta .9", "ex2d", **dict(zip(("W_Q_same", "W_K_same"), same(-0.9), strict=True)))
ok(
    "beta on the key, any basis",
    "ex2d",
    **dict(
        zip(
            ("W_Q_same", "W_K_same"),
            both(np.vstack([c, p01]), np.vstack([c, -0.4 * p01]), 8),
            strict=True,
        )
    ),
)
ok(
    "content doubled, beta 1.2 of it",
    "ex2d",
    W_Q_same=np.vstack([2 * c, -1.2 * p01]),
    W_K_same=np.vstack([c, p01]),
)
ok("position first", "ex2d", W_Q_same=np.vstack([-0.5 * p01, c]), W_K_same=np.vstack([p01, c]))
ok("any basis", "ex2e", W_V_same=rnd(8, 9) @ P8, W_out_same=VO @ np.linalg.inv(rnd(8, 9)))
ok("6 decimals", "ex2e", W_V_same=np.round(P8, 6), W_out_same=np.round(VO, 6))
ok("shuffled inside", "ex2e", W_V_same=P8[::-1].tolist(), W_out_same=V[7::-1].T)
ok("two clocks", "ex2f", W_Q_next=turn(V[:4], st), W_K_next=p01, **REF)
ok("key turned back", "ex2f", W_Q_next=v8, W_K_next=turn(P8, -s4), **REF)
ok(
    "any basis of six",
    "ex2f",
    **dict(
        zip(("W_Q_next", "W_K_next"), both(turn(V[:6], AL[:3]), pairs(0, 1, 2), 10), strict=True)
    ),
    **REF,
)
ok(
    "redundant rows",
    "ex2f",
    W_Q_next=np.vstack([turn(V[:4], st)] * 2),
    W_K_next=np.vstack([p01] * 2),
    **REF,
)
ok(
    "zero rows",
    "ex2f",
    W_Q_next=np.vstack([turn(V[:4], st), np.zeros((1, 48))]),
    W_K_next=np.vstack([p01, np.zeros((1, 48))]),
    **REF,
)
ok(
    "own scratch",
    "ex2f",
    W_Q_next=turn(V[8:12], st),
    W_K_next=p01,
    W_Q_same=REF["W_Q_same"],
    W_K_same=REF["W_K_same"],
    W_V_same=P8,
    W_out_same=V[8:].T,
)

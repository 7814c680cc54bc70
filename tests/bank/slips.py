"""Slips of a tired student, and right answers of odd forms, over all parts.

Each slip has one expected name, fixed before the rule that gives it was written. ``SEEN``
are slips that were seen in trying the course out; the others were invented afterwards, and a
third of them was held out until the rules stood. One expectation fell later: the principal
directions of the one sequence are data, and they are right on it, so they count as fitted.
"""

from __future__ import annotations

import numpy as np

from circuits.shapes import FloatArray
from tests.bank.case import Case, right, wrong
from tests.bank.directions import (
    ALPHA,
    MIX,
    TURN,
    C,
    P,
    S,
    V,
    padded,
    pairs,
    query_key,
    turn,
)
from tests.bank.exercise_1 import (
    HEAD_1,
    HEAD_2,
    MIXED,
    ONE,
    RANDOM,
    TWO,
    E,
    behind,
    expand,
    head,
    nets,
    paths,
)
from tests.bank.exercise_2 import _A, _B, _C, _D, _E, _F, _X, ON, OWN, PART, d, d_other, e, f
from tests.bank.exercise_3 import _OV, _QK, _TWO, one, two

AXES = np.eye(48)
BACK = turn(P[:4], -1)
_INV = {n: np.linalg.inv(MIX[n]) for n in MIX}
HADAMARD = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2


def combine(rows: FloatArray, signs: str, angles: FloatArray = ALPHA) -> FloatArray:
    """Return each pair of rows combined by ``[[c, s], [s, c]]`` with these four signs."""
    a, b, g, h = (1.0 if sign == "+" else -1.0 for sign in signs)
    out = []
    for i in range(len(rows) // 2):
        c, s = np.cos(angles[i]), np.sin(angles[i])
        out += [
            a * c * rows[2 * i] + b * s * rows[2 * i + 1],
            g * s * rows[2 * i] + h * c * rows[2 * i + 1],
        ]
    return np.array(out)


def qk(suffix: str, W_Q: FloatArray, W_K: FloatArray, name: str, slug: str | None, **more) -> Case:
    """Return a wrong pair of query and key, of which anything may hold."""
    names = (f"W_Q_{suffix}", f"W_K_{suffix}")
    return wrong(PART[suffix], name, query_key(suffix, W_Q, W_K), slug, names, holds=None, **more)


# ---------------------------------------------------------------- functions of the warm-up


def _pattern(scores: FloatArray, hidden: FloatArray) -> FloatArray:
    scores = np.where(hidden, -np.inf, scores)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def w2_with(hide):
    """Return a head that hides what ``hide(n)`` says, an ``(n, n)`` array of truth values."""

    def attention_head(x, W_Q, W_K, W_V, W_out):
        scores = (x @ W_Q.T) @ (x @ W_K.T).T
        return _pattern(scores, hide(len(x))) @ (x @ W_V.T) @ W_out.T

    return attention_head


def w5_with(hide):
    """Return the same with the two circuits."""

    def attention_head_qk_ov(x, W_QK, W_OV):
        return _pattern(x @ W_QK @ x.T, hide(len(x))) @ x @ W_OV.T

    return attention_head_qk_ov


def _ones(n):
    return np.ones((n, n), dtype=bool)


def causal(n):
    return np.triu(_ones(n), 1)


def w2_prints(x, W_Q, W_K, W_V, W_out):
    print(end="" if len(w2_with(causal)(x, W_Q, W_K, W_V, W_out)) else " ")


def w2_returns_in_the_loop_only(x, W_Q, W_K, W_V, W_out):  # noqa: RET503 - the slip itself
    if len(x) > 1:
        return w2_with(causal)(x, W_Q, W_K, W_V, W_out)


def w2_fills_with_a_large_number(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T
    scores[np.tril_indices(len(x), -1)] = -1e9
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ x @ W_V.T @ W_out.T


def w2_loops_one_too_far(x, W_Q, W_K, W_V, W_out):
    output = np.zeros(x.shape)
    for i in range(len(x)):
        seen = x[: i + 2]
        scores = seen @ W_K.T @ (W_Q @ x[i])
        weights = np.exp(scores - scores.max())
        output[i] = W_out @ W_V @ (weights @ seen) / weights.sum()
    return output


def w2_loops_too_short(x, W_Q, W_K, W_V, W_out):
    output = np.zeros(x.shape)
    for i in range(1, len(x)):
        scores = x[:i] @ W_K.T @ (W_Q @ x[i])
        weights = np.exp(scores - scores.max())
        output[i] = W_out @ W_V @ (weights @ x[:i]) / weights.sum()
    return output


def w2_adds_a_mask_of_ones(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T + np.tril(_ones(len(x)))
    return _pattern(scores, ~_ones(len(x))) @ x @ W_V.T @ W_out.T


def w2_divides_scores_by_their_sum(x, W_Q, W_K, W_V, W_out):
    scores = np.tril((x @ W_Q.T) @ (x @ W_K.T).T)
    return scores / scores.sum(axis=1, keepdims=True) @ x @ W_V.T @ W_out.T


def w2_scales_by_tokens(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T / np.sqrt(len(x) + 1)
    return _pattern(scores, causal(len(x))) @ x @ W_V.T @ W_out.T


def w2_gives_both(x, W_Q, W_K, W_V, W_out):
    pattern = _pattern((x @ W_Q.T) @ (x @ W_K.T).T, causal(len(x)))
    return pattern @ x @ W_V.T @ W_out.T, pattern


def w2_query_from_the_first_token(x, W_Q, W_K, W_V, W_out):
    scores = np.tile(W_Q @ x[0] @ (x @ W_K.T).T, (len(x), 1))
    return _pattern(scores, causal(len(x))) @ x @ W_V.T @ W_out.T


def w2_base_two(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T * np.log(2)
    return _pattern(scores, causal(len(x))) @ x @ W_V.T @ W_out.T


def w2_forgets_W_out(x, W_Q, W_K, W_V, W_out):
    return _pattern((x @ W_Q.T) @ (x @ W_K.T).T, causal(len(x))) @ x @ W_V.T


def w5_prints(x, W_QK, W_OV):
    print(end="" if len(w5_with(causal)(x, W_QK, W_OV)) else " ")


def w5_divides_by_eight(x, W_QK, W_OV):
    return _pattern(x @ W_QK @ x.T / 8, causal(len(x))) @ x @ W_OV.T


def w5_stream_twice(x, W_QK, W_OV):
    return x + _pattern(x @ W_QK @ x.T, causal(len(x))) @ x @ W_OV.T + x


def w6_prints(d_model, d_head):
    print(end="" if min(d_model, d_head) else " ")


def w6_narrow_alone(d_model, d_head):  # noqa: RET503 - the slip itself
    if d_head < d_model:
        return d_head


def w7_prints(W_V_2, W_out_1):
    print(end="" if len(np.linalg.svd(W_V_2 @ W_out_1)[1]) else " ")


def w7_roots_untrimmed(W_V_2, W_out_1):
    M = W_V_2 @ W_out_1
    return np.sqrt(np.linalg.eigvals(M.T @ M))


def w7_roots_of_M_MT(W_V_2, W_out_1):
    M = W_V_2 @ W_out_1
    return np.sqrt(np.abs(np.linalg.eigvalsh(M @ M.T)))[::-1]


def w7_padded(W_V_2, W_out_1):
    values = np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)
    return np.concatenate([values, np.zeros(len(W_out_1) - len(values))])


def w7_squares_untrimmed(W_V_2, W_out_1):
    M = W_V_2 @ W_out_1
    return np.linalg.eigvalsh(M.T @ M)[::-1]


def w7_through_transposes(W_V_2, W_out_1):
    return np.linalg.svd(W_V_2.T @ W_out_1.T, compute_uv=False)[: len(W_V_2)]


def w7_shares(W_V_2, W_out_1):
    values = np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)
    return values**2 / (values**2).sum()


def w7_negative_and_rising(W_V_2, W_out_1):
    return sorted(-np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False))


# ---------------------------------------------------------------- seen in trying the course out
R = expand(RANDOM)
R1, R2 = R["W_net_1"], R["W_net_2"]
T = expand(TWO)
T1, T2 = T["W_net_1"], T["W_net_2"]
TURNED_E = e(turn(P[:8], 1), V[:8].T)
BEHIND_TURNED = {**OWN, **TURNED_E}


def fn(part: str, name: str, function: object, slug: str | None) -> Case:
    """Return a wrong function, of which anything may hold."""
    answer = {
        "w2": "attention_head",
        "w5": "attention_head_qk_ov",
        "w6": "max_rank",
        "w7": "read_strengths",
    }[part]
    return wrong(part, name, {answer: function}, slug, holds=None)


SEEN: tuple[Case, ...] = (
    fn("w2", "prints the result", w2_prints, "returned-none"),
    fn("w6", "prints the result", w6_prints, "returned-none"),
    fn("w2", "the mask upside down", w2_with(lambda n: np.tril(_ones(n), -1)), "mask-reversed"),
    fn("w2", "the mask one off", w2_with(lambda n: np.triu(_ones(n), 2)), "looks-one-ahead"),
    fn("w7", "roots of all eigenvalues, untrimmed", w7_roots_untrimmed, "too-many-values"),
    wrong(
        "ex1d",
        "the second head alone for the one-token copy",
        paths(TWO, one_token_copy=T2),
        "path-missing",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "head 1 twice, behind right heads",
        paths(TWO, two_token_copy=T1 @ T1),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "a product of transposes",
        paths(RANDOM, two_token_copy=R2.T @ R1.T),
        "transposed",
        holds=("one-token",),
    ),
    qk("content", _X[:4], _X[:4], "the first four rows of x", "data-not-directions"),
    qk("content", AXES[:4], AXES[:4], "the first four axes", "axes-not-directions"),
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
    # w2
    fn(
        "w2",
        "returns only where there are several tokens",
        w2_returns_in_the_loop_only,
        "returned-none",
    ),
    fn("w2", "hides the past with a large number", w2_fills_with_a_large_number, "mask-reversed"),
    fn("w2", "sees only what comes after", w2_with(lambda n: np.tril(_ones(n))), "mask-reversed"),
    fn("w2", "a loop one too far", w2_loops_one_too_far, "looks-one-ahead"),
    fn("w2", "a loop one too short, the first token empty", w2_loops_too_short, "strict-mask"),
    fn("w2", "a mask of ones added", w2_adds_a_mask_of_ones, None),
    fn("w2", "scores divided by their sum", w2_divides_scores_by_their_sum, None),
    fn("w2", "scores divided by the root of n_tokens", w2_scales_by_tokens, None),
    fn("w2", "output and pattern", w2_gives_both, "not-an-array"),
    fn("w2", "the first token's query for all", w2_query_from_the_first_token, None),
    fn("w2", "powers of two", w2_base_two, None),
    fn("w2", "without W_out", w2_forgets_W_out, "wrong-shape"),
    # w3, w4
    wrong("w3", "None for both", {"reads_from": None, "writes_to": None}, "returned-none"),
    wrong(
        "w3",
        "with a T for transposed",
        {"reads_from": "W_V.T", "writes_to": "W_out"},
        "not-an-array",
        holds=("writes",),
    ),
    wrong("w4", "letters alone", {"attention_matrices": ("Q", "K")}, "not-an-array"),
    wrong("w4", "a product in one string", {"attention_matrices": "W_Q @ W_K"}, "not-an-array"),
    wrong("w4", "what print gives back", {"attention_matrices": None}, "returned-none"),
    # w5
    fn("w5", "prints the result", w5_prints, "returned-none"),
    fn("w5", "the mask upside down", w5_with(lambda n: np.tril(_ones(n), -1)), "mask-reversed"),
    fn("w5", "sees only what comes after", w5_with(lambda n: np.tril(_ones(n))), "mask-reversed"),
    fn("w5", "the mask one off", w5_with(lambda n: np.triu(_ones(n), 2)), "looks-one-ahead"),
    fn("w5", "scores divided by eight", w5_divides_by_eight, None),
    fn("w5", "the stream added twice", w5_stream_twice, None),
    # w6
    fn("w6", "returns for narrow heads alone", w6_narrow_alone, "returned-none"),
    fn("w6", "d_head, as on the page", lambda d_model, d_head: int(d_head), "uses-d-head"),
    fn("w6", "twice the smaller", lambda d_model, d_head: 2 * min(d_model, d_head), None),
    fn("w6", "a name", lambda d_model, d_head: "d_head", "not-an-array"),
    fn(
        "w6",
        "both, smaller first",
        lambda d_model, d_head: sorted((d_model, d_head)),
        "wrong-shape",
    ),
    # w7
    fn("w7", "prints the result", w7_prints, "returned-none"),
    fn("w7", "roots of the eigenvalues of M M^T, untrimmed", w7_roots_of_M_MT, "too-many-values"),
    fn("w7", "filled up with zeros", w7_padded, "too-many-values"),
    fn("w7", "eigenvalues of M^T M, untrimmed", w7_squares_untrimmed, "squared"),
    fn("w7", "the product of the transposes", w7_through_transposes, "factors-swapped"),
    fn("w7", "shares of the whole", w7_shares, None),
    fn("w7", "with a minus, and rising", w7_negative_and_rising, "gain"),
    # 1a
    wrong(
        "ex1a",
        "every fourth dimension",
        head("1", (0, 4, 8, 12), range(8, 12)),
        "wrong-dimensions",
        HEAD_1,
        holds=("writes",),
    ),
    wrong(
        "ex1a",
        "ones everywhere",
        {"W_V_1": np.ones((4, 16)), "W_out_1": np.ones((16, 4))},
        None,
        HEAD_1,
    ),
    wrong(
        "ex1a",
        "the identity off by one",
        {"W_V_1": np.eye(4, 16), "W_out_1": np.eye(16, 4, k=-7)},
        "wrong-dimensions",
        HEAD_1,
        holds=("reads",),
    ),
    wrong(
        "ex1a",
        "the identity off the edge",
        {"W_V_1": np.eye(4, 16), "W_out_1": np.eye(16, 4, k=8)},
        "all-zero",
    ),
    wrong(
        "ex1a",
        "reads all four blocks",
        {"W_V_1": np.tile(np.eye(4), 4), "W_out_1": ONE["W_out_1"]},
        "leak",
        HEAD_1,
        holds=("writes",),
    ),
    wrong(
        "ex1a",
        "writes to all four blocks",
        {"W_V_1": ONE["W_V_1"], "W_out_1": np.tile(np.eye(4), 4).T},
        "leak",
        HEAD_1,
        holds=("reads",),
    ),
    wrong(
        "ex1a",
        "a block of ones",
        {"W_V_1": np.ones((4, 4)) @ E[:4], "W_out_1": E[8:12].T},
        "not-one-to-one",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "read from the end",
        head("1", (15, 14, 13, 12), range(8, 12)),
        "wrong-dimensions",
        HEAD_1,
        holds=("writes",),
    ),
    wrong("ex1a", "None", {**ONE, "W_out_1": None}, "returned-none"),
    # 1b
    wrong(
        "ex1b",
        "one of head 1's twice",
        behind(ONE, (8, 8, 4, 5), range(4)),
        "not-one-to-one",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "0 for two tokens back",
        behind(ONE, (0, 4, 5, 6), range(12, 16)),
        "no-two-token-path",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "the mean of what head 1 writes",
        {**ONE, "W_V_2": np.vstack([E[8:12].mean(0), E[4:7]]), "W_out_2": E[:4].T},
        "not-one-to-one",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "written to all four blocks",
        {**TWO, "W_out_2": np.tile(np.eye(4), 4).T},
        "not-one-to-one",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "gains that differ",
        {**TWO, "W_V_2": TWO["W_V_2"] * [[1], [2], [3], [4]]},
        "gain",
        HEAD_2,
        holds=None,
    ),
    wrong("ex1b", "None", {**TWO, "W_V_2": None}, "returned-none"),
    # 1c
    wrong(
        "ex1c",
        "head 1 in the second product as well",
        nets(MIXED, W_net_2=expand(MIXED)["W_net_2"] @ (E + expand(MIXED)["W_net_1"])),
        "leak",
        holds=("net-1",),
    ),
    wrong(
        "ex1c",
        "typed one column too far",
        nets(TWO, W_net_1=np.roll(T1, 1, axis=1)),
        "wrong-dimensions",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "a projection on what is read",
        nets(TWO, W_net_1=TWO["W_V_1"].T @ TWO["W_V_1"]),
        "wrong-dimensions",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "a projection on what is written, of random heads",
        nets(RANDOM, W_net_2=RANDOM["W_out_2"] @ RANDOM["W_out_2"].T),
        None,
        holds=("net-1",),
    ),
    wrong(
        "ex1c",
        "signs left out",
        nets(RANDOM, W_net_1=np.abs(R1)),
        "rank-too-high",
        holds=("net-2",),
    ),
    # 1d
    wrong(
        "ex1d",
        "the first head alone for the one-token copy",
        paths(TWO, one_token_copy=T1),
        "path-missing",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "head 1 twice, of random heads",
        paths(RANDOM, two_token_copy=R1 @ R1),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "head 2 twice, with a minus",
        paths(RANDOM, two_token_copy=-R2 @ R2),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "one factor transposed",
        paths(RANDOM, two_token_copy=R2 @ R1.T),
        "transposed",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "one path transposed",
        paths(RANDOM, one_token_copy=R1 + R2.T),
        "transposed",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "both orders added",
        paths(RANDOM, two_token_copy=R1 @ R2 + R2 @ R1),
        "rank-too-high",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "all paths for the two-token copy",
        paths(RANDOM, two_token_copy=R1 + R2 + R2 @ R1),
        "leak",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "the stream and all paths for the two-token copy",
        paths(RANDOM, two_token_copy=(E + R2) @ (E + R1)),
        "residual-added",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "head 2 alone, in place of the product",
        paths(TWO, two_token_copy=T2),
        "path-missing",
        holds=("one-token",),
    ),
    # 2a
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
    # 2b
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
    # 2c
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
    # 2d
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
    # 2e
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
    # 2f
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
    # 3a
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
    # 3b
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


# ---------------------------------------------------------------- right answers of odd forms
class Head:
    """A head whose call is a method."""

    def __call__(self, x, W_Q, W_K, W_V, W_out):
        return w2_with(causal)(x, W_Q, W_K, W_V, W_out)


def w2_by_recursion(x, W_Q, W_K, W_V, W_out):
    if len(x) == 0:
        return np.zeros(x.shape)
    scores = x @ W_K.T @ (W_Q @ x[-1])
    weights = np.exp(scores - scores.max())
    last = W_out @ W_V @ (weights @ x) / weights.sum()
    return np.vstack([w2_by_recursion(x[:-1], W_Q, W_K, W_V, W_out), last[None]])


def w5_by_eigen(x, W_QK, W_OV):
    U, s, Vt = np.linalg.svd(W_QK)
    return w2_with(causal)(x, (U * s).T, Vt, W_OV, np.eye(len(W_OV)))


def w6_by_products(d_model, d_head):
    return d_model * (d_model <= d_head) + d_head * (d_head < d_model)


def w7_without_svd(W_V_2, W_out_1):
    M = W_V_2 @ W_out_1
    n = min(M.shape)
    whole = np.block([[np.zeros((len(M),) * 2), M], [M.T, np.zeros((M.shape[1],) * 2)]])
    return np.sort(np.linalg.eigvalsh(whole))[::-1][:n]


_whole_turn = turn(P[:4], 132)  # 133 is the period of the first two pairs together

ODD: tuple[Case, ...] = (
    right("w2", "an object that can be called", {"attention_head": Head()}),
    right("w2", "by recursion", {"attention_head": w2_by_recursion}),
    right(
        "w2",
        "a masked array",
        {"attention_head": lambda *given: np.ma.array(w2_with(causal)(*given))},
    ),
    right("w5", "through singular vectors", {"attention_head_qk_ov": w5_by_eigen}),
    right("w6", "by truth values", {"max_rank": w6_by_products}),
    right(
        "w6",
        "in an array without axes",
        {"max_rank": lambda d_model, d_head: np.array(min(d_model, d_head))},
    ),
    right("w7", "of a symmetric matrix twice as large", {"read_strengths": w7_without_svd}),
    right(
        "w7",
        "a tuple",
        {"read_strengths": lambda W_V_2, W_out_1: tuple(np.linalg.svd(W_V_2 @ W_out_1)[1])},
    ),
    right("w3", "small letters and W_o", {"reads_from": "w_v ", "writes_to": "w_o"}),
    right("w4", "a generator", {"attention_matrices": {"W_K": 1, "W_Q": 2}}),
    right(
        "ex1a",
        "shifted identities",
        {"W_V_1": np.eye(4, 16), "W_out_1": np.eye(16, 4, k=-8)},
        HEAD_1,
    ),
    right(
        "ex1a",
        "Hadamard inside",
        {"W_V_1": HADAMARD @ E[:4], "W_out_1": E[8:12].T @ HADAMARD},
        HEAD_1,
    ),
    right(
        "ex1a",
        "a triangle inside",
        {
            "W_V_1": np.tril(np.ones((4, 4))) @ E[:4],
            "W_out_1": E[8:12].T @ np.linalg.inv(np.tril(np.ones((4, 4)))),
        },
        HEAD_1,
    ),
    right(
        "ex1b",
        "12 to 15 less one, Hadamard inside",
        {**ONE, "W_V_2": HADAMARD @ E[[12, 9, 14, 15]], "W_out_2": E[[1, 3, 5, 7]].T @ HADAMARD},
        HEAD_2,
    ),
    right("ex1b", "written where head 1 read", behind(ONE, (11, 4, 7, 13), (3, 2, 1, 0)), HEAD_2),
    right(
        "ex1c",
        "by einsum",
        nets(RANDOM, W_net_1=np.einsum("ik,kj->ij", RANDOM["W_out_1"], RANDOM["W_V_1"])),
    ),
    right(
        "ex1d",
        "all paths less the others",
        paths(RANDOM, two_token_copy=(E + R2) @ (E + R1) - E - R1 - R2),
    ),
    right(
        "ex1d",
        "from the right, factor by factor",
        paths(
            MIXED,
            two_token_copy=MIXED["W_out_2"] @ (MIXED["W_V_2"] @ MIXED["W_out_1"]) @ MIXED["W_V_1"],
        ),
    ),
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

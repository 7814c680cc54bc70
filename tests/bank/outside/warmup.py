"""Answers of a second hand to the warm-up."""

from __future__ import annotations

import numpy as np

from tests.bank.outside.collection import Collection

COLLECTION = Collection()
ok = COLLECTION.add_right


# ---------------------------------------------------------------- w2
def head(  # noqa: C901 (one switch for each mistake)
    mask="ok", scale=None, axis=-1, stable=True, res=False, swapqk=False, ov="ok", inplace=False
):
    def attention_head(x, W_Q, W_K, W_V, W_out):  # noqa: C901 (as above)
        q, k, v = x @ W_Q.T, x @ W_K.T, x @ W_V.T
        s = k @ q.T if swapqk else q @ k.T
        if scale == "head":
            s = s / np.sqrt(W_Q.shape[0])
        if scale == "model":
            s = s / np.sqrt(W_Q.shape[1])
        n = len(x)
        if mask == "ok":
            s = np.where(np.tri(n, dtype=bool), s, -np.inf)
        if mask == "times":
            s = s * np.tri(n)
        if mask == "triu":
            s = np.where(np.triu(np.ones((n, n), bool)), s, -np.inf)
        if mask == "strict9":
            s = np.where(np.tri(n, k=-1, dtype=bool), s, -1e9)
        if mask == "strict":
            s = np.where(np.tri(n, k=-1, dtype=bool), s, -np.inf)
        if mask == "weak":
            s = np.where(np.tri(n, dtype=bool), s, -1e4)
        if stable:
            s = s - s.max(axis=axis, keepdims=True)
        if stable == "global":
            s = s - s.max()
        p = np.exp(s)
        p = p / p.sum(axis=axis, keepdims=True)
        if mask == "after":
            p = p * np.tri(n)
        if mask == "afternorm":
            p = p * np.tri(n)
            p = p / p.sum(-1, keepdims=True)
        if ov == "swap":
            o = p @ (x @ W_out @ W_V)
        elif ov == "pT":
            o = p.T @ v @ W_out.T
        elif ov == "noout":
            o = p @ v
        elif ov == "pattern":
            return p
        elif ov == "noV":
            o = p @ x
        else:
            o = p @ v @ W_out.T
        if inplace:
            x += o
            return x
        return x + o if res else o

    return attention_head


def w2(name, f, *slugs):
    COLLECTION.add_wrong("w2", name, {"attention_head": f}, *slugs)


w2("no mask", head(mask=None), "no-mask")
w2("scores times tril", head(mask="times"), "no-mask")
w2("mask the wrong way round", head(mask="triu"), "mask-reversed", "no-mask", None)
w2("k=-1, -1e9", head(mask="strict9"), "strict-mask")
w2("k=-1, -inf", head(mask="strict"), "strict-mask", "not-finite")
w2("tril after softmax", head(mask="after"), "masked-after-softmax")
w2(
    "tril after softmax, renormalised",
    head(mask="afternorm"),
    "masked-after-softmax",
    "unstable-softmax",
)
w2("sqrt d_head", head(scale="head"), "scaled")
w2("sqrt d_model", head(scale="model"), "scaled", None)
w2("axis 0", head(axis=0), "softmax-over-queries")
w2("no max", head(stable=False), "unstable-softmax")
w2("residual", head(res=True), "residual-added")
w2("x += and return x", head(inplace=True), "input-changed", "residual-added")
w2("query and key swapped", head(swapqk=True), "roles-swapped", "circuit-transposed")
w2("reads with W_out, writes with W_V", head(ov="swap"), "roles-swapped", "circuit-transposed")
w2("pattern transposed", head(ov="pT"), None, "softmax-over-queries")
w2("forgot W_out", head(ov="noout"), "wrong-shape")
w2("returns the pattern", head(ov="pattern"), "wrong-shape")
w2("no W_V, no W_out", head(ov="noV"), None)


def hard(x, W_Q, W_K, W_V, W_out):
    s = np.where(np.tri(len(x), dtype=bool), x @ W_Q.T @ W_K @ x.T, -np.inf)
    return x[s.argmax(1)] @ W_V.T @ W_out.T


w2("argmax", hard, None)


def mean(x, W_Q, W_K, W_V, W_out):
    p = np.tri(len(x))
    return (p / p.sum(1, keepdims=True)) @ x @ W_V.T @ W_out.T


w2("uniform attention", mean, None)


def unnorm(x, W_Q, W_K, W_V, W_out):
    s = np.where(np.tri(len(x), dtype=bool), x @ W_Q.T @ W_K @ x.T, -np.inf)
    return np.exp(s - s.max(1, keepdims=True)) @ x @ W_V.T @ W_out.T


w2("not divided by the sum", unnorm, None)


def loop_strict(x, W_Q, W_K, W_V, W_out):
    out = np.zeros(x.shape)
    for i in range(1, len(x)):
        s = np.array([W_Q @ x[i] @ (W_K @ x[j]) for j in range(i)])
        p = np.exp(s - s.max())
        p /= p.sum()
        out[i] = sum(p[j] * (W_out @ W_V @ x[j]) for j in range(i))
    return out


w2("loop over range(i)", loop_strict, "strict-mask")


def scale_inplace(x, W_Q, W_K, W_V, W_out):
    W_Q /= np.sqrt(len(W_Q))
    return head()(x, W_Q, W_K, W_V, W_out)


w2("W_Q /= sqrt(d)", scale_inplace, "input-changed", "scaled")


def clip(x, W_Q, W_K, W_V, W_out):
    s = np.where(np.tri(len(x), dtype=bool), np.clip(x @ W_Q.T @ W_K @ x.T, -100, 100), -np.inf)
    p = np.exp(s)
    return p / p.sum(1, keepdims=True) @ x @ W_V.T @ W_out.T


w2("clipped to 100", clip, None, "unstable-softmax")


def raises(x, W_Q, W_K, W_V, W_out):
    return x @ W_Q @ W_K


w2("shapes do not match inside", raises, None, "transposed")


def nothing(x, W_Q, W_K, W_V, W_out):
    print(end="")


w2("no return", nothing, "returned-none")


def globmax(x, W_Q, W_K, W_V, W_out):
    s = x @ W_Q.T @ W_K @ x.T
    s = s - s.max()
    p = np.exp(np.where(np.tri(len(x), dtype=bool), s, -np.inf))
    return p / p.sum(1, keepdims=True) @ x @ W_V.T @ W_out.T


w2("global maximum subtracted", globmax, "unstable-softmax", "not-finite")
w2(
    "negative output",
    lambda x, W_Q, W_K, W_V, W_out: -head()(x, W_Q, W_K, W_V, W_out),
    "gain",
    None,
)


# ---------------------------------------------------------------- w5
def qkov(
    mask=True,
    qT=False,
    oT=False,
    axis=1,
    scale=False,
    res=False,
    stable=True,
    ov=True,
    strict=False,
    after=False,
    inplace=False,
):
    def attention_head_qk_ov(x, W_QK, W_OV):
        s = x @ (W_QK.T if qT else W_QK) @ x.T
        if scale:
            s = s / np.sqrt(x.shape[1])
        vis = np.tri(len(x), k=-1 if strict else 0, dtype=bool)
        if strict:
            vis[0, 0] = True
        if mask:
            s = np.where(vis, s, -np.inf)
        if stable:
            s = s - s.max(axis=axis, keepdims=True)
        p = np.exp(s)
        p = p / p.sum(axis=axis, keepdims=True)
        if after:
            p = np.tril(p)
        o = p @ x @ (W_OV if oT else W_OV.T) if ov else p @ x
        if inplace:
            x[:] = o
            return x
        return o + x if res else o

    return attention_head_qk_ov


def w5(name, f, *slugs):
    COLLECTION.add_wrong("w5", name, {"attention_head_qk_ov": f}, *slugs)


w5("QK transposed", qkov(qT=True), "circuit-transposed", "roles-swapped")
w5("OV from the wrong side", qkov(oT=True), "circuit-transposed")
w5("both from the wrong side", qkov(qT=True, oT=True), "circuit-transposed")
w5("no mask", qkov(mask=False), "no-mask")
w5("no mask and OV transposed", qkov(mask=False, oT=True), "no-mask", "circuit-transposed", None)
w5("over sqrt d_model", qkov(scale=True), "scaled", None)
w5("axis 0", qkov(axis=0), "softmax-over-queries")
w5("residual", qkov(res=True), "residual-added")
w5("naive exp", qkov(stable=False), "unstable-softmax")
w5("OV forgotten", qkov(ov=False), None)
w5("strict, first token sees itself", qkov(strict=True), "strict-mask")
w5("tril of the pattern", qkov(mask=False, after=True), "masked-after-softmax")
w5("result into x", qkov(inplace=True), "input-changed")


# ---------------------------------------------------------------- w3 w4 w6 w7
def w3(name, a, b, *slugs):
    COLLECTION.add_wrong("w3", name, {"reads_from": a, "writes_to": b}, *slugs)


w3("swapped", "W_out", "W_V", "roles-swapped")
w3("W_K reads", "W_K", "W_out", None)
w3("W_Q and W_V", "W_Q", "W_V", None, "roles-swapped")
w3("W_Q and W_K", "W_Q", "W_K", None)
w3("same twice", "W_V", "W_V", None)
w3("second missing", "W_V", ..., "missing")


def w4(name, a, *slugs):
    COLLECTION.add_wrong("w4", name, {"attention_matrices": a}, *slugs)


w4("Q and V", ["W_Q", "W_V"], None)
w4("V and out", ("W_V", "W_out"), None, "roles-swapped")
w4("three", {"W_Q", "W_K", "W_V"}, None)
w4("one", ["W_Q"], None)
w4("K twice", ["W_K", "W_K"], None)


def w6(name, f, *slugs):
    COLLECTION.add_wrong("w6", name, {"max_rank": f}, *slugs)


w6("d_head", lambda d_model, d_head: d_head, "uses-d-head", None)
w6("d_model", lambda d_model, d_head: d_model, "uses-d-model")
w6("max", lambda d_model, d_head: max(d_model, d_head), "uses-d-model", None)
w6("product", lambda d_model, d_head: d_model * d_head, None)
w6("quotient", lambda d_model, d_head: d_model // d_head, None)
w6("twice d_head", lambda d_model, d_head: min(2 * d_head, d_model), None)
w6("off by one", lambda d_model, d_head: min(d_model, d_head) - 1, None)


def w7(name, f, *slugs):
    COLLECTION.add_wrong("w7", name, {"read_strengths": f}, *slugs)


def svd(M):
    return np.linalg.svd(M, compute_uv=False)


w7("sorted", lambda W_V_2, W_out_1: np.sort(svd(W_V_2 @ W_out_1)), "ascending")
w7(
    "eigvalsh of M^T M, reversed",
    lambda W_V_2, W_out_1: (
        lambda M: np.linalg.eigvalsh(M.T @ M if M.shape[1] <= M.shape[0] else M @ M.T)[::-1]
    )(W_V_2 @ W_out_1),
    "squared",
)
w7(
    "eigvalsh of M M^T",
    lambda W_V_2, W_out_1: (
        lambda M: np.linalg.eigvalsh(M.T @ M if M.shape[1] <= M.shape[0] else M @ M.T)
    )(W_V_2 @ W_out_1),
    "squared",
    "ascending",
)
w7(
    "singular values of M^T M",
    lambda W_V_2, W_out_1: (lambda M: svd(M.T @ M)[: min(M.shape)])(W_V_2 @ W_out_1),
    "squared",
)
w7(
    "factors swapped",
    lambda W_V_2, W_out_1: svd(W_out_1 @ W_V_2),
    "factors-swapped",
    "wrong-shape",
    None,
)
w7("eigenvalues", lambda W_V_2, W_out_1: np.linalg.eigvals(W_V_2 @ W_out_1), None, "not-real")
w7(
    "whole svd",
    lambda W_V_2, W_out_1: np.linalg.svd(W_V_2 @ W_out_1),
    None,
    "not-an-array",
    "wrong-shape",
)
w7("norm", lambda W_V_2, W_out_1: np.linalg.norm(W_V_2 @ W_out_1), "wrong-shape", None)
w7(
    "over the largest",
    lambda W_V_2, W_out_1: (lambda s: s / s[0])(svd(W_V_2 @ W_out_1)),
    None,
    "gain",
    "not-finite",
)
w7("of W_V_2 alone", lambda W_V_2, W_out_1: svd(W_V_2)[: min(len(W_V_2), W_out_1.shape[1])], None)
w7("diagonal matrix", lambda W_V_2, W_out_1: np.diag(svd(W_V_2 @ W_out_1)), "wrong-shape")
w7(
    "only those above 1e-9",
    lambda W_V_2, W_out_1: (lambda s: s[s > 1e-9])(svd(W_V_2 @ W_out_1)),
    None,
    "wrong-shape",
)
w7("two decimals", lambda W_V_2, W_out_1: np.round(svd(W_V_2 @ W_out_1), 2), None)
w7(
    "row norms",
    lambda W_V_2, W_out_1: np.sort(np.linalg.norm(W_V_2 @ W_out_1, axis=1))[::-1][
        : min(len(W_V_2), W_out_1.shape[1])
    ],
    None,
)


# Right answers.


def loop(x, W_Q, W_K, W_V, W_out):
    x = np.asarray(x)
    out = []
    for i in range(len(x)):
        s = [float(W_Q @ x[i] @ (W_K @ x[j])) for j in range(i + 1)]
        m = max(s)
        e = np.exp(np.array(s) - m)
        e /= e.sum()
        out.append((W_out @ sum(w * (W_V @ x[j]) for j, w in enumerate(e))).tolist())
    return out


ok("loops and lists", "w2", attention_head=loop)
ok(
    "add -1e30",
    "w2",
    attention_head=lambda x, W_Q, W_K, W_V, W_out: (
        lambda s: (
            (lambda p: p / p.sum(1, keepdims=True))(np.exp(s - s.max(1, keepdims=True)))
            @ x
            @ (W_out @ W_V).T
        )
    )(x @ W_Q.T @ W_K @ x.T + np.triu(np.full((len(x),) * 2, -1e30), 1)),
)


def logspace(x, W_Q, W_K, W_V, W_out):
    s = np.einsum("id,hd,he,je->ij", x, W_Q, W_K, x)
    s[~np.tri(len(x), dtype=bool)] = -np.inf
    total = np.logaddexp.reduce(s, axis=1, keepdims=True)
    return np.exp(s - total) @ x @ W_V.T @ W_out.T


ok("log-sum-exp", "w2", attention_head=logspace)


def tuple_read(x, W_Q, W_K, W_V, W_out):
    x = x.copy()
    x += 0
    return head()(x, W_Q, W_K, W_V, W_out)


ok("copies first", "w2", attention_head=tuple_read)
ok(
    "columns",
    "w5",
    attention_head_qk_ov=lambda x, W_QK, W_OV: (
        lambda X: (
            (
                W_OV
                @ X
                @ (
                    lambda s: (lambda p: (p / p.sum(1, keepdims=True)).T)(
                        np.exp(s - s.max(1, keepdims=True))
                    )
                )(np.where(np.tri(len(x), dtype=bool), X.T @ W_QK @ X, -np.inf))
            ).T
        )
    )(x.T),
)
ok("fewest letters", "w5", attention_head_qk_ov=lambda a, b, c: qkov()(a, b, c))
ok("kwargs names", "w3", reads_from="W_V", writes_to="W_out")
ok("tuple, reversed", "w4", attention_matrices=("W_K", "W_Q"))
ok("set", "w4", attention_matrices={"W_K", "W_Q"})
ok("numpy int", "w6", max_rank=lambda d_model, d_head: np.minimum(d_model, d_head))
ok(
    "by trying",
    "w6",
    max_rank=lambda d_model, d_head: int(
        np.linalg.matrix_rank(np.random.default_rng(0).standard_normal((d_model, d_head)))
    ),
)
ok("sorted", "w6", max_rank=lambda *a: min(a))
ok(
    "root of eigvalsh",
    "w7",
    read_strengths=lambda W_V_2, W_out_1: np.sqrt(
        np.maximum(
            0,
            np.linalg.eigvalsh(
                (lambda M: M @ M.T if M.shape[0] <= M.shape[1] else M.T @ M)(W_V_2 @ W_out_1)
            ),
        )
    )[::-1],
)
ok(
    "transposed product, list",
    "w7",
    read_strengths=lambda W_V_2, W_out_1: list(svd(W_out_1.T @ W_V_2.T)),
)

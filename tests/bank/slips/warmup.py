"""Slips of a tired student in the warm-up, and right answers of odd forms."""

from __future__ import annotations

import numpy as np

from circuits.shapes import FloatArray
from tests.bank.case import Case, right, wrong


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
)

INVENTED: tuple[Case, ...] = (
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
    fn("w5", "prints the result", w5_prints, "returned-none"),
    fn("w5", "the mask upside down", w5_with(lambda n: np.tril(_ones(n), -1)), "mask-reversed"),
    fn("w5", "sees only what comes after", w5_with(lambda n: np.tril(_ones(n))), "mask-reversed"),
    fn("w5", "the mask one off", w5_with(lambda n: np.triu(_ones(n), 2)), "looks-one-ahead"),
    fn("w5", "scores divided by eight", w5_divides_by_eight, None),
    fn("w5", "the stream added twice", w5_stream_twice, None),
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
    fn("w7", "prints the result", w7_prints, "returned-none"),
    fn("w7", "roots of the eigenvalues of M M^T, untrimmed", w7_roots_of_M_MT, "too-many-values"),
    fn("w7", "filled up with zeros", w7_padded, "too-many-values"),
    fn("w7", "eigenvalues of M^T M, untrimmed", w7_squares_untrimmed, "squared"),
    fn("w7", "the product of the transposes", w7_through_transposes, "factors-swapped"),
    fn("w7", "shares of the whole", w7_shares, None),
    fn("w7", "with a minus, and rising", w7_negative_and_rising, "gain"),
)


# Right answers of odd forms.
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
)

CASES: tuple[Case, ...] = (*SEEN, *INVENTED, *ODD)

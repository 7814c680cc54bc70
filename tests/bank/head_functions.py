"""Right ways to write one head in code: parts w2 and w5.

Each function stands alone, so that its source can be put into a notebook.
"""

from __future__ import annotations

import numpy as np


def w2_plain(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T
    scores = np.where(np.tril(np.ones(scores.shape, dtype=bool)), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    pattern = weights / weights.sum(axis=1, keepdims=True)
    return pattern @ (x @ W_V.T) @ W_out.T


def w2_by_loops(x, W_Q, W_K, W_V, W_out):
    output = []
    for i in range(len(x)):
        query = W_Q @ x[i]
        scores = [float(query @ (W_K @ x[j])) for j in range(i + 1)]
        top = max(scores)
        weights = [np.exp(score - top) for score in scores]
        mixed = sum(w * (W_V @ x[j]) for j, w in enumerate(weights)) / sum(weights)
        output.append(W_out @ mixed)
    return np.array(output)


def w2_by_einsum(x, W_Q, W_K, W_V, W_out):
    q, k, v = (np.einsum("nd,hd->nh", x, W) for W in (W_Q, W_K, W_V))
    scores = np.einsum("ih,jh->ij", q, k)
    scores[np.triu_indices(len(x), 1)] = -1e30
    scores -= scores.max(-1)[:, None]
    pattern = np.exp(scores)
    pattern /= pattern.sum(-1)[:, None]
    return np.einsum("ij,jh,dh->id", pattern, v, W_out)


def w2_by_circuits(x, W_Q, W_K, W_V, W_out):
    n = x.shape[0]
    scores = x @ (W_Q.T @ W_K) @ x.T
    mask = np.triu(np.full((n, n), -np.inf), k=1)
    scores = scores + mask
    pattern = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return (pattern / pattern.sum(axis=-1, keepdims=True)) @ x @ (W_out @ W_V).T


def w2_in_columns(x, W_Q, W_K, W_V, W_out):
    X = x.T
    scores = (W_K @ X).T @ (W_Q @ X)  # keys down, queries across
    n = X.shape[1]
    scores = np.where(np.arange(n)[:, None] <= np.arange(n)[None, :], scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=0))
    return (W_out @ (W_V @ X) @ (weights / weights.sum(axis=0))).T


def w2_masked_after_and_normalised(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T
    visible = np.tril(np.ones_like(scores))
    highest = np.where(visible > 0, scores, -np.inf).max(axis=1, keepdims=True)
    weights = np.exp(np.minimum(scores - highest, 0)) * visible
    return (weights / weights.sum(axis=1, keepdims=True)) @ x @ W_V.T @ W_out.T


def w2_as_lists(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T + np.triu(np.full((len(x), len(x)), -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True) @ x @ W_V.T @ W_out.T).tolist()


def w2_as_matrix(x, W_Q, W_K, W_V, W_out):
    x, W_Q, W_K, W_V, W_out = (np.asmatrix(array) for array in (x, W_Q, W_K, W_V, W_out))
    scores = np.asarray(x * W_Q.T * (x * W_K.T).T)
    scores = scores + np.triu(np.full(scores.shape, -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asmatrix(weights / weights.sum(axis=1, keepdims=True)) * x * W_V.T * W_out.T


def w2_as_float32(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T + np.triu(np.full((len(x), len(x)), -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    output = weights / weights.sum(axis=1, keepdims=True) @ x @ W_V.T @ W_out.T
    return output.astype(np.float32)


def w2_token_by_token(x, W_Q, W_K, W_V, W_out):
    output = np.zeros_like(x)
    for i in range(x.shape[0]):
        seen = x[: i + 1]
        scores = seen @ (W_K.T @ (W_Q @ x[i]))
        scores = scores - scores.max()
        weights = np.exp(scores) / np.exp(scores).sum()
        output[i] = W_out @ (W_V @ (weights @ seen))
    return output


def w2_with_a_spare_argument(x, W_Q, W_K, W_V, W_out, causal=True, scale=1.0):
    scores = scale * (x @ W_Q.T) @ (x @ W_K.T).T
    if causal:
        scores = scores + np.triu(np.full((len(x), len(x)), -np.inf), 1)
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None])
    return weights @ x @ W_V.T @ W_out.T


def w5_plain(x, W_QK, W_OV):
    scores = x @ W_QK @ x.T
    scores = np.where(np.tril(np.ones(scores.shape, dtype=bool)), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)) @ x @ W_OV.T


def w5_by_loops(x, W_QK, W_OV):
    output = []
    for i in range(len(x)):
        scores = [float(x[i] @ W_QK @ x[j]) for j in range(i + 1)]
        weights = [np.exp(score - max(scores)) for score in scores]
        output.append(W_OV @ sum(w * x[j] for j, w in enumerate(weights)) / sum(weights))
    return np.array(output)


def w5_by_einsum(x, W_QK, W_OV):
    scores = np.einsum("id,de,je->ij", x, W_QK, x)
    scores[np.triu_indices(len(x), 1)] = -1e30
    pattern = np.exp(scores - scores.max(-1, keepdims=True))
    pattern /= pattern.sum(-1, keepdims=True)
    return np.einsum("ij,jd,ed->ie", pattern, x, W_OV)


def w5_in_columns(x, W_QK, W_OV):
    X = x.T
    scores = X.T @ W_QK.T @ X  # keys down, queries across
    n = X.shape[1]
    scores = np.where(np.arange(n)[:, None] <= np.arange(n)[None, :], scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=0))
    return (W_OV @ X @ (weights / weights.sum(axis=0))).T


def w5_through_factors(x, W_QK, W_OV):
    U, s, Vt = np.linalg.svd(W_QK)
    scores = (x @ (U * s)) @ (x @ Vt.T).T
    scores = scores + np.triu(np.full(scores.shape, -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)) @ (x @ W_OV.T)


def w5_as_lists(x, W_QK, W_OV):
    scores = x @ W_QK @ x.T + np.triu(np.full((len(x), len(x)), -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True) @ x @ W_OV.T).tolist()


def w5_as_float32(x, W_QK, W_OV):
    scores = x @ W_QK @ x.T + np.triu(np.full((len(x), len(x)), -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    output = weights / weights.sum(axis=1, keepdims=True) @ x @ W_OV.T
    return output.astype(np.float32)


def w5_token_by_token(x, W_QK, W_OV):
    output = np.empty_like(x)
    for i in range(x.shape[0]):
        scores = x[: i + 1] @ (W_QK.T @ x[i])
        weights = np.exp(scores - scores.max())
        output[i] = W_OV @ (weights @ x[: i + 1]) / weights.sum()
    return output


class W5Called:
    """A head as an object that can be called."""

    def __call__(self, x, W_QK, W_OV):
        scores = x @ W_QK @ x.T + np.triu(np.full((len(x), len(x)), -np.inf), 1)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True) @ x @ W_OV.T


RIGHT_W2 = {
    "plain": w2_plain,
    "loops over tokens": w2_by_loops,
    "einsum, masked with -1e30": w2_by_einsum,
    "through both circuits": w2_by_circuits,
    "a token in each column": w2_in_columns,
    "masked after the exponential, then normalised": w2_masked_after_and_normalised,
    "returns lists": w2_as_lists,
    "returns np.matrix": w2_as_matrix,
    "returns float32": w2_as_float32,
    "one token at a time": w2_token_by_token,
    "takes more arguments than it needs": w2_with_a_spare_argument,
}

RIGHT_W5 = {
    "plain": w5_plain,
    "loops over tokens": w5_by_loops,
    "einsum, masked with -1e30": w5_by_einsum,
    "a token in each column": w5_in_columns,
    "through factors of its own": w5_through_factors,
    "returns lists": w5_as_lists,
    "returns float32": w5_as_float32,
    "one token at a time": w5_token_by_token,
    "an object that can be called": W5Called(),
}

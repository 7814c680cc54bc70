"""Right and wrong ways to write the functions of exercise 5: parts 5a and 5d."""

from __future__ import annotations

import numpy as np

from circuits.rotary import SPEEDS, turn_pairs

# 5a: the scores of a rotary head.


def scores_of(x, W_Q, W_K, first=0, speeds=SPEEDS, signs=(1, 1)):
    angles = (first + np.arange(len(x)))[:, None] * speeds
    queries = turn_pairs(x @ W_Q.T, signs[0] * angles)
    return queries @ turn_pairs(x @ W_K.T, signs[1] * angles).T


def scores_plain(x, W_Q, W_K):
    return scores_of(x, W_Q, W_K)


def scores_from_one(x, W_Q, W_K):
    return scores_of(x, W_Q, W_K, first=1)


def scores_in_complex_numbers(x, W_Q, W_K):
    q, k = x @ W_Q.T, x @ W_K.T
    turns = np.exp(1j * np.arange(len(x))[:, None] * SPEEDS)
    q = (q[:, 0::2] + 1j * q[:, 1::2]) * turns
    k = (k[:, 0::2] + 1j * k[:, 1::2]) * turns
    return (q @ k.conj().T).real


def scores_by_distances(x, W_Q, W_K):
    n = len(x)
    scores = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            query = turn_pairs(W_Q @ x[i], (i - j) * SPEEDS)
            scores[i, j] = query @ (W_K @ x[j])
    return scores


def scores_with_matrices(x, W_Q, W_K):
    def turned(numbers, n):
        matrix = np.zeros((16, 16))
        for p, angle in enumerate(n * SPEEDS):
            c, s = np.cos(angle), np.sin(angle)
            matrix[2 * p : 2 * p + 2, 2 * p : 2 * p + 2] = [[c, -s], [s, c]]
        return matrix @ numbers

    queries = np.array([turned(W_Q @ row, n) for n, row in enumerate(x)])
    keys = np.array([turned(W_K @ row, n) for n, row in enumerate(x)])
    return queries @ keys.T


def scores_pair_by_pair(x, W_Q, W_K):
    n = np.arange(len(x))
    distance = n[:, None] - n
    scores = 0
    for p, speed in enumerate(SPEEDS):
        q, k = x @ W_Q[2 * p : 2 * p + 2].T, x @ W_K[2 * p : 2 * p + 2].T
        along = q @ k.T
        across = np.outer(q[:, 0], k[:, 1]) - np.outer(q[:, 1], k[:, 0])
        scores = scores + np.cos(speed * distance) * along + np.sin(speed * distance) * across
    return scores


def scores_as_lists(x, W_Q, W_K):
    return scores_plain(x, W_Q, W_K).tolist()


def scores_with_einsum(x, W_Q, W_K):
    angles = np.einsum("n,p->np", np.arange(len(x)), SPEEDS)
    queries = turn_pairs(np.einsum("nd,hd->nh", x, W_Q), angles)
    keys = turn_pairs(np.einsum("nd,hd->nh", x, W_K), angles)
    return np.einsum("ih,jh->ij", queries, keys)


RIGHT_5A = {
    "plain": scores_plain,
    "positions from 1": scores_from_one,
    "in complex numbers": scores_in_complex_numbers,
    "by distances": scores_by_distances,
    "with rotation matrices": scores_with_matrices,
    "pair by pair": scores_pair_by_pair,
    "as lists": scores_as_lists,
    "with einsum": scores_with_einsum,
}


def scores_stub(x, W_Q, W_K):
    # return (n_tokens, n_tokens)
    ...


def scores_in_place(x, W_Q, W_K):
    W_Q *= 1.0 / 4.0
    return 4 * scores_of(x, W_Q, W_K)


def scores_in_halves(x, W_Q, W_K):
    order = np.arange(16).reshape(2, 8).T.ravel()
    return scores_of(x, W_Q[order], W_K[order])


def scores_softmaxed(x, W_Q, W_K, causal=True):
    visible = np.tri(len(x), dtype=bool) if causal else True
    scores = np.where(visible, scores_of(x, W_Q, W_K), -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def scores_of_few_positions(x, W_Q, W_K):
    angles = np.arange(64)[:, None] * SPEEDS
    queries = turn_pairs(x @ W_Q.T, angles[: len(x)])
    return queries @ turn_pairs(x @ W_K.T, angles[: len(x)]).T


def scores_with_a_gap(x, W_Q, W_K):
    scores = scores_of(x, W_Q, W_K)
    scores[-1, 0] = np.nan
    return scores


def scores_lost_far_away(x, W_Q, W_K):
    distance = np.arange(len(x))[:, None] - np.arange(len(x))
    return np.where(distance < 40, scores_of(x, W_Q, W_K), np.nan)


def _raise(x, W_Q, W_K):
    return turn_pairs(x @ W_Q.T, SPEEDS[:3])


ALL = ("unchanged",)
WRONG_5A = (
    ("no turn", lambda x, W_Q, W_K: x @ W_Q.T @ (x @ W_K.T).T, "nothing-turned", ALL),
    (
        "both turned back",
        lambda x, W_Q, W_K: scores_of(x, W_Q, W_K, signs=(-1, -1)),
        "turned-the-other-way",
        (*ALL, "relative"),
    ),
    (
        "turned apart",
        lambda x, W_Q, W_K: scores_of(x, W_Q, W_K, signs=(1, -1)),
        "turned-apart",
        ALL,
    ),
    (
        "queries alone",
        lambda x, W_Q, W_K: scores_of(x, W_Q, W_K, signs=(1, 0)),
        "one-side-turned",
        ALL,
    ),
    (
        "keys alone",
        lambda x, W_Q, W_K: scores_of(x, W_Q, W_K, signs=(0, 1)),
        "one-side-turned",
        ALL,
    ),
    (
        "one speed for all",
        lambda x, W_Q, W_K: scores_of(x, W_Q, W_K, speeds=np.ones(8)),
        "one-speed",
        (*ALL, "relative"),
    ),
    ("paired in halves", scores_in_halves, "other-pairs", (*ALL, "relative")),
    ("divided by 4", lambda x, W_Q, W_K: scores_of(x, W_Q, W_K) / 4, "scaled", (*ALL, "relative")),
    (
        "after a softmax over all keys",
        lambda *given: scores_softmaxed(*given, causal=False),
        "pattern-not-scores",
        ALL,
    ),
    ("after the softmax", scores_softmaxed, "pattern-not-scores", ALL),
    (
        "keys down, queries across",
        lambda x, W_Q, W_K: scores_of(x, W_K, W_Q),
        None,
        (*ALL, "relative"),
    ),
    (
        "speeds the other way round",
        lambda x, W_Q, W_K: scores_of(x, W_Q, W_K, speeds=SPEEDS[::-1]),
        None,
        (*ALL, "relative"),
    ),
    (
        "twice the angle",
        lambda x, W_Q, W_K: scores_of(x, W_Q, W_K, speeds=2 * SPEEDS),
        None,
        (*ALL, "relative"),
    ),
    ("writes into W_Q", scores_in_place, "input-changed", ("scores", "relative")),
    ("minus", lambda x, W_Q, W_K: -scores_of(x, W_Q, W_K), "gain", (*ALL, "relative")),
    ("zeros", lambda x, W_Q, W_K: np.zeros((len(x), len(x))), "all-zero", ALL),
    ("one row", lambda x, W_Q, W_K: scores_of(x, W_Q, W_K)[0], "wrong-shape", ()),
    ("complex", lambda x, W_Q, W_K: scores_of(x, W_Q, W_K) + 0j, "not-real", ()),
    ("NaN", lambda x, W_Q, W_K: scores_of(x, W_Q, W_K) * np.nan, "not-finite", ()),
    ("NaN in a corner", scores_with_a_gap, "not-finite", ()),
    ("NaN far away", scores_lost_far_away, None, ()),
    ("angles of 64 positions", scores_of_few_positions, None, ("scores", "unchanged")),
    ("an error", _raise, None, ()),
    ("still the stub", scores_stub, "missing", ()),
    ("prints it", lambda x, W_Q, W_K: print(end=""), "returned-none", ()),
)

# 5d: the share of variance that a linear fit explains.


def missed(features, target, constant=True):
    columns = np.column_stack([features, np.ones(len(features))]) if constant else features
    return target - columns @ np.linalg.lstsq(columns, target, rcond=None)[0]


def probe_plain(features, target):
    left = missed(features, target)
    return 1 - (left**2).sum() / ((target - target.mean()) ** 2).sum()


def probe_by_variance(features, target):
    return 1 - missed(features, target).var() / target.var()


def probe_centred(features, target):
    features, target = features - features.mean(axis=0), target - target.mean()
    left = missed(features, target, constant=False)
    return float(1 - left @ left / (target @ target))


def probe_by_correlation(features, target):
    fit = target - missed(features, target)
    return np.corrcoef(fit, target)[0, 1] ** 2


def probe_by_normal_equations(features, target):
    X = np.column_stack([np.ones(len(features)), features])
    weights = np.linalg.solve(X.T @ X, X.T @ target)
    return 1 - np.var(target - X @ weights) / np.var(target)


def probe_by_pinv(features, target):
    X = np.column_stack([np.ones(len(features)), features])
    return np.array(1 - np.var(target - X @ (np.linalg.pinv(X) @ target)) / np.var(target))


def probe_by_qr(features, target):
    centred = target - target.mean()
    Q = np.linalg.qr(features - features.mean(axis=0))[0]
    return ((Q.T @ centred) ** 2).sum() / (centred**2).sum()


def probe_of_the_fit(features, target):
    fit = target - missed(features, target)
    return fit.var() / target.var()


RIGHT_5D = {
    "plain": probe_plain,
    "by variance": probe_by_variance,
    "centred first": probe_centred,
    "by correlation": probe_by_correlation,
    "by the normal equations": probe_by_normal_equations,
    "by the pseudo-inverse": probe_by_pinv,
    "by QR": probe_by_qr,
    "the variance of the fit": probe_of_the_fit,
}


def probe_stub(features, target): ...


def probe_without_constant(features, target):
    left = missed(features, target, constant=False)
    return 1 - (left**2).sum() / ((target - target.mean()) ** 2).sum()


def probe_uncentred(features, target):
    left = missed(features, target, constant=False)
    return 1 - (left**2).sum() / (target**2).sum()


def probe_adjusted(features, target):
    rows, columns = features.shape
    return 1 - (1 - probe_plain(features, target)) * (rows - 1) / (rows - columns - 1)


def probe_in_place(features, target):
    target -= target.mean()
    return probe_plain(features, target)


def _end(features, target):
    raise SystemExit(1)


WRONG_5D = (
    ("no constant", probe_without_constant, "no-constant", ("fit",)),
    ("about zero", probe_uncentred, "no-constant", ("fit",)),
    ("what is left", lambda f, t: 1 - probe_plain(f, t), "error-not-share", ()),
    ("the mean square", lambda f, t: (missed(f, t) ** 2).mean(), "error-not-share", ()),
    ("the sum of squares", lambda f, t: (missed(f, t) ** 2).sum(), "error-not-share", ()),
    (
        "the root of the mean square",
        lambda f, t: (missed(f, t) ** 2).mean() ** 0.5,
        "error-not-share",
        (),
    ),
    ("the correlation", lambda f, t: probe_plain(f, t) ** 0.5, "not-squared", ()),
    ("adjusted", probe_adjusted, None, ()),
    ("one feature alone", lambda f, t: probe_plain(f[:, :1], t), None, ()),
    ("the first half", lambda f, t: probe_plain(f[: len(f) // 2], t[: len(t) // 2]), None, ()),
    ("always 1", lambda f, t: 1.0, None, ()),
    ("in percent", lambda f, t: 100 * probe_plain(f, t), "gain", ()),
    ("into the target", probe_in_place, "input-changed", ()),
    ("the weights", lambda f, t: np.linalg.lstsq(f, t, rcond=None)[0], "wrong-shape", ()),
    ("a string", lambda f, t: str(probe_plain(f, t)), "not-an-array", ()),
    ("complex", lambda f, t: complex(probe_plain(f, t)), "not-real", ()),
    ("NaN", lambda f, t: np.nan, "not-finite", ()),
    ("zero", lambda f, t: 0, "all-zero", ()),
    ("still the stub", probe_stub, "missing", ()),
    ("prints it", lambda f, t: print(end=""), "returned-none", ()),
    ("the end of the program", _end, None, ()),
)

"""Right and wrong ways to write the two small functions: parts w6 and w7."""

from __future__ import annotations

import numpy as np

# w6: the greatest rank of W_QK and W_OV.


def min_plain(d_model, d_head):
    return min(d_model, d_head)


def min_by_cases(d_model, d_head):
    return min(d_model, d_head)


def min_of_numpy(d_model, d_head):
    return np.minimum(d_model, d_head)


def min_sorted(d_model, d_head):
    return sorted([d_model, d_head])[0]  # noqa: FURB192 - as a learner may write it


def min_as_float(d_model, d_head):
    return float(min(d_model, d_head))


def min_measured(d_model, d_head):
    rng = np.random.default_rng(0)
    W_Q, W_K = rng.standard_normal((2, d_head, d_model))
    return np.linalg.matrix_rank(W_Q.T @ W_K)


def min_counted(d_model, d_head):
    rank = 0
    for _ in range(d_head):
        if rank < d_model:
            rank += 1
    return rank


def min_in_an_array(d_model, d_head):
    return np.array([d_model, d_head]).min()


def min_by_algebra(d_model, d_head):
    return (d_model + d_head - abs(d_model - d_head)) // 2


RIGHT_W6 = {
    "min": min_plain,
    "by cases": min_by_cases,
    "np.minimum": min_of_numpy,
    "sorted": min_sorted,
    "a float": min_as_float,
    "measured on random matrices": min_measured,
    "counted": min_counted,
    "a NumPy integer": min_in_an_array,
    "half the sum less the difference": min_by_algebra,
    "a lambda": lambda d_model, d_head: min([d_model, d_head]),
}


def w6_stub(d_model, d_head):
    # return int
    ...


def _raise_anything(d_model, d_head):
    raise KeyError(d_model)


def _exit(d_model, d_head):
    raise SystemExit(2)


WRONG_W6 = (
    ("d_head", lambda d_model, d_head: d_head, "uses-d-head", ("narrow",)),
    ("d_model", lambda d_model, d_head: d_model, "uses-d-model", ("wide",)),
    ("max", lambda d_model, d_head: max(d_model, d_head), None, ()),
    ("the product", lambda d_model, d_head: d_model * d_head, None, ()),
    ("the sum", lambda d_model, d_head: d_model + d_head, None, ()),
    ("the difference", lambda d_model, d_head: d_model - d_head, None, ()),
    ("d_model // d_head", lambda d_model, d_head: d_model // d_head, None, ()),
    ("d_model squared", lambda d_model, d_head: d_model**2, None, ()),
    ("always 4", lambda d_model, d_head: 4, None, ()),
    ("one less", lambda d_model, d_head: min(d_model, d_head) - 1, None, ()),
    (
        "one more where the head is narrow",
        lambda d_model, d_head: d_model if d_head >= d_model else d_head + 1,
        None,
        ("wide",),
    ),
    ("half", lambda d_model, d_head: min(d_model, d_head) / 2, None, ()),
    ("the root of the product", lambda d_model, d_head: (d_model * d_head) ** 0.5, None, ()),
    ("never wider than 4", lambda d_model, d_head: min(d_head, d_model, 4), None, ()),
    ("d_model unless it is large", lambda d_model, d_head: min(d_model, 8), None, ("wide",)),
    ("in a list", lambda d_model, d_head: [min(d_model, d_head)], "wrong-shape", ()),
    ("both", lambda d_model, d_head: (d_model, d_head), "wrong-shape", ()),
    ("a string", lambda d_model, d_head: str(min(d_model, d_head)), "not-an-array", ()),
    ("complex", lambda d_model, d_head: complex(min(d_model, d_head)), "not-real", ()),
    ("NaN", lambda d_model, d_head: float("nan"), "not-finite", ()),
    ("still the stub", w6_stub, "missing", ()),
    ("prints it", lambda d_model, d_head: print(end=""), "returned-none", ()),
    ("zero", lambda d_model, d_head: 0, "all-zero", ()),
    ("an error", _raise_anything, None, ()),
    ("the end of the program", _exit, None, ()),
)

# w7: the singular values of W_V_2 @ W_out_1, largest first.


def values_plain(W_V_2, W_out_1):
    return np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)


def values_from_all_three(W_V_2, W_out_1):
    _, s, _ = np.linalg.svd(W_V_2 @ W_out_1)
    return s


def values_named(W_V_2, W_out_1):
    return np.linalg.svd(W_V_2 @ W_out_1).S


def values_of_the_transpose(W_V_2, W_out_1):
    return np.linalg.svd((W_V_2 @ W_out_1).T, compute_uv=False)


def values_as_a_list(W_V_2, W_out_1):
    return sorted(np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False).tolist(), reverse=True)


def values_through_qr(W_V_2, W_out_1):
    R = np.linalg.qr(W_V_2 @ W_out_1, mode="r")
    return np.linalg.svd(R, compute_uv=False)


def values_by_roots(W_V_2, W_out_1):
    M = W_V_2 @ W_out_1
    M = M if M.shape[0] <= M.shape[1] else M.T
    return np.sqrt(np.maximum(np.linalg.eigvalsh(M @ M.T), 0))[::-1]


def values_as_float32(W_V_2, W_out_1):
    return np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False).astype(np.float32)


def values_by_hand(W_V_2, W_out_1):
    M = (W_V_2 @ W_out_1).copy()
    found = []
    for _ in range(min(M.shape)):
        U, s, Vt = np.linalg.svd(M)
        found.append(s[0])
        M -= s[0] * np.outer(U[:, 0], Vt[0])
    return found


def values_rounded(W_V_2, W_out_1):
    return np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False).round(10)


def values_with_a_little_noise(W_V_2, W_out_1):
    return np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False) + 5e-6


RIGHT_W7 = {
    "a little noise": values_with_a_little_noise,
    "rounded to 10 decimals": values_rounded,
    "svd without vectors": values_plain,
    "svd, the middle of three": values_from_all_three,
    "svd, by name": values_named,
    "of the transpose": values_of_the_transpose,
    "a sorted list": values_as_a_list,
    "through QR": values_through_qr,
    "roots of eigenvalues": values_by_roots,
    "float32": values_as_float32,
    "one after the other": values_by_hand,
}


def w7_stub(W_V_2, W_out_1):
    # return (smaller d_head of the two,), the largest first
    ...


def _singular(M):
    return np.linalg.svd(M, compute_uv=False)


WRONG_W7 = (
    (
        "ascending",
        lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1)[::-1],
        "ascending",
        ("values",),
    ),
    (
        "sorted",
        lambda W_V_2, W_out_1: np.sort(_singular(W_V_2 @ W_out_1)),
        "ascending",
        ("values",),
    ),
    (
        "the second first",
        lambda W_V_2, W_out_1: np.roll(_singular(W_V_2 @ W_out_1), 1),
        None,
        ("values",),
    ),
    ("squares", lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1) ** 2, "squared", ()),
    (
        "eigenvalues of M M^T",
        lambda W_V_2, W_out_1: np.linalg.eigvalsh((W_V_2 @ W_out_1) @ (W_V_2 @ W_out_1).T)[::-1][
            : W_out_1.shape[1]
        ],
        "squared",
        (),
    ),
    ("eigenvalues", lambda W_V_2, W_out_1: np.abs(np.linalg.eigvals(W_V_2 @ W_out_1)), None, ()),
    ("roots", lambda W_V_2, W_out_1: np.sqrt(_singular(W_V_2 @ W_out_1)), None, ()),
    ("of W_V_2 alone", lambda W_V_2, W_out_1: _singular(W_V_2), None, ()),
    ("of W_out_1 alone", lambda W_V_2, W_out_1: _singular(W_out_1), None, ()),
    (
        "of both, multiplied",
        lambda W_V_2, W_out_1: (
            _singular(W_V_2)[: min(len(W_V_2), W_out_1.shape[1])]
            * _singular(W_out_1)[: min(len(W_V_2), W_out_1.shape[1])]
        ),
        None,
        (),
    ),
    (
        "of W_out_1 @ W_V_2",
        lambda W_V_2, W_out_1: _singular(W_out_1 @ W_V_2)[: len(W_V_2)],
        "factors-swapped",
        (),
    ),
    (
        "of W_out_1 @ W_V_2, all of them",
        lambda W_V_2, W_out_1: _singular(W_out_1 @ W_V_2),
        "factors-swapped",
        (),
    ),
    ("of the sum", lambda W_V_2, W_out_1: _singular(W_V_2 + W_out_1.T), None, ()),
    (
        "as shares of the largest",
        lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1) / _singular(W_V_2 @ W_out_1)[0],
        None,
        (),
    ),
    ("with a minus", lambda W_V_2, W_out_1: -_singular(W_V_2 @ W_out_1), "gain", ()),
    ("doubled", lambda W_V_2, W_out_1: 2 * _singular(W_V_2 @ W_out_1), "gain", ()),
    ("a little off", lambda W_V_2, W_out_1: 1.00005 * _singular(W_V_2 @ W_out_1), "gain", ()),
    (
        "a little more, which only a product of zero shows",
        lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1) + 3e-5,
        None,
        (),
    ),
    (
        "norms of the rows",
        lambda W_V_2, W_out_1: np.sort(np.linalg.norm(W_V_2 @ W_out_1, axis=1))[::-1][
            : W_out_1.shape[1]
        ],
        None,
        (),
    ),
    ("the product itself", lambda W_V_2, W_out_1: W_V_2 @ W_out_1, "wrong-shape", ()),
    (
        "on a diagonal",
        lambda W_V_2, W_out_1: np.diag(_singular(W_V_2 @ W_out_1)),
        "wrong-shape",
        (),
    ),
    ("the largest alone", lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1)[0], "wrong-shape", ()),
    ("in a column", lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1)[:, None], "wrong-shape", ()),
    ("all three of svd", lambda W_V_2, W_out_1: np.linalg.svd(W_V_2 @ W_out_1), "not-an-array", ()),
    (
        "without those that are zero",
        lambda W_V_2, W_out_1: np.array([s for s in _singular(W_V_2 @ W_out_1) if s > 1e-9]),
        None,
        (),
    ),
    ("zeros", lambda W_V_2, W_out_1: np.zeros(min(len(W_V_2), W_out_1.shape[1])), "all-zero", ()),
    (
        "NaN",
        lambda W_V_2, W_out_1: np.full(min(len(W_V_2), W_out_1.shape[1]), np.nan),
        "not-finite",
        (),
    ),
    ("complex", lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1) + 0j, "not-real", ()),
    ("strings", lambda W_V_2, W_out_1: _singular(W_V_2 @ W_out_1).astype(str), "not-an-array", ()),
    ("still the stub", w7_stub, "missing", ()),
    ("prints it", lambda W_V_2, W_out_1: print(end=""), "returned-none", ()),
    ("an error", lambda W_V_2, W_out_1: np.linalg.svd(W_out_1 @ W_out_1), None, ()),
)

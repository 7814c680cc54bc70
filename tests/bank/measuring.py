"""Right and wrong ways to write the measuring functions of chapter 6: parts ex6a to ex6f."""

from __future__ import annotations

import numpy as np


def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


# ex6a: the bigram table of the direct path.


def bigram_plain(W_E, W_U):
    return softmax((W_U @ W_E).T)


def bigram_rows_of_tokens(W_E, W_U):
    logits = W_E.T @ W_U.T
    return softmax(logits)


def bigram_token_by_token(W_E, W_U):
    rows = []
    for token in range(W_E.shape[1]):
        logits = W_U @ W_E[:, token]
        weights = np.exp(logits - max(logits))
        rows.append(weights / sum(weights))
    return rows


def bigram_by_logarithms(W_E, W_U):
    logits = (W_U @ W_E).T
    top = logits.max(1, keepdims=True)
    return np.exp(logits - (np.log(np.exp(logits - top).sum(1, keepdims=True)) + top))


def bigram_softmax_then_transpose(W_E, W_U):
    return softmax(W_U @ W_E, axis=0).T


def bigram_einsum(W_E, W_U):
    return softmax(np.einsum("nd,dp->pn", W_U, W_E))


def bigram_less_the_mean(W_E, W_U):
    logits = (W_U @ W_E).T
    logits = logits - logits.mean(axis=1, keepdims=True)
    return softmax(logits)


def bigram_in_float32(W_E, W_U):
    return softmax((W_U @ W_E).T).astype(np.float32)


def bigram_in_place(W_E, W_U):
    table = (W_U @ W_E).T.copy()
    table -= table.max(axis=1)[:, None]
    np.exp(table, out=table)
    table /= table.sum(axis=1)[:, None]
    return table


RIGHT_A = {
    "plain": bigram_plain,
    "tokens in rows": bigram_rows_of_tokens,
    "token by token, in lists": bigram_token_by_token,
    "through logarithms": bigram_by_logarithms,
    "softmax down, then transposed": bigram_softmax_then_transpose,
    "einsum": bigram_einsum,
    "less the mean first": bigram_less_the_mean,
    "float32": bigram_in_float32,
    "all in float32": lambda W_E, W_U: bigram_plain(np.float32(W_E), np.float32(W_U)),
    "in place": bigram_in_place,
}


def _overflows(W_E, W_U, less=0.0):
    weights = np.exp((W_U @ W_E).T - less)
    return weights / weights.sum(axis=1, keepdims=True)


def clear(function, *places):
    """The same function, which writes zeros into what it was given before it returns."""

    def clearing(*given):
        result = function(*given)
        for place in places:
            given[place][...] = 0
        return result

    return clearing


WRONG_A = (
    ("not transposed", lambda W_E, W_U: softmax(W_U @ W_E), "bigram-transposed", ("rows",)),
    (
        "the right table, columns for rows",
        lambda W_E, W_U: softmax((W_U @ W_E).T).T,
        "bigram-transposed",
        (),
    ),
    (
        "softmax over present words",
        lambda W_E, W_U: softmax((W_U @ W_E).T, axis=0),
        "bigram-softmax-axis",
        (),
    ),
    (
        "softmax over the whole table",
        lambda W_E, W_U: softmax((W_U @ W_E).T, axis=None),
        "bigram-softmax-axis",
        (),
    ),
    ("no softmax", lambda W_E, W_U: (W_U @ W_E).T, "bigram-not-normalised", ()),
    ("no softmax, not transposed", lambda W_E, W_U: W_U @ W_E, "bigram-not-normalised", ()),
    ("exponentials", lambda W_E, W_U: np.exp((W_U @ W_E).T), "bigram-not-normalised", ()),
    (
        "log probabilities",
        lambda W_E, W_U: np.log(softmax((W_U @ W_E).T)),
        "bigram-not-normalised",
        (),
    ),
    ("sums of other rows, without keepdims", lambda W_E, W_U: np.exp((W_U @ W_E).T)
     / np.exp((W_U @ W_E).T).sum(axis=1), "bigram-sums-of-others", ()),
    ("the greatest is not subtracted", _overflows, "unstable-softmax", ("rows",)),
    (
        "one number subtracted from all rows",
        lambda W_E, W_U: _overflows(W_E, W_U, less=(W_U @ W_E).max()),
        "unstable-softmax",
        ("rows",),
    ),
    (
        "logits cut off at 700",
        lambda W_E, W_U: softmax(np.minimum((W_U @ W_E).T, 700)),
        None,
        ("rows",),
    ),
    ("clears the embedding", clear(bigram_plain, 0), "input-changed", ()),
    ("W_E alone", lambda W_E, W_U: softmax(W_E.T @ W_E), "bigram-one-matrix", ("rows",)),
    ("W_U alone", lambda W_E, W_U: softmax(W_U @ W_U.T), "bigram-one-matrix", ("rows",)),
    ("W_E W_U", lambda W_E, W_U: softmax(W_E @ W_U), "factors-swapped", ()),
    (
        "divided by the root of d_model",
        lambda W_E, W_U: softmax((W_U @ W_E).T / np.sqrt(len(W_E))),
        "scaled",
        ("rows",),
    ),
    ("half the logits", lambda W_E, W_U: softmax((W_U @ W_E).T / 2), None, ("rows",)),
    ("the opposite sign", lambda W_E, W_U: softmax(-(W_U @ W_E).T), None, ("rows",)),
    ("all alike", lambda W_E, W_U: np.full((len(W_U),) * 2, 1 / len(W_U)), None, ("rows",)),
    ("logits as shares", lambda W_E, W_U: abs(W_U @ W_E).T / abs(W_U @ W_E).sum(0)[:, None],
     None, ("rows",)),
    ("zeros", lambda W_E, W_U: np.zeros((len(W_U),) * 2), "all-zero", ()),
    ("one row", lambda W_E, W_U: softmax((W_U @ W_E).T)[0], "wrong-shape", ()),
    ("complex", lambda W_E, W_U: softmax((W_U @ W_E).T) + 0j, "not-real", ()),
    ("prints it", lambda W_E, W_U: print(end=""), "returned-none", ()),
    ("an error", lambda W_E, W_U: W_E @ np.ones(1000), None, ()),
)  # fmt: skip

# ex6b: the previous-token score.


def previous_loop(pattern):
    total = 0.0
    for i in range(1, len(pattern)):
        total += pattern[i][i - 1]
    return total / (len(pattern) - 1)


def previous_mask(pattern):
    return pattern[np.eye(len(pattern), k=-1, dtype=bool)].mean()


def previous_trace(pattern):
    return np.trace(pattern, offset=-1) / (len(pattern) - 1)


def previous_indices(pattern):
    i = np.arange(1, len(pattern))
    return pattern[i, i - 1].mean()


def previous_cut_square(pattern):
    return np.diag(pattern[1:, :-1]).mean()


RIGHT_B = {
    "diagonal": lambda pattern: np.diagonal(pattern, -1).mean(),
    "a loop": previous_loop,
    "a mask": previous_mask,
    "a trace": previous_trace,
    "indices": previous_indices,
    "of the smaller square": previous_cut_square,
    "above the diagonal of the transpose": lambda A: np.diag(A.T, 1).mean(),
    "einsum": lambda A: np.einsum("ii", A[1:, :-1]) / (len(A) - 1),
    "float32": lambda A: np.float32(np.diag(A, k=-1).mean()),
    "an array of no axes": lambda A: np.array(np.diag(A, k=-1).mean()),
}

WRONG_B = (
    ("divided by n", lambda A: np.trace(A, -1) / len(A), "previous-divided-by-n", ()),
    ("wrapped around", lambda A: np.mean([A[i, i - 1] for i in range(len(A))]),
     "previous-divided-by-n", ()),
    ("the sum", lambda A: np.trace(A, -1), "previous-not-averaged", ()),
    ("own position", lambda A: np.trace(A) / len(A), "previous-own-position", ()),
    ("own or previous", lambda A: np.diag(A, -1).mean() + np.diag(A)[1:].mean(),
     "previous-own-position", ()),
    ("the next", lambda A: np.diag(A, 1).mean(), "previous-looks-ahead", ()),
    ("the next, by transposing", lambda A: np.diag(A.T, -1).mean(), "previous-looks-ahead", ()),
    ("two back", lambda A: np.diag(A, -2).sum() / max(len(A) - 2, 1), "previous-two-back", ()),
    ("how often it is the greatest",
     lambda A: np.mean(A.argmax(1)[1:] == np.arange(len(A) - 1)), "previous-argmax", ()),
    ("the greatest of each row", lambda A: A.max(1).mean(), "previous-row-maximum", ()),
    ("the greatest of each row but the first", lambda A: A[1:].max(1).mean(),
     "previous-row-maximum", ()),
    ("the median", lambda A: np.median(np.diag(A, -1)), None, ()),
    ("clears the pattern", clear(previous_loop, 0), "input-changed", ()),
    ("the greatest", lambda A: np.diag(A, -1).max(), None, ()),
    ("squared", lambda A: (np.diag(A, -1) ** 2).mean(), None, ()),
    ("one", lambda A: 1.0, None, ()),
    ("the diagonal itself", lambda A: np.diag(A, -1), "wrong-shape", ()),
    ("a percentage", lambda A: 100 * np.diag(A, -1).mean(), "gain", ()),
    ("a string", lambda A: str(np.diag(A, -1).mean()), "not-an-array", ()),
    ("NaN", lambda A: np.nan, "not-finite", ()),
    ("prints it", lambda A: print(end=""), "returned-none", ()),
    ("zero", lambda A: 0.0, "previous-looks-ahead", ()),
)  # fmt: skip

# ex6c: the induction score.


def successors(tokens, by=1, strict=False):
    """Whether token j - by is token i, for keys j that query i may see."""
    n = len(tokens)
    found = np.zeros((n, n), bool)
    for i in range(n):
        for j in range(i + (not strict)):
            found[i, j] = 0 <= j - by < n and tokens[j - by] == tokens[i]
    return found


def score(targets, pattern):
    asking = targets.any(axis=1)
    return (pattern * targets).sum(axis=1)[asking].mean() if asking.any() else 0.0


def induction_plain(pattern, tokens):
    return score(successors(tokens), pattern)


def induction_loops(pattern, tokens):
    found = []
    for i in range(len(tokens)):
        behind = [j for j in range(1, i + 1) if tokens[j - 1] == tokens[i]]
        if behind:
            found.append(sum(pattern[i, j] for j in behind))
    return sum(found) / len(found) if found else 0


def induction_shifted(pattern, tokens):
    alike = tokens[:, None] == tokens[None, :]
    behind = np.zeros(pattern.shape, bool)
    behind[:, 1:] = alike[:, :-1]
    behind &= np.tri(len(tokens), dtype=bool)
    rows = behind.any(axis=1)
    if not rows.any():
        return 0.0
    return float((pattern * behind)[rows].sum() / rows.sum())


def induction_rolled(pattern, tokens):
    before = np.concatenate([[-1], tokens[:-1]])
    behind = np.tril(tokens[:, None] == before)
    rows = behind.any(axis=1).sum()
    return (pattern * behind).sum() / max(rows, 1)


def induction_nan(pattern, tokens):
    behind = successors(tokens)
    mass = np.where(behind.any(1), (pattern * behind).sum(1), np.nan)
    return 0.0 if np.isnan(mass).all() else np.nanmean(mass)


def induction_by_words(pattern, tokens):
    places = {}
    masses = []
    for i, word in enumerate(tokens.tolist()):
        copies = places.get(word, [])
        if copies:
            masses.append(pattern[i, np.array(copies) + 1].sum())
        places.setdefault(word, []).append(i)
    return np.mean(masses) if masses else 0.0


RIGHT_C = {
    "plain": induction_plain,
    "loops": induction_loops,
    "a table, shifted": induction_shifted,
    "the token before": induction_rolled,
    "NaN for rows without": induction_nan,
    "a dictionary of places": induction_by_words,
    "an int where there is none": lambda A, t: induction_plain(A, t) or 0,
    "float32": lambda A, t: np.float32(induction_shifted(A, t)),
    "lists": lambda A, t: induction_loops(np.array(A.tolist()), t.tolist()),
}


def keep_one(targets, place):
    kept = np.zeros_like(targets)
    for i, row in enumerate(targets):
        if row.any():
            kept[i, np.flatnonzero(row)[place]] = True
    return kept


def fixed_period(pattern, tokens, on):
    again = [j for j in range(1, len(tokens)) if tokens[j] == tokens[0]]
    back = (again[0] if again else len(tokens)) - on
    values = [pattern[i, i - back] for i in range(back, len(tokens))]
    return np.mean(values) if values else 0.0


WRONG_C = (
    ("at the copy", lambda A, t: score(successors(t, 0, strict=True), A),
     "induction-at-the-copy", ()),
    ("at the copy or itself", lambda A, t: score(successors(t, 0), A),
     "induction-own-position", ()),
    ("two behind", lambda A, t: score(successors(t, 2), A), "induction-off-by-one", ()),
    ("before the copy", lambda A, t: score(np.tril(successors(t, -1), -1), A),
     "induction-off-by-one", ()),
    ("round the corner", lambda A, t: score(np.tril(t[:, None] == np.roll(t, 1)), A),
     "induction-wraps-around", ()),
    ("clears the pattern", clear(induction_plain, 0), "input-changed", ()),
    ("mean over all queries", lambda A, t: (A * successors(t)).sum(1).mean(),
     "induction-all-queries", ()),
    ("the latest copy", lambda A, t: score(keep_one(successors(t), -1), A),
     "induction-latest-only", ("twice",)),
    ("the first copy", lambda A, t: score(keep_one(successors(t), 0), A),
     "induction-latest-only", ("twice",)),
    ("a fixed period", lambda A, t: fixed_period(A, t, 1), "induction-fixed-period", ()),
    ("a fixed period, at the copy", lambda A, t: fixed_period(A, t, 0),
     "induction-fixed-period", ()),
    ("the sum", lambda A, t: (A * successors(t)).sum(), "induction-not-averaged", ()),
    ("transposed", lambda A, t: score(successors(t), A.T), None, None),
    ("the mean of the weights",
     lambda A, t: A[successors(t)].mean() if successors(t).any() else 0.0,
     "induction-mean-of-copies", ("twice",)),
    ("the greatest alone", lambda A, t: np.mean((A * successors(t)).max(1)[successors(t).any(1)])
     if successors(t).any() else 0.0, None, ("twice",)),
    ("how often it looks there most",
     lambda A, t: np.mean([successors(t)[i, A[i].argmax()] for i in range(len(t))]), None, ()),
    ("the previous token", lambda A, t: np.diag(A, -1).mean(), None, ()),
    ("NaN where there is none", lambda A, t: induction_plain(A, t) or np.nan,
     "induction-no-copy", ("twice",)),
    ("itself never behind a copy", lambda A, t: score(np.tril(successors(t), -1), A),
     "induction-without-own-key", ("twice",)),
    ("one", lambda A, t: 1.0, None, ()),
    ("the targets", lambda A, t: successors(t), "wrong-shape", ()),
    ("zero", lambda A, t: 0.0, "all-zero", ()),
    ("a percentage", lambda A, t: 100 * induction_plain(A, t), "gain", ()),
    ("prints it", lambda A, t: print(end=""), "returned-none", ()),
    ("an error", lambda A, t: A[t, 10**6], None, ()),
)  # fmt: skip

# ex6d: the copying score.


def share_real(values):
    return values.real.sum() / abs(values).sum()


def copying_plain(W_U, W_OV, W_E):
    return share_real(np.linalg.eigvals(W_U @ W_OV @ W_E))


def copying_by_trace(W_U, W_OV, W_E):
    product = W_U @ W_OV @ W_E
    return np.trace(product) / abs(np.linalg.eigvals(product)).sum()


def copying_loop(W_U, W_OV, W_E):
    values, _ = np.linalg.eig(W_U @ W_OV @ W_E)
    above = below = 0
    for value in values:
        above += value.real
        below += (value.real**2 + value.imag**2) ** 0.5
    return above / below


RIGHT_D = {
    "plain": copying_plain,
    "in the stream": lambda W_U, W_OV, W_E: share_real(np.linalg.eigvals(W_OV @ W_E @ W_U)),
    "the trace above": copying_by_trace,
    "a loop": copying_loop,
    "from the embedding": lambda W_U, W_OV, W_E: share_real(np.linalg.eigvals(W_E @ W_U @ W_OV)),
    "of the transpose": lambda W_U, W_OV, W_E: copying_plain(W_E.T, W_OV.T, W_U.T),
    "means for sums": lambda W_U, W_OV, W_E: (
        np.linalg.eigvals(W_U @ W_OV @ W_E).real.mean()
        / abs(np.linalg.eigvals(W_U @ W_OV @ W_E)).mean()
    ),
    "a cosine": lambda W_U, W_OV, W_E: np.average(
        np.cos(np.angle(np.linalg.eigvals(W_U @ W_OV @ W_E))),
        weights=abs(np.linalg.eigvals(W_U @ W_OV @ W_E)),
    ),
    "the real part of a complex share": lambda W_U, W_OV, W_E: (
        (
            np.linalg.eigvals(W_U @ W_OV @ W_E).astype(complex).sum()
            / abs(np.linalg.eigvals(W_U @ W_OV @ W_E)).sum()
        ).real
    ),
}


def eigvals(W_U, W_OV, W_E):
    return np.linalg.eigvals(W_U @ W_OV @ W_E)


WRONG_D = (
    ("W_OV alone", lambda U, OV, E: share_real(np.linalg.eigvals(OV)),
     "copying-without-embedding", None),
    ("embedding on both sides", lambda U, OV, E: share_real(np.linalg.eigvals(E.T @ OV @ E)),
     "copying-without-embedding", None),
    ("unembedding on both sides", lambda U, OV, E: share_real(np.linalg.eigvals(U @ OV @ U.T)),
     "copying-without-embedding", None),
    ("W_OV transposed", lambda U, OV, E: copying_plain(U, OV.T, E), "copying-transposed", None),
    ("singular values", lambda U, OV, E: np.trace(U @ OV @ E)
     / np.linalg.svd(U @ OV @ E, compute_uv=False).sum(), "copying-singular-values", ()),
    ("the symmetric part", lambda U, OV, E: share_real(
        np.linalg.eigvalsh((U @ OV @ E + (U @ OV @ E).T) / 2)), "copying-symmetrised", ()),
    ("eigvalsh", lambda U, OV, E: share_real(np.linalg.eigvalsh(U @ OV @ E)),
     "copying-symmetrised", ()),
    ("without a sign", lambda U, OV, E: abs(copying_plain(U, OV, E)),
     "copying-unsigned", ("copies",)),
    ("the trace", lambda U, OV, E: np.trace(U @ OV @ E), "copying-not-normalised", ()),
    ("the mean of the diagonal", lambda U, OV, E: np.diag(U @ OV @ E).mean(),
     "copying-not-normalised", ()),
    ("sizes of real parts below", lambda U, OV, E: eigvals(U, OV, E).real.sum()
     / abs(eigvals(U, OV, E).real).sum(), "copying-real-parts", None),
    ("the share of positive ones", lambda U, OV, E: (eigvals(U, OV, E).real > 1e-9).mean(),
     None, ()),
    ("how often the diagonal is greatest", lambda U, OV, E: np.mean(
        (U @ OV @ E).argmax(0) == np.arange(len(U))), None, None),
    ("without W_U", lambda U, OV, E: np.trace(OV) / abs(np.linalg.eigvals(OV)).sum(),
     "copying-without-embedding", None),
    ("one", lambda U, OV, E: 1.0, None, ()),
    ("the eigenvalues", lambda U, OV, E: np.linalg.eigvals(U @ OV @ E).real, "wrong-shape", ()),
    ("real and imaginary parts", lambda U, OV, E: eigvals(U, OV, E).sum()
     / abs(eigvals(U, OV, E)).sum(), "not-real", ()),
    ("a complex number", lambda U, OV, E: copying_plain(U, OV, E) + 0j, "not-real", ()),
    ("the opposite sign", lambda U, OV, E: -copying_plain(U, OV, E), "gain", ()),
    ("from 0 to 1", lambda U, OV, E: (1 + copying_plain(U, OV, E)) / 2, None, ()),
    ("prints it", lambda U, OV, E: print(end=""), "returned-none", ()),
    ("zero", lambda U, OV, E: 0, "all-zero", ()),
    ("an error", lambda U, OV, E: U @ E.T @ OV.T @ E.T, None, ()),
)  # fmt: skip

# ex6e: Q-, K- and V-composition.

norm = np.linalg.norm


def share(reader, writer):
    return norm(reader @ writer) / (norm(reader) * norm(writer))


def composition_plain(W_QK_1, W_OV_1, W_QK_2, W_OV_2):
    return share(W_QK_2.T, W_OV_1), share(W_QK_2, W_OV_1), share(W_OV_2, W_OV_1)


def composition_by_sums(W_QK_1, W_OV_1, W_QK_2, W_OV_2):
    found = []
    for reader in (W_QK_2.T, W_QK_2, W_OV_2):
        product = reader @ W_OV_1
        sizes = (reader**2).sum() * (W_OV_1**2).sum()
        found.append(((product**2).sum() / sizes) ** 0.5)
    return found


def composition_by_traces(W_QK_1, W_OV_1, W_QK_2, W_OV_2):
    def squared(M):
        return np.trace(M.T @ M)

    return np.sqrt(
        [squared(R @ W_OV_1) / squared(R) / squared(W_OV_1) for R in (W_QK_2.T, W_QK_2, W_OV_2)]
    )


def composition_of_units(W_QK_1, W_OV_1, W_QK_2, W_OV_2):
    W_QK, W_OV, write = (M / norm(M) for M in (W_QK_2, W_OV_2, W_OV_1))
    return np.array([norm(W_QK.T @ write), norm(W_QK @ write), norm(W_OV @ write)])


def composition_by_singular_values(W_QK_1, W_OV_1, W_QK_2, W_OV_2):
    def size(M):
        return np.sqrt((np.linalg.svd(M, compute_uv=False) ** 2).sum())

    return [size(R @ W_OV_1) / size(R) / size(W_OV_1) for R in (W_QK_2.T, W_QK_2, W_OV_2)]


RIGHT_E = {
    "a tuple": composition_plain,
    "sums of squares, a list": composition_by_sums,
    "traces": composition_by_traces,
    "of unit matrices": composition_of_units,
    "singular values": composition_by_singular_values,
    "from the other side": lambda A, B, C, D: (share(B.T, C), share(B.T, C.T), share(B.T, D.T)),
    "Frobenius, by name": lambda A, B, C, D: [
        norm(R @ B, "fro") / norm(R, "fro") / norm(B, "fro") for R in (C.T, C, D)
    ],
    "float32": lambda A, B, C, D: np.float32(composition_plain(A, B, C, D)),
    "stacked": lambda A, B, C, D: np.stack(composition_plain(A, B, C, D)),
}


def shares(pairs, sizes):
    return [norm(R @ W) / sizes(R, W) for R, W in pairs]


def readers(B, C, D):
    return (C.T, B), (C, B), (D, B)


WRONG_E = (
    ("query and key exchanged", lambda A, B, C, D: (share(C, B), share(C.T, B), share(D, B)),
     "composition-q-k-swapped", ("v",)),
    ("not normalised", lambda A, B, C, D: shares(readers(B, C, D), lambda R, W: 1.0),
     "composition-not-normalised", ()),
    ("over the reader's norm", lambda A, B, C, D: shares(readers(B, C, D), lambda R, W: norm(R)),
     "composition-not-normalised", ()),
    ("over the writer's norm", lambda A, B, C, D: shares(readers(B, C, D), lambda R, W: norm(W)),
     "composition-not-normalised", ()),
    ("the other order", lambda A, B, C, D: (share(B, C.T), share(B, C), share(B, D)),
     "composition-order", ()),
    ("the other order, as they come", lambda A, B, C, D: (share(B, C), share(B, C.T), share(B, D)),
     "composition-order", ()),
    ("head 1's output transposed",
     lambda A, B, C, D: (share(C.T, B.T), share(C, B.T), share(D, B.T)), "composition-order", ()),
    ("the heads exchanged", lambda A, B, C, D: (share(A.T, D), share(A, D), share(B, D)),
     "composition-order", ()),
    ("the largest singular value",
     lambda A, B, C, D: shares(readers(B, C, D), lambda R, W: norm(R, 2) * norm(W, 2)), None, ()),
    ("spectral norms throughout", lambda A, B, C, D: [
        norm(R @ W, 2) / norm(R, 2) / norm(W, 2) for R, W in readers(B, C, D)],
     "composition-spectral", None),
    ("head 1's W_QK as the writer",
     lambda A, B, C, D: (share(C.T, A), share(C, A), share(D, A)), "composition-wrong-circuit", ()),
    ("head 1's W_QK as the reader",
     lambda A, B, C, D: (share(A.T, B), share(A, B), share(D, B)), "composition-wrong-circuit",
     ("v",)),
    ("less the level of chance",
     lambda A, B, C, D: np.array(composition_plain(A, B, C, D)) - 1 / np.sqrt(len(A)), None, ()),
    ("squared", lambda A, B, C, D: np.array(composition_plain(A, B, C, D)) ** 2, None, ()),
    ("the key's alone", lambda A, B, C, D: share(C, B), "wrong-shape", ()),
    ("the key's three times", lambda A, B, C, D: [share(C, B)] * 3, None, ("k",)),
    ("a matrix", lambda A, B, C, D: C @ B, "wrong-shape", ()),
    ("percentages", lambda A, B, C, D: 100 * np.array(composition_plain(A, B, C, D)), "gain", ()),
    ("strings", lambda A, B, C, D: ("Q", "K", "V"), "not-an-array", ()),
    ("zeros", lambda A, B, C, D: np.zeros(3), "all-zero", ()),
    ("prints it", lambda A, B, C, D: print(end=""), "returned-none", ()),
    ("an error", lambda A, B, C, D: C @ np.ones(3000), None, ()),
)  # fmt: skip

# ex6f: cutting one path.


def attend(queries_from, keys_from, values_from, W_Q, W_K, W_V, W_out):
    scores = (queries_from @ W_Q.T) @ (keys_from @ W_K.T).T
    visible = np.tri(len(scores), dtype=bool)
    pattern = softmax(np.where(visible, scores, -np.inf))
    return pattern @ values_from @ W_V.T @ W_out.T


def cut_plain(h, lost, positions, W_Q, W_K, W_V, W_out):
    matrices = W_Q, W_K, W_V, W_out
    placed = h + positions
    return np.stack(
        [
            attend(placed - lost, placed, h, *matrices),
            attend(placed, placed - lost, h, *matrices),
            attend(placed, placed, h - lost, *matrices),
        ]
    )


def cut_in_a_loop(h, lost, positions, W_Q, W_K, W_V, W_out):
    outputs = []
    for path in "QKV":
        streams = {letter: h - lost if letter == path else h for letter in "QKV"}
        outputs.append(
            attend(
                streams["Q"] + positions,
                streams["K"] + positions,
                streams["V"],
                W_Q,
                W_K,
                W_V,
                W_out,
            )
        )
    return outputs


def cut_merged(h, lost, positions, W_Q, W_K, W_V, W_out):
    W_QK, W_OV = W_Q.T @ W_K, W_out @ W_V
    hidden = np.triu(np.ones((len(h), len(h)), bool), k=1)
    results = np.empty((3, *h.shape))
    for place in range(3):
        a, b, c = (h - lost * (place == k) for k in range(3))
        scores = (a + positions) @ W_QK @ (b + positions).T
        scores[hidden] = -1e30
        results[place] = softmax(scores) @ c @ W_OV.T
    return results


def cut_batched(h, lost, positions, W_Q, W_K, W_V, W_out):
    streams = np.stack([h, h, h])
    q, k, v = streams + positions, streams + positions, streams.copy()
    q[0] -= lost
    k[1] -= lost
    v[2] -= lost
    scores = np.einsum("bie,bje->bij", q @ W_Q.T, k @ W_K.T)
    scores += np.where(np.tri(len(h)) > 0, 0, -np.inf)
    return softmax(scores) @ (v @ W_V.T) @ W_out.T


def cut_token_by_token(h, lost, positions, W_Q, W_K, W_V, W_out):
    results = np.zeros((3, *h.shape))
    for place in range(3):
        for i in range(len(h)):
            query = W_Q @ (h[i] + positions[i] - lost[i] * (place == 0))
            keys = np.array(
                [W_K @ (h[j] + positions[j] - lost[j] * (place == 1)) for j in range(i + 1)]
            )
            weights = softmax(keys @ query)
            for j, weight in enumerate(weights):
                value = h[j] - lost[j] if place == 2 else h[j]
                results[place, i] += weight * (W_out @ (W_V @ value))
    return results


RIGHT_F = {
    "plain": cut_plain,
    "a loop, in a list": cut_in_a_loop,
    "merged matrices": cut_merged,
    "batched": cut_batched,
    "token by token": cut_token_by_token,
    "float32": lambda *given: cut_plain(*given).astype(np.float32),
    "a tuple": lambda *given: tuple(cut_plain(*given)),
    "columns for rows inside": lambda h, lost, p, Q, K, V, out: np.array(
        [
            attend(h + p - lost * q, h + p - lost * k, h - lost * v, Q, K, V, out)
            for q, k, v in np.eye(3)
        ]
    ),
    "a constant on all keys, which cancels": lambda h, lost, p, Q, K, V, out: np.stack(
        [
            attend(h + p - lost, h + p, h, Q, K, V, out),
            attend(h + p, h + p - lost + lost.mean(axis=0), h, Q, K, V, out),
            attend(h + p, h + p, h - lost, Q, K, V, out),
        ]
    ),
}


def cut_each(streams):
    """A function that gives, for each path, the three streams that ``streams`` makes."""

    def function(h, lost, p, *matrices):
        return np.stack([attend(*streams(h, lost, p, path), *matrices) for path in "QKV"])

    return function


def cut(path, *paths):
    return 1.0 * (path in paths)


def taken(h, lost, p, path):
    return (
        h + p - lost * cut(path, "Q"),
        h + p - lost * cut(path, "K"),
        h - lost * cut(path, "V"),
    )


def cut_the_others(h, lost, p, path):
    return (
        h + p - lost * cut(path, "K", "V"),
        h + p - lost * cut(path, "Q", "V"),
        h - lost * cut(path, "Q", "K"),
    )


def without_mask(h, lost, p, Q, K, V, out):
    outputs = []
    for path in "QKV":
        a, b, c = taken(h, lost, p, path)
        outputs.append(softmax((a @ Q.T) @ (b @ K.T).T) @ c @ V.T @ out.T)
    return outputs


def without_positions(h, lost, p, path):
    return taken(h, lost, 0 * p, path)


def cut_more_and_more(h, lost, p, path):
    """The second and the third also lack what those before them have lost."""
    return h + p - lost, h + p - lost * cut(path, "K", "V"), h - lost * cut(path, "V")


def cut_in_place(h, lost, p, *matrices):
    """Each cut takes ``lost`` out of the same array, and nothing puts it back."""
    outputs = []
    for path in range(3):
        streams = [h, h, h]
        streams[path] -= lost
        outputs.append(attend(streams[0] + p, streams[1] + p, streams[2], *matrices))
    return outputs


def placed_values(h, lost, p, path):
    a, b, c = taken(h, lost, p, path)
    return a, b, c + p


WRONG_F = (
    ("nothing cut", lambda h, lost, *rest: cut_plain(h, 0 * lost, *rest), "cut-nothing",
     ("whole",)),
    ("all inputs", cut_each(lambda h, lost, p, path: (h + p - lost, h + p - lost, h - lost)),
     "cut-everywhere", ("whole",)),
    ("query and key exchanged", lambda *given: cut_plain(*given)[[1, 0, 2]], "cut-wrong-input",
     ("whole", "values")),
    ("key and values exchanged", lambda *given: cut_plain(*given)[[0, 2, 1]], "cut-wrong-input",
     ("whole", "query")),
    ("the wrong way round", lambda *given: cut_plain(*given)[::-1], "cut-wrong-input",
     ("whole", "key")),
    ("the other two inputs", cut_each(cut_the_others), "cut-wrong-input", ("whole",)),
    ("taken from the stream too", lambda h, lost, *rest: cut_plain(h, lost, *rest) - lost,
     "cut-from-stream", ("whole",)),
    ("the stream after it, without the head", lambda h, lost, *rest: cut_plain(h, lost, *rest)
     + h - lost, "cut-from-stream", ()),
    ("the stream added", lambda h, lost, *rest: cut_plain(h, lost, *rest) + h,
     "residual-added", ()),
    ("no positions", cut_each(without_positions), "cut-no-positions", ()),
    ("positions in the values", cut_each(placed_values), "cut-positions-in-values", ()),
    ("its mean left in", lambda h, lost, *rest: cut_plain(h, lost - lost.mean(0), *rest),
     "cut-mean-left", ("whole", "key")),
    ("added once more", lambda h, lost, *rest: cut_plain(h, -lost, *rest), "cut-added",
     ("whole",)),
    ("nothing but what is lost", lambda h, lost, *rest: cut_plain(h, h - lost, *rest),
     "cut-only-lost", ()),
    ("one cut after another", cut_each(cut_more_and_more), "cut-one-after-another",
     ("whole", "query")),
    ("the three along the last axis", lambda *given: np.stack(cut_plain(*given), axis=-1),
     "wrong-shape", ()),
    ("clears the stream", clear(cut_plain, 0), "input-changed", ()),
    ("taken out twice", lambda h, lost, *rest: cut_plain(h, 2 * lost, *rest), None, ("whole",)),
    ("zeros for the whole input", lambda h, lost, *rest: cut_plain(h, h, *rest), None, ()),
    ("no mask", without_mask, "no-mask", ()),
    ("divided by the root of d_head", lambda h, lost, p, Q, K, V, out: cut_plain(
        h, lost, p, Q / len(Q) ** 0.5, K, V, out), "scaled", None),
    ("positions lost with it", lambda h, lost, p, Q, K, V, out: np.stack([
        attend(h - lost, h + p, h, Q, K, V, out), attend(h + p, h - lost, h, Q, K, V, out),
        attend(h + p, h + p, h - lost, Q, K, V, out)]), None, ("values",)),
    ("taken out of the array itself", cut_in_place, "input-changed", ("whole",)),
    ("one output", lambda *given: cut_plain(*given)[0], "wrong-shape", ()),
    ("zeros", lambda h, *rest: np.zeros((3, *h.shape)), "all-zero", ()),
    ("prints it", lambda *given: print(end=""), "returned-none", ()),
    ("the query three times", lambda *given: cut_plain(*given)[[0, 0, 0]], None,
     ("whole", "query")),
    ("an error", lambda h, lost, *rest: h @ lost @ h @ lost @ np.ones(7000), None, ()),
)  # fmt: skip

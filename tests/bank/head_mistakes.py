"""Wrong ways to write one head in code: parts w2 and w5.

Most differ from a right head in one line. The mistakes are written once, for the four
matrices; w5 gets the same with the two circuits as their own factors.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def _softmax(scores, axis=1):
    weights = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)


def _hide(scores, k=1):
    return scores + np.triu(np.full(scores.shape, -np.inf), k)


def no_mask(x, W_Q, W_K, W_V, W_out):
    return _softmax((x @ W_Q.T) @ (x @ W_K.T).T) @ x @ W_V.T @ W_out.T


def strict_mask(x, W_Q, W_K, W_V, W_out):
    scores = _hide((x @ W_Q.T) @ (x @ W_K.T).T, k=0)
    scores[0, 0] = 0.0
    pattern = _softmax(scores)
    pattern[0] = 0.0
    return pattern @ x @ W_V.T @ W_out.T


def strict_mask_with_nan(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T, k=0)) @ x @ W_V.T @ W_out.T


def mask_of_the_past(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T
    return _softmax(np.where(np.tri(len(x)).T > 0, scores, -np.inf)) @ x @ W_V.T @ W_out.T


def masked_with_zeros(x, W_Q, W_K, W_V, W_out):
    return _softmax(np.tril((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T


def masked_after_softmax(x, W_Q, W_K, W_V, W_out):
    return np.tril(_softmax((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T


def scaled(x, W_Q, W_K, W_V, W_out):
    scores = _hide((x @ W_Q.T) @ (x @ W_K.T).T / np.sqrt(len(W_Q)))
    return _softmax(scores) @ x @ W_V.T @ W_out.T


def scaled_up(x, W_Q, W_K, W_V, W_out):
    scores = _hide((x @ W_Q.T) @ (x @ W_K.T).T * np.sqrt(len(W_Q)))
    return _softmax(scores) @ x @ W_V.T @ W_out.T


def softmax_over_queries(x, W_Q, W_K, W_V, W_out):
    scores = _hide((x @ W_Q.T) @ (x @ W_K.T).T)
    return _softmax(scores, axis=0) @ x @ W_V.T @ W_out.T


def softmax_over_everything(x, W_Q, W_K, W_V, W_out):
    scores = _hide((x @ W_Q.T) @ (x @ W_K.T).T)
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ x @ W_V.T @ W_out.T


def unstable_softmax(x, W_Q, W_K, W_V, W_out):
    weights = np.exp(_hide((x @ W_Q.T) @ (x @ W_K.T).T))
    return weights / weights.sum(axis=1, keepdims=True) @ x @ W_V.T @ W_out.T


def clipped_softmax(x, W_Q, W_K, W_V, W_out):
    weights = np.exp(np.clip(_hide((x @ W_Q.T) @ (x @ W_K.T).T), -700, 30))
    weights = np.tril(weights)
    return weights / weights.sum(axis=1, keepdims=True) @ x @ W_V.T @ W_out.T


def hides_with(number):
    """Return a head that gives the later tokens a score of this number, and no more than that."""

    def head(x, W_Q, W_K, W_V, W_out):
        scores = (x @ W_Q.T) @ (x @ W_K.T).T
        scores = np.where(np.tri(len(x), dtype=bool), scores, number)
        return _softmax(scores) @ x @ W_V.T @ W_out.T

    return head


def stops_at_large_scores(x, W_Q, W_K, W_V, W_out):
    scores = (x @ W_Q.T) @ (x @ W_K.T).T
    if np.abs(scores).max() > 1000:
        raise ValueError("too large")
    return _softmax(_hide(scores)) @ x @ W_V.T @ W_out.T


def residual_added(x, W_Q, W_K, W_V, W_out):
    return x + _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T


def changes_the_stream(x, W_Q, W_K, W_V, W_out):
    output = _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T
    x += output
    return output


def changes_a_matrix(x, W_Q, W_K, W_V, W_out):
    output = _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T
    W_K[0, 0] = -0.0 if W_K[0, 0] else 1.0
    return output


def returns_the_changed_stream(x, W_Q, W_K, W_V, W_out):
    x[:] = _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T
    return x


def roles_swapped(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide((x @ W_K.T) @ (x @ W_Q.T).T)) @ x @ W_V.T @ W_out.T


def softmax_of_columns_transposed(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)).T @ x @ W_V.T @ W_out.T


def no_values(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x


def hard_maximum(x, W_Q, W_K, W_V, W_out):
    best = _hide((x @ W_Q.T) @ (x @ W_K.T).T).argmax(axis=1)
    return x[best] @ W_V.T @ W_out.T


def no_softmax(x, W_Q, W_K, W_V, W_out):
    return np.tril((x @ W_Q.T) @ (x @ W_K.T).T) @ x @ W_V.T @ W_out.T


def equal_weights(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide(np.zeros((len(x), len(x))))) @ x @ W_V.T @ W_out.T


def gain_two(x, W_Q, W_K, W_V, W_out):
    return 2 * _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T


def a_little_off(x, W_Q, W_K, W_V, W_out):
    return 1.00005 * _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T


def returns_the_pattern(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T))


def transposed_output(x, W_Q, W_K, W_V, W_out):
    return (_softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T).T


def zeros(x, W_Q, W_K, W_V, W_out):
    return np.zeros_like(x)


def not_a_number(x, W_Q, W_K, W_V, W_out):
    return np.full_like(x, np.nan)


def complex_numbers(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T + 0j


def strings(x, W_Q, W_K, W_V, W_out):
    return (x @ W_V.T @ W_out.T).astype(str)


def returns_nothing(x, W_Q, W_K, W_V, W_out):
    _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T


def stub(x, W_Q, W_K, W_V, W_out):
    # return (n_tokens, d_model)
    ...


def raises(x, W_Q, W_K, W_V, W_out):
    raise ValueError("<script>alert('x')</script> \x1b[31m\ud800")


def exits(x, W_Q, W_K, W_V, W_out):
    raise SystemExit(1)


def too_few_arguments(x):
    return x


def raises_for_a_single_token(x, W_Q, W_K, W_V, W_out):
    output = _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_V.T @ W_out.T
    return output if len(x) > 1 else output[1]


def circuit_transposed(x, W_Q, W_K, W_V, W_out):
    return _softmax(_hide((x @ W_Q.T) @ (x @ W_K.T).T)) @ x @ W_out @ W_V


def _four(mistake: Callable[..., object]) -> Callable[..., object]:
    """Return a mistake made with four matrices as one made with the two circuits."""

    def with_circuits(x, W_QK, W_OV):
        # The caller's own arrays go in, so that a mistake can change them.
        return mistake(x, np.eye(len(W_QK)), W_QK, W_OV, np.eye(len(W_OV)))

    return with_circuits


# Name, function, diagnosis, and what holds all the same (None: it depends on the numbers).
_BOTH: tuple[tuple[str, Callable[..., object], str | None, tuple[str, ...] | None], ...] = (
    ("no mask", no_mask, "no-mask", ()),
    ("a token does not see itself", strict_mask, "strict-mask", ()),
    (
        "a token does not see itself, the first sees nothing",
        strict_mask_with_nan,
        "strict-mask",
        (),
    ),
    ("sees what comes after", mask_of_the_past, "mask-reversed", ()),
    ("masked with zeros", masked_with_zeros, "no-mask", None),
    ("masked after the softmax", masked_after_softmax, "masked-after-softmax", ()),
    ("softmax over queries", softmax_over_queries, "softmax-over-queries", ()),
    ("softmax over all pairs", softmax_over_everything, None, ()),
    ("exponential overflows", unstable_softmax, "unstable-softmax", ("output", "unchanged")),
    ("hidden with -100", hides_with(-100.0), "no-mask", ("output", "unchanged")),
    ("hidden with -10,000", hides_with(-1e4), "no-mask", ("output", "unchanged")),
    ("stops at large scores", stops_at_large_scores, None, ("output", "unchanged")),
    ("scores cut off at 30", clipped_softmax, "unstable-softmax", ("output", "unchanged")),
    ("the stream added", residual_added, "residual-added", ()),
    ("changes the stream", changes_the_stream, "input-changed", ("output", "stable")),
    ("changes a matrix", changes_a_matrix, "input-changed", ("output", "stable")),
    (
        "writes the output over the stream",
        returns_the_changed_stream,
        "input-changed",
        ("output", "stable"),
    ),
    ("query and key exchanged", roles_swapped, "roles-swapped", ()),
    ("the pattern transposed", softmax_of_columns_transposed, None, ()),
    ("no values", no_values, None, ()),
    ("the highest score takes all", hard_maximum, None, None),
    ("no softmax", no_softmax, None, ()),
    ("equal weights", equal_weights, None, ()),
    ("gain 2", gain_two, "gain", ()),
    ("gain 1.00005", a_little_off, "gain", ()),
    ("returns the pattern", returns_the_pattern, "wrong-shape", ()),
    ("returns columns", transposed_output, "transposed", ()),
    ("returns zeros", zeros, "all-zero", ()),
    ("returns NaN", not_a_number, "not-finite", ()),
    ("returns complex numbers", complex_numbers, "not-real", ()),
    ("returns strings", strings, "not-an-array", ()),
    ("returns nothing", returns_nothing, "returned-none", ()),
    ("raises an error with markup", raises, None, ()),
    ("ends the program", exits, None, ()),
    ("raises for a single token", raises_for_a_single_token, None, None),
)

WRONG_W2 = (
    *_BOTH,
    ("scores divided by the root of d_head", scaled, "scaled", None),
    ("scores times the root of d_head", scaled_up, None, None),
    ("value and out from the wrong side", circuit_transposed, "circuit-transposed", ()),
    ("takes one argument", too_few_arguments, None, ()),
    ("still the stub", stub, "missing", ()),
)


def transposes_W_QK(x, W_QK, W_OV):
    return _softmax(_hide(x @ W_QK.T @ x.T)) @ x @ W_OV.T


def transposes_W_OV(x, W_QK, W_OV):
    return _softmax(_hide(x @ W_QK @ x.T)) @ x @ W_OV


def transposes_both(x, W_QK, W_OV):
    return _softmax(_hide(x @ W_QK.T @ x.T)) @ x @ W_OV


def scales_by_d_model(x, W_QK, W_OV):
    return _softmax(_hide(x @ W_QK @ x.T / np.sqrt(len(W_QK)))) @ x @ W_OV.T


def exchanges_the_circuits(x, W_QK, W_OV):
    return _softmax(_hide(x @ W_OV @ x.T)) @ x @ W_QK.T


def takes_four_matrices(x, W_Q, W_K, W_V, W_out):
    return no_mask(x, W_Q, W_K, W_V, W_out)


WRONG_W5 = (
    *(
        (name, _four(function), slug, holds)
        for name, function, slug, holds in _BOTH
        if function is not roles_swapped
    ),
    ("W_QK transposed", transposes_W_QK, "circuit-transposed", ()),
    ("W_OV transposed", transposes_W_OV, "circuit-transposed", ()),
    ("both transposed", transposes_both, "circuit-transposed", ()),
    ("scores divided by the root of d_model", scales_by_d_model, "scaled", None),
    ("the two circuits exchanged", exchanges_the_circuits, "roles-swapped", ()),
    ("takes four matrices", takes_four_matrices, None, ()),
    ("still the stub", stub, "missing", ()),
)

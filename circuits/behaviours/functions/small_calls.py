"""List calls of functions that a learner can make by hand, to see what goes wrong.

A function is judged on random arrays. Where it fails there, it is called on these as well, the
smallest first, and the report shows the first one on which it fails, as lines of Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from circuits.attention import Head
from circuits.behaviours.functions.calls import HEAD_SHAPES, Call
from circuits.shapes import FloatArray

SMALL_SHAPES = ((2, 3, 1), (3, 2, 1), (1, 3, 2), (2, 2, 3), (4, 3, 2))
"""``n_tokens``, ``d_model``, ``d_head``: few numbers, and hardly two of them alike."""

_SEED = 5


def list_head_calls(name: str, merged: bool) -> Iterator[Call]:
    """Yield calls with mild scores: of whole numbers first, then of random ones with a seed.

    Args:
        name: The function's.
        merged: Whether it takes ``W_QK`` and ``W_OV`` instead of four matrices.
    """
    rng = np.random.default_rng(_SEED)
    for n_tokens, d_model, d_head in SMALL_SHAPES:
        x: FloatArray = rng.integers(-2, 3, (n_tokens, d_model)).astype(float)
        W_Q, W_K, W_V = rng.integers(-2, 3, (3, d_head, d_model)).astype(float)
        W_out = rng.integers(-2, 3, (d_model, d_head)).astype(float)
        yield _call_head(name, merged, x, Head(W_Q, W_K, W_V, W_out))
    for n_tokens, d_model, d_head, extreme in HEAD_SHAPES:
        if not extreme:
            yield _call_random_head(name, merged, n_tokens, d_model, d_head)


def list_extreme_calls(name: str, merged: bool) -> Iterator[Call]:
    """Yield calls with scores of plus and minus ten thousand, of two tokens."""
    W_V, W_out = np.array([[1.0, 0.0]]), np.array([[1.0], [2.0]])
    x = np.array([[100.0, 0.0], [50.0, 100.0]])
    for sign in (1.0, -1.0):
        case = _call_head(name, merged, x, Head(np.eye(2), sign * np.eye(2), W_V, W_out))
        code = f"# large scores\n{case.code}"
        yield replace(case, label="the large scores below", code=code)


def list_read_calls(name: str) -> Iterator[Call]:
    """Yield pairs of ``W_V_2`` and ``W_out_1`` whose product is easily worked out by hand."""
    pairs = (
        ([[3.0, 0.0, 0.0], [0.0, 4.0, 0.0]], [[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]),
        ([[0.0, 2.0, 0.0, 0.0]], [[1.0, 0.0], [3.0, 4.0], [0.0, 0.0], [0.0, 0.0]]),
        ([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]]),
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0], [1.0, 2.0]]),
    )
    for first, second in pairs:
        W_V_2, W_out_1 = np.array(first), np.array(second)
        wanted: FloatArray = np.asarray(np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False))
        yield _name_arguments(name, {"W_V_2": W_V_2, "W_out_1": W_out_1}, wanted)


def _call_head(name: str, merged: bool, x: FloatArray, head: Head) -> Call:
    arguments = (
        {"x": x, "W_QK": head.W_QK, "W_OV": head.W_OV}
        if merged
        else {"x": x, "W_Q": head.W_Q, "W_K": head.W_K, "W_V": head.W_V, "W_out": head.W_out}
    )
    return _name_arguments(name, arguments, head.output(x))


def _name_arguments(name: str, arguments: dict[str, FloatArray], wanted: FloatArray) -> Call:
    lines = [f"{argument} = np.array({value.tolist()})" for argument, value in arguments.items()]
    code = "\n".join([*lines, f"{name}({', '.join(arguments)})"])
    return Call("the input below", tuple(arguments.values()), wanted, code=code)


def _call_random_head(name: str, merged: bool, n_tokens: int, d_model: int, d_head: int) -> Call:
    rng = np.random.default_rng(_SEED)
    x: FloatArray = rng.standard_normal((n_tokens, d_model))
    if merged:
        drawn = f"W_QK, W_OV = rng.standard_normal((2, {d_model}, {d_model})) / {d_model}"
        W_QK, W_OV = rng.standard_normal((2, d_model, d_model)) / d_model
        # Any square matrix is the product of itself and the identity.
        head = Head(np.eye(d_model), W_QK, np.eye(d_model), W_OV)
    else:
        drawn = (
            f"W_Q, W_K, W_V = rng.standard_normal((3, {d_head}, {d_model}))\n"
            f"W_out = rng.standard_normal(({d_model}, {d_head}))"
        )
        W_Q, W_K, W_V = rng.standard_normal((3, d_head, d_model))
        head = Head(W_Q, W_K, W_V, rng.standard_normal((d_model, d_head)))
    case = _call_head(name, merged, x, head)
    code = (
        f"rng = np.random.default_rng({_SEED})\n"
        f"x = rng.standard_normal(({n_tokens}, {d_model}))\n"
        f"{drawn}\n{case.code.splitlines()[-1]}"
    )
    return replace(case, code=code)

"""Call functions on random arrays, and compare the results with what they should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from circuits.attention import Head
from circuits.guard import LEARNERS_ERRORS, describe_error
from circuits.shapes import FloatArray
from circuits.worst_cases import EXTREME_SCORE, make_worst_heads

TOLERANCE = 1e-5

Function = Callable[..., object]


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a learner's function.

    Attributes:
        label: The shapes, for the report.
        arguments: What the function is called with.
        wanted: What it should return.
        extreme: Whether the scores are of the order of 10,000.
        code: Lines of Python that make the call; empty where the arguments are random.
    """

    label: str
    arguments: tuple[FloatArray, ...]
    wanted: FloatArray
    extreme: bool = False
    code: str = ""


HEAD_SHAPES = (
    # n_tokens, d_model, d_head, extreme scores
    (5, 6, 3, False),
    (8, 16, 4, False),
    (1, 4, 2, False),
    (6, 3, 5, False),
    (12, 32, 8, False),
    (9, 10, 5, True),
    (24, 12, 6, True),
)
"""Seven shapes: a single token and a head wider than the stream among them."""

RANK_PAIRS = ((16, 4), (48, 8), (7, 1), (5, 5), (3, 5), (4, 64))
"""``d_model`` and ``d_head``; the last three are not narrower than the stream."""

READ_SHAPES = ((4, 16, 4), (8, 48, 8), (3, 12, 5), (6, 20, 2), (4, 16, 4))
"""``d_head`` of head 2, ``d_model``, ``d_head`` of head 1; the last product is zero."""

_CLEAR = 30.0
"""A lead in score after which a softmax gives the others less than 1e-12."""


def draw_head_cases(rng: np.random.Generator, merged: bool) -> list[Call]:
    """Draw streams and heads with the causal output that belongs to them.

    Args:
        rng: The source of randomness.
        merged: Whether the function takes ``W_QK`` and ``W_OV`` instead of four matrices.
    """
    cases = [_make_case(x, head, merged, extreme) for x, head, extreme in make_worst_heads()]
    for n_tokens, d_model, d_head, extreme in HEAD_SHAPES:
        x, head = _draw_head(rng, n_tokens, d_model, d_head)
        while extreme and not _is_telling(head.scores(x)):
            x, head = _draw_head(rng, n_tokens, d_model, d_head, first=3.0)
        if extreme:
            # The first token sees itself alone, with a score that is lower than any mask of a
            # few thousands: whoever hides the later tokens with a number looks ahead here.
            scale = -EXTREME_SCORE / head.scores(x)[0, 0]
            head = Head(head.W_Q * scale, head.W_K, head.W_V, head.W_out)
        # The largest number of every output is 1: the same error is as large in each of them.
        largest = float(np.abs(head.output(x)).max())
        head = Head(head.W_Q, head.W_K, head.W_V, head.W_out / largest)
        cases.append(_make_case(x, head, merged, extreme))
    return cases


def _make_case(x: FloatArray, head: Head, merged: bool, extreme: bool) -> Call:
    n_tokens, d_model = x.shape
    return Call(
        label=f"n_tokens={n_tokens}, d_model={d_model}, d_head={len(head.W_Q)}"
        + (", scores up to 10,000" if extreme else ""),
        arguments=(x, head.W_QK, head.W_OV)
        if merged
        else (x, head.W_Q, head.W_K, head.W_V, head.W_out),
        wanted=head.output(x),
        extreme=extreme,
    )


def _draw_head(
    rng: np.random.Generator, n_tokens: int, d_model: int, d_head: int, first: float = 1.0
) -> tuple[FloatArray, Head]:
    """Draw a stream, whose first token is ``first`` times as long as the others, and a head."""
    x: FloatArray = rng.standard_normal((n_tokens, d_model))
    x[0] *= first
    W_Q, W_K, W_V = rng.standard_normal((3, d_head, d_model)) / np.sqrt(d_model)
    return x, Head(W_Q, W_K, W_V, rng.standard_normal((d_model, d_head)))


def _is_telling(scores: FloatArray) -> bool:
    """Whether the first token's own score is the largest, and every row has a clear winner.

    With scores of 10,000 a winner that leads by little is decided by rounding.
    """
    largest = float(np.abs(scores[0, 0]))
    if largest < np.abs(scores).max():
        return False
    signed = -scores / scores[0, 0]
    rows = [np.sort(signed[i, : i + 1])[-2:] for i in range(1, len(scores))]
    return bool(min(row[1] - row[0] for row in rows) * EXTREME_SCORE > _CLEAR)


def draw_rank_cases() -> list[tuple[tuple[int, int], int]]:
    """Return pairs of ``(d_model, d_head)`` with the greatest rank of a product."""
    return [(pair, min(pair)) for pair in RANK_PAIRS]


def draw_read_cases(rng: np.random.Generator) -> list[Call]:
    """Draw ``W_V_2`` and ``W_out_1`` with the singular values of their product."""
    cases = []
    for index, (d_head_2, d_model, d_head_1) in enumerate(READ_SHAPES):
        W_V_2 = rng.standard_normal((d_head_2, d_model))
        W_out_1 = rng.standard_normal((d_model, d_head_1))
        if index == len(READ_SHAPES) - 1:
            W_out_1 -= np.linalg.pinv(W_V_2) @ (W_V_2 @ W_out_1)
        wanted: FloatArray = np.asarray(np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False))
        label = f"W_V_2 {W_V_2.shape}, W_out_1 {W_out_1.shape}"
        cases.append(Call(label, (W_V_2, W_out_1), wanted))
    return cases


@dataclass(frozen=True, eq=False)
class CallResult:
    """What a call gave.

    Attributes:
        case: The call.
        result: The returned object; None if the call failed.
        failure: Why the call failed, one sentence.
        changed: Whether the function changed an array that it was given.
    """

    case: Call
    result: object
    failure: str | None
    changed: bool


def call_function(function: Function, case: Call) -> CallResult:
    """Call a learner's function on copies of the case's arrays; never raises."""
    arguments = [np.array(argument) for argument in case.arguments]
    try:
        result, failure = function(*arguments), None
    except LEARNERS_ERRORS as error:
        result, failure = None, describe_error(error)
    changed = any(
        given.shape != kept.shape or not np.array_equal(given, kept)
        for given, kept in zip(arguments, case.arguments, strict=True)
    )
    return CallResult(case, result, failure, changed)


def relative_error(seen: FloatArray, wanted: FloatArray, floor: float = 1e-12) -> float:
    """Return the greatest difference as a share of the greatest wanted entry; inf if not finite.

    Args:
        seen: What a function returned.
        wanted: What it should return, of the same shape.
        floor: Takes the place of the greatest wanted entry where that is smaller.
    """
    if not np.isfinite(seen).all():
        return float("inf")
    scale = max(float(np.abs(wanted).max(initial=0.0)), floor)
    return float(np.abs(seen - wanted).max(initial=0.0)) / scale

"""The blocks of the fast path leave no trace: any length, any memory order, any size of score."""

from __future__ import annotations

import numpy as np
import pytest

from circuits import Head
from circuits.fast_attention import attend, exponentiate
from circuits.shapes import FloatArray


def attend_plainly(x: FloatArray, head: Head, causal: bool) -> FloatArray:
    """Return the output through the whole pattern, and without the fast path's ``exp``."""
    scores = (x @ head.W_Q.T) @ (x @ head.W_K.T).swapaxes(-1, -2)
    if causal:
        scores = np.where(np.tri(x.shape[-2], dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (weights / weights.sum(axis=-1, keepdims=True)) @ x @ head.W_OV.T


def draw_head(rng: np.random.Generator, d_model: int = 6, gain: float = 1.0) -> Head:
    W_Q, W_K, W_V = rng.standard_normal((3, 4, d_model))
    return Head(gain * W_Q, W_K, W_V, rng.standard_normal((d_model, 4)))


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(
    ("count", "n_tokens"),
    [(1, 1), (3, 1), (2100, 1), (2, 15), (2, 16), (2, 17), (1, 33), (33, 64), (17, 129), (2, 2050)],
)
def test_lengths_around_the_blocks_agree_with_the_plain_way(count, n_tokens, causal) -> None:
    rng = np.random.default_rng(n_tokens)
    head, x = draw_head(rng), rng.standard_normal((count, n_tokens, 6))
    np.testing.assert_allclose(
        head.output(x, causal), attend_plainly(x, head, causal), rtol=1e-9, atol=1e-10
    )


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("gain", [0.0, 1.0, 20.0, 1e3, 1e9, 1e150, 1e300])
def test_scores_of_any_size_agree_with_the_plain_way(gain: float, causal: bool) -> None:
    rng = np.random.default_rng(5)
    head, x = draw_head(rng, gain=gain), rng.standard_normal((3, 40, 6))
    # Whole numbers, so that the scores are exact and large ones carry no rounding errors.
    x = np.round(2 * x)
    head = Head(np.round(head.W_Q), np.round(2 * head.W_K), head.W_V, head.W_out)
    np.testing.assert_allclose(
        head.output(x, causal), attend_plainly(x, head, causal), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize(
    "view",
    [
        lambda x: np.asfortranarray(x),
        lambda x: x.transpose(1, 0, 2).copy().transpose(1, 0, 2),
        lambda x: np.repeat(x, 2, axis=2)[..., ::2],
        lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
    ],
)
def test_the_memory_order_of_the_stream_does_not_matter(view) -> None:
    rng = np.random.default_rng(6)
    head, x = draw_head(rng), rng.standard_normal((5, 20, 6))
    assert np.array_equal(view(x), x)
    np.testing.assert_allclose(head.output(view(x)), head.output(x), rtol=1e-12, atol=1e-12)


def test_one_sequence_read_many_times_gives_the_same_every_time() -> None:
    rng = np.random.default_rng(7)
    head, x = draw_head(rng), rng.standard_normal((20, 6))
    many = head.output(np.broadcast_to(x, (300, 20, 6)))
    assert (many == many[0]).all()


def test_what_comes_later_changes_not_one_bit() -> None:
    rng = np.random.default_rng(8)
    head, x = draw_head(rng, gain=3.0), rng.standard_normal((4, 50, 6))
    before = head.output(x)
    for later in (1, 15, 16, 31, 49):
        changed = x.copy()
        changed[:, later:] *= 1e3
        assert np.array_equal(head.output(changed)[:, :later], before[:, :later])


def test_a_hidden_score_may_overflow() -> None:
    x = np.array([[1.0], [1.0], [1.0], [1e200]])
    head = Head([[1e200]], [[1.0]], [[1.0]], [[1.0]])
    with np.errstate(over="ignore", invalid="ignore"):
        output = head.output(x)
    np.testing.assert_allclose(output[:3], 1.0)
    assert np.isnan(output[3]), "its own score is infinite, and infinity less itself is no number"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_token_that_is_no_number_stays_in_its_own_sequence(value: float) -> None:
    rng = np.random.default_rng(9)
    head, x = draw_head(rng), rng.standard_normal((3, 40, 6))
    clean = head.output(x)
    x[1, 20, 2] = value
    with np.errstate(invalid="ignore"):
        output = head.output(x)
    np.testing.assert_allclose(output[[0, 2]], clean[[0, 2]], rtol=1e-12, atol=1e-12)
    assert np.isnan(output[1, 20]).all()


def test_visible_scores_far_below_the_hidden_ones_are_not_lost() -> None:
    # Token by token the score grows by 1e4: a mask put on after the greatest would hide all.
    x = np.stack([np.ones(40), 1e4 * np.arange(40)], axis=1)
    head = Head([[1.0, 0.0]], [[0.0, 1.0]], [[0.0, 1.0]], [[1.0], [0.0]])
    np.testing.assert_allclose(head.output(x)[:, 0], x[:, 1], atol=1e-12)


@pytest.mark.parametrize(("count", "n_tokens"), [(0, 5), (3, 0), (0, 0)])
def test_nothing_in_gives_nothing_out(count: int, n_tokens: int) -> None:
    head = draw_head(np.random.default_rng(10))
    matrices = (head.W_Q, head.W_K, head.W_V, head.W_out)
    x = np.ones((count, n_tokens, 6))
    assert attend(x, *matrices, causal=True).shape == x.shape


def test_weights_do_not_depend_on_the_axis_of_the_keys() -> None:
    scores = np.random.default_rng(11).normal(0, 300, (7, 5, 9))
    down, across = scores.copy(), scores.swapaxes(0, 2).copy()
    exponentiate(down, axis=0)
    exponentiate(across, axis=-1)
    assert np.array_equal(down, across.swapaxes(0, 2))
    assert (down.max(axis=0) == 1.0).all()
    assert down.min() >= 1e-22

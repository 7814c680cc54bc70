"""The fast path of a head agrees with an explicit loop, and with PyTorch where it is there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import Head, attention_pattern, attention_scores, causal_mask
from circuits.attention import softmax_scores
from circuits.shapes import FloatArray


def loop_over_tokens(head: Head, x: FloatArray, causal: bool) -> tuple[FloatArray, FloatArray]:
    """Return pattern and output, token by token, as the framework paper writes them."""
    n = len(x)
    pattern, output = np.zeros((n, n)), np.zeros_like(x)
    for i in range(n):
        last = i if causal else n - 1
        scores = [(head.W_Q @ x[i]) @ (head.W_K @ x[j]) for j in range(last + 1)]
        top = max(scores)
        total = sum(np.exp(score - top) for score in scores)
        for j, score in enumerate(scores):
            pattern[i, j] = np.exp(score - top) / total
            output[i] += pattern[i, j] * (head.W_out @ (head.W_V @ x[j]))
    return pattern, output


def draw_head(rng: np.random.Generator, d_model: int, d_qk: int, d_vo: int, gain: float) -> Head:
    return Head(
        gain * rng.standard_normal((d_qk, d_model)) / np.sqrt(d_model),
        rng.standard_normal((d_qk, d_model)) / np.sqrt(d_model),
        rng.standard_normal((d_vo, d_model)),
        rng.standard_normal((d_model, d_vo)),
    )


@settings(max_examples=60)
@given(
    n=st.integers(1, 12),
    d_model=st.integers(1, 9),
    d_qk=st.integers(1, 11),
    d_vo=st.integers(1, 11),
    gain=st.sampled_from([0.0, 1.0, 30.0, 1e4, 1e12]),
    causal=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_fast_path_equals_a_loop_over_tokens(n, d_model, d_qk, d_vo, gain, causal, seed):
    rng = np.random.default_rng(seed)
    head = draw_head(rng, d_model, d_qk, d_vo, gain)
    x = rng.standard_normal((n, d_model))
    pattern, output = loop_over_tokens(head, x, causal)
    # Scores of 1e12 have rounding errors of 1e-4, which the softmax passes on.
    slack = 1e-10 + 1e-14 * gain * d_model
    np.testing.assert_allclose(head.pattern(x, causal), pattern, atol=slack)
    np.testing.assert_allclose(head.output(x, causal), output, atol=slack * 1e3)


@pytest.mark.parametrize("causal", [True, False])
def test_a_batch_gives_what_its_sequences_give_one_by_one(causal: bool) -> None:
    rng = np.random.default_rng(0)
    head = draw_head(rng, 10, 3, 4, 5.0)
    x = rng.standard_normal((2, 3, 7, 10))
    for method in ("scores", "pattern", "output"):
        extra = () if method == "scores" else (causal,)
        together = getattr(head, method)(x, *extra)
        for a in range(2):
            for b in range(3):
                alone = getattr(head, method)(x[a, b], *extra)
                np.testing.assert_allclose(together[a, b], alone, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("causal", [True, False])
def test_pytorch_agrees(causal: bool) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    for gain in (1.0, 100.0):
        head = draw_head(rng, 48, 8, 8, gain)
        x = rng.standard_normal((5, 40, 48))
        q, k, v = (torch.from_numpy(x @ W.T) for W in (head.W_Q, head.W_K, head.W_V))
        mixed = torch.nn.functional.scaled_dot_product_attention(
            q, k, v, is_causal=causal, scale=1.0
        )
        wanted = (mixed @ torch.from_numpy(head.W_out.T)).numpy()
        assert np.abs(head.output(x, causal) - wanted).max() < 1e-10


def test_rows_of_a_pattern_sum_to_one_and_see_nothing_later() -> None:
    rng = np.random.default_rng(2)
    head = draw_head(rng, 6, 3, 3, 200.0)
    pattern = head.pattern(rng.standard_normal((4, 15, 6)))
    np.testing.assert_allclose(pattern.sum(axis=-1), 1.0, rtol=1e-12)
    assert (pattern >= 0).all()
    assert not pattern[:, ~causal_mask(15)].any()


def test_scores_far_apart_give_exact_weights_without_subnormal_numbers() -> None:
    scores = np.array([[0.0, -20.0, -1e6, -745.0], [1e300, 0, 0, 0], [3, 3, 3, 3], [0, 1, 2, 3]])
    weights = softmax_scores(scores, causal=False)
    np.testing.assert_allclose(weights[0, :2], [1.0, np.exp(-20.0)], rtol=1e-8)
    assert (weights[0] >= 1e-22).all()
    np.testing.assert_allclose(weights[1], [1, 0, 0, 0], atol=1e-20)
    np.testing.assert_allclose(weights[2], 0.25)
    assert scores[0, 2] == -1e6


def test_scores_are_not_divided_by_the_root_of_d_head() -> None:
    x, W = np.array([[2.0, 0.0, 0.0, 0.0]]), np.eye(4)
    assert attention_scores(x, W, W).item() == 4.0


def test_only_the_products_matter() -> None:
    rng = np.random.default_rng(3)
    head = draw_head(rng, 8, 4, 4, 3.0)
    A = rng.standard_normal((4, 4))
    other = Head(
        A @ head.W_Q,
        np.linalg.inv(A).T @ head.W_K,
        A @ head.W_V,
        head.W_out @ np.linalg.inv(A),
    )
    x = rng.standard_normal((9, 8))
    np.testing.assert_allclose(other.W_QK, head.W_QK, atol=1e-12)
    np.testing.assert_allclose(other.W_OV, head.W_OV, atol=1e-12)
    np.testing.assert_allclose(other.output(x), head.output(x), atol=1e-10)


def test_lists_and_whole_numbers_are_read_as_float64() -> None:
    assert attention_pattern([[1], [2]], [[1]], [[1]]).dtype == np.float64
    assert Head([[1, 0]], [[0, 1]], [[1, 1]], [[1], [0]]).W_OV.dtype == np.float64


def test_the_inputs_stay_as_they_were() -> None:
    rng = np.random.default_rng(4)
    head = draw_head(rng, 6, 3, 3, 1.0)
    x = rng.standard_normal((5, 6))
    before = x.copy()
    head.output(x)
    assert np.array_equal(x, before)


def test_a_head_cannot_be_changed() -> None:
    head = Head(np.eye(2), np.eye(2), np.eye(2), np.eye(2))
    with pytest.raises(AttributeError):
        head.W_Q = np.zeros((2, 2))

"""Public functions refuse what does not fit, and name both shapes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from circuits import Head, attention_pattern, attention_scores, toy_stream
from circuits.plots import plot_pattern
from circuits.rotary import turn_pairs
from circuits.sequences import draw_iid, draw_pairs, draw_repeats
from circuits.shapes import as_floats, show_shape
from circuits.trained import load_model

x, W, W_out = np.ones((5, 6)), np.ones((3, 6)), np.ones((6, 3))

REFUSED = {
    "scores, x with one axis": (lambda: attention_scores(x[0], W, W), "x", "(6,)",
                                "(..., n_tokens, d_model)"),
    "scores, W_Q transposed": (lambda: attention_scores(x, W_out, W), "W_Q", "(6, 3)",
                               "(d_head, 6)"),
    "scores, W_K of another width": (lambda: attention_scores(x, W, W[:, :5]), "W_K", "(3, 5)",
                                     "(3, 6)"),
    "scores, W_K of another height": (lambda: attention_scores(x, W, W[:2]), "W_K", "(2, 6)",
                                      "(3, 6)"),
    "pattern, W_Q a vector": (lambda: attention_pattern(x, W[0], W), "W_Q", "(6,)",
                              "(d_head, 6)"),
    "pattern, W_Q with a batch": (lambda: attention_pattern(x, W[None], W), "W_Q", "(1, 3, 6)",
                                  "(d_head, 6)"),
    "head, W_Q a vector": (lambda: Head(W[0], W, W, W_out), "W_Q", "(6,)", "(d_head, d_model)"),
    "head, W_K": (lambda: Head(W, W[:2], W, W_out), "W_K", "(2, 6)", "(3, 6)"),
    "head, W_V": (lambda: Head(W, W, W_out, W_out), "W_V", "(6, 3)", "(d_head, 6)"),
    "head, W_out": (lambda: Head(W, W, W, W), "W_out", "(3, 6)", "(6, 3)"),
    "head, scores of another stream": (lambda: Head(W, W, W, W_out).scores(x[:, :4]), "W_Q",
                                       "(3, 6)", "(d_head, 4)"),
    "head, output of another stream": (lambda: Head(W, W, W, W_out).output(x[:, :4]), "x",
                                       "(5, 4)", "(..., n_tokens, 6)"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_both_shapes_and_the_name_are_in_the_message(name: str) -> None:
    call, parameter, have, want = REFUSED[name]
    with pytest.raises(ValueError, match=re.escape(f"{parameter} has shape {have}; wanted {want}")):
        call()


@pytest.mark.parametrize("value", [x + 0j, x.astype(str), x.astype(object)])
def test_entries_that_are_not_real_numbers_are_refused(value) -> None:
    with pytest.raises(TypeError, match=r"x holds .* entries; wanted real numbers"):
        attention_scores(value, W, W)


def test_a_float64_array_is_not_copied() -> None:
    assert as_floats("x", x, ("n", "d")) is x


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: turn_pairs([[1.0, 2.0], [3.0]], 1.0),
            r"^numbers has rows of .* \(..., d\)",
        ),
        (lambda: turn_pairs([1.0, 2.0], [[1.0, 2.0], [3.0]]), r"^angles has rows of .*; wanted"),
        (lambda: toy_stream().embed([[1, 2], [3]]), r"^tokens has rows of .* whole numbers"),
        (lambda: load_model().run([[1, 2], [3]]), r"^tokens has rows of .* whole numbers"),
        (
            lambda: plot_pattern(np.eye(3), wanted=[[0, 0], [1]]),
            r"^plot_pattern: wanted: .* rows of unequal length",
        ),
    ],
)
def test_rows_of_different_lengths_are_refused_by_name(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_an_axis_without_a_batch_is_exact() -> None:
    with pytest.raises(ValueError, match=r"wanted \(n, 6\)"):
        as_floats("x", np.ones((2, 5, 6)), ("n", 6))
    assert as_floats("x", np.ones((2, 5, 6)), (None, "n", 6)).shape == (2, 5, 6)
    assert as_floats("x", np.ones(6), (None, 6)).shape == (6,)


def test_shapes_read_as_python_writes_them() -> None:
    assert show_shape((3,)) == "(3,)"
    assert show_shape((None, "n", 4)) == "(..., n, 4)"
    assert show_shape(()) == "()"


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([[0, 65]], "run from 0 to 65; wanted 0 to 64"),
        ([-1, 3], "run from -1 to 3; wanted 0 to 64"),
        ([0.0, 1.0], r"shape \(2,\) and dtype float64; wanted \(..., n_tokens\)"),
        (3, r"shape \(\) and dtype int64; wanted \(..., n_tokens\)"),
        (["a"], r"wanted \(..., n_tokens\) whole numbers"),
    ],
)
def test_embed_refuses_what_is_no_token(tokens, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        toy_stream().embed(tokens)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: draw_pairs(2, 1, rng), "n_tokens is 2; wanted 3 to 129"),
        (lambda rng: draw_pairs(130, 1, rng), "n_tokens is 130; wanted 3 to 129"),
        (lambda rng: draw_iid(1, 1, rng), "n_tokens is 1; wanted 2 or more"),
        (lambda rng: draw_repeats(0, 1, rng), "half is 0; wanted 1 to 64"),
        (lambda rng: draw_repeats(65, 1, rng), "half is 65; wanted 1 to 64"),
    ],
)
def test_sequences_of_impossible_lengths_are_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))


@pytest.mark.parametrize("angles", [np.ones(8), np.ones((2, 16, 3))])
def test_pairs_that_run_down_a_column_are_refused_with_both_shapes(angles: np.ndarray) -> None:
    matrix = np.ones((16, 6))  # its 16 numbers are a column: three pairs of six stand in a row
    with pytest.raises(ValueError, match="each of the 3 pairs") as refused:
        turn_pairs(matrix, angles)
    assert "(16, 6)" in str(refused.value)
    assert str(angles.shape) in str(refused.value)
    assert turn_pairs(matrix.T, np.ones(8)).shape == (6, 16)

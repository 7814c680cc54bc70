"""A pattern travels to a page as data, beside the picture that stands where no page can show it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from circuits import check
from circuits.plots import plot_pattern, plot_patterns
from circuits.reports.pattern_data import MOST_TOKENS, PatternData
from circuits.stream import toy_stream
from tests.figures import find_places


def read_rows(rows: list[list[int]], n_tokens: int) -> np.ndarray:
    """Return what a page reads: rows in ten-thousandths, filled up with zeros."""
    return np.array([row + [0] * (n_tokens - len(row)) for row in rows]) / 10_000


def test_a_report_hands_over_the_whole_pattern_wanted_and_seen() -> None:
    rows = toy_stream().u_cont[:4]
    (state,) = find_places("pattern", check("ex2c", rows, rows)._repr_html_())
    n_tokens = len(state["tokens"])
    assert [pattern["name"] for pattern in state["patterns"]] == ["wanted", "seen"]
    wanted, seen = (read_rows(pattern["rows"], n_tokens) for pattern in state["patterns"])
    assert seen.sum(axis=1) == pytest.approx(1, abs=n_tokens / 10_000)
    assert [[i, j] for i, j in np.argwhere(wanted)] == state["wanted"]
    assert [i - j for i, j in state["wanted"]] == [1] * (n_tokens - 1)
    assert seen[state["query"], state["query"] - 1] < 0.5  # the query that shows the mistake
    assert state["key"] == seen[state["query"]].argmax()


def test_a_report_that_shows_no_attention_hands_nothing_over() -> None:
    zeros = np.zeros((4, 16))
    assert find_places("pattern", check("ex1a", zeros, zeros.T)._repr_html_()) == []


def test_the_picture_of_a_pattern_carries_it_and_others_do_not() -> None:
    rng = np.random.default_rng(0)
    pattern = np.tril(rng.random((5, 5)))
    pattern /= pattern.sum(axis=1, keepdims=True)
    names = ["BOS", "it's", '"so"', "<b>", "&amp;"]
    picture = plot_pattern(pattern, tokens=names, wanted=[(3, 1)], title="$W_Q$", caption="Five.")
    (state,) = find_places("pattern", picture._repr_html_())
    assert np.abs(read_rows(state["patterns"][0]["rows"], 5) - pattern).max() <= 0.5e-4
    assert state["tokens"] == names
    assert (state["wanted"], state["query"]) == ([[3, 1]], 3)
    assert state["patterns"][0]["name"] == "W_Q"
    assert "<img" in picture._repr_html_()
    two = plot_patterns([pattern, np.eye(5)], titles=["seen", "wanted"])
    (state,) = find_places("pattern", two._repr_html_())
    assert [pattern["name"] for pattern in state["patterns"]] == ["seen", "wanted"]
    assert state["tokens"] == []


@pytest.mark.parametrize(
    "patterns",
    [
        [],
        [np.eye(3)] * 5,
        [np.full((3, 3), np.nan)],
        [np.eye(3) - 0.5],
        [2 * np.eye(3)],
    ],
)
def test_what_no_viewer_could_show_stays_a_picture(patterns: list[Any]) -> None:
    names = [""] * len(patterns)
    assert PatternData(names, patterns, [], np.eye(3, dtype=bool), 0).write_attributes() == ""


def test_a_pattern_too_fine_to_point_at_stays_a_picture() -> None:
    for n_tokens, said in ((MOST_TOKENS, True), (MOST_TOKENS + 1, False)):
        data = PatternData([""], [np.eye(n_tokens)], [], np.eye(n_tokens, dtype=bool), 0)
        assert bool(data.write_attributes()) is said

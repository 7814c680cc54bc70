"""Difficulty, discrimination, correlation with the rest and alpha are what the formulas say."""

import numpy as np
import pytest

from grader.reports.item_analysis import (
    correlate_with_rest,
    find_alpha,
    find_difficulty,
    find_discrimination,
    keep_complete,
)

# Cronbach's alpha of this table, by hand: items vary by 5/3, 5/3 and 4/3.
TABLE = np.array([[1.0, 1, 2], [2, 3, 2], [3, 2, 4], [4, 4, 4]])


def test_alpha_is_what_the_formula_gives_by_hand():
    items, whole = 5 / 3 + 5 / 3 + 4 / 3, np.var([4, 7, 9, 12], ddof=1)
    assert find_alpha(TABLE) == pytest.approx(1.5 * (1 - items / whole))


def test_alpha_is_1_for_equal_parts_and_0_for_parts_that_have_nothing_in_common():
    column = np.arange(8.0)
    assert find_alpha(np.stack([column, column, column], axis=1)) == pytest.approx(1)
    half = np.array([0.0, 1, 0, 1])
    assert find_alpha(np.stack([half, np.sort(half)], axis=1)) == pytest.approx(0)


@pytest.mark.parametrize("table", [TABLE[:, :1], TABLE[:2], np.ones((5, 3)), np.ones((0, 3))])
def test_where_nothing_varies_there_is_no_alpha(table):
    assert find_alpha(table) is None


def test_discrimination_is_what_the_best_earn_more_than_the_weakest():
    totals = np.arange(100.0)
    assert find_discrimination((totals >= 73) * 2.0, totals, 2.0) == pytest.approx(1)
    assert find_discrimination((totals < 27) * 2.0, totals, 2.0) == pytest.approx(-1)
    assert find_discrimination(np.ones(100), totals, 2.0) == pytest.approx(0)
    assert find_discrimination(np.ones(3), np.arange(3.0), 1.0) is None  # groups of nobody


def test_the_order_of_learners_with_equal_totals_does_not_matter():
    totals, points = np.array([0.0] * 6 + [1.0] * 6), np.array([0.0, 1, 0, 1, 0, 1] + [1.0] * 6)
    seen = {
        find_discrimination(points[order], totals[order], 1.0)
        for order in (np.random.default_rng(seed).permutation(12) for seed in range(8))
    }
    assert {round(value, 12) for value in seen} == {0.5}


def test_a_part_is_correlated_with_the_others_and_not_with_itself():
    points, rest = np.array([0.0, 1, 2, 3]), np.array([3.0, 2, 1, 0])
    assert correlate_with_rest(points, points + rest) == pytest.approx(-1)
    assert correlate_with_rest(np.ones(4), np.ones(4) + rest) is None


def test_difficulty_is_of_those_whose_points_count():
    assert find_difficulty(np.array([4.0, 2.0, np.nan]), 4.0) == pytest.approx(0.75)
    assert find_difficulty(np.array([np.nan]), 4.0) is None


def test_a_part_that_most_wait_for_takes_no_learner_out_of_the_comparison():
    points = np.array([[1.0, np.nan], [2.0, np.nan], [3.0, 1.0], [np.nan, np.nan]])
    complete, parts = keep_complete(points)
    assert parts.tolist() == [True, False]
    assert complete.tolist() == [[1.0], [2.0], [3.0]]

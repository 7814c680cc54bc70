"""Cells that only draw are not run where nothing depends on them."""

import pytest
from nbformat.v4 import new_code_cell

from grader.grading.plan import find_leftovers, find_pictures

DRAWING = "circuits.plots"
DRAW = "from circuits.plots import plot_matrix\n\nweights = np.eye(3)\nplot_matrix(weights)"


def given(source):
    return new_code_cell(source, metadata={"grader": {"given": True}})


def test_a_given_cell_that_only_draws_is_not_run():
    cells = [given("import numpy as np"), given(DRAW), new_code_cell("W = np.eye(2)")]
    assert find_pictures(cells, {"W"}, DRAWING) == {1}


def test_a_drawing_cell_of_the_learners_own_is_run():
    assert find_pictures([new_code_cell(DRAW)], set(), DRAWING) == set()


@pytest.mark.parametrize("later", ["print(weights)", "plot_matrix(W)"])
def test_a_drawing_cell_whose_names_are_used_later_is_run(later):
    assert find_pictures([given(DRAW), new_code_cell(later)], set(), DRAWING) == set()


def test_a_drawing_cell_that_another_one_needs_is_run_with_it():
    more = given("from circuits.plots import plot_bars\nbars = 2 * weights\nplot_bars(bars)")
    assert find_pictures([given(DRAW), more], set(), DRAWING) == {0, 1}
    assert find_pictures([given(DRAW), more, new_code_cell("bars")], set(), DRAWING) == set()


def test_a_drawing_cell_that_sets_an_answer_is_run():
    assert find_pictures([given(DRAW)], {"weights"}, DRAWING) == set()


@pytest.mark.parametrize(
    "line",
    [
        "plot_matrix(rng.normal(size=3))",
        "x[0] = 1",
        "weights = x\nweights[0] = 1",
        "plot_matrix(compute(weights))",
        "x += 1",
        "stream.depth = 2",
        "np.random.seed(0)",
        "np.random.normal()",
        "del x",
        "%matplotlib inline",
    ],
)
def test_a_drawing_cell_that_may_change_what_others_hold_is_run(line):
    assert find_leftovers(f"{DRAW}\n{line}", DRAWING) is None


def test_a_generator_of_the_cells_own_is_nobody_elses():
    source = f"{DRAW}\nown = np.random.default_rng(1)\nplot_matrix(own.normal(size=3))"
    assert find_leftovers(source, DRAWING) == {"plot_matrix", "weights", "own"}


def test_an_array_that_the_cell_made_may_be_filled_by_it():
    source = f"{DRAW}\nmade = np.zeros((3, 3))\nmade[0] = 1\nplot_matrix(made.astype(int))"
    assert find_leftovers(source, DRAWING) == {"plot_matrix", "weights", "made"}


def test_words_in_comments_of_given_cells_use_nothing():
    cells = [given(DRAW), given("# these weights\nnp.eye(2)"), given("[w for w in range(3)]")]
    assert find_pictures(cells, set(), DRAWING) == {0}

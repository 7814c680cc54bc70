"""What cannot be drawn is refused in one sentence that names the argument and both shapes."""

import inspect
import re

import numpy as np
import pytest

from circuits import plots
from circuits.plots import (
    Move,
    plot_arrows,
    plot_capacity,
    plot_circuit,
    plot_clock,
    plot_lines,
    plot_matrices,
    plot_matrix,
    plot_pattern,
    plot_patterns,
    plot_points,
    plot_residual_stream,
    plot_scores,
    plot_singular_values,
    plot_transformer,
)

I2, I3 = np.eye(2), np.eye(3)
CELLS = "wanted: expected pairs (query, key) or Booleans of shape "

REFUSED = {
    "a vector as matrix": (lambda: plot_matrix([1, 2]), "M: .*(rows, columns).*(2,)"),
    "an empty matrix": (lambda: plot_matrix(np.zeros((0, 4))), "(0, 4)"),
    "ragged rows": (lambda: plot_matrix([[1], [1, 2]]), "unequal length"),
    "complex numbers": (lambda: plot_matrix(I2 * 1j), "complex128"),
    "strings": (lambda: plot_matrix([["a"]]), "real numbers"),
    "Ellipsis": (lambda: plot_matrix(...), "real numbers"),
    "NaN": (lambda: plot_matrix([[1, np.nan]]), "entry (0, 1) is nan"),
    "too few labels": (lambda: plot_matrix(I3, rows=["a"]), "(3,), got shape (1,)"),
    "one string as labels": (lambda: plot_matrix(I3, rows="abc"), "one string"),
    "a group outside": (lambda: plot_matrix(I3, row_groups={"g": range(2, 5)}), "range(2, 5)"),
    "a group that is no range": (lambda: plot_matrix(I3, row_groups={"g": (0, 2)}), "range(0, 4)"),
    "a product that does not fit": (
        lambda: plot_matrices([I2, I3], symbols=["@"]),
        "(2, 2).*(3, 3)",
    ),
    "too many symbols": (lambda: plot_matrices([I2, I2], symbols=["@", "="]), "(1,)"),
    "no matrices": (lambda: plot_matrices([]), "at least one"),
    "too few group lists": (
        lambda: plot_matrices([I2, I2], row_groups=[None]),
        "row_groups: .*(2,), got shape (1,)",
    ),
    "a pattern that is not square": (
        lambda: plot_pattern(np.ones((2, 3))),
        "(n_tokens, n_tokens).*(2, 3)",
    ),
    "a batch of patterns": (lambda: plot_pattern(np.ones((1, 2, 2))), "(1, 2, 2)"),
    "scores as a pattern": (lambda: plot_pattern(9 * I2), "0 to 9; softmax"),
    "too few tokens": (lambda: plot_pattern(I3, tokens=["a"]), "(3,).*(1,)"),
    "a wanted mask of another shape": (
        lambda: plot_pattern(I3, wanted=I2 > 0),
        f"{CELLS}(3, 3), got shape (2, 2)",
    ),
    "a wanted mask of pairs": (
        lambda: plot_pattern(I3, wanted=np.ones((3, 2)) > 0),
        f"{CELLS}(3, 3), got shape (3, 2)",
    ),
    "a wanted mask of numbers": (
        lambda: plot_pattern(I3, wanted=I3),
        f"{CELLS}(3, 3), got shape (3, 3)",
    ),
    "wanted rows of unequal length": (
        lambda: plot_pattern(I3, wanted=[(0, 1), (2,)]),
        f"{CELLS}(3, 3), got rows of unequal length",
    ),
    "wanted rows of nothing": (
        lambda: plot_pattern(I3, wanted=[[], []]),
        f"{CELLS}(3, 3), got shape (2, 0)",
    ),
    "one Boolean as wanted": (
        lambda: plot_pattern(I3, wanted=np.array(True)),
        f"{CELLS}(3, 3), got shape ()",
    ),
    "a wanted cell outside": (lambda: plot_pattern(I3, wanted=[(3, 0)]), "0 to 2, got 3"),
    "wanted that are not pairs": (lambda: plot_pattern(I3, wanted=[1, 2]), "pairs"),
    "patterns of two shapes": (lambda: plot_patterns([I3, I2]), "[1]: .*(3, 3), got shape (2, 2)"),
    "no patterns": (lambda: plot_patterns([]), "at least one"),
    "an empty stream": (lambda: plot_residual_stream({}), "at least one"),
    "a group of no dimensions": (lambda: plot_residual_stream({"a": 0}), "0 dimensions"),
    "a group that is not there": (
        lambda: plot_residual_stream({"a": 2}, reads={"h": "b"}),
        "called 'b'",
    ),
    "a dimension outside": (
        lambda: plot_residual_stream({"a": 2}, writes={"h": range(1, 4)}),
        "0 to 1, got 2",
    ),
    "no tokens": (lambda: plot_circuit([], []), "list of token labels"),
    "a move from outside": (lambda: plot_circuit(["a"], [Move("h", 1, 0)]), "0 to 0, got 1"),
    "a layer below the first": (
        lambda: plot_circuit(["a"], [Move("h", 0, 0, layer=0)]),
        "first layer is 1",
    ),
    "a transformer over nothing": (lambda: plot_transformer([], []), "list of token labels"),
    "a guess too few": (lambda: plot_transformer(["a", "b"], ["b"]), "(2,), got shape (1,)"),
    "no arrows": (lambda: plot_arrows({}), "at least one"),
    "an arrow of three numbers": (lambda: plot_arrows({"a": [1, 2, 3]}), "(2,), got shape (3,)"),
    "an arrow to nowhere": (lambda: plot_arrows({"a": [0, 0]}), "'a' is zero"),
    "a label beside no point": (lambda: plot_lines([1, 2], {"a": [1, 1]}, label_at=[3]), "3 is no"),
    "a frequency of zero": (lambda: plot_clock([1.0, 0.0], [1]), "alpha is zero"),
    "no positions": (lambda: plot_clock(1.0, []), "at least one position"),
    "half a position": (lambda: plot_clock(1.0, [0.5]), "integer"),
    "a line of another length": (lambda: plot_lines([1, 2], {"a": [1]}), "(2,), got shape (1,)"),
    "no panels": (lambda: plot_points([1], {}, names=["a"]), "at least one"),
    "points and names": (lambda: plot_points([1, 2], {"p": [1, 2]}, names=["a"]), "names"),
    "a name of no point": (
        lambda: plot_points([1], {"p": [1]}, names=["a"], labelled=["b"]),
        "no point is called 'b'",
    ),
    "a panel of another length": (
        lambda: plot_points([1, 2], {"p": [1]}, names=["a", "b"]),
        "(2,), got shape (1,)",
    ),
    "no lines": (lambda: plot_lines([1], {}), "at least one"),
    "a logarithm of zero": (lambda: plot_lines([0, 1], {"a": [1, 1]}, log_x=True), "above zero"),
    "scores as a matrix": (lambda: plot_scores(I3), "(length,), got shape (3, 3)"),
    "scores of two lengths": (lambda: plot_scores({"a": [1], "b": [1, 2]}), "(1,).*(2,)"),
    "targets of no query": (
        lambda: plot_scores({"a": [1, 2]}, targets={"b": [1]}),
        "no scores called 'b'",
    ),
    "a target outside": (lambda: plot_scores([1, 2], targets=[2]), "0 to 1, got 2"),
    "a negative singular value": (lambda: plot_singular_values([1, -1]), "negative"),
    "no series": (lambda: plot_singular_values({}), "at least one"),
    "an amount of zero": (lambda: plot_capacity({"a": 0}), "above zero"),
    "no amounts": (lambda: plot_capacity({}), "at least one"),
}


@pytest.mark.parametrize(("call", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_is_refused_with_a_sentence(call, said):
    with pytest.raises(ValueError, match=r"^plot_[a-z_]+: ") as refusal:
        call()
    pattern = ".*".join(re.escape(part) for part in said.split(".*"))
    assert re.search(pattern, str(refusal.value))


FUNCTIONS = [name for name in plots.__all__ if name.startswith("plot_")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_figure_names_its_title_caption_and_alt(name):
    """A notebook completes them, and `help` shows them."""
    parameters = inspect.signature(getattr(plots, name)).parameters.values()
    assert [str(each) for each in parameters if each.kind is each.KEYWORD_ONLY][-3:] == [
        "title: str = ''",
        "caption: str = ''",
        "alt: str | None = None",
    ]
    assert all(each.kind is not each.VAR_KEYWORD for each in parameters)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_option_that_no_figure_has_is_refused_in_the_name_of_the_function(name):
    function = getattr(plots, name)
    required = [
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.default is each.empty
    ]
    with pytest.raises(TypeError, match=rf"^{name}\(\) .* argument 'limit'$"):
        function(**dict.fromkeys(required), limit=1)

"""What the text alternatives say is true of the data."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

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
    plot_transformer,
)
from circuits.plots.curves import draw_marks


def test_few_entries_are_all_named_with_their_labels():
    alt = plot_matrix([[0, 2], [-0.5, 0]], rows=["q0", "q1"], columns=["k0", "k1"]).alt
    assert "row q0 column k1: 2" in alt
    assert "row q1 column k0: −0.5" in alt
    assert "2 by 2" in alt


def test_a_zero_matrix_is_said_to_be_zero():
    assert "Every entry is zero" in plot_matrix(np.zeros((2, 3))).alt


def test_many_entries_are_summed_up_by_place_and_block():
    M = np.zeros((6, 6))
    M[:4, :4] = 1
    M[5, 5] = -2
    groups = {"content": range(4), "rest": range(4, 6)}
    alt = plot_matrix(M, row_groups=groups, column_groups=groups).alt
    assert "17 of its 36 entries are not zero" in alt
    assert "rows 0–3, 5" in alt
    assert "largest in size is −2 at row 5 column 5" in alt
    assert "content × content 80% and rest × rest 20%" in alt


def test_an_equation_is_read_out():
    alt = plot_matrices([[[1]], [[2]], [[2]]], titles=["A", "$B$", "C"], symbols=["@", "="]).alt
    assert alt.startswith("A @ B = C.")


def test_a_short_pattern_is_told_query_by_query():
    A = [[1, 0, 0], [0.98, 0.02, 0], [0.5, 0.3, 0.2]]
    alt = plot_pattern(A, tokens=["BOS", "the", "dog"], wanted=[(1, 0), (2, 1)]).alt
    assert "Query 1 (the) attends to 0 (BOS) with weight .98." in alt
    assert "to 0 (BOS) with weight .50 and to 1 (the) with weight .30" in alt
    assert "at least .30 on them, .64 on average" in alt


def test_a_long_pattern_is_summed_up_by_distance():
    A = np.eye(64, k=-1)
    A[0, 0] = 1
    alt = plot_pattern(A).alt
    assert "For 63 of 64 queries the strongest key is the position before." in alt
    assert len(alt) < 300


def test_each_of_several_patterns_is_named():
    alt = plot_patterns([np.eye(2), np.eye(2)], titles=["wanted", "seen"]).alt
    assert "wanted: " in alt
    assert "seen: " in alt


def test_a_stream_says_what_each_head_reads_and_writes():
    alt = plot_residual_stream(
        {"a": 8, "b": 8},
        reads={"head 1": range(4), "head 2": [range(4, 7), 8]},
        writes={"head 1": "b", "head 2": range(12, 16)},
    ).alt
    assert "a (0–7) and b (8–15)" in alt
    assert "head 1 reads 0–3 and writes 8–15." in alt
    assert "head 2 reads 4–6, 8 and writes 12–15." in alt


def test_a_stream_without_axes_says_how_many_directions_and_never_which():
    picture = plot_residual_stream(
        {"a": 8, "b": 6}, reads={"head 1": [*range(4), 8]}, writes={"head 1": [12]}, axes=False
    )
    assert "a (8 directions) and b (6 directions)" in picture.alt
    assert "head 1 reads 4 of a and 1 of b and writes 1 of b." in picture.alt
    assert "–" not in picture.alt


def test_arrows_say_where_they_point_and_how_long_they_are():
    alt = plot_arrows({"cat": [1, 0], "tree": [0, -2]}).alt
    assert "cat: (1, 0), length 1, at 0 degrees." in alt
    assert "tree: (0, −2), length 2, at 270 degrees." in alt


def test_a_circuit_tells_its_moves_from_the_bottom_up():
    moves = [Move("head 2", 1, 2, "$x_i$", layer=2), Move("head 1", 0, 1, "content")]
    alt = plot_circuit(["a", "b", "c"], moves, outputs={2: "b"}).alt
    assert alt.index("Layer 1: head 1 at 1 (b) takes content from 0 (a).") < alt.index("Layer 2")
    assert "takes x_i from" in alt
    assert "At the top: b at 2 (c)." in alt


def test_a_transformer_tells_its_layers_from_the_bottom_up():
    alt = plot_transformer(["a", "b"], ["b", "a"]).alt
    first = "Layer 1: an attention layer takes something from the streams of earlier tokens"
    assert alt.index(first) < alt.index("Layer 2: an MLP layer reads each stream by itself")
    assert "a guess of the next token: b after a and a after b." in alt
    assert "Layer 4" in alt
    assert "Layer 5" not in alt


def test_a_clock_says_where_the_turn_leads():
    alt = plot_clock(2 * np.pi / 8, range(8), hand=3).alt
    assert "once round in 8 positions" in alt
    assert "stands at 135 degrees; turned by −45 degrees it falls on position 2" in alt


def test_lines_name_their_ends_and_extremes():
    alt = plot_lines([1, 2, 3], {"a": [0, 5, 1]}, level=4.5, level_label="enough").alt
    assert "a: from 0 at 1 to 1 at 3; least 0 at 1, greatest 5 at 2." in alt
    assert "4.5 (enough)" in alt


def test_the_name_of_a_line_across_stands_behind_its_end() -> None:
    panel = Figure(figsize=(6.5, 3), dpi=72).subplots()
    panel.plot([1, 100], [1, 40])
    draw_marks(panel, 10.0, "enough", None, "")
    (name,) = panel.texts
    box = name.get_window_extent(RendererAgg(1, 1, 72))
    assert box.x0 > panel.bbox.x1
    assert (box.y0 + box.y1) / 2 == pytest.approx(panel.transData.transform((1, 10))[1], abs=2)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("enough for every reader", "enough for\nevery reader"),
        (r"$\beta_{\mathrm{max}}$ of all heads", r"$\beta_{\mathrm{max}}$ of all heads"),
        ("full interconnectedness", "full\ninterconnectedness"),
        ("an in-context score", "an in-context\nscore"),
        ("a well-known in-context score", "a well-known\nin-context\nscore"),
    ],
)
def test_the_name_of_a_line_across_is_wrapped_between_words(name: str, written: str) -> None:
    panel = Figure().subplots()
    draw_marks(panel, 0.5, name, None, "")
    assert panel.texts[0].get_text() == written


def test_a_title_or_caption_that_is_no_text_is_written_as_one() -> None:
    picture = plot_pattern(np.eye(2), title=5, caption=7)
    assert picture.alt.startswith("5. Attention pattern")
    assert picture.caption == "7"
    bare = plot_matrix(np.eye(2))
    assert plot_matrix(np.eye(2), title=None, caption=None) == bare


def test_matrices_and_patterns_may_come_one_by_one() -> None:
    given = [np.eye(2), np.eye(2)]
    assert plot_matrices(iter(given)) == plot_matrices(given)
    assert plot_patterns(iter(given)) == plot_patterns(given)


def test_lines_name_a_place_that_is_marked():
    alt = plot_lines([1, 2, 3], {"a": [0, 5, 1]}, mark=2.5, mark_label="safe").alt
    assert "A line upright marks 2.5 (safe)." in alt


def test_scores_name_targets_and_the_highest_keys():
    alt = plot_scores([1.0, 9.0, 3.0], tokens=["a", "b", "c"], targets=[1], query=2).alt
    assert "for the query at position 2" in alt
    assert "Targets are hatched: 1 (b)." in alt
    assert "Highest: 1 (b) 9, 2 (c) 3" in alt


def test_shares_are_computed_from_the_amounts():
    assert "7 (7/8)" in plot_capacity({"one": 7, "two": 1}).alt
    assert "(33.3%)" not in plot_capacity({"one": 1, "two": 2}).alt
    assert "3.14 (75.9%)" in plot_capacity({"one": np.pi, "two": 1}).alt


def test_what_rounding_leaves_of_a_zero_is_told_as_zero():
    assert plot_matrix([[1.0, 1e-17], [0, 1]]).alt == plot_matrix(np.eye(2)).alt
    assert plot_scores([2000.0, -7e-13, 5]).alt == plot_scores([2000.0, 0, 5]).alt


def test_points_are_told_one_by_one_with_their_names() -> None:
    picture = plot_points(
        [0.1, 0.4], {"loss": [2, 3], "share": [0, 1]}, names=["a", "b"], labelled=["b"],
        x_label="score", mark=0.125, mark_label="chance",
    )  # fmt: skip
    assert "Scatter plot of loss against score. a: 2 at 0.1; b: 3 at 0.4." in picture.alt
    assert "Scatter plot of share against score. a: 0 at 0.1; b: 1 at 0.4." in picture.alt
    assert picture.alt.endswith("A line upright marks 0.125 (chance).")


def test_a_level_of_scores_is_drawn_and_told() -> None:
    plain, marked = (plot_scores([1, 2, 3], level=level) for level in (None, 2.5))
    assert plain.alt + " A line across marks 2.5." == marked.alt
    assert len(marked.svg) > len(plain.svg)


def test_a_level_above_all_scores_makes_room_for_itself() -> None:
    bars = [plot_scores(np.arange(26), level=level).svg for level in (None, 100)]
    assert "100" in plot_scores(np.arange(26), level=100, level_label="tau").alt
    assert bars[0] != bars[1]


def test_targets_of_one_query_are_hatched_and_told_there_alone() -> None:
    scores = {"new": [3, 1, 2], "known": [1, 4, 2]}
    alt = plot_scores(scores, targets={"known": [1]}).alt
    assert "Targets are hatched in known: 1." in alt
    assert "in new" not in alt
    assert "Targets are hatched: 1." in plot_scores(scores, targets=[1]).alt

"""A figure shows what its caption says: bars on a scale of their size, curves side by side."""

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg

from circuits.plots import (
    plot_lines,
    plot_matrices,
    plot_pattern,
    plot_patterns,
    plot_points,
    plot_residual_stream,
    plot_scores,
)
from circuits.plots.drawing import style

CONTENT, POSITION = [2304.0, 1700.0, -720.0], [260.0, 240.0, 20.0]


def heights(picture):
    """Return the heights of all filled boxes of a figure, in points, as they are drawn."""
    paths = re.findall(r'<path d="([^"]*)"[^>]*style="fill: #0b5fa5', picture.svg)
    ys = [[float(y) for y in re.findall(r"[ML] [-\d.]+ ([-\d.]+)", path)] for path in paths]
    return [max(each) - min(each) for each in ys]


@pytest.mark.parametrize("one_scale", [True, False])
def test_scores_that_are_small_beside_others_fill_a_panel_of_their_own_scale(one_scale):
    picture = plot_scores({"content": CONTENT, "position": POSITION}, one_scale=one_scale)
    bars = heights(picture)
    assert len(bars) == 6
    # The same three numbers, alone, reach the panel's full height.
    full = max(heights(plot_scores(POSITION)))
    assert (max(bars[3:]) == pytest.approx(full, rel=0.01)) is not one_scale


def test_more_bars_than_can_carry_numbers_stand_beside_an_axis_with_values():
    def letters(n):
        """Return how many pieces of text are drawn in a figure of n bars."""
        return len(re.findall(r'id="text_\d+"', plot_scores(np.full(n, 7.0)).svg))

    few, many = letters(20), letters(32)
    assert few == 2 * 20  # a number and a label at each
    ticks = many - 8 - 1  # labels at 0, 4, ..., 28, and the number of the highest
    assert 3 <= ticks <= 8


def test_curves_that_stand_apart_have_a_panel_each():
    x = np.arange(10.0)
    lines = {"a": x, "b": x + 0.1, "c": x - 0.1}
    together, apart = plot_lines(x, lines), plot_lines(x, lines, apart=True)
    assert len(set(re.findall(r'id="(axes_\d+)"', together.svg))) == 1
    assert len(set(re.findall(r'id="(axes_\d+)"', apart.svg))) == 3
    assert together.alt == apart.alt


def test_a_stream_without_axes_writes_no_range_of_indices():
    def letters(groups, **options):
        """Return the outlines of all letters in the figure."""
        return set(
            re.findall(r'id="(DejaVuSans-\w+)"', plot_residual_stream(groups, **options).svg)
        )

    (dash,) = letters({"8–": 8}, axes=False) - letters({"8": 8}, axes=False)
    groups, reads = {"a": 8, "b": 8}, {"head 1": range(4)}
    assert dash in letters(groups, reads=reads)
    assert dash not in letters(groups, reads=reads, axes=False)


def frames(svg):
    """Return (left, top, right, bottom) of all axes of a figure, in points."""
    paths = re.findall(r'id="axes_\d+">\s*<g id="patch_\d+">\s*<path d="([^"]*)"', svg)
    corners = [re.findall(r"[ML] ([-\d.]+) ([-\d.]+)", path) for path in paths]
    points = [np.array(each, dtype=float) for each in corners]
    return [(*each.min(axis=0), *each.max(axis=0)) for each in points]


def test_panels_in_a_column_begin_at_one_place_whatever_their_labels():
    picture = plot_points([1, 2], {"small": [1, 2], "large": [1e6, 3e6]}, names=["a", "b"])
    (one, _, _, end), (other, begin, _, _) = frames(picture.svg)
    assert one == pytest.approx(other)
    assert end < begin


def test_the_matrices_of_an_equation_are_level():
    tall, wide = np.eye(8, 2), np.eye(2, 8)
    picture = plot_matrices([tall, wide, tall @ wide], symbols=["@", "="])
    middles = [top + bottom for _, top, _, bottom in frames(picture.svg)]
    assert middles == pytest.approx([middles[0]] * 3)
    lefts = [left for left, *_ in frames(picture.narrow)]
    assert lefts[0] == pytest.approx(frames(picture.svg)[0][0])  # where the page has it, too
    assert lefts[0] < lefts[1]  # a phone has room for two, and the third stands below
    assert len(set(np.round(np.diff([top for _, top, *_ in frames(picture.narrow)]), 3))) == 2


def test_what_is_as_wide_as_a_column_has_no_second_layout_for_a_phone():
    twelve = np.arange(12.0)
    assert plot_scores({"a": twelve, "b": twelve}).narrow == ""
    assert plot_scores({"a": twelve[:4], "b": twelve[:4], "c": twelve[:4]}).narrow != ""


def test_bars_leave_as_much_room_as_the_longest_line_of_a_name_takes():
    names = ("plentiful", "plentiful plentiful plentiful plentiful")
    one, four = (plot_scores(np.arange(30.0), level=9, level_label=name) for name in names)
    assert frames(one.svg) == frames(four.svg)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("token", ["", "a", "a longer token"])
@pytest.mark.parametrize("n", [12, 20, 65, 150])
def test_labels_of_a_pattern_never_run_into_one_another(monkeypatch, n, token, half):
    names = []

    def measure(figure, _):
        renderer = RendererAgg(1, 1, figure.dpi)
        figure.draw_without_rendering()
        names.extend(
            [
                (label.get_rotation(), label.get_window_extent(renderer))
                for label in axis.get_ticklabels()
            ]
            for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis)
        )
        return ""

    monkeypatch.setattr(style, "svg_of", measure)
    tokens = [token] * n if token else None
    if half:
        plot_patterns([np.eye(n), np.eye(n)], tokens=tokens)
    else:
        plot_pattern(np.eye(n), tokens=tokens)
    columns, rows = names[:2]
    assert len(columns) >= 5
    assert len(columns) == n or n > 12
    # Lines of text below one another, upright too, may touch; words in one line may not.
    for (turn, one), (_, other) in pairwise(columns):
        assert other.x0 - one.x1 > (-1 if turn else 1.5)
    for (_, one), (_, other) in pairwise(rows):
        assert one.y0 - other.y1 > -1

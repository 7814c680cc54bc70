"""Draw named points: two measurements of each thing against each other."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from . import style
from .inputs import Floats, as_labels, as_vector
from .lines import draw_marks, name_panels, rule_across, tell_marks
from .picture import Picture
from .words import number, plain, sentence

_HEIGHT = 1.7  # Inches of a panel.


def plot_points(
    x: ArrayLike,
    panels: Mapping[str, ArrayLike],
    *,
    names: Sequence[object],
    labelled: Iterable[object] | None = None,
    x_label: str = "",
    title: str = "",
    caption: str = "",
    alt: str | None = None,
    level: float | None = None,
    level_label: str = "",
    mark: float | None = None,
    mark_label: str = "",
) -> Picture:
    """Draw a point for each thing in each panel, some with their names beside them.

    Args:
        x: shape (n_points,), for all panels.
        panels: for each name, which says what is measured, y of shape (n_points,).
        names: one for each point.
        labelled: the names to write beside their points, which are then square and orange; all
            where None.
        x_label: what the axis means, with units; `$math$` is typeset.
        title: a line above.
        caption: a line below.
        alt: the figure in words; composed from the numbers where None.
        level: a height to mark with a thin line across in every panel, named `level_label`.
        mark: a place on the x axis to mark with a thin line upright, named `mark_label`.

    Returns:
        A Picture, with the panels one below the other, each on a scale of its own.

    Raises:
        ValueError: a panel has another shape than x, there are not as many names, or a label
            names no point.

    Example:
        >>> plot_points([0.1, 0.4], {"loss": [2.0, 3.0]}, names=["a", "b"], x_label="score").alt
        'Scatter plot of loss against score. a: 2 at 0.1; b: 3 at 0.4.'
    """
    where = "plot_points"
    across = as_vector(x, f"{where}: x")
    if not panels:
        raise ValueError(f"{where}: expected at least one named panel, got none.")
    heights = {
        str(name): as_vector(y, f"{where}: panels[{name!r}]", len(across))
        for name, y in panels.items()
    }
    called = as_labels(names, len(across), f"{where}: names") or []
    written = set(called) if labelled is None else {str(name) for name in labelled}
    if not written <= set(called):
        raise ValueError(f"{where}: no point is called {min(written - set(called))!r}.")
    with style.house_style():
        size = style.COLUMN_WIDTH, _HEIGHT * len(heights) + 0.5
        figure = Figure(figsize=size, dpi=72)
        grid = figure.subplots(len(heights), sharex=True, squeeze=False)[:, 0]
        for panel, y in zip(grid, heights.values(), strict=True):
            _draw_points(panel, across, y, called, written)
            rule_across(panel)
            panel.margins(x=0.06, y=0.25)
            draw_marks(panel, level, level_label, mark, mark_label if panel is grid[0] else "")
        grid[-1].set_xlabel(x_label)
        name_panels(figure, list(grid), heights, title, space=0.4)
        said = [_describe(name, across, y, called, x_label) for name, y in heights.items()]
        said += tell_marks(level, level_label, mark, mark_label)
        words = alt or " ".join([sentence(title), *said]).strip()
        return Picture(svg=style.svg_of(figure), alt=words, caption=caption)


def _draw_points(panel: Axes, x: Floats, y: Floats, names: list[str], written: set[str]) -> None:
    chosen = np.array([name in written for name in names])
    for group, colour, marker in (
        (~chosen, style.BLUE, "o"),
        (chosen, style.ORANGE, "s"),
    ):
        panel.plot(x[group], y[group], linestyle="none", color=colour, marker=marker, markersize=6)
    ground = {"facecolor": style.GROUND, "edgecolor": "none", "pad": 1}
    middle = (float(x.min()) + float(x.max())) / 2
    for name, across, height in zip(names, x, y, strict=True):
        if name in written:
            # In the right half beside its point, in the left half above: there is room for it.
            beside = across > middle
            panel.annotate(name, (float(across), float(height)),
                           xytext=(-8, 0) if beside else (-4, 7), textcoords="offset points",
                           ha="right" if beside else "left", va="center" if beside else "bottom",
                           fontsize=style.SMALL, bbox=ground)  # fmt: skip


def _describe(panel: str, x: Floats, y: Floats, names: list[str], x_label: str) -> str:
    points = "; ".join(
        f"{plain(name)}: {number(float(height))} at {number(float(across))}"
        for name, across, height in zip(names, x, y, strict=True)
    )
    return f"Scatter plot of {plain(panel)} against {plain(x_label) or 'x'}. {points}."

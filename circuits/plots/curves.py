"""Draw curves and named points, which tell apart without colour: by marker, dash and name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import ArrayLike

from circuits.shapes import FloatArray

from .drawing import style
from .drawing.inputs import as_array, as_labels, as_named
from .drawing.layout import COVER, Drawing, Words, draw_level, drawing, takes_words
from .drawing.picture import Picture
from .drawing.words import number, plain, tell_marks


@takes_words
def plot_lines(
    x: ArrayLike,
    lines: Mapping[str, ArrayLike],
    *,
    x_label: str = "",
    y_label: str = "",
    level: float | None = None,
    level_label: str = "",
    mark: float | None = None,
    mark_label: str = "",
    label_at: Iterable[float] = (),
    apart: bool = False,
    log_x: bool = False,
    log_y: bool = False,
    **words: Unpack[Words],
) -> Picture:
    """Draw y against x, a line for each name, each with a marker and dashes of its own.

    Args:
        x: shape (n_points,).
        lines: for each name y of shape (n_points,).
        x_label, y_label: what the axes mean, with units; `$math$` is typeset.
        title: a line above.
        caption: a line below.
        alt: the figure in words; composed from the numbers where None.
        level: a height to mark with a thin line across, named `level_label`.
        mark: a place on the x axis to mark with a thin line upright, named `mark_label`.
        label_at: values of x at which the value of each line is written beside it.
        apart: whether each line has a panel of its own, one below the other on one scale, for
            lines that would cover one another.
        log_x, log_y: logarithmic axes; the numbers must then be above zero.

    Returns:
        A Picture.

    Raises:
        ValueError: a line has another shape than x, a label stands at no value of x, or a
            logarithmic axis meets a number <= 0.

    Example:
        >>> plot_lines([1, 2, 4], {"mass": [0.5, 0.9, 1.0]}, x_label="beta", y_label="mass").alt
        ... # doctest: +ELLIPSIS
        'Line plot of mass against beta, from 1 to 4. mass: from 0.5 at 1 to 1 at 4; ...'
    """
    with drawing("plot_lines", words) as figure:
        across = as_array(x, "x", "n_points")
        curves = as_named(lines, "lines", len(across))
        places = {value: np.flatnonzero(np.isclose(across, value)) for value in label_at}
        for value, found in places.items():
            if not len(found):
                raise ValueError(f"label_at: {value!r} is no value of x.")
        everything = np.concatenate(list(curves.values()))
        size = (3.1 if level_label else 3.72, 0.85 if apart else 2.31)
        panels = _add_panels(figure, len(curves) if apart else 1, size, apart)
        for i, (name, y) in enumerate(curves.items()):
            panel = panels[i % len(panels)]
            _draw_curve(panel, across, y, name, i)
            for place in (found[0] for found in places.values()):
                panel.annotate(number(y[place]), (across[place], y[place]), (0, 9),
                               textcoords="offset points", ha="center")  # fmt: skip
            if apart:
                panel.set_title(name, pad=8)
        for panel in panels:
            panel.margins(y=0.3 if places else 0.05)
            if log_x:
                _label_decades(panel, "x", across)
            if log_y:
                _label_decades(panel, "y", everything)
            draw_marks(panel, level, level_label, mark, mark_label)
        panels[-1].set_xlabel(x_label)
        panels[len(panels) // 2].set_ylabel(y_label)
        if not apart and (len(curves) > 1 or not y_label):
            panels[0].legend(loc="upper left", bbox_to_anchor=(-0.02, -0.2), borderaxespad=0.0,
                             ncols=1 if max(map(len, curves)) > 24 else 2,
                             handlelength=3.4)  # fmt: skip
        said = _describe(across, curves, x_label, y_label)
        said += tell_marks(level, level_label, mark, mark_label)
        return figure.finish(said)


@takes_words
def plot_points(
    x: ArrayLike,
    panels: Mapping[str, ArrayLike],
    *,
    names: Sequence[object],
    labelled: Iterable[object] | None = None,
    x_label: str = "",
    level: float | None = None,
    level_label: str = "",
    mark: float | None = None,
    mark_label: str = "",
    **words: Unpack[Words],
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
    with drawing("plot_points", words) as figure:
        across = as_array(x, "x", "n_points")
        heights = as_named(panels, "panels", len(across))
        called = as_labels(names, len(across), "names") or []
        written = set(called) if labelled is None else {str(name) for name in labelled}
        for stray in sorted(written - set(called)):
            raise ValueError(f"no point is called {stray!r}.")
        said = []
        size = (3.1 if level_label else 3.72, 1.25 if len(heights) > 1 else 1.7)
        axes = _add_panels(figure, len(heights), size)
        for panel, (name, y) in zip(axes, heights.items(), strict=True):
            panel.set_title(name, pad=8)
            _draw_points(panel, across, y, called, written)
            panel.margins(x=0.06, y=0.25)
            draw_marks(panel, level, level_label, mark, mark_label if panel is axes[0] else "")
            points = "; ".join(
                f"{plain(point)}: {number(height)} at {number(at)}"
                for point, at, height in zip(called, across, y, strict=True)
            )
            said.append(f"Scatter plot of {plain(name)} against {plain(x_label) or 'x'}. {points}.")
        axes[-1].set_xlabel(x_label)
        said += tell_marks(level, level_label, mark, mark_label)
        return figure.finish(said)


def _add_panels(
    figure: Drawing, n: int, size: tuple[float, float], sharey: bool = False
) -> list[Axes]:
    """Return n panels below one another on one scale of x, each of a size in inches."""
    places = {"left": 0, "right": size[0], "bottom": 0, "top": n * size[1], "hspace": 0}
    grid = figure.subplots(n, sharex=True, sharey=sharey, squeeze=False, gridspec_kw=places)
    return list(grid[:, 0])


def _draw_curve(panel: Axes, x: FloatArray, y: FloatArray, name: str, i: int) -> None:
    look = i % len(style.SERIES)
    # Some fifteen markers a line, at other places on each, tell lines apart.
    every = (i * max(1, len(x) // 60), max(1, len(x) // 15))
    panel.plot(x, y, label=name, color=style.SERIES[look], linestyle=style.DASHES[look],
               marker=style.MARKERS[look], linewidth=1.7, markersize=5,
               markevery=every)  # fmt: skip


def _draw_points(
    panel: Axes, x: FloatArray, y: FloatArray, names: list[str], written: set[str]
) -> None:
    chosen = np.array([name in written for name in names])
    for group, look in ((~chosen, 0), (chosen, 1)):
        panel.plot(x[group], y[group], linestyle="none", color=style.SERIES[look],
                   marker=style.MARKERS[look], markersize=6)  # fmt: skip
    middle = (float(x.min()) + float(x.max())) / 2
    for name, across, height in zip(names, x.tolist(), y.tolist(), strict=True):
        if name in written:
            # In the right half beside its point, in the left half above: there is room for it.
            beside = across > middle
            panel.annotate(name, (across, height), (-8, 0) if beside else (-4, 7),
                           textcoords="offset points", ha="right" if beside else "left",
                           va="center" if beside else "bottom", bbox=COVER)  # fmt: skip


def draw_marks(
    panel: Axes, level: float | None, level_label: str, mark: float | None, mark_label: str
) -> None:
    """Draw a thin line across at a height and a thin line upright at a place, each named."""
    if level is not None:
        draw_level(panel, level, level_label)
    if mark is not None:
        panel.axvline(mark, color=style.INK, linewidth=1.0, linestyle=(0, (1, 1.5)))
        panel.annotate(mark_label, (mark, 0.5), (5, 0), ("data", "axes fraction"),
                       "offset points", bbox=COVER)  # fmt: skip


def _label_decades(panel: Axes, side: str, shown: FloatArray) -> None:
    """Make an axis logarithmic, with plain numbers: 0.1, 0.2, 0.5, 1, not powers of ten."""
    if shown.min() <= 0:
        raise ValueError("a logarithmic axis needs numbers above zero.")
    panel.set(**{f"{side}scale": "log"})
    axis = panel.xaxis if side == "x" else panel.yaxis
    steps = (1, 2, 5) if shown.max() <= 1000 * shown.min() else (1,)
    axis.set_major_locator(LogLocator(subs=steps))
    axis.set_major_formatter(lambda value, _: number(value))
    axis.set_minor_locator(NullLocator())


def _describe(
    x: FloatArray, curves: dict[str, FloatArray], x_label: str, y_label: str
) -> list[str]:
    start, end = number(x[0]), number(x[-1])
    words = [
        f"Line plot of {plain(y_label) or 'y'} against {plain(x_label) or 'x'}, "
        f"from {start} to {end}."
    ]
    for name, y in curves.items():
        low, high = y.argmin(), y.argmax()
        words.append(
            f"{plain(name)}: from {number(y[0])} at {start} to {number(y[-1])} at {end}; "
            f"least {number(y[low])} at {number(x[low])}, "
            f"greatest {number(y[high])} at {number(x[high])}."
        )
    return words

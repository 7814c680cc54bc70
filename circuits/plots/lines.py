"""Curves that tell apart without colour: by marker, dash and name."""

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import ArrayLike

from . import style
from .inputs import Floats, as_vector
from .picture import Picture
from .words import number, plain, sentence


def plot_lines(
    x: ArrayLike,
    lines: Mapping[str, ArrayLike],
    *,
    x_label: str = "",
    y_label: str = "",
    title: str = "",
    caption: str = "",
    alt: str | None = None,
    level: float | None = None,
    level_label: str = "",
    log_x: bool = False,
    log_y: bool = False,
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
        log_x, log_y: logarithmic axes; the numbers must then be above zero.

    Returns:
        A Picture.

    Raises:
        ValueError: a line has another shape than x, or a logarithmic axis meets a number <= 0.

    Example:
        >>> plot_lines([1, 2, 4], {"mass": [0.5, 0.9, 1.0]}, x_label="beta", y_label="mass").alt
        ... # doctest: +ELLIPSIS
        'Line plot of mass against beta, from 1 to 4. mass: from 0.5 at 1 to 1 at 4; ...'
    """
    where = "plot_lines"
    across = as_vector(x, f"{where}: x")
    if not lines:
        raise ValueError(f"{where}: expected at least one named line, got none.")
    curves = {
        str(name): as_vector(y, f"{where}: lines[{name!r}]", len(across))
        for name, y in lines.items()
    }
    lowest = min(float(y.min()) for y in curves.values())
    if (log_x and across.min() <= 0) or (log_y and lowest <= 0):
        raise ValueError(f"{where}: a logarithmic axis needs numbers above zero.")
    with style.house_style():
        figure = Figure(figsize=(style.COLUMN_WIDTH, 3.0), dpi=72)
        axes = figure.add_subplot()
        for i, (name, y) in enumerate(curves.items()):
            axes.plot(
                across,
                y,
                label=name,
                color=style.SERIES[i % len(style.SERIES)],
                linestyle=style.DASHES[i % len(style.DASHES)],
                marker=style.MARKERS[i % len(style.MARKERS)],
                markersize=5,
                linewidth=1.7,
                # Some fifteen markers a line, at other places on each, tell lines apart.
                markevery=(i * max(1, len(across) // 60), max(1, len(across) // 15)),
            )
        axes.grid(visible=True, axis="y")
        axes.set_axisbelow(True)
        if log_x:
            axes.set_xscale("log")
            _label_decades(axes.xaxis, float(across.min()), float(across.max()))
        if log_y:
            axes.set_yscale("log")
            highest = max(float(y.max()) for y in curves.values())
            _label_decades(axes.yaxis, lowest, highest)
        if level is not None:
            axes.axhline(level, color=style.INK, linewidth=1.0, linestyle=(0, (2, 2)))
            axes.annotate(level_label, (1.0, level), xycoords=("axes fraction", "data"),
                          xytext=(0, 3), textcoords="offset points", ha="right",
                          fontsize=style.SMALL)  # fmt: skip
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        if title:
            axes.set_title(title, loc="left", pad=10)
        if len(curves) > 1 or not y_label:
            columns = 1 if max(map(len, curves)) > 24 else 2
            axes.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.2), ncols=columns,
                        handlelength=3.4, borderaxespad=0.0)  # fmt: skip
        words = alt or " ".join(
            [sentence(title), _describe(across, curves, x_label, y_label, level, level_label)]
        )
        return Picture(svg=style.svg_of(figure), alt=words.strip(), caption=caption)


def _label_decades(axis: Axis, low: float, high: float) -> None:
    """Write plain numbers on a logarithmic axis: 0.1, 0.2, 0.5, 1 rather than powers of ten."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(decades) <= 4 else (1,)
    ticks = [step * 10.0**k for k in decades for step in steps]
    # A hair's breadth of slack, since a power of ten is not exact.
    axis.set_major_locator(FixedLocator([t for t in ticks if 0.999 * low <= t <= 1.001 * high]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 3)))
    axis.set_minor_locator(NullLocator())


def _describe(
    x: Floats,
    curves: dict[str, Floats],
    x_label: str,
    y_label: str,
    level: float | None,
    level_label: str,
) -> str:
    start, end = number(float(x[0])), number(float(x[-1]))
    words = [
        f"Line plot of {plain(y_label) or 'y'} against {plain(x_label) or 'x'}, "
        f"from {start} to {end}."
    ]
    for name, y in curves.items():
        low, high = int(np.argmin(y)), int(np.argmax(y))
        words.append(
            f"{plain(name)}: from {number(float(y[0]))} at {start} "
            f"to {number(float(y[-1]))} at {end}; "
            f"least {number(float(y[low]))} at {number(float(x[low]))}, "
            f"greatest {number(float(y[high]))} at {number(float(x[high]))}."
        )
    if level is not None:
        words.append(
            f"A line across marks {number(level)}{f' ({plain(level_label)})' * bool(level_label)}."
        )
    return " ".join(words)

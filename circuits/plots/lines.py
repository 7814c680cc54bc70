"""Draw curves that tell apart without colour: by marker, dash and name."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import ArrayLike

from . import style
from .inputs import Floats, as_vector
from .picture import Picture
from .words import number, plain, sentence

_ACROSS = (1.0, 0.0, 0.75, 0.5, 0.25)  # where the name of a line across may stand, the best first


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
    mark: float | None = None,
    mark_label: str = "",
    label_at: Iterable[float] = (),
    apart: bool = False,
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
    where = "plot_lines"
    across = as_vector(x, f"{where}: x")
    if not lines:
        raise ValueError(f"{where}: expected at least one named line, got none.")
    curves = {
        str(name): as_vector(y, f"{where}: lines[{name!r}]", len(across))
        for name, y in lines.items()
    }
    labelled = _find(across, label_at, f"{where}: label_at")
    everything = np.concatenate(list(curves.values()))
    if (log_x and across.min() <= 0) or (log_y and everything.min() <= 0):
        raise ValueError(f"{where}: a logarithmic axis needs numbers above zero.")
    with style.house_style():
        height = 1.25 * len(curves) + 0.6 if apart else 3.0
        figure = Figure(figsize=(style.COLUMN_WIDTH, height), dpi=72)
        grid = figure.subplots(len(curves) if apart else 1, sharex=True, sharey=True, squeeze=False)
        panels = [grid[i if apart else 0, 0] for i in range(len(curves))]
        for i, (panel, (name, y)) in enumerate(zip(panels, curves.items(), strict=True)):
            _draw_curve(panel, across, y, name, i)
            _write_values(panel, across, y, labelled)
        for panel in dict.fromkeys(panels):
            rule_across(panel)
            panel.margins(y=0.3 if labelled else 0.05)
        if log_x:
            panels[0].set_xscale("log")
            _label_decades(panels[0].xaxis, float(across.min()), float(across.max()))
        if log_y:
            panels[0].set_yscale("log")
            _label_decades(panels[0].yaxis, float(everything.min()), float(everything.max()))
        for panel in dict.fromkeys(panels):
            draw_marks(panel, level, level_label, mark, mark_label)
        panels[-1].set_xlabel(x_label)
        panels[len(curves) // 2 if apart else 0].set_ylabel(y_label)
        _name(figure, panels, list(curves), title, apart=apart, y_label=y_label)
        said = [_describe(across, curves, x_label, y_label)]
        said += tell_marks(level, level_label, mark, mark_label)
        words = alt or " ".join([sentence(title), *said]).strip()
        return Picture(svg=style.svg_of(figure), alt=words, caption=caption)


def _find(x: Floats, values: Iterable[float], where: str) -> list[int]:
    """Return the index of each value in x."""
    places = []
    for value in values:
        found = np.flatnonzero(np.isclose(x, value))
        if not len(found):
            raise ValueError(f"{where}: {value!r} is no value of x.")
        places.append(int(found[0]))
    return places


def _draw_curve(panel: Axes, x: Floats, y: Floats, name: str, i: int) -> None:
    panel.plot(
        x,
        y,
        label=name,
        color=style.SERIES[i % len(style.SERIES)],
        linestyle=style.DASHES[i % len(style.DASHES)],
        marker=style.MARKERS[i % len(style.MARKERS)],
        markersize=5,
        linewidth=1.7,
        # Some fifteen markers a line, at other places on each, tell lines apart.
        markevery=(i * max(1, len(x) // 60), max(1, len(x) // 15)),
    )


def _write_values(panel: Axes, x: Floats, y: Floats, places: list[int]) -> None:
    for place in places:
        value, point = number(float(y[place])), (float(x[place]), float(y[place]))
        panel.annotate(value, point, xytext=(0, 9), textcoords="offset points", ha="center",
                       fontsize=style.SMALL)  # fmt: skip


def rule_across(panel: Axes) -> None:
    """Draw thin lines across behind the data, one for each tick."""
    panel.grid(visible=True, axis="y")
    panel.set_axisbelow(True)


def name_panels(
    figure: Figure, panels: Sequence[Axes], names: Iterable[str], title: str, space: float
) -> None:
    """Write a name above each of the panels, which stand in a column, and the title above all.

    `space` is what stands between two panels, in heights of a panel.
    """
    figure.subplots_adjust(hspace=space)
    for panel, name in zip(panels, names, strict=True):
        panel.set_title(name, loc="left", fontsize=style.BODY, pad=8)
    if title:
        panels[0].annotate(title, (0, 1), xycoords="axes fraction", xytext=(0, 30),
                           textcoords="offset points", fontsize=style.TITLE,
                           weight="bold")  # fmt: skip


def draw_marks(
    panel: Axes, level: float | None, level_label: str, mark: float | None, mark_label: str
) -> None:
    """Draw a thin line across at a height and a thin line upright at a place, each named.

    What is drawn otherwise has to be there, with its scales: the name of the line across stands
    where the curves leave room.
    """
    if level is not None:
        panel.axhline(level, color=style.INK, linewidth=1.0, linestyle=(0, (2, 2)))
        if level_label:
            _name_level(panel, level, level_label)
    if mark is not None:
        panel.axvline(mark, color=style.INK, linewidth=1.0, linestyle=(0, (1, 1.5)))
        ground = {"facecolor": style.GROUND, "edgecolor": "none", "pad": 1}
        panel.annotate(mark_label, (mark, 0.5), xycoords=("data", "axes fraction"),
                       xytext=(5, 0), textcoords="offset points", fontsize=style.SMALL,
                       bbox=ground)  # fmt: skip


def _name_level(panel: Axes, level: float, text: str) -> None:
    """Write a name above or below a line across, at the first place that the least lies on."""
    figure = panel.get_figure()
    measure = RendererAgg(1, 1, figure.dpi if figure else 72)  # type: ignore[no-untyped-call]
    drawn = np.concatenate([_list_points(panel, line) for line in panel.get_lines()[:-1]])
    places = []
    for above in (True, False):
        for across in _ACROSS:
            name = panel.annotate(text, (across, level), xycoords=("axes fraction", "data"),
                                  xytext=(0, 3 if above else -3), textcoords="offset points",
                                  ha={0.0: "left", 1.0: "right"}.get(across, "center"),
                                  va="bottom" if above else "top",
                                  fontsize=style.SMALL)  # fmt: skip
            box = name.get_window_extent(measure).padded(2)
            inside = (drawn >= box.min) & (drawn <= box.max)
            places.append((int(inside.all(axis=1).sum()), name))
    least = min(count for count, _ in places)
    chosen = next(name for count, name in places if count == least)
    for _, name in places:
        if name is not chosen:
            name.remove()


def _list_points(panel: Axes, line: Line2D) -> Floats:
    """Return points of the panel, in dots, that lie on a line as densely as a letter is wide."""
    corners = panel.transData.transform(np.asarray(line.get_xydata(), dtype=float))
    if line.get_linestyle() == "None" or len(corners) < 2:
        return corners
    steps = np.linspace(0, len(corners) - 1, 40 * len(corners))
    index = np.arange(len(corners))
    return np.stack([np.interp(steps, index, corners[:, axis]) for axis in (0, 1)], axis=1)


def tell_marks(
    level: float | None, level_label: str, mark: float | None, mark_label: str
) -> list[str]:
    """Return a sentence for each of the lines that `draw_marks` draws."""
    marks = ((level, level_label, "across"), (mark, mark_label, "upright"))
    return [
        f"A line {line} marks {number(value)}{f' ({plain(name)})' if name else ''}."
        for value, name, line in marks
        if value is not None
    ]


def _name(
    figure: Figure, panels: list[Axes], names: list[str], title: str, *, apart: bool, y_label: str
) -> None:
    """Write the title, and each curve's name above its panel or in a legend."""
    if apart:
        name_panels(figure, panels, names, title, space=0.5)
        return
    if len(names) > 1 or not y_label:
        columns = 1 if max(map(len, names)) > 24 else 2
        panels[0].legend(loc="upper left", bbox_to_anchor=(-0.02, -0.2), ncols=columns,
                         handlelength=3.4, borderaxespad=0.0)  # fmt: skip
    if title:
        panels[0].set_title(title, loc="left", pad=10)


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
    return " ".join(words)

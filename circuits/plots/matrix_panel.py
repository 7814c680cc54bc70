"""One matrix on paper: how large its cells are, and what is written in and beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from . import style
from .heat import colour_cells, draw_scale, paint, rule, write_numbers
from .inputs import Floats, as_groups, as_labels
from .layout import Panel
from .words import number

Annotate = Literal["auto"] | bool
_MOST_NUMBERED = 20  # Columns.
_PAD = 0.06  # Inches between the cells and a label, and between labels and a bracket.


@dataclass(frozen=True)
class Axis:
    """One side of a matrix: a label per index, where labels were given, and named ranges."""

    labels: list[str] | None
    groups: list[tuple[str, range]]
    length: int


def make_axis(
    labels: Sequence[object] | None, groups: Mapping[str, range] | None, length: int, where: str
) -> Axis:
    """Return one side of a matrix, or raise ValueError where labels or groups do not fit it."""
    return Axis(
        as_labels(labels, length, f"{where}s"),
        as_groups(groups, length, f"{where}_groups"),
        length,
    )


def measure_margin(down: Axis) -> float:
    """Return how much room the labels and groups of the rows take, in inches."""
    labels = _widest(_labels(down))
    groups = _widest([name for name, _ in down.groups])
    return labels + _PAD * bool(labels) + (groups + 2.2 * _PAD if groups else 0.0)


def widest_number(matrix: Floats, annotate: Annotate) -> float:
    """Return the width of cell that the numbers need at least, 0 where none are written."""
    if not annotate or (annotate == "auto" and matrix.shape[1] > _MOST_NUMBERED):
        return 0.0
    return _narrowest_cell(_numbers(matrix, 0.0))


def matrix_panel(
    matrix: Floats,
    down: Axis,
    across: Axis,
    title: str,
    annotate: Annotate,
    limit: float | None,
    room: float,
    symbol: str = "",
) -> Panel:
    """Return the panel of a matrix, whose cells take `room` inches at most.

    With annotate "auto" the numbers are left out where they would take more; with True they may.
    """
    rows, columns = matrix.shape
    texts = _numbers(matrix, room) if annotate else None
    if annotate == "auto" and (columns > _MOST_NUMBERED or not _fit(texts, 1.2 * room)):
        texts = None
    wide, high = _cell_size(rows, columns, texts, room)
    size = limit or float(np.abs(matrix).max())

    def draw(axes: Axes) -> None:
        colours = colour_cells(matrix, size)
        paint(axes, colours, (matrix, size) if texts is None else None)
        if texts is None:
            ends = (number(-size, 2), "0", number(size, 2))
            draw_scale(axes, columns * wide, rows * high, ends, signed=True)
        else:
            rule(axes, rows, columns)
            filled = ((i, j, texts[i][j]) for i, j in np.argwhere(matrix != 0))
            write_numbers(axes, colours, filled)
        names = _thin_out(_labels(across), wide, given=across.labels is not None)
        upright = across.labels is not None and _widest(names) > wide - 0.02
        axes.set_xticks(range(columns), labels=names, rotation=90 * upright)
        axes.set_yticks(range(rows), labels=_labels(down))
        axes.tick_params(labelcolor=style.MUTED, pad=72 * _PAD / 1.5)
        above = (_widest(names) if upright else 0.13 * any(names)) + 1.8 * _PAD
        _name_groups(axes, across, 1 + above / (rows * high), wide)
        _name_groups(axes, down, -(_widest(_labels(down)) + 2.2 * _PAD) / (columns * wide), 0.0)
        axes.set_title(title, loc="left", fontsize=style.BODY, pad=9)

    return Panel(columns * wide, rows * high, draw, symbol)


def _name_groups(axes: Axes, side: Axis, place: float, wide: float) -> None:
    """Name the groups of one side on a second axis at `place`, and draw lines between them.

    The columns' axis lies above the matrix, at 1 or more of its height, and `wide` is the width
    of a column; the rows' axis stands to the left, below 0.
    """
    if not side.groups:
        return
    across = place > 0
    second = axes.secondary_xaxis(place) if across else axes.secondary_yaxis(place)
    axis = second.xaxis if across else second.yaxis
    edges = sorted({edge - 0.5 for _, span in side.groups for edge in (span.start, span.stop)})
    second.set(**{"xlim" if across else "ylim": (axes.get_xlim() if across else axes.get_ylim())})
    upright = across and any(_widest([n]) > len(span) * wide + 0.04 for n, span in side.groups)
    axis.set_ticks(
        [(span.start + span.stop - 1) / 2 for _, span in side.groups],
        labels=[name for name, _ in side.groups],
        rotation=90 * upright,
    )
    axis.set_ticks(edges, minor=True)
    axis.set_tick_params(which="major", length=0, pad=3)
    axis.set_tick_params(which="minor", length=3, direction="in")
    second.spines[:].set_bounds(edges[0], edges[-1])
    inner = [edge for edge in edges if -0.5 < edge < side.length - 0.5]
    draw_lines = axes.vlines if across else axes.hlines
    low, high = sorted(axes.get_ylim() if across else axes.get_xlim())
    draw_lines(inner, low, high, colors=style.MUTED, linewidth=0.6)


def _labels(axis: Axis) -> list[str]:
    """Return a label per index; the plain indices thin out on a long axis."""
    if axis.labels is not None:
        return axis.labels
    if axis.length > 20 and axis.groups:
        return [""] * axis.length
    step = 1 if axis.length <= 20 else 8
    return [str(i) if i % step == 0 else "" for i in range(axis.length)]


def _thin_out(labels: list[str], width: float, *, given: bool) -> list[str]:
    """Return every second or fourth index where all of them would run together."""
    if given or _widest(labels) < width - 0.045:
        return labels
    step = 8 if len(labels) > 20 else 4 if width < 0.16 else 2
    return [label if i % step == 0 else "" for i, label in enumerate(labels)]


def _numbers(matrix: Floats, width: float) -> list[list[str]]:
    """Return the entries as text, with as many decimals as the width has room for."""
    for decimals in (2, 1):
        texts = [[_short(value, decimals) for value in row] for row in matrix]
        if _fit(texts, width):
            break
    return texts


def _short(value: float, decimals: int) -> str:
    if value == 0:
        return ""
    if abs(value) < 0.5 * 10.0**-decimals:
        return "≈0"
    if abs(value) >= 100:
        return number(value, 3)
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace("-", "−")
    return text.replace("0.", ".") if abs(value) < 1 else text


def _widest(texts: list[str]) -> float:
    return max((style.text_width(text, style.SMALL) for text in texts), default=0.0)


def _narrowest_cell(texts: list[list[str]]) -> float:
    return max(map(_widest, texts)) + 0.045


def _fit(texts: list[list[str]] | None, room: float) -> bool:
    return texts is not None and len(texts[0]) * _narrowest_cell(texts) <= room


def _cell_size(
    n_rows: int, n_columns: int, texts: list[list[str]] | None, room: float
) -> tuple[float, float]:
    if texts is None:
        wide = min(0.3, room / n_columns)
        # A few long rows would be hairlines as squares.
        return wide, max(wide, min(0.2, 1.2 / n_rows))
    wide = max(min(0.34, room / n_columns), _narrowest_cell(texts))
    return wide, max(min(wide, 0.34), 0.16)

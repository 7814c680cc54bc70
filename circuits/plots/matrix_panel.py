"""Draw the panel of one matrix: the size of its cells, and what is written in and beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes

from . import style
from .heat import colour_cells, draw_scale, paint, rule, write_numbers
from .inputs import Floats, as_groups, as_labels
from .layout import Panel
from .marks import label_each
from .words import number

Annotate = Literal["auto"] | bool
_MOST_NUMBERED = 20  # Columns.
_BRACKET: dict[str, Any] = {"color": style.MUTED, "linewidth": 0.8, "solid_joinstyle": "miter"}
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
    groups = _widest(_names(down))
    return labels + _PAD * bool(labels) + (groups + 3 * _PAD if groups else 0.0)


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
        label_each(axes.xaxis, names, rotation=90 * upright)
        label_each(axes.yaxis, _labels(down))
        axes.tick_params(labelcolor=style.MUTED, pad=72 * _PAD / 1.5)
        above = (_widest(names) if upright else 0.15 * any(names)) + 2.4 * _PAD
        beside = _widest(_labels(down)) + 3 * _PAD
        _name_columns(axes, across, above / high, (wide, high))
        _name_rows(axes, down, beside / wide, (wide, high))
        if across.groups:
            above += 0.2 if not _stand_up(across, wide) else _widest(_names(across)) + _PAD
        axes.annotate(title, (0, 1), (0, 72 * above + 6), "axes fraction", "offset points",
                      fontsize=style.BODY, weight="bold")  # fmt: skip

    return Panel(columns * wide, rows * high, draw, symbol)


def _name_columns(axes: Axes, side: Axis, far: float, cell: tuple[float, float]) -> None:
    """Write the columns' groups above a bracket each, `far` cells from the matrix."""
    wide, high = cell
    base, end = -0.5 - far, 0.05 / high
    upright = 90 * _stand_up(side, wide)
    for name, span in side.groups:
        start, stop = span.start - 0.5 + 0.015 / wide, span.stop - 0.5 - 0.015 / wide
        axes.plot([start, start, stop, stop], [base + end, base, base, base + end], **_BRACKET)
        axes.text((start + stop) / 2, base - 0.6 * end, name, ha="center", va="bottom",
                  fontsize=style.SMALL, rotation=upright)  # fmt: skip
    edges = {edge for _, span in side.groups for edge in (span.start, span.stop)}
    inner = [edge - 0.5 for edge in sorted(edges - {0, side.length})]
    axes.vlines(inner, *axes.get_ylim(), colors=style.MUTED, linewidth=0.6)


def _name_rows(axes: Axes, side: Axis, far: float, cell: tuple[float, float]) -> None:
    """Write the rows' groups to the left of a bracket each, `far` cells from the matrix."""
    wide, high = cell
    base, end = -0.5 - far, 0.05 / wide
    for name, span in side.groups:
        start, stop = span.start - 0.5 + 0.015 / high, span.stop - 0.5 - 0.015 / high
        axes.plot([base + end, base, base, base + end], [start, start, stop, stop], **_BRACKET)
        axes.text(base - end, (start + stop) / 2, name, ha="right", va="center_baseline",
                  fontsize=style.SMALL)  # fmt: skip
    edges = {edge for _, span in side.groups for edge in (span.start, span.stop)}
    inner = [edge - 0.5 for edge in sorted(edges - {0, side.length})]
    axes.hlines(inner, *axes.get_xlim(), colors=style.MUTED, linewidth=0.6)


def _names(side: Axis) -> list[str]:
    return [name for name, _ in side.groups]


def _stand_up(side: Axis, wide: float) -> bool:
    """Whether the names of the groups stand on end, for lack of width."""
    return any(_widest([name]) > len(span) * wide + 0.04 for name, span in side.groups)


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

"""A matrix on paper: how large its cells are, and what is written where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from . import style
from .inputs import Floats, as_groups, as_labels
from .words import number

Annotate = Literal["auto"] | bool
_MOST_NUMBERED = 20  # Columns.
LINE, BRACKET, GAP = 0.17, 0.09, 0.06


@dataclass(frozen=True)
class Axis:
    """One side of a matrix: a label per index, where labels were given, and named ranges."""

    labels: list[str] | None
    groups: list[tuple[str, range]]
    length: int


@dataclass(frozen=True)
class Plan:
    """Where things go, in inches: the size of a cell and the margins around the cells."""

    down: Axis
    across: Axis
    title: str
    numbers: list[list[str]] | None
    row_labels: list[str]
    column_labels: list[str]
    labels_height: float  # More than one line where the labels of the columns stand on end.
    upright: bool  # The names of column groups stand on end, for lack of width.
    cell: tuple[float, float]
    left: float
    top: float
    width: float
    height: float


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
    margin = max((style.text_width(label, style.SMALL) for label in _ticks(down)), default=0.0)
    margin += GAP * bool(margin)
    if down.groups:
        margin += max(style.text_width(name, style.SMALL) for name, _ in down.groups)
        margin += BRACKET + GAP
    return margin


def widest_number(matrix: Floats, annotate: Annotate) -> float:
    """Return the width of cell that the numbers need at least, 0 where none are written."""
    if not annotate or (annotate == "auto" and matrix.shape[1] > _MOST_NUMBERED):
        return 0.0
    return _widest(_numbers(matrix, 0.0))


def measure(
    matrix: Floats, down: Axis, across: Axis, title: str, annotate: Annotate, cells_width: float
) -> Plan:
    """Plan the panel of a matrix so that its cells take `cells_width` inches at most.

    With annotate "auto" the numbers are left out where they would take more; with True they may.
    """
    n_rows, n_columns = matrix.shape
    row_labels, left = _ticks(down), measure_margin(down)
    texts = _numbers(matrix, cells_width) if annotate else None
    if annotate == "auto" and texts and not _fits(matrix, texts, cells_width):
        texts = None
    cell = _cell_size(n_rows, n_columns, texts, cells_width)
    column_labels = _thin_out(_ticks(across), cell[0], given=across.labels is not None)
    upright = any(
        style.text_width(name, style.SMALL) > len(span) * cell[0] + 0.04
        for name, span in across.groups
    )
    longest = max(style.text_width(label, style.SMALL) for label in column_labels)
    turned = across.labels is not None and longest > cell[0] - 0.02
    labels_height = longest + 0.08 if turned else LINE * any(column_labels)
    top = labels_height + (0.26 if title else 0.0)
    if across.groups:
        longest = max(style.text_width(name, style.SMALL) for name, _ in across.groups)
        top += BRACKET + (longest + 0.06 if upright else LINE)
    width = max(left + n_columns * cell[0], style.text_width(title, style.BODY, "bold"))
    height = top + n_rows * cell[1] + (0.34 if texts is None else 0.0)
    return Plan(
        down=down,
        across=across,
        title=title,
        numbers=texts,
        row_labels=row_labels,
        column_labels=column_labels,
        labels_height=labels_height,
        upright=upright,
        cell=cell,
        left=left,
        top=top,
        width=width,
        height=height,
    )


def _ticks(axis: Axis) -> list[str]:
    """Return a label per index; the plain indices thin out on a long axis."""
    if axis.labels is not None:
        return axis.labels
    if axis.length > 20 and axis.groups:
        return [""] * axis.length
    step = 1 if axis.length <= 20 else 8
    return [str(i) if i % step == 0 else "" for i in range(axis.length)]


def _thin_out(labels: list[str], width: float, *, given: bool) -> list[str]:
    """Return every second or fourth index where all of them would run together."""
    if given or max(style.text_width(label, style.SMALL) for label in labels) < width - 0.045:
        return labels
    step = 8 if len(labels) > 20 else 4 if width < 0.16 else 2
    return [label if i % step == 0 else "" for i, label in enumerate(labels)]


def _fits(matrix: Floats, texts: list[list[str]], width: float) -> bool:
    n_columns = matrix.shape[1]
    return n_columns <= _MOST_NUMBERED and bool(n_columns * _widest(texts) <= 1.2 * width)


def _numbers(matrix: Floats, width: float) -> list[list[str]]:
    """Return the entries as text, with as many decimals as the width has room for."""
    for decimals in (2, 1):
        texts = [[_short(value, decimals) for value in row] for row in matrix]
        if matrix.shape[1] * _widest(texts) <= width:
            break
    return texts


def _short(value: float, decimals: int) -> str:
    if value == 0:
        return ""
    if abs(value) < 0.5 * 10.0**-decimals:
        return "≈0"
    if abs(value) >= 100:
        return number(value, 3)
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return text.replace("-", "−").replace("0.", ".") if abs(value) < 1 else text.replace("-", "−")


def _widest(texts: list[list[str]]) -> float:
    return max(style.text_width(text, style.SMALL) for row in texts for text in row) + 0.045


def _cell_size(
    n_rows: int, n_columns: int, texts: list[list[str]] | None, room: float
) -> tuple[float, float]:
    if texts is None:
        wide = min(0.3, room / n_columns)
        # A few long rows would be hairlines as squares.
        return wide, max(wide, min(0.2, 1.2 / n_rows))
    wide = max(min(0.34, room / n_columns), _widest(texts))
    return wide, max(min(wide, 0.34), 0.16)

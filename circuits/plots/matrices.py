"""Draw matrices as heat maps with their numbers, alone or as an equation."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import style
from .inputs import Floats, as_labels, as_matrix
from .layout import SPACE, SYMBOL, lay_out
from .matrix_panel import Annotate, Axis, make_axis, matrix_panel, measure_margin, widest_number
from .matrix_words import describe_matrix
from .picture import Picture
from .words import plain, sentence

_SMALLEST_CELL = 0.13  # Inches: a digit still fits.
Groups = Mapping[str, range]


def plot_matrix(
    M: ArrayLike,
    *,
    rows: Sequence[object] | None = None,
    columns: Sequence[object] | None = None,
    row_groups: Groups | None = None,
    column_groups: Groups | None = None,
    title: str = "",
    caption: str = "",
    alt: str | None = None,
    annotate: Annotate = "auto",
    limit: float | None = None,
) -> Picture:
    """Draw a matrix: blue above zero, orange below, white at zero, the numbers in the cells.

    Args:
        M: shape (rows, columns), real and finite.
        rows, columns: labels, one for each row or column; the index where None.
        row_groups, column_groups: named runs of rows or columns, as `{"content": range(0, 4)}`.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the numbers where None.
        annotate: write the nonzero entries; "auto" does so for at most 20 columns. Without
            numbers, a dash marks the negative entries.
        limit: the size of entry that gets the full colour; the largest in M where None.

    Returns:
        A Picture.

    Raises:
        ValueError: M is not two-dimensional, or labels or groups do not fit its shape.

    Example:
        >>> plot_matrix([[1, 0], [0, 0]], title="M")
        M. Heat map of a 2 by 2 matrix. Entries that are not zero: row 0 column 0: 1.
    """
    matrix = as_matrix(M, "plot_matrix: M")
    across = make_axis(columns, column_groups, matrix.shape[1], "plot_matrix: column")
    down = make_axis(rows, row_groups, matrix.shape[0], "plot_matrix: row")
    with style.house_style():
        room = style.COLUMN_WIDTH - measure_margin(down)
        panel = matrix_panel(matrix, down, across, title, annotate, limit, room)
        words = alt or sentence(title) + " " * bool(title) + describe_matrix(matrix, down, across)
        return lay_out([panel], words, caption)


def plot_matrices(
    matrices: Sequence[ArrayLike],
    *,
    titles: Sequence[str] | None = None,
    symbols: Sequence[str] | None = None,
    row_groups: Sequence[Groups | None] | None = None,
    column_groups: Sequence[Groups | None] | None = None,
    title: str = "",
    caption: str = "",
    alt: str | None = None,
    annotate: Annotate = "auto",
    limit: float | None = None,
) -> Picture:
    """Draw matrices side by side on one scale, or as an equation such as A @ B = C.

    Args:
        matrices: two or more arrays of shape (rows, columns).
        titles: one for each matrix; `$math$` is typeset.
        symbols: what stands between them, one fewer than matrices: `["@", "="]`.
        row_groups, column_groups: for each matrix its named runs as in plot_matrix, or None.
        title, caption, alt, annotate, limit: as in plot_matrix; the limit is shared by all.

    Returns:
        A Picture, which stacks the matrices on a phone.

    Raises:
        ValueError: the lists differ in length, or two matrices with "@" between them do not fit.

    Example:
        >>> A, B = [[1.0], [0.0]], [[0.0, 2.0]]
        >>> plot_matrices([A, B, [[0, 2], [0, 0]]], titles=["A", "B", "C"], symbols=["@", "="]).alt
        ... # doctest: +ELLIPSIS
        'A @ B = C. A: a 2 by 1 matrix. Entries ...'
    """
    where = "plot_matrices"
    arrays = [as_matrix(M, f"{where}: matrices[{i}]") for i, M in enumerate(matrices)]
    if not arrays:
        raise ValueError(f"{where}: expected at least one matrix, got none.")
    names = as_labels(titles, len(arrays), f"{where}: titles") or [""] * len(arrays)
    between = as_labels(symbols, len(arrays) - 1, f"{where}: symbols") or [""] * (len(arrays) - 1)
    _refuse_misfits(arrays, names, between)
    downs = _axes(row_groups, [a.shape[0] for a in arrays], f"{where}: row")
    acrosses = _axes(column_groups, [a.shape[1] for a in arrays], f"{where}: column")
    shared = limit or max(float(np.abs(a).max()) for a in arrays)
    with style.house_style():
        sides = list(zip(downs, acrosses, strict=True))
        least = max(_SMALLEST_CELL, *(widest_number(a, annotate) for a in arrays))
        cells = [_shared_cell(sides, w, least) for w in (style.PAGE_WIDTH, style.PHONE_WIDTH)]
        panels, phone = (
            [
                matrix_panel(a, d, c, n, annotate, shared, cell * c.length, symbol)
                for a, (d, c), n, symbol in zip(arrays, sides, names, ["", *between], strict=True)
            ]
            for cell in cells
        )
        words = alt or _describe_all(arrays, downs, acrosses, names, between, title)
        return lay_out(panels, words, caption, title, phone)


def _axes(groups: Sequence[Groups | None] | None, lengths: list[int], where: str) -> list[Axis]:
    if groups is not None and len(groups) != len(lengths):
        raise ValueError(
            f"{where}_groups: expected one entry for each of {len(lengths)} matrices, "
            f"got {len(groups)}."
        )
    each = groups if groups is not None else [None] * len(lengths)
    return [make_axis(None, g, n, where) for g, n in zip(each, lengths, strict=True)]


def _shared_cell(sides: list[tuple[Axis, Axis]], width: float, least: float) -> float:
    """Return the width of a cell that lets as many matrices as possible stand in one row."""
    for per_row in range(len(sides), 0, -1):
        rows = [sides[i : i + per_row] for i in range(0, len(sides), per_row)]
        cell = min(_cell_of_row(row, width) for row in rows)
        if cell >= least:
            break
    return min(0.34, cell)


def _cell_of_row(row: list[tuple[Axis, Axis]], width: float) -> float:
    taken = sum(measure_margin(down) + SPACE + SYMBOL for down, _ in row) - SPACE + 0.01
    return (width - taken) / sum(across.length for _, across in row)


def _refuse_misfits(arrays: list[Floats], names: list[str], between: list[str]) -> None:
    for i, symbol in enumerate(between):
        left, right = arrays[i].shape, arrays[i + 1].shape
        if symbol == "@" and left[1] != right[0]:
            raise ValueError(
                f"plot_matrices: {names[i] or i} has shape {left} and {names[i + 1] or i + 1} "
                f"has shape {right}; for '@' the inner sizes must be equal."
            )


def _describe_all(
    arrays: list[Floats],
    downs: list[Axis],
    acrosses: list[Axis],
    names: list[str],
    between: list[str],
    title: str,
) -> str:
    shown = [plain(name) or f"matrix {i + 1}" for i, name in enumerate(names)]
    parts = [sentence(title)] if title else []
    if any(between):
        pairs = zip(between, shown[1:], strict=True)
        parts.append(shown[0] + "".join(f" {symbol} {name}" for symbol, name in pairs) + ".")
    for name, array, down, across in zip(shown, arrays, downs, acrosses, strict=True):
        words = describe_matrix(array, down, across).removeprefix("Heat map of ")
        parts.append(f"{name}: {words}")
    return " ".join(parts)

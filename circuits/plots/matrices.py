"""Draw matrices as heat maps with their numbers, alone or as an equation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Unpack

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from circuits.shapes import FloatArray

from .drawing import style
from .drawing.heat import Texts, colour_cells, draw_scale, paint, rule, write_numbers
from .drawing.inputs import as_array, as_each, as_groups, as_labels, drop_rounding
from .drawing.layout import SPACE, Drawing, Words, drawing, label_each, takes_words
from .drawing.picture import Picture
from .drawing.words import count, join, number, plain, spans

_FEW = 12  # The most entries that are told one by one.
_MOST_NUMBERED = 20  # Columns.
# Inches: between cells and labels, from labels to names of groups; and of a symbol.
_PAD, _FAR, _SYMBOL = 0.11, 0.17, 0.4
Groups = Mapping[str, range]


@dataclass(frozen=True)
class _Side:
    """The rows of a matrix, or its columns: labels where they were given, and named ranges."""

    labels: list[str] | None
    groups: dict[str, range]
    length: int

    def name(self, index: int) -> str:
        return plain(self.labels[index]) if self.labels else str(index)

    def list_labels(self) -> list[str]:
        """Return a label for each: its index if none is given, nothing where many are in groups."""
        bare = self.length > 20 and self.groups
        return self.labels or ["" if bare else str(i) for i in range(self.length)]


@dataclass(frozen=True)
class _Matrix:
    """A matrix to be drawn: its numbers, its name, its sides, and what stands before it."""

    array: FloatArray
    name: str
    down: _Side
    across: _Side
    symbol: str = ""

    def measure_margin(self) -> float:
        """Return how much room is taken on the left of the cells, in inches."""
        labels, groups = _widest(self.down.list_labels()), _widest(self.down.groups)
        beside = labels + _PAD * bool(labels) + (groups + _FAR) * bool(groups)
        return beside + _SYMBOL * bool(self.symbol)


@takes_words
def plot_matrix(
    M: ArrayLike,
    *,
    rows: Sequence[object] | None = None,
    columns: Sequence[object] | None = None,
    row_groups: Groups | None = None,
    column_groups: Groups | None = None,
    annotate: bool = True,
    **words: Unpack[Words],
) -> Picture:
    """Draw a matrix: blue above zero, orange below, white at zero, the numbers in the cells.

    Args:
        M: shape (rows, columns), real and finite.
        rows, columns: labels, one for each row or column; the index where None.
        row_groups, column_groups: named runs of rows or columns, as `{"content": range(0, 4)}`.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the numbers where None.
        annotate: write the nonzero entries, of at most 20 columns. Without numbers, a dash marks
            the negative entries.

    Returns:
        A Picture.

    Raises:
        ValueError: M is not two-dimensional, or labels or groups do not fit its shape.

    Example:
        >>> plot_matrix([[1, 0], [0, 0]], title="M")
        M. Heat map of a 2 by 2 matrix. Entries that are not zero: row 0 column 0: 1.
    """
    with drawing("plot_matrix", words) as figure:
        matrix = _read(M, "M", (rows, columns), (row_groups, column_groups))
        _draw(figure, [matrix], style.COLUMN_WIDTH, annotate=annotate)
        return figure.finish([f"Heat map of {_describe(matrix)}"])


@takes_words
def plot_matrices(
    matrices: Iterable[ArrayLike],
    *,
    titles: Sequence[str] | None = None,
    symbols: Sequence[str] | None = None,
    row_groups: Sequence[Groups | None] | None = None,
    column_groups: Sequence[Groups | None] | None = None,
    **words: Unpack[Words],
) -> Picture:
    """Draw matrices side by side on one scale, or as an equation such as A @ B = C.

    Args:
        matrices: two or more arrays of shape (rows, columns).
        titles: one for each matrix; `$math$` is typeset.
        symbols: what stands between them, one fewer than matrices: `["@", "="]`.
        row_groups, column_groups: for each matrix its named runs as in plot_matrix, or None.
        title, caption, alt: as in plot_matrix.

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
    with drawing("plot_matrices", words) as figure:
        matrices = list(matrices)
        n = len(matrices)
        if not n:
            raise ValueError("expected at least one matrix, got none.")
        names = as_labels(titles, n, "titles") or [""] * n
        between = ["", *(as_labels(symbols, n - 1, "symbols") or [""] * (n - 1))]
        groups = (as_each(row_groups, n, "row_groups"), as_each(column_groups, n, "column_groups"))
        shown = [
            _read(M, f"matrices[{i}]", (None, None), (down, across), name, symbol)
            for i, (M, down, across, name, symbol) in enumerate(
                zip(matrices, *groups, names, between, strict=True)
            )
        ]
        for i, (left, right) in enumerate(pairwise(shown)):
            if right.symbol == "@" and left.across.length != right.down.length:
                raise ValueError(
                    f"{left.name or i} has shape {left.array.shape} and {right.name or i + 1} has "
                    f"shape {right.array.shape}; for '@' the inner sizes must be equal."
                )
        called = [plain(matrix.name) or f"matrix {i}" for i, matrix in enumerate(shown, 1)]
        said = [f"{name}: {_describe(matrix)}" for name, matrix in zip(called, shown, strict=True)]
        if any(between):
            terms = (f" {symbol} {name}" for symbol, name in zip(between, called, strict=True))
            said.insert(0, f"{''.join(terms).strip()}.")
        _draw(figure, shown, style.PAGE_WIDTH)
        return figure.finish(said, lambda other: _draw(other, shown, style.PHONE_WIDTH))


def _read(
    values: ArrayLike,
    what: str,
    labels: Sequence[Sequence[object] | None],
    groups: Sequence[Groups | None],
    name: str = "",
    symbol: str = "",
) -> _Matrix:
    """Return a matrix with the labels and groups of its rows and of its columns."""
    array = drop_rounding(as_array(values, what, "rows", "columns"))
    down, across = (
        _Side(as_labels(labels[i], n, f"{kind}s"), as_groups(groups[i], n, f"{kind}_groups"), n)
        for i, (kind, n) in enumerate(zip(("row", "column"), array.shape, strict=True))
    )
    return _Matrix(array, name, down, across, symbol)


def _draw(figure: Drawing, matrices: list[_Matrix], width: float, *, annotate: bool = True) -> None:
    """Draw matrices with cells so wide that as many as possible stand in a row of this width."""
    annotate = annotate and all(m.across.length <= _MOST_NUMBERED for m in matrices)
    least = max(0.13, *(_measure(_write(m.array, 1)) if annotate else 0.0 for m in matrices))
    for per_row in range(len(matrices), 0, -1):
        rows = [matrices[i : i + per_row] for i in range(0, len(matrices), per_row)]
        cell = min(
            (width - sum(m.measure_margin() + SPACE + 0.02 for m in row) + SPACE)
            / sum(m.across.length for m in row)
            for row in rows
        )
        if cell >= least:
            break
    limit = max(float(np.abs(m.array).max()) for m in matrices)
    for matrix in matrices:
        _draw_matrix(figure, matrix, cell, limit, annotate=annotate)


def _draw_matrix(
    figure: Drawing, matrix: _Matrix, cell: float, limit: float, *, annotate: bool
) -> None:
    array, (rows, columns) = matrix.array, matrix.array.shape
    # As many decimals as fit, or no numbers.
    tries = (_write(array, decimals) for decimals in (2, 1) if annotate)
    texts = next((texts for texts in tries if _measure(texts) <= 1.2 * cell), None)
    wide = max(min(0.34, cell), _measure(texts) if texts else 0.0)
    # A few long rows would be hairlines as squares.
    high = max(min(0.34, wide), min(0.2, 1.2 / rows))
    axes = figure.add_axes((0, 0, columns * wide, rows * high))
    colours = colour_cells(array, limit)
    paint(axes, colours, array / (limit or 1.0) if texts is None else None)
    if texts is None:
        ends = (number(-limit, 2), "0", number(limit, 2))
        draw_scale(axes, (columns * wide, rows * high), ends, signed=True)
    else:
        rule(axes)
        write_numbers(axes, colours, texts)
    beside, above = matrix.down.list_labels(), matrix.across.list_labels()
    upright = matrix.across.labels is not None and _widest(above) > wide - 0.02
    fitting = columns * wide / (_widest(above) + 0.07)
    label_each(axes.xaxis, above, columns if matrix.across.labels else min(20, fitting),
               rotation=90 * upright)  # fmt: skip
    label_each(axes.yaxis, beside, rows if matrix.down.labels else 20)
    axes.tick_params(labelcolor=style.MUTED)
    far = _widest(above) if upright else 0.15 * any(above)
    far += _FAR + _name_groups(axes, "x", matrix.across, (wide, high), far + _FAR)
    _name_groups(axes, "y", matrix.down, (high, wide), _widest(beside) + _FAR)
    axes.set_title(matrix.name, y=1.0, pad=72 * far + 8)  # Not looked for by measuring all labels.
    if matrix.symbol:
        axes.set_ylabel(matrix.symbol, fontsize=16, rotation=0, va="center_baseline")
        axes.yaxis.set_label_coords((0.12 - matrix.measure_margin()) / (columns * wide), 0.5)


def _name_groups(
    axes: Axes, which: Literal["x", "y"], side: _Side, cell: tuple[float, float], far: float
) -> float:
    """Write the names of groups between lines that go on from the cells, `far` inches from them.

    `cell` is the size of a cell along the side and across it. Returns the room that names above
    the columns take.
    """
    along, across = cell
    base = -0.5 - far / across
    upright = which == "x" and any(
        style.text_width(name) > len(span) * along + 0.04 for name, span in side.groups.items()
    )
    looks, turn = (("center", "bottom"), 1) if which == "x" else (("right", "center"), -1)
    lines, end = (
        (axes.vlines, axes.get_ylim()[0]) if which == "x" else (axes.hlines, axes.get_xlim()[1])
    )
    for name, span in side.groups.items():
        x, y = ((span.start + span.stop - 1) / 2, base)[::turn]
        axes.text(x, y, name, ha=looks[0], va=looks[1], rotation=90 * upright)
        edges = span.start - 0.5, span.stop - 0.5
        lines(edges, base, end, colors=style.MUTED, linewidth=0.6)
    return (_widest(side.groups) + _PAD if upright else 0.2) if side.groups else 0.0


def _write(matrix: FloatArray, decimals: int) -> Texts:
    return [[_shorten(value, decimals) for value in row] for row in matrix]


def _shorten(value: float, decimals: int) -> str:
    if value == 0:
        return ""
    if abs(value) < 0.5 * 10.0**-decimals:
        return "≈0"
    if abs(value) >= 100:
        return number(value, 3)
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace("-", "−")
    return text.replace("0.", ".") if abs(value) < 1 else text


def _widest(texts: Iterable[str]) -> float:
    return max(map(style.text_width, texts), default=0.0)


def _measure(texts: Texts) -> float:
    """Return the width of the narrowest cell that has room for each of the texts."""
    return max(map(_widest, texts)) + 0.045


def _describe(matrix: _Matrix) -> str:
    """Return what a heat map of the matrix shows: its shape, and where it is not zero."""
    array, down, across = matrix.array, matrix.down, matrix.across
    places = np.argwhere(array != 0)
    words = ["a {} by {} matrix.".format(*array.shape)]
    if not len(places):
        words.append("Every entry is zero.")
    elif len(places) <= _FEW:
        entries = [
            f"row {down.name(i)} column {across.name(j)}: {number(array[i, j])}" for i, j in places
        ]
        words.append(f"Entries that are not zero: {', '.join(entries)}.")
    else:
        i, j = (int(k) for k in np.unravel_index(np.abs(array).argmax(), array.shape))
        low, high, top = (number(v) for v in (array.min(), array.max(), array[i, j]))
        rows, columns = (spans(where.tolist()) for where in places.T)
        words += [
            f"{len(places)} of its {array.size} entries are not zero.",
            f"They lie in rows {rows} and columns {columns}.",
            f"Values run from {low} to {high}; the largest in size is {top} at row "
            f"{down.name(i)} column {across.name(j)}.",
            *_share_blocks(matrix),
        ]
    return " ".join(words)


def _share_blocks(matrix: _Matrix) -> list[str]:
    """Return how the squared size is shared among named blocks, the largest first."""
    if not matrix.down.groups and not matrix.across.groups:
        return []
    squares = matrix.array**2
    rows, columns = (
        side.groups or {"": range(side.length)} for side in (matrix.down, matrix.across)
    )
    shares = {
        " × ".join(plain(name) for name in (row, column) if name): float(
            squares[np.ix_(r, c)].sum() / squares.sum()
        )
        for row, r in rows.items()
        for column, c in columns.items()
    }
    most = sorted((block for block in shares if shares[block] >= 0.005), key=lambda b: -shares[b])
    if not most:
        return [f"Its named blocks ({count(len(shares), 'block')}) are zero."]
    parts = [f"{block} {shares[block]:.0%}" for block in most[:6]]
    return [f"Share of the squared size by block: {join(parts)}."]

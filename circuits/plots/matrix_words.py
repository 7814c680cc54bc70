"""Describe a matrix in words, for those who do not see its heat map."""

import numpy as np

from .inputs import Floats
from .matrix_panel import Axis
from .words import count, join, number, plain, spans

_FEW = 12


def describe_matrix(matrix: Floats, down: Axis, across: Axis) -> str:
    """Return what a heat map of the matrix shows: its shape, and where it is not zero."""
    n_rows, n_columns = matrix.shape
    places = np.argwhere(matrix != 0)
    start = f"Heat map of a {n_rows} by {n_columns} matrix."
    if not len(places):
        return f"{start} Every entry is zero."
    if len(places) <= _FEW:
        entries = [
            f"row {_name(down, i)} column {_name(across, j)}: {number(float(matrix[i, j]))}"
            for i, j in places
        ]
        return f"{start} Entries that are not zero: {', '.join(entries)}."
    i, j = np.unravel_index(np.abs(matrix).argmax(), matrix.shape)
    row, column = _name(down, int(i)), _name(across, int(j))
    low, high = number(float(matrix.min())), number(float(matrix.max()))
    words = [
        start,
        f"{len(places)} of its {matrix.size} entries are not zero.",
        f"They lie in rows {spans(places[:, 0].tolist())} "
        f"and columns {spans(places[:, 1].tolist())}.",
        f"Values run from {low} to {high}; the largest in size is "
        f"{number(float(matrix[i, j]))} at row {row} column {column}.",
    ]
    blocks = _blocks(matrix, down, across)
    return " ".join([*words, blocks]) if blocks else " ".join(words)


def _name(axis: Axis, index: int) -> str:
    return plain(axis.labels[index]) if axis.labels else str(index)


def _blocks(matrix: Floats, down: Axis, across: Axis) -> str:
    """Return how the squared size is shared among named blocks, the largest first."""
    if not down.groups and not across.groups:
        return ""
    rows = down.groups or [("", range(down.length))]
    columns = across.groups or [("", range(across.length))]
    total = float((matrix**2).sum())
    shares = [
        (float((matrix[np.ix_(r, c)] ** 2).sum()) / total, row, column)
        for row, r in rows
        for column, c in columns
    ]
    shares = sorted((share for share in shares if share[0] >= 0.005), key=lambda s: -s[0])[:6]
    if not shares:
        return f"Its named blocks ({count(len(rows) * len(columns), 'block')}) are zero."
    parts = [
        f"{' × '.join(plain(n) for n in (row, column) if n)} {share:.0%}"
        for share, row, column in shares
    ]
    return f"Share of the squared size by block: {join(parts)}."

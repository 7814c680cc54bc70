"""A planned matrix, drawn: cells, numbers, labels, named groups."""

from collections.abc import Iterable

import numpy as np

from . import style
from .cells import BRACKET, GAP, LINE, Axis, Plan
from .heat import colour_cells, draw_scale, ink_on_cell, paint, paint_signed
from .inputs import Floats
from .sheet import Sheet
from .words import number


def draw_cells(sheet: Sheet, x: float, y: float, plan: Plan, matrix: Floats, limit: float) -> None:
    """Draw a planned panel with its top left corner at (x, y)."""
    (wide, high), (n_rows, n_columns) = plan.cell, matrix.shape
    left, top = x + plan.left, y + plan.top
    width, height = n_columns * wide, n_rows * high
    if plan.title:
        sheet.text(left, y + 0.1, plan.title, weight="bold", align="left")
    if plan.numbers is None:
        paint_signed(sheet, left, top, width, height, matrix, limit)
        ends = (number(-limit, 2), "0", number(limit, 2))
        draw_scale(sheet, left, top + height + 0.1, min(width, 1.6), ends, signed=True)
    else:
        colours = colour_cells(matrix, limit)
        paint(sheet, left, top, width, height, colours)
        _rule(sheet, left, top, plan, style.RULE, range(1, n_rows), range(1, n_columns))
        for i, j in np.argwhere(matrix != 0):
            middle = (left + (j + 0.5) * wide, top + (i + 0.5) * high)
            ink = ink_on_cell(colours, i, j)
            sheet.text(*middle, plan.numbers[i][j], size=style.SMALL, colour=ink, math=False)
    edges = (_edges(plan.down), _edges(plan.across))
    _rule(sheet, left, top, plan, style.MUTED, *edges)
    sheet.rectangle(left, top, width, height, edge=style.MUTED, above=3)
    _draw_labels(sheet, left, top, plan)


def _draw_labels(sheet: Sheet, left: float, top: float, plan: Plan) -> None:
    wide, high = plan.cell
    edge = left
    for i, label in enumerate(plan.row_labels):
        if label:
            middle = top + (i + 0.5) * high
            sheet.text(
                left - GAP, middle, label, size=style.SMALL, align="right", colour=style.MUTED
            )
            edge = min(edge, left - GAP - style.text_width(label, style.SMALL))
    for name, span in plan.down.groups:
        start, length = top + span.start * high, len(span) * high
        sheet.bracket(edge - BRACKET, start, length, upright=True)
        middle, side = start + length / 2, edge - BRACKET - GAP
        sheet.text(side, middle, name, size=style.SMALL, align="right")
    ceiling = top - plan.labels_height
    for j, label in enumerate(plan.column_labels):
        place = left + (j + 0.5) * wide
        if plan.labels_height > LINE:
            sheet.text(place, top - 0.04, label, size=style.SMALL, rotation=90, align="left")
        else:
            sheet.text(place, top - LINE / 2, label, size=style.SMALL, colour=style.MUTED)
    for name, span in plan.across.groups:
        start, length = left + span.start * wide, len(span) * wide
        sheet.bracket(start, ceiling - BRACKET + 0.02, length)
        middle = start + length / 2
        if plan.upright:
            above = ceiling - BRACKET - 0.03
            sheet.text(middle, above, name, size=style.SMALL, rotation=90, align="left")
        else:
            sheet.text(middle, ceiling - BRACKET - LINE / 2, name, size=style.SMALL)


def _rule(
    sheet: Sheet,
    left: float,
    top: float,
    plan: Plan,
    colour: str,
    rows: Iterable[int],
    columns: Iterable[int],
) -> None:
    wide, high = plan.cell
    right, bottom = left + plan.across.length * wide, top + plan.down.length * high
    level = [((left, top + i * high), (right, top + i * high)) for i in rows]
    plumb = [((left + j * wide, top), (left + j * wide, bottom)) for j in columns]
    sheet.lines(level + plumb, colour=colour, line=0.6, above=2)


def _edges(axis: Axis) -> list[int]:
    ends = {edge for _, span in axis.groups for edge in (span.start, span.stop)}
    return sorted(ends - {0, axis.length})

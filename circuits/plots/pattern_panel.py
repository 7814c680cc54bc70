"""One attention pattern on paper: weights, labels, the mask, the wanted cells."""

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from . import style
from .heat import Forms, colour_weights, draw_scale, ink_on_cell, paint
from .inputs import Floats
from .layout import Panel
from .sheet import Sheet
from .words import weight

Cells = NDArray[np.bool_]
_NUMBERED = 12  # The most tokens whose weights are written as numbers.
_GAP, _ARROWS = 0.06, 0.2


def pattern_panel(
    pattern: Floats, tokens: list[str] | None, wanted: Cells, title: str, room: float
) -> Panel:
    """Return the panel of a pattern, `room` inches wide at most where its numbers allow it."""
    n = len(pattern)
    numbered = n <= _NUMBERED
    rows = _labels(n, tokens, " ")
    left = max(style.text_width(label, style.SMALL) for label in rows) + _GAP + _ARROWS
    cell = min(0.42, max((room - left) / n, 0.225 if numbered else 0.0))
    # Longer token names stand on end above their columns; short ones lie under their number.
    names = [""] * n if tokens is None else tokens
    longest = max(style.text_width(name, style.SMALL) for name in names)
    upright = longest > cell - 0.02
    columns = 0.17 if not longest else (longest + 0.27 if upright else 0.34)
    top = (0.28 if title else 0.0) + _ARROWS + columns
    side = n * cell

    def draw(sheet: Sheet, x: float, y: float) -> None:
        if title:
            sheet.text(x, y + 0.1, title, weight="bold", align="left")
        x, y = x + left, y + top
        colours = colour_weights(pattern)
        paint(sheet, x, y, side, side, colours)
        _mask(sheet, x, y, cell, pattern)
        if numbered:
            _number(sheet, x, y, cell, pattern, colours)
        else:
            draw_scale(sheet, x, y + side + 0.1, min(side, 1.6), ("0", ".5", "1"), signed=False)
        sheet.rectangle(x, y, side, side, edge=style.MUTED)
        _outline(sheet, x, y, cell, wanted)
        _draw_rows(sheet, x, y, cell, rows, side, left)
        _draw_columns(sheet, x, y, cell, _labels(n, None, ""), names, upright, columns)

    height = top + side + (0.0 if numbered else 0.34)
    return Panel(left + side, height, draw)


def _labels(n: int, tokens: list[str] | None, gap: str) -> list[str]:
    """Return position and token for each row; long sequences are labelled here and there."""
    step = next(s for s in (1, 4, 8, 16, 32, 64, n) if n / s <= 20)
    names = tokens or [""] * n
    return [f"{i}{gap}{names[i]}".strip() if i % step == 0 else "" for i in range(n)]


def _mask(sheet: Sheet, x: float, y: float, cell: float, pattern: Floats) -> None:
    """Grey out the keys that a causal query cannot see, and draw the grid where cells are large."""
    n = len(pattern)
    side = n * cell
    if n <= 24:
        inner = [i * cell for i in range(1, n)]
        level = [((x, y + d), (x + side, y + d)) for d in inner]
        plumb = [((x + d, y), (x + d, y + side)) for d in inner]
        sheet.lines(level + plumb, colour=style.RULE, line=0.6, above=2)
    if n > 1 and not np.triu(pattern, 1).any():
        steps = [(x + cell, y)]
        for i in range(n - 1):
            steps += [
                (x + (i + 1) * cell, y + (i + 1) * cell),
                (x + (i + 2) * cell, y + (i + 1) * cell),
            ]
        sheet.polygon([*steps[:-1], (x + side, y + side - cell), (x + side, y)], fill=style.MASKED)


def _outline(sheet: Sheet, x: float, y: float, cell: float, wanted: Cells) -> None:
    """Draw a thick box around each wanted cell, all as one path, which keeps the file small."""
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    points = (np.argwhere(wanted)[:, None, ::-1] + corners).reshape(-1, 2) * cell + (x, y)
    if not len(points):
        return
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    boxes = Path(points, codes * (len(points) // 5))
    line = min(2.4, 13 * cell)  # Points; a box must not cover a small cell's weight.
    for colour, width, above in ((style.GROUND, 1.6 * line, 4), (style.ORANGE, line, 5)):
        sheet.add(PathPatch(boxes, fill=False, edgecolor=colour, lw=width, zorder=above))


def _number(sheet: Sheet, x: float, y: float, cell: float, pattern: Floats, colours: Forms) -> None:
    causal = not np.triu(pattern, 1).any()
    for i, j in np.ndindex(pattern.shape):
        if causal and j > i:
            continue
        text = weight(float(pattern[i, j]))
        ink = style.MUTED if text == "0" else ink_on_cell(colours, i, j)
        middle = (x + (j + 0.5) * cell, y + (i + 0.5) * cell)
        sheet.text(*middle, text, size=style.SMALL, colour=ink, math=False)


def _draw_rows(
    sheet: Sheet, x: float, y: float, cell: float, rows: list[str], side: float, left: float
) -> None:
    for i, label in enumerate(rows):
        middle = y + (i + 0.5) * cell
        sheet.text(x - _GAP, middle, label, size=style.SMALL, align="right", math=False)
    place = (x - left + 0.06, y + side / 2)
    sheet.text(*place, "← query i", size=style.SMALL, rotation=90, colour=style.MUTED)


def _draw_columns(
    sheet: Sheet,
    x: float,
    y: float,
    cell: float,
    positions: list[str],
    names: list[str],
    upright: bool,
    height: float,
) -> None:
    for j, position in enumerate(positions):
        middle = x + (j + 0.5) * cell
        shown = names[j] if position else ""
        if upright:
            sheet.text(
                middle, y - 0.05, shown, size=style.SMALL, rotation=90, align="left", math=False
            )
            sheet.text(middle, y - height + 0.08, position, size=style.SMALL)
        else:
            sheet.text(middle, y - height + 0.08, position, size=style.SMALL)
            sheet.text(middle, y - 0.1, shown, size=style.SMALL, math=False)
    place = (x + len(names) * cell / 2, y - height - 0.08)
    sheet.text(*place, "key j →", size=style.SMALL, colour=style.MUTED)

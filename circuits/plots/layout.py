"""Panels that flow over a sheet like words over a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import style
from .picture import Picture
from .sheet import Sheet

SPACE = 0.28  # Inches between panels.
SYMBOL = 0.34  # What a symbol takes of the width, with the space after it.


@dataclass(frozen=True)
class Panel:
    """A part of a figure: its size in inches and how to draw it with its top left corner at x, y.

    `symbol` stands before it: "@" or "=" in an equation of matrices.
    """

    width: float
    height: float
    draw: Callable[[Sheet, float, float], None]
    symbol: str = ""


def lay_out(
    panels: Sequence[Panel],
    alt: str,
    caption: str,
    title: str = "",
    phone: Sequence[Panel] = (),
) -> Picture:
    """Return the panels as a Picture: in rows on a page, one below the other on a phone.

    `phone` gives panels of other sizes for the phone, where the same would not do.
    """
    wide = _draw_rows(panels, title, style.PAGE_WIDTH)
    narrow = ""
    if len(panels) > 1 and style.svg_width(wide) > style.COLUMN_WIDTH:
        narrow = _draw_rows(phone or panels, title, style.PHONE_WIDTH)
    return Picture(svg=wide, alt=alt, caption=caption, narrow=narrow)


def _draw_rows(panels: Sequence[Panel], title: str, limit: float) -> str:
    sheet, top = Sheet(), 0.0
    if title:
        sheet.text(0, 0.1, title, size=style.TITLE, weight="bold", align="left")
        top = 0.34
    for row in _break_rows(panels, limit):
        height = max(panel.height for panel in row)
        left = 0.0
        for panel in row:
            if panel.symbol:
                sheet.text(left + 0.1, top + height / 2, panel.symbol, size=16)
                left += SYMBOL
            # In an equation the middles are level; otherwise the tops.
            drop = (height - panel.height) / 2 if any(p.symbol for p in panels) else 0.0
            panel.draw(sheet, left, top + drop)
            left += panel.width + SPACE
        top += height + SPACE
    return style.svg_of(sheet.figure)


def _break_rows(panels: Sequence[Panel], limit: float) -> list[list[Panel]]:
    rows: list[list[Panel]] = []
    left = 0.0
    for panel in panels:
        width = panel.width + (SYMBOL if panel.symbol else 0.0)
        if not rows or left + width > limit:
            rows.append([])
            left = 0.0
        rows[-1].append(panel)
        left += width + SPACE
    return rows

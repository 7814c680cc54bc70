"""Arrange the panels of a figure in rows: on a page, and on a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from . import style
from .picture import Picture

SPACE = 0.28  # Inches between panels.
SYMBOL = 0.34  # What a symbol takes of the width, with the space after it.
_PAPER = 60.0  # Inches; what is saved is cropped to what was drawn.


@dataclass(frozen=True)
class Panel:
    """A part of a figure: axes of a size in inches, and how to draw in them.

    `draw` gets axes without a frame whose coordinates are inches from their top left corner, with
    y growing downwards; it may change both. What leaves the axes is drawn, and has room.
    `symbol` stands before the panel: "@" or "=" in an equation of matrices.
    """

    width: float
    height: float
    draw: Callable[[Axes], None]
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
    figure = Figure(figsize=(_PAPER, _PAPER), dpi=72)
    drawn = [(panel, *_draw(figure, panel)) for panel in panels]
    left, top, width, row = 0.0, 0.0, 0.0, list[tuple[Panel, Axes, Bbox, float]]()
    equation = any(panel.symbol for panel in panels)
    if title:
        _write(figure, 0.0, 0.1, title, style.TITLE, "left")
        top, width = 0.34, style.text_width(title, style.TITLE, "bold")
    for panel, axes, box in drawn:
        room = box.width + (SYMBOL if panel.symbol else 0.0)
        if row and left + room > limit:
            top += _place(figure, row, top, equation) + SPACE
            left, row = 0.0, []
        row.append((panel, axes, box, left))
        left += room
        width = max(width, left)
        left += SPACE
    height = top + _place(figure, row, top, equation)
    return style.svg_of(figure, Bbox([(0.0, _PAPER - height), (width, _PAPER)]))


def _draw(figure: Figure, panel: Panel) -> tuple[Axes, Bbox]:
    """Draw a panel anywhere; return its axes and all that is drawn, in inches from their corner."""
    width, height = panel.width, panel.height
    axes = figure.add_axes((0.5, 0.5, width / _PAPER, height / _PAPER))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    panel.draw(axes)
    for artist in axes.get_children():
        artist.set_clip_on(False)
    # The figure's own renderer would have pixels for all of the paper.
    measure = RendererAgg(1, 1, figure.dpi)  # type: ignore[no-untyped-call]
    drawn = Bbox.union([box for box in [axes.get_tightbbox(measure)] if box])
    inches = drawn.transformed(figure.dpi_scale_trans.inverted())
    return axes, inches.translated(-_PAPER / 2, -_PAPER / 2)


def _place(
    figure: Figure, row: list[tuple[Panel, Axes, Bbox, float]], top: float, level: bool
) -> float:
    """Move the panels of a row to their places; return the height of the row.

    In an equation (`level`) the middles are level, otherwise the tops.
    """
    height = max(box.height for _, _, box, _ in row)
    for panel, axes, box, start in row:
        left, upper = start, top + (height - box.height) / 2 if level else top
        if panel.symbol:
            _write(figure, left + 0.1, top + height / 2, panel.symbol, 16.0, "center")
            left += SYMBOL
        corner = ((left - box.x0) / _PAPER, 1 - (upper + box.y1) / _PAPER)
        axes.set_position((*corner, panel.width / _PAPER, panel.height / _PAPER))
    return float(height)


def _write(figure: Figure, x: float, y: float, text: str, size: float, align: str) -> None:
    figure.text(x / _PAPER, 1 - y / _PAPER, text, va="center_baseline", ha=align, fontsize=size,
                weight="bold" if size == style.TITLE else "normal")  # fmt: skip

"""Draw one panel of the residual stream: subspaces in a strip, heads in lanes below it."""

from collections.abc import Iterator

from matplotlib.axes import Axes

from . import style
from .layout import Panel
from .marks import GROUND, write
from .words import spans

Lane = tuple[str, str, list[int]]  # A head, "reads" or "writes", and which dimensions.
_STRIP, _LANE, _GAP = 0.42, 0.3, 0.08


def stream_panel(groups: dict[str, range], total: int, lanes: list[Lane], axes: bool) -> Panel:
    """Return the strip of subspaces with a lane for each thing that a head reads or writes."""
    heads = {head: style.text_width(head, style.BODY, "bold") for head, _, _ in lanes}
    verbs = style.text_width("writes", style.SMALL) + _GAP if lanes else 0.0
    beside = max(heads.values(), default=0.0) + _GAP * bool(lanes) + verbs
    # Heads are named beside their lanes; above them where the strip needs the width.
    stacked = _crowded(groups, (style.COLUMN_WIDTH - beside) / total)
    left = verbs if stacked else beside
    cell = (style.COLUMN_WIDTH - left) / total
    gap = 0.26 if stacked else 0.1
    strip = _STRIP if axes else _STRIP + 0.18  # One line more says what the numbers count.
    height = strip + 0.3 + sum(_LANE for _ in lanes) + gap * len(heads)

    def draw(sheet: Axes) -> None:
        sheet.set_xlim(0, total)
        _draw_strip(sheet, cell, groups, total, axes)
        previous, top = "", strip + 0.3
        for head, verb, dimensions in lanes:
            if head != previous:
                top += gap
                level = top - 0.05 if stacked else top + _LANE / 2
                write(sheet, -left / cell, level, head, weight="bold", ha="left",
                      bbox=GROUND if stacked else None)  # fmt: skip
            previous = head
            _draw_lane(sheet, strip, top, cell, total, verb, dimensions, axes)
            top += _LANE

    return Panel(total * cell, height, draw)


def _crowded(groups: dict[str, range], cell: float) -> bool:
    rooms = {name: len(span) * cell - 0.04 for name, span in groups.items()}
    return any(style.text_width(name, style.BODY) > room for name, room in rooms.items())


def _draw_strip(sheet: Axes, cell: float, groups: dict[str, range], total: int, axes: bool) -> None:
    # Names that do not fit their boxes stand on end above them.
    upright = _crowded(groups, cell)
    for i, (name, span) in enumerate(groups.items()):
        tint = style.TINTS[i % len(style.TINTS)]
        sheet.barh(0, len(span), _STRIP, span.start, align="edge", color=tint,
                   edgecolor=style.MUTED, linewidth=1.0)  # fmt: skip
        middle = span.start + len(span) / 2
        if upright:
            write(sheet, middle, -0.06, name, rotation=90, ha="left")
        else:
            write(sheet, middle, _STRIP / 2, name)
        label = spans(span) if axes else str(len(span))
        if style.text_width(label, style.SMALL) > len(span) * cell - 0.02:
            label = str(span.start)
        write(sheet, middle, _STRIP + 0.12, label, fontsize=style.SMALL, color=style.MUTED)
    if not axes:
        what = "number of directions in each"
        write(sheet, total / 2, _STRIP + 0.3, what, fontsize=style.SMALL, color=style.MUTED)
    sheet.vlines(range(1, total), _STRIP - 0.06, _STRIP, colors=style.MUTED, linewidth=0.5)


def _draw_lane(
    sheet: Axes,
    strip: float,
    top: float,
    cell: float,
    total: int,
    verb: str,
    dimensions: list[int],
    axes: bool,
) -> None:
    middle = top + _LANE / 2
    write(sheet, -_GAP / cell, middle, verb, fontsize=style.SMALL, ha="right")
    colour = style.BLUE if verb == "reads" else style.ORANGE
    fill, hatch = (style.GROUND, "/////") if verb == "reads" else (colour, "")
    runs = list(_runs(dimensions))
    for i, (first, last) in enumerate(runs):
        start, end = first, last + 1
        sheet.vlines([start, end], strip + 0.22, top + 0.05, colors=style.MUTED, linewidth=0.5,
                     linestyles=":", zorder=1)  # fmt: skip
        sheet.barh(middle, end - start, _LANE - 0.1, start, facecolor=fill, edgecolor=colour,
                   linewidth=1.2, hatch=hatch, zorder=3)  # fmt: skip
        label = spans(range(start, end)) if axes else str(end - start)
        size, pad = (style.text_width(label, style.SMALL) + 0.05) / cell, 0.05 / cell
        right = runs[i + 1][0] if i + 1 < len(runs) else total
        looks = {"fontsize": style.SMALL, "bbox": GROUND}
        if end + pad + size < right + 0.06 / cell:
            write(sheet, end + pad, middle, label, ha="left", **looks)
        elif i == 0 and start - size > 0:
            write(sheet, start - pad, middle, label, ha="right", **looks)


def _runs(dimensions: list[int]) -> Iterator[tuple[int, int]]:
    start = dimensions[0] if dimensions else 0
    for i, dimension in enumerate(dimensions):
        if i + 1 == len(dimensions) or dimensions[i + 1] != dimension + 1:
            yield start, dimension
            start = dimensions[i + 1] if i + 1 < len(dimensions) else start

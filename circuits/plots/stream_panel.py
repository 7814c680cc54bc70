"""Draw one panel of the residual stream: subspaces in a strip, heads in lanes below it."""

from collections.abc import Iterator

from . import style
from .layout import Panel
from .sheet import Sheet
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
    crowded = _crowded(groups, cell)
    gap = 0.26 if stacked else 0.1
    # Names that do not fit their boxes stand on end above them.
    above = max(style.text_width(n, style.BODY) for n in groups) + 0.08 if crowded else 0.0
    strip = _STRIP if axes else _STRIP + 0.18  # One line more says what the numbers count.

    def draw(sheet: Sheet, x: float, y: float) -> None:
        x, y = x + left, y + above
        _draw_strip(sheet, x, y, cell, groups, total, crowded, axes)
        previous, lane_top = "", y + strip + 0.3
        for head, verb, dimensions in lanes:
            if head != previous:
                lane_top += gap
                level = lane_top - 0.05 if stacked else lane_top + _LANE / 2
                sheet.text(x - left, level, head, weight="bold", align="left", ground=stacked)
            previous = head
            _draw_lane(sheet, x, y + strip, lane_top, cell, total, verb, dimensions, axes)
            lane_top += _LANE

    height = above + strip + 0.3 + sum(_LANE for _ in lanes) + gap * len(heads)
    return Panel(style.COLUMN_WIDTH, height, draw)


def _crowded(groups: dict[str, range], cell: float) -> bool:
    rooms = {name: len(span) * cell - 0.04 for name, span in groups.items()}
    return any(style.text_width(name, style.BODY) > room for name, room in rooms.items())


def _draw_strip(
    sheet: Sheet,
    x: float,
    y: float,
    cell: float,
    groups: dict[str, range],
    total: int,
    crowded: bool,
    axes: bool,
) -> None:
    for i, (name, span) in enumerate(groups.items()):
        start, width = x + span.start * cell, len(span) * cell
        tint = style.TINTS[i % len(style.TINTS)]
        sheet.rectangle(start, y, width, _STRIP, fill=tint, edge=style.MUTED, line=1.0)
        middle = start + width / 2
        if crowded:
            sheet.text(middle, y - 0.06, name, rotation=90, align="left")
        else:
            sheet.text(middle, y + _STRIP / 2, name)
        label = spans(span) if axes else str(len(span))
        if style.text_width(label, style.SMALL) > width - 0.02:
            label = str(span.start)
        sheet.text(middle, y + _STRIP + 0.12, label, size=style.SMALL, colour=style.MUTED)
    if not axes:
        level = y + _STRIP + 0.3
        what = "number of directions in each"
        sheet.text(x + total * cell / 2, level, what, size=style.SMALL, colour=style.MUTED)
    inner = [x + d * cell for d in range(1, total)]
    ticks = [((d, y + _STRIP - 0.06), (d, y + _STRIP)) for d in inner]
    sheet.lines(ticks, colour=style.MUTED, line=0.5)


def _draw_lane(
    sheet: Sheet,
    x: float,
    strip: float,
    top: float,
    cell: float,
    total: int,
    verb: str,
    dimensions: list[int],
    axes: bool,
) -> None:
    sheet.text(x - _GAP, top + _LANE / 2, verb, size=style.SMALL, align="right")
    colour = style.BLUE if verb == "reads" else style.ORANGE
    runs = list(_runs(dimensions))
    for i, (first, last) in enumerate(runs):
        start, width = x + first * cell, (last - first + 1) * cell
        edges = [((e, strip + 0.22), (e, top + 0.05)) for e in (start, start + width)]
        sheet.lines(edges, colour=style.MUTED, line=0.5, dash=(0, (1, 2)), above=1)
        fill, hatch = (style.GROUND, "/////") if verb == "reads" else (colour, "")
        box = (start, top + 0.05, width, _LANE - 0.1)
        sheet.rectangle(*box, fill=fill, edge=colour, line=1.2, hatch=hatch, above=3)
        label = spans(range(first, last + 1)) if axes else str(last + 1 - first)
        end = start + width + 0.05
        size = style.text_width(label, style.SMALL) + 0.05
        right = x + (runs[i + 1][0] if i + 1 < len(runs) else total) * cell
        if end + size < right + 0.06:
            sheet.text(end, top + _LANE / 2, label, size=style.SMALL, align="left", ground=True)
        elif i == 0 and start - size > x:
            sheet.text(
                start - 0.05, top + _LANE / 2, label, size=style.SMALL, align="right", ground=True
            )


def _runs(dimensions: list[int]) -> Iterator[tuple[int, int]]:
    start = dimensions[0] if dimensions else 0
    for i, dimension in enumerate(dimensions):
        if i + 1 == len(dimensions) or dimensions[i + 1] != dimension + 1:
            yield start, dimension
            start = dimensions[i + 1] if i + 1 < len(dimensions) else start

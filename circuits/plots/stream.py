"""The residual stream as a strip of named subspaces, and who reads and writes which."""

from collections.abc import Iterator, Mapping, Sequence

from . import style
from .inputs import as_index
from .layout import Panel, lay_out
from .picture import Picture
from .sheet import Sheet
from .words import join, plain, sentence, spans

Place = str | int | range
Places = Place | Sequence[Place]
_STRIP, _LANE, _GAP = 0.42, 0.3, 0.08


def plot_residual_stream(
    groups: Mapping[str, int],
    *,
    reads: Mapping[str, Places] | None = None,
    writes: Mapping[str, Places] | None = None,
    title: str = "",
    caption: str = "",
    alt: str | None = None,
) -> Picture:
    """Draw the layout of the residual stream: its subspaces in order, and each head's share.

    Args:
        groups: the name and the number of dimensions of each subspace, in order:
            `{"content": 8, "cos": 6, "sin": 6, "scratch": 16, "spare": 12}`.
        reads, writes: for each head by name what it reads (hatched) and writes (filled): a
            subspace's name, a dimension, a range such as `range(8, 12)`, or a list of these.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the arguments where None.

    Returns:
        A Picture.

    Raises:
        ValueError: a size is not a positive integer, or a place is not inside the stream.

    Example:
        >>> plot_residual_stream({"in": 4, "out": 4}, reads={"head 1": "in"}, writes={"head 1": 5})
        Residual stream of 8 dimensions: in (0–3) and out (4–7). head 1 reads 0–3 and writes 5.
    """
    where = "plot_residual_stream"
    spans_of = _spread(groups, where)
    total = sum(len(span) for span in spans_of.values())
    lanes = list(_lanes(reads or {}, writes or {}, spans_of, total, where))
    with style.house_style():
        panel = _panel(spans_of, total, lanes)
        words = alt or " ".join([sentence(title), _describe(spans_of, total, lanes)]).strip()
        return lay_out([panel], words, caption, title)


def _spread(groups: Mapping[str, int], where: str) -> dict[str, range]:
    spread, start = {}, 0
    for name, size in groups.items():
        spread[str(name)] = range(start, start + as_index(size, 10_000, f"{where}: {name!r}"))
        start += int(size)
        if not size:
            raise ValueError(f"{where}: {name!r} has 0 dimensions; it needs at least one.")
    if not spread:
        raise ValueError(f"{where}: expected at least one group of dimensions, got none.")
    return spread


def _lanes(
    reads: Mapping[str, Places],
    writes: Mapping[str, Places],
    groups: dict[str, range],
    total: int,
    where: str,
) -> Iterator[tuple[str, str, list[int]]]:
    """Yield (head, "reads" or "writes", dimensions), head by head."""
    for head in dict.fromkeys([*reads, *writes]):
        for verb, places in (("reads", reads.get(head)), ("writes", writes.get(head))):
            if places is not None:
                label = f"{where}: {verb}[{head!r}]"
                yield str(head), verb, sorted(set(_dimensions(places, groups, total, label)))


def _dimensions(places: Places, groups: dict[str, range], total: int, where: str) -> list[int]:
    if isinstance(places, str):
        if places not in groups:
            raise ValueError(f"{where}: no group is called {places!r}; there are {list(groups)}.")
        return list(groups[places])
    if isinstance(places, (range, list, tuple)):
        return [d for place in places for d in _dimensions(place, groups, total, where)]
    return [as_index(places, total, where)]


def _panel(groups: dict[str, range], total: int, lanes: list[tuple[str, str, list[int]]]) -> Panel:
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

    def draw(sheet: Sheet, x: float, y: float) -> None:
        x, y = x + left, y + above
        _draw_strip(sheet, x, y, cell, groups, total, crowded)
        previous, lane_top = "", y + _STRIP + 0.3
        for head, verb, dimensions in lanes:
            if head != previous:
                lane_top += gap
                level = lane_top - 0.05 if stacked else lane_top + _LANE / 2
                sheet.text(x - left, level, head, weight="bold", align="left", ground=stacked)
            previous = head
            _draw_lane(sheet, x, y + _STRIP, lane_top, cell, total, verb, dimensions)
            lane_top += _LANE

    height = above + _STRIP + 0.3 + sum(_LANE for _ in lanes) + gap * len(heads)
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
        label = spans(span)
        if style.text_width(label, style.SMALL) > width - 0.02:
            label = str(span.start)
        sheet.text(middle, y + _STRIP + 0.12, label, size=style.SMALL, colour=style.MUTED)
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
        label, end = spans(range(first, last + 1)), start + width + 0.05
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


def _describe(groups: dict[str, range], total: int, lanes: list[tuple[str, str, list[int]]]) -> str:
    named = join([f"{plain(name)} ({spans(span)})" for name, span in groups.items()])
    words = [f"Residual stream of {total} dimensions: {named}."]
    for head in dict.fromkeys(head for head, _, _ in lanes):
        does = [f"{verb} {spans(places)}" for name, verb, places in lanes if name == head]
        words.append(f"{plain(head)} {' and '.join(does)}.")
    return " ".join(words)

"""Draw the residual stream as a strip of named subspaces, and who reads and writes which."""

from collections.abc import Iterator, Mapping, Sequence

from matplotlib.axes import Axes

from . import style
from .inputs import as_index
from .layout import Panel, lay_out
from .marks import GROUND, write
from .picture import Picture
from .words import count, join, plain, sentence, spans

Place = str | int | range
Places = Place | Sequence[Place]
Lane = tuple[str, str, list[int]]  # A head, "reads" or "writes", and which dimensions.
_STRIP, _LANE, _GAP = 0.42, 0.3, 0.08


def plot_residual_stream(
    groups: Mapping[str, int],
    *,
    reads: Mapping[str, Places] | None = None,
    writes: Mapping[str, Places] | None = None,
    axes: bool = True,
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
        axes: whether each dimension is an axis, so that it has an index; where False the
            subspaces are spanned by directions that lie along no axis, and the figure says how
            many there are and not which.
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
        >>> plot_residual_stream({"in": 4, "out": 4}, reads={"head 1": range(3)}, axes=False)
        ... # doctest: +ELLIPSIS
        Residual stream of 8 dimensions: in (4 directions) and ... head 1 reads 3 of in.
    """
    where = "plot_residual_stream"
    spans_of = _spread(groups, where)
    total = sum(len(span) for span in spans_of.values())
    lanes = list(_lanes(reads or {}, writes or {}, spans_of, total, where))
    with style.house_style():
        panel = _panel(spans_of, total, lanes, axes)
        said = _describe(spans_of, total, lanes, axes)
        words = alt or " ".join([sentence(title), said]).strip()
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
) -> Iterator[Lane]:
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


def _panel(groups: dict[str, range], total: int, lanes: list[Lane], axes: bool) -> Panel:
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


def _describe(groups: dict[str, range], total: int, lanes: list[Lane], axes: bool) -> str:
    sizes = {n: spans(s) if axes else count(len(s), "direction") for n, s in groups.items()}
    named = join([f"{plain(name)} ({size})" for name, size in sizes.items()])
    words = [f"Residual stream of {total} dimensions: {named}."]
    for head in dict.fromkeys(head for head, _, _ in lanes):
        does = [
            f"{verb} {spans(places) if axes else _amounts(groups, places)}"
            for name, verb, places in lanes
            if name == head
        ]
        words.append(f"{plain(head)} {' and '.join(does)}.")
    return " ".join(words)


def _amounts(groups: dict[str, range], places: list[int]) -> str:
    """Return how many directions of each subspace are meant: "4 of cos and 4 of sin"."""
    shares = {name: sum(place in span for place in places) for name, span in groups.items()}
    return join([f"{share} of {plain(name)}" for name, share in shares.items() if share])

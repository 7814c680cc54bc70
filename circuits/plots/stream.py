"""Draw the residual stream as a strip of named subspaces, and who reads and writes which."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style
from .inputs import as_index
from .layout import COVER, STRONG, add_sheet, drawing, finish, write
from .picture import Picture
from .style import text_width
from .words import count, join, plain, runs, spans

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
    with drawing("plot_residual_stream", title) as figure:
        subspaces, total = dict[str, range](), 0
        for name, size in groups.items():
            if not as_index(size, 10_000, repr(name)):
                raise ValueError(f"{name!r} has 0 dimensions; it needs at least one.")
            subspaces[str(name)] = range(total, total + size)
            total += size
        if not subspaces:
            raise ValueError("expected at least one group of dimensions, got none.")
        lanes = [
            (str(head), verb, sorted(set(_find(places[head], subspaces, f"{verb}[{head!r}]"))))
            for head in dict.fromkeys([*(reads or {}), *(writes or {})])
            for verb, places in (("reads", reads or {}), ("writes", writes or {}))
            if head in places
        ]
        _draw(figure, subspaces, lanes, axes)
        return finish(figure, _describe(subspaces, lanes, axes), caption, alt)


def _find(places: Places, groups: dict[str, range], what: str) -> list[int]:
    """Return the dimensions that are meant, or raise ValueError."""
    if isinstance(places, str):
        if places not in groups:
            raise ValueError(f"{what}: no group is called {places!r}; there are {list(groups)}.")
        return list(groups[places])
    if isinstance(places, (range, list, tuple)):
        return [d for place in places for d in _find(place, groups, what)]
    return [as_index(places, _measure(groups), what)]


def _measure(groups: dict[str, range]) -> int:
    return sum(map(len, groups.values()))


def _draw(figure: Figure, groups: dict[str, range], lanes: list[Lane], axes: bool) -> None:
    """Draw the strip of subspaces with a lane for each thing that a head reads or writes."""
    total = _measure(groups)

    def is_crowded(cell: float) -> bool:
        rooms = {name: len(span) * cell - 0.04 for name, span in groups.items()}
        return any(text_width(name, style.BODY) > room for name, room in rooms.items())

    heads = {head: text_width(head, style.BODY, "bold") for head, _, _ in lanes}
    verbs = text_width("writes") + _GAP if lanes else 0.0
    beside = max(heads.values(), default=0.0) + _GAP * bool(lanes) + verbs
    # Heads are named beside their lanes; above them where the strip needs the width.
    stacked = is_crowded((style.COLUMN_WIDTH - beside) / total)
    left = verbs if stacked else beside
    cell = (style.COLUMN_WIDTH - left) / total
    gap = 0.26 if stacked else 0.1
    strip = _STRIP if axes else _STRIP + 0.18  # One line more says what the numbers count.
    top = strip + 0.3
    sheet = add_sheet(figure, total * cell, top + _LANE * len(lanes) + gap * len(heads))
    sheet.set_xlim(0, total)
    _draw_strip(sheet, groups, cell, axes, upright=is_crowded(cell))
    for i, (head, verb, dimensions) in enumerate(lanes):
        if i == 0 or lanes[i - 1][0] != head:
            top += gap
            level = top - 0.05 if stacked else top + _LANE / 2
            write(sheet, -left / cell, level, head, **STRONG, ha="left",
                  bbox=COVER if stacked else None)  # fmt: skip
        write(sheet, -_GAP / cell, top + _LANE / 2, verb, ha="right")
        _draw_lane(sheet, strip, top, cell, verb, dimensions, axes)
        top += _LANE


def _draw_strip(
    sheet: Axes, groups: dict[str, range], cell: float, axes: bool, *, upright: bool
) -> None:
    """Draw the subspaces with their names, on end above them where they do not fit their boxes."""
    for i, (name, span) in enumerate(groups.items()):
        tint = style.TINTS[i % len(style.TINTS)]
        sheet.barh(0, len(span), _STRIP, span.start, align="edge", color=tint,
                   edgecolor=style.MUTED, linewidth=1.0)  # fmt: skip
        middle = span.start + len(span) / 2
        looks = {"rotation": 90, "ha": "left"} if upright else {}
        write(sheet, middle, -0.06 if upright else _STRIP / 2, name, fontsize=style.BODY, **looks)
        label = spans(span) if axes else str(len(span))
        if text_width(label) > len(span) * cell - 0.02:
            label = str(span.start)
        write(sheet, middle, _STRIP + 0.12, label, color=style.MUTED)
    total = sheet.get_xlim()[1]
    if not axes:
        write(sheet, total / 2, _STRIP + 0.3, "number of directions in each", color=style.MUTED)
    sheet.vlines(range(1, int(total)), _STRIP - 0.06, _STRIP, colors=style.MUTED, linewidth=0.5)


def _draw_lane(
    sheet: Axes,
    strip: float,
    top: float,
    cell: float,
    verb: str,
    dimensions: list[int],
    axes: bool,
) -> None:
    middle = top + _LANE / 2
    colour = style.BLUE if verb == "reads" else style.ORANGE
    fill, hatch = (style.GROUND, "/////") if verb == "reads" else (colour, "")
    for run, after in zip_longest(runs(dimensions), runs(dimensions)[1:]):
        start, end = run.start, run.stop
        sheet.vlines([start, end], strip + 0.22, top + 0.05, colors=style.MUTED, linewidth=0.5,
                     linestyles=":", zorder=1)  # fmt: skip
        sheet.barh(middle, len(run), _LANE - 0.1, start, align="center", facecolor=fill,
                   edgecolor=colour, linewidth=1.2, hatch=hatch, zorder=3)  # fmt: skip
        label = spans(run) if axes else str(len(run))
        size, pad = (text_width(label) + 0.05) / cell, 0.05 / cell
        right = after.start if after else sheet.get_xlim()[1]
        if end + pad + size < right + 0.06 / cell:
            write(sheet, end + pad, middle, label, ha="left", bbox=COVER)
        elif start == dimensions[0] and start - size > 0:
            write(sheet, start - pad, middle, label, ha="right", bbox=COVER)


def _describe(groups: dict[str, range], lanes: list[Lane], axes: bool) -> list[str]:
    sizes = {n: spans(s) if axes else count(len(s), "direction") for n, s in groups.items()}
    named = join([f"{plain(name)} ({size})" for name, size in sizes.items()])
    words = [f"Residual stream of {_measure(groups)} dimensions: {named}."]
    for head in dict.fromkeys(head for head, _, _ in lanes):
        does = [
            f"{verb} {spans(places) if axes else _tell_shares(groups, places)}"
            for name, verb, places in lanes
            if name == head
        ]
        words.append(f"{plain(head)} {' and '.join(does)}.")
    return words


def _tell_shares(groups: dict[str, range], places: list[int]) -> str:
    """Return how many directions of each subspace are meant: "4 of cos and 4 of sin"."""
    shares = {name: sum(place in span for place in places) for name, span in groups.items()}
    return join([f"{share} of {plain(name)}" for name, share in shares.items() if share])

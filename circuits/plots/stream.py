"""Draw the residual stream as a strip of named subspaces, and who reads and writes which."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Unpack

from matplotlib.axes import Axes

from .drawing import style
from .drawing.inputs import as_index
from .drawing.layout import COVER, Drawing, Words, drawing, takes_words, write
from .drawing.picture import Picture
from .drawing.style import text_width
from .drawing.words import count, join, plain, runs, spans

Place = str | int | range
Places = Place | Sequence[Place]
Lane = tuple[str, str, list[int]]  # A head, "reads" or "writes", and which dimensions.
_STRIP, _LANE = 0.42, 0.52  # Inches.


@takes_words
def plot_residual_stream(
    groups: Mapping[str, int],
    *,
    reads: Mapping[str, Places] | None = None,
    writes: Mapping[str, Places] | None = None,
    axes: bool = True,
    **words: Unpack[Words],
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
    with drawing("plot_residual_stream", words) as figure:
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
        return figure.finish(_describe(subspaces, lanes, axes))


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


def _draw(figure: Drawing, groups: dict[str, range], lanes: list[Lane], axes: bool) -> None:
    """Draw the strip of subspaces, and below it what each head reads and writes, in words, too."""
    cell = style.COLUMN_WIDTH / _measure(groups)
    strip = _STRIP if axes else _STRIP + 0.18  # One line more says what the numbers count.
    sheet = figure.add_sheet(style.COLUMN_WIDTH, strip + 0.3 + _LANE * len(lanes))
    sheet.set_xlim(0, _measure(groups))
    _draw_strip(sheet, groups, cell, axes)
    for i, (head, verb, places) in enumerate(lanes):
        level = strip + 0.46 + i * _LANE
        write(sheet, 0, level, f"{head} {verb} {_tell(groups, places, axes)}",
              fontsize=style.BODY, ha="left", bbox=COVER)  # fmt: skip
        colour, hatch = (style.BLUE, "/////") if verb == "reads" else (style.ORANGE, "")
        starts, sizes = zip(*((run.start, len(run)) for run in runs(places)), strict=True)
        sheet.barh(level + 0.12, sizes, 0.2, starts, align="edge", edgecolor=colour, linewidth=1.2,
                   facecolor=style.GROUND if hatch else colour, hatch=hatch, zorder=3)  # fmt: skip
        edges = [edge for run in runs(places) for edge in (run.start, run.stop)]
        sheet.vlines(edges, strip + 0.22, level + 0.12, colors=style.MUTED, linewidth=0.5,
                     linestyles=":", zorder=1)  # fmt: skip


def _draw_strip(sheet: Axes, groups: dict[str, range], cell: float, axes: bool) -> None:
    """Draw the subspaces with their names, on end above them where they do not fit their boxes."""
    upright = any(
        text_width(name, style.BODY) > len(span) * cell - 0.04 for name, span in groups.items()
    )
    looks = {"rotation": 90, "ha": "left"} if upright else {}
    for (name, span), tint in zip(groups.items(), cycle(style.TINTS), strict=False):
        sheet.barh(0, len(span), _STRIP, span.start, align="edge", color=tint,
                   edgecolor=style.MUTED, linewidth=1.0)  # fmt: skip
        middle = span.start + len(span) / 2
        write(sheet, middle, -0.06 if upright else _STRIP / 2, name, fontsize=style.BODY, **looks)
        label = spans(span) if axes else str(len(span))
        if axes and text_width(label) > len(span) * cell - 0.02:
            label = str(span.start)
        write(sheet, middle, _STRIP + 0.12, label, color=style.MUTED)
    total = _measure(groups)
    if not axes:
        write(sheet, total / 2, _STRIP + 0.3, "number of directions in each", color=style.MUTED)
    sheet.vlines(range(1, total), _STRIP - 0.06, _STRIP, colors=style.MUTED, linewidth=0.5)


def _describe(groups: dict[str, range], lanes: list[Lane], axes: bool) -> list[str]:
    sizes = {n: spans(s) if axes else count(len(s), "direction") for n, s in groups.items()}
    named = join([f"{plain(name)} ({size})" for name, size in sizes.items()])
    words = [f"Residual stream of {_measure(groups)} dimensions: {named}."]
    does = defaultdict[str, list[str]](list)
    for head, verb, places in lanes:
        does[head].append(f"{verb} {_tell(groups, places, axes)}")
    return words + [f"{plain(head)} {' and '.join(done)}." for head, done in does.items()]


def _tell(groups: dict[str, range], places: list[int], axes: bool) -> str:
    """Return which axes are meant, or how many directions of which: "4 of cos and 4 of sin"."""
    if axes:
        return spans(places)
    shares = {name: sum(place in span for place in places) for name, span in groups.items()}
    return join([f"{share} of {plain(name)}" for name, share in shares.items() if share])

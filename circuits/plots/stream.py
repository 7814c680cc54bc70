"""The residual stream as a strip of named subspaces, and who reads and writes which."""

from collections.abc import Iterator, Mapping, Sequence

from . import style
from .inputs import as_index
from .layout import lay_out
from .picture import Picture
from .stream_panel import Lane, stream_panel
from .words import count, join, plain, sentence, spans

Place = str | int | range
Places = Place | Sequence[Place]


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
        panel = stream_panel(spans_of, total, lanes, axes)
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

"""Draw attention patterns: queries down, keys across, the wanted cells in thick boxes."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

from circuits.pattern_data import PatternData
from circuits.shapes import BoolArray, FloatArray

from . import style
from .heat import colour_weights, draw_scale, paint, rule, write_numbers
from .inputs import as_array, as_index, as_labels
from .layout import SPACE, drawing, finish, label_each
from .picture import Picture
from .words import count, plain, point_at, weight

Wanted = ArrayLike | Iterable[tuple[int, int]]

_NUMBERED = 12  # The most tokens whose weights are written as numbers, and told query by query.
_RULED = 24  # The most tokens whose cells are ruled.
_ARROWS = 0.32  # Inches for the label of the queries, beside those of the rows.


def plot_pattern(
    A: ArrayLike,
    *,
    tokens: Sequence[object] | None = None,
    wanted: Wanted | None = None,
    title: str = "",
    caption: str = "",
    alt: str | None = None,
) -> Picture:
    """Draw an attention pattern: row i says how query i shares its attention among the keys.

    Args:
        A: shape (n_tokens, n_tokens), weights from 0 to 1, `A[i, j]` of query i on key j. Cells
            above the diagonal are shaded as masked if all of them are zero.
        tokens: one label for each position; the position's number is written in any case.
        wanted: the cells to outline with a thick box: pairs (query, key), or a Boolean array of
            the shape of A.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the weights where None.

    Returns:
        A Picture. Up to 12 tokens each weight is written as a two-digit number.

    Raises:
        ValueError: A is not square, holds weights outside 0..1, or tokens or wanted do not fit it.

    Example:
        >>> plot_pattern([[1, 0], [0.9, 0.1]], tokens=["a", "b"])  # doctest: +ELLIPSIS
        Attention pattern over 2 tokens. Query 0 (a) attends to 0 (a) with weight 1. Query 1 ...
    """
    with drawing("plot_pattern", title) as figure:
        pattern = _read(A, "A")
        labels = as_labels(tokens, len(pattern), "tokens")
        cells = as_cells(wanted, len(pattern))
        _draw(figure, [pattern], [""], labels, cells, style.COLUMN_WIDTH)
        viewer = _hand_over([title], [pattern], labels, cells)
        return finish(figure, _describe(pattern, labels, cells), caption, alt, viewer=viewer)


def plot_patterns(
    patterns: Sequence[ArrayLike],
    *,
    titles: Sequence[str] | None = None,
    tokens: Sequence[object] | None = None,
    wanted: Wanted | None = None,
    title: str = "",
    caption: str = "",
    alt: str | None = None,
) -> Picture:
    """Draw attention patterns over the same tokens side by side, such as wanted and seen.

    Args:
        patterns: one or more arrays of one shape (n_tokens, n_tokens), weights from 0 to 1.
        titles: one for each pattern.
        tokens, wanted: as in plot_pattern, the same for all.
        title, caption, alt: as in plot_pattern.

    Returns:
        A Picture, which stacks the patterns on a phone.

    Raises:
        ValueError: the shapes differ, or an argument does not fit them.

    Example:
        >>> wanted, seen = [[1, 0], [1, 0]], [[1, 0], [0.2, 0.8]]
        >>> plot_patterns([wanted, seen], titles=["wanted", "seen"]).alt
        ... # doctest: +ELLIPSIS
        'wanted: Attention pattern over 2 tokens. ...'
    """
    with drawing("plot_patterns", title) as figure:
        arrays = [_read(A, f"patterns[{i}]") for i, A in enumerate(patterns)]
        if not arrays:
            raise ValueError("expected at least one pattern, got none.")
        for i, array in enumerate(arrays):
            if array.shape != arrays[0].shape:
                raise ValueError(
                    f"patterns[{i}] has shape {array.shape}, patterns[0] has shape "
                    f"{arrays[0].shape}; all must have one shape."
                )
        names = as_labels(titles, len(arrays), "titles") or [""] * len(arrays)
        labels = as_labels(tokens, len(arrays[0]), "tokens")
        cells = as_cells(wanted, len(arrays[0]))
        said = [
            " ".join([f"{plain(name) or f'pattern {i}'}:", *_describe(array, labels, cells)])
            for i, (array, name) in enumerate(zip(arrays, names, strict=True), 1)
        ]
        room = (style.PAGE_WIDTH + SPACE) / min(len(arrays), 2) - SPACE - 0.01
        _draw(figure, arrays, names, labels, cells, room)
        return finish(
            figure, said, caption, alt,
            phone=lambda other: _draw(other, arrays, names, labels, cells, style.PHONE_WIDTH),
            viewer=_hand_over(names, arrays, labels, cells),
        )  # fmt: skip


def _read(values: ArrayLike, what: str) -> FloatArray:
    """Return weights between 0 and 1, or raise ValueError."""
    pattern = as_array(values, what, "n_tokens", "n_tokens")
    low, high = pattern.min(), pattern.max()
    if low < -1e-9 or high > 1 + 1e-6:
        raise ValueError(
            f"{what}: expected weights between 0 and 1, got {low:.3g} to {high:.3g}; "
            "softmax the scores first, or draw them with plot_matrix."
        )
    return pattern


def _draw(
    figure: Figure,
    patterns: list[FloatArray],
    names: list[str],
    tokens: list[str] | None,
    wanted: BoolArray,
    room: float,
) -> None:
    """Draw patterns, each `room` inches wide at most where its numbers allow it."""
    n = len(wanted)
    rows = _label(n, tokens, " ")
    left = max(style.text_width(label) for label in rows) + _ARROWS
    cell = min(0.42, max((room - left) / n, 0.225 if n <= _NUMBERED else 0.0))
    # Longer token names stand on end beside their position; short ones lie under it.
    upright = max(style.text_width(name) for name in tokens or [""]) > cell - 0.02
    for pattern, name in zip(patterns, names, strict=True):
        axes = figure.add_axes((0, 0, n * cell, n * cell))
        _draw_cells(axes, pattern, n * cell)
        if wanted.any():
            _outline(axes, wanted, min(2.4, 13 * cell))
        label_each(axes.yaxis, rows, parse_math=False)
        columns = rows if upright else _label(n, tokens, "\n")
        label_each(axes.xaxis, columns, parse_math=False, rotation=90 * upright)
        axes.xaxis.set_label_position("top")
        axes.set_xlabel("key j →", fontsize=style.SMALL, color=style.MUTED)
        axes.set_ylabel("← query i", fontsize=style.SMALL, color=style.MUTED)
        axes.set_title(name, pad=9)


def _draw_cells(axes: Axes, pattern: FloatArray, size: float) -> None:
    n, causal = len(pattern), not np.triu(pattern, 1).any()
    colours = colour_weights(pattern)
    if causal:  # What a query cannot see is grey.
        for form, grey in zip(colours, (style.MASKED, style.DARK[style.MASKED]), strict=True):
            form[np.triu_indices(n, 1)] = to_rgb(grey)
    paint(axes, colours)
    if n <= _RULED:
        rule(axes)
    if n <= _NUMBERED:
        texts = [
            ["" if causal and j > i else weight(share) for j, share in enumerate(row)]
            for i, row in enumerate(pattern)
        ]
        write_numbers(axes, colours, texts, faint="0")
    else:
        draw_scale(axes, (size, size), ("0", ".5", "1"), signed=False)


def _label(n: int, tokens: list[str] | None, gap: str) -> list[str]:
    """Return position and token for each row; long sequences are labelled here and there."""
    step = next(s for s in (1, 4, 8, 16, 32, 64, n) if n / s <= 20)
    names = tokens or [""] * n
    return ["" if i % step else f"{i}{gap}{name}".strip() for i, name in enumerate(names)]


def _outline(axes: Axes, wanted: BoolArray, line: float) -> None:
    """Draw a thick box around each wanted cell, all as one path, which keeps the file small.

    The line, in points, must not cover a small cell's weight.
    """
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    boxes = Path.make_compound_path_from_polys(np.argwhere(wanted)[:, None, ::-1] + corners)
    for colour, width, above in ((style.GROUND, 1.6 * line, 4), (style.ORANGE, line, 5)):
        axes.add_patch(PathPatch(boxes, fill=False, edgecolor=colour, lw=width, zorder=above))


def _hand_over(
    titles: Sequence[str],
    patterns: Sequence[FloatArray],
    tokens: list[str] | None,
    wanted: BoolArray,
) -> str:
    """Return the patterns as data; the last query that something is wanted of comes first."""
    asked = np.flatnonzero(wanted.any(axis=1))
    query = int(asked[-1]) if len(asked) else len(wanted) - 1
    names = [plain(title) for title in titles]
    return PatternData(names, patterns, tokens or [], wanted, query).write_attributes()


def as_cells(wanted: Wanted | None, n: int) -> BoolArray:
    """Return the wanted cells as a Boolean (n, n) array, or raise ValueError."""
    cells = np.zeros((n, n), dtype=np.bool_)
    if wanted is None:
        return cells
    listed = wanted if isinstance(wanted, np.ndarray) else list(wanted)  # type: ignore[arg-type]
    try:
        array = np.asarray(listed)
    except ValueError as error:
        raise ValueError(
            "wanted: expected pairs (query, key), got rows of unequal length."
        ) from error
    if array.dtype == np.bool_ and array.shape == (n, n):
        return array
    if array.dtype == np.bool_ or (array.size and array.shape[1:] != (2,)):
        raise ValueError(
            f"wanted: expected pairs (query, key) or Booleans of shape {(n, n)}, "
            f"got shape {array.shape}."
        )
    for query, key in array.reshape(-1, 2).tolist():
        cells[as_index(query, n, "wanted"), as_index(key, n, "wanted")] = True
    return cells


def _describe(pattern: FloatArray, tokens: list[str] | None, wanted: BoolArray) -> list[str]:
    """Return where each query looks, query by query for few tokens and summed up for many."""
    n = len(pattern)
    words = [f"Attention pattern over {count(n, 'token')}."]
    if n <= _NUMBERED:
        words += [_tell_query(row, i, tokens) for i, row in enumerate(pattern)]
    else:
        words += _sum_up(pattern)
    if wanted.any():
        mass = (pattern * wanted).sum(axis=1)[wanted.any(axis=1)]
        least, mean = weight(mass.min()), weight(mass.mean())
        words.append(
            f"Wanted cells are outlined: each such query puts at least {least} on them, "
            f"{mean} on average."
        )
    return words


def _tell_query(row: FloatArray, query: int, tokens: list[str] | None) -> str:
    heavy = [int(j) for j in np.argsort(-row, kind="stable") if row[j] >= 0.2][:3]
    if not heavy:
        return f"Query {point_at(query, tokens)} puts less than .20 on every key."
    parts = [f"{point_at(j, tokens)} with weight {weight(row[j])}" for j in heavy]
    return f"Query {point_at(query, tokens)} attends to {' and to '.join(parts)}."


def _sum_up(pattern: FloatArray) -> list[str]:
    n, top = len(pattern), pattern.max(axis=1)
    back = Counter((np.arange(n) - pattern.argmax(axis=1)).tolist())
    often = sorted(back.items(), key=lambda item: (-item[1], item[0]))[:2]
    words = [
        f"For {queries} of {n} queries the strongest key is {_tell_distance(distance)}."
        for distance, queries in often
        if queries > 1
    ]
    least, most, mean = (weight(v) for v in (top.min(), top.max(), top.mean()))
    return [
        *(words or ["The strongest key lies at a different distance for every query."]),
        f"The strongest weights run from {least} to {most}, {mean} on average.",
    ]


def _tell_distance(distance: int) -> str:
    if distance == 0:
        return "the query's own position"
    if distance == 1:
        return "the position before"
    return f"{abs(distance)} positions {'before' if distance > 0 else 'after'}"

"""Draw attention patterns: queries down, keys across, the wanted cells in thick boxes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

from circuits.reports.pattern_data import PatternData
from circuits.shapes import BoolArray, FloatArray

from .drawing import style
from .drawing.heat import colour_weights, draw_scale, paint, rule, write_numbers
from .drawing.inputs import as_array, as_index, as_labels
from .drawing.layout import SPACE, Drawing, Words, drawing, label_each, takes_words
from .drawing.picture import Picture
from .drawing.words import count, plain, point_at, weight

Wanted = ArrayLike | Iterable[tuple[int, int]]

_NUMBERED = 12  # The most tokens whose weights are written as numbers, and told query by query.
_RULED = 24  # The most tokens whose cells are ruled.
_GAP = 0.04  # The least room between labels of columns that lie beside one another, in inches.
_LINE = 0.14  # Inches from one line of text to the next.
_ARROWS = 0.32  # Inches for the label of the queries, beside those of the rows.


@takes_words
def plot_pattern(
    A: ArrayLike,
    *,
    tokens: Sequence[object] | None = None,
    wanted: Wanted | None = None,
    **words: Unpack[Words],
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
    with drawing("plot_pattern", words) as figure:
        shown = _read({"A": A}, [figure.title], tokens, wanted)
        _draw(figure, shown, [""])
        return figure.finish(_describe(shown, 0), viewer=shown.write_attributes())


@takes_words
def plot_patterns(
    patterns: Iterable[ArrayLike],
    *,
    titles: Sequence[str] | None = None,
    tokens: Sequence[object] | None = None,
    wanted: Wanted | None = None,
    **words: Unpack[Words],
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
    with drawing("plot_patterns", words) as figure:
        patterns = list(patterns)
        n = len(patterns)
        if not n:
            raise ValueError("expected at least one pattern, got none.")
        names = as_labels(titles, n, "titles") or [""] * n
        given = {f"patterns[{i}]": pattern for i, pattern in enumerate(patterns)}
        shown = _read(given, names, tokens, wanted)
        said = [
            " ".join([f"{name or f'pattern {i + 1}'}:", *_describe(shown, i)])
            for i, name in enumerate(shown.names)
        ]
        _draw(figure, shown, names)
        return figure.finish(said, viewer=shown.write_attributes())


def _read(
    given: Mapping[str, ArrayLike],
    names: list[str],
    tokens: Sequence[object] | None,
    wanted: Wanted | None,
) -> PatternData:
    """Return weights between 0 and 1, all of the first one's shape, or raise ValueError.

    A page's viewer begins at the last query that something is wanted of.
    """
    patterns: list[FloatArray] = []
    for what, weights in given.items():
        shape = patterns[0].shape if patterns else ("n_tokens", "n_tokens")
        patterns.append(as_array(weights, what, *shape))
        low, high = patterns[-1].min(), patterns[-1].max()
        if low < -1e-9 or high > 1 + 1e-6:
            raise ValueError(
                f"{what}: expected weights between 0 and 1, got {low:.3g} to {high:.3g}; "
                "softmax the scores first, or draw them with plot_matrix."
            )
    n = len(patterns[0])
    cells = as_cells(wanted, n)
    asked = np.flatnonzero(cells.any(axis=1))
    query = int(asked[-1]) if len(asked) else n - 1
    labels = as_labels(tokens, n, "tokens") or []
    return PatternData([plain(name) for name in names], patterns, labels, cells, query)


def _draw(figure: Drawing, shown: PatternData, names: list[str]) -> None:
    """Draw patterns, each as wide as a column or half a page at most where its numbers allow it."""
    n = len(shown.wanted)
    room = style.COLUMN_WIDTH if len(names) == 1 else (style.PAGE_WIDTH - SPACE) / 2 - 0.01
    rows = [f"{i} {token}".strip() for i, token in enumerate(shown.tokens or [""] * n)]
    left = max(style.text_width(label) for label in rows) + _ARROWS
    cell = min(0.42, max((room - left) / n, 0.225 if n <= _NUMBERED else 0.0))
    # Longer token names stand on end beside their position; short ones lie under it.
    upright = max(map(style.text_width, shown.tokens), default=0.0) > max(cell - _GAP, 0.0)
    columns = rows if upright else [row.replace(" ", "\n", 1) for row in rows]
    lines = [line for column in columns for line in column.split("\n")]
    across = _LINE if upright else max(map(style.text_width, lines)) + _GAP
    for pattern, name in zip(shown.patterns, names, strict=True):
        axes = figure.add_axes((0, 0, n * cell, n * cell))
        _draw_cells(axes, pattern, n * cell)
        if shown.wanted.any():
            _outline(axes, shown.wanted, min(2.4, 13 * cell))
        label_each(axes.yaxis, rows, min(20, n * cell / _LINE), parse_math=False)
        label_each(axes.xaxis, columns, min(20, n * cell / across), parse_math=False,
                   rotation=90 * upright)  # fmt: skip
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


def _outline(axes: Axes, wanted: BoolArray, line: float) -> None:
    """Draw a thick box around each wanted cell, all as one path, which keeps the file small.

    The line, in points, must not cover a small cell's weight.
    """
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    boxes = Path.make_compound_path_from_polys(np.argwhere(wanted)[:, None, ::-1] + corners)
    for colour, width, above in ((style.GROUND, 1.6 * line, 4), (style.ORANGE, line, 5)):
        axes.add_patch(PathPatch(boxes, fill=False, edgecolor=colour, lw=width, zorder=above))


def as_cells(wanted: Wanted | None, n: int) -> BoolArray:
    """Return the wanted cells as a Boolean (n, n) array, or raise ValueError."""
    given: Any = () if wanted is None else wanted
    if np.iterable(given):
        given = [np.asarray(each).tolist() for each in given]
    array = np.asarray(given, dtype=object)
    mask = array.size > 0 and all(isinstance(each, bool) for each in array.flat)
    if mask and array.shape == (n, n):
        return array.astype(np.bool_)
    if array.shape != (0,) and (mask or array.shape[1:] != (2,)):
        ragged = any(isinstance(each, list) for each in array.flat)
        got = "rows of unequal length" if ragged else f"shape {array.shape}"
        raise ValueError(
            f"wanted: expected pairs (query, key) or Booleans of shape {(n, n)}, got {got}."
        )
    cells = np.zeros((n, n), dtype=np.bool_)
    for query, key in array.tolist():
        cells[as_index(query, n, "wanted"), as_index(key, n, "wanted")] = True
    return cells


def _describe(shown: PatternData, which: int) -> list[str]:
    """Return where each query looks, query by query for few tokens and summed up for many."""
    pattern, wanted, n = shown.patterns[which], shown.wanted, len(shown.wanted)
    words = [f"Attention pattern over {count(n, 'token')}."]
    if n <= _NUMBERED:
        words += [_tell_query(row, i, shown.tokens) for i, row in enumerate(pattern)]
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


def _tell_query(row: FloatArray, query: int, tokens: Sequence[str]) -> str:
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

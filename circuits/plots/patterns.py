"""Attention patterns: queries down, keys across, the wanted cells in thick boxes."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import style
from .heat import colour_weights, draw_scale, paint
from .inputs import Floats, as_index, as_labels, as_pattern
from .pattern_words import describe_pattern
from .picture import Picture
from .sheet import SPACE, Panel, Sheet, lay_out
from .words import plain, sentence, weight

Wanted = ArrayLike | Iterable[tuple[int, int]]
Cells = NDArray[np.bool_]
_NUMBERED = 12  # The most tokens whose weights are written as numbers.
_GAP, _ARROWS = 0.06, 0.2


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
    where = "plot_pattern"
    pattern = as_pattern(A, f"{where}: A")
    labels = as_labels(tokens, len(pattern), f"{where}: tokens")
    cells = as_cells(wanted, len(pattern), f"{where}: wanted")
    with style.house_style():
        panel = _panel(pattern, labels, cells, title, style.COLUMN_WIDTH)
        words = alt or sentence(title) + " " * bool(title) + describe_pattern(
            pattern, labels, cells
        )
        return lay_out([panel], words, caption)


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
    where = "plot_patterns"
    arrays = [as_pattern(A, f"{where}: patterns[{i}]") for i, A in enumerate(patterns)]
    if not arrays:
        raise ValueError(f"{where}: expected at least one pattern, got none.")
    for i, array in enumerate(arrays):
        if array.shape != arrays[0].shape:
            raise ValueError(
                f"{where}: patterns[{i}] has shape {array.shape}, patterns[0] has shape "
                f"{arrays[0].shape}; all must have one shape."
            )
    names = as_labels(titles, len(arrays), f"{where}: titles") or [""] * len(arrays)
    labels = as_labels(tokens, len(arrays[0]), f"{where}: tokens")
    cells = as_cells(wanted, len(arrays[0]), f"{where}: wanted")
    with style.house_style():
        room = (style.PAGE_WIDTH + SPACE) / min(len(arrays), 2) - SPACE - 0.01
        panels, phone = (
            [_panel(a, labels, cells, n, width) for a, n in zip(arrays, names, strict=True)]
            for width in (room, style.PHONE_WIDTH)
        )
        parts = [sentence(title)] if title else []
        for i, (array, name) in enumerate(zip(arrays, names, strict=True)):
            words = describe_pattern(array, labels, cells)
            parts.append(f"{plain(name) or f'pattern {i + 1}'}: {words}")
        return lay_out(panels, alt or " ".join(parts), caption, title, phone)


def as_cells(wanted: Wanted | None, n: int, where: str) -> Cells:
    """Return the wanted cells as a Boolean (n, n) array, or raise ValueError."""
    cells = np.zeros((n, n), dtype=np.bool_)
    if wanted is None:
        return cells
    listed = wanted if isinstance(wanted, np.ndarray) else list(wanted)  # type: ignore[arg-type]
    array = np.asarray(listed)
    if array.dtype == np.bool_:
        if array.shape != (n, n):
            raise ValueError(f"{where}: expected shape {(n, n)}, got shape {array.shape}.")
        return array.copy()
    if array.size and (array.ndim != 2 or array.shape[1] != 2):
        raise ValueError(
            f"{where}: expected pairs (query, key) or Booleans of shape {(n, n)}, "
            f"got shape {array.shape}."
        )
    for query, key in array.reshape(-1, 2).tolist():
        cells[as_index(query, n, where), as_index(key, n, where)] = True
    return cells


def _panel(
    pattern: Floats, tokens: list[str] | None, wanted: Cells, title: str, room: float
) -> Panel:
    n = len(pattern)
    numbered = n <= _NUMBERED
    rows = _labels(n, tokens, " ")
    left = max(style.text_width(label, style.SMALL) for label in rows) + _GAP + _ARROWS
    cell = min(0.42, max((room - left) / n, 0.25 if numbered else 0.0))
    # Longer token names stand on end above their columns; short ones lie under their number.
    names = [""] * n if tokens is None else tokens
    longest = max(style.text_width(name, style.SMALL) for name in names)
    upright = longest > cell - 0.02
    columns = 0.17 if not longest else (longest + 0.27 if upright else 0.34)
    top = (0.28 if title else 0.0) + _ARROWS + columns
    side = n * cell

    def draw(sheet: Sheet, x: float, y: float) -> None:
        if title:
            sheet.text(x, y + 0.1, title, weight="bold", align="left")
        x, y = x + left, y + top
        colours = colour_weights(pattern)
        paint(sheet, x, y, side, side, colours)
        _mask(sheet, x, y, cell, pattern)
        if numbered:
            _number(sheet, x, y, cell, pattern, colours)
        else:
            draw_scale(sheet, x, y + side + 0.1, min(side, 1.6), ("0", ".5", "1"), signed=False)
        sheet.rectangle(x, y, side, side, edge=style.MUTED)
        for i, j in np.argwhere(wanted):
            box = (x + j * cell, y + i * cell, cell, cell)
            sheet.rectangle(*box, edge=style.GROUND, line=4.0 if numbered else 2.2, above=4)
            sheet.rectangle(*box, edge=style.ORANGE, line=2.4 if numbered else 1.3, above=5)
        _draw_rows(sheet, x, y, cell, rows, side, left)
        _draw_columns(sheet, x, y, cell, _labels(n, None, ""), names, upright, columns)

    height = top + side + (0.0 if numbered else 0.34)
    return Panel(left + side, height, draw)


def _labels(n: int, tokens: list[str] | None, gap: str) -> list[str]:
    """Return position and token for each row; long sequences are labelled here and there."""
    step = next(s for s in (1, 4, 8, 16, 32, 64, n) if n / s <= 20)
    names = tokens or [""] * n
    return [f"{i}{gap}{names[i]}".strip() if i % step == 0 else "" for i in range(n)]


def _mask(sheet: Sheet, x: float, y: float, cell: float, pattern: Floats) -> None:
    """Grey out the keys that a causal query cannot see, and draw the grid where cells are large."""
    n = len(pattern)
    side = n * cell
    if n <= 24:
        inner = [i * cell for i in range(1, n)]
        level = [((x, y + d), (x + side, y + d)) for d in inner]
        plumb = [((x + d, y), (x + d, y + side)) for d in inner]
        sheet.lines(level + plumb, colour=style.RULE, line=0.6, above=2)
    if n > 1 and not np.triu(pattern, 1).any():
        steps = [(x + cell, y)]
        for i in range(n - 1):
            steps += [
                (x + (i + 1) * cell, y + (i + 1) * cell),
                (x + (i + 2) * cell, y + (i + 1) * cell),
            ]
        sheet.polygon([*steps[:-1], (x + side, y + side - cell), (x + side, y)], fill=style.MASKED)


def _number(
    sheet: Sheet, x: float, y: float, cell: float, pattern: Floats, colours: Floats
) -> None:
    causal = not np.triu(pattern, 1).any()
    for i, j in np.ndindex(pattern.shape):
        if causal and j > i:
            continue
        text = weight(float(pattern[i, j]))
        ink = style.MUTED if text == "0" else style.ink_on(colours[i, j])
        middle = (x + (j + 0.5) * cell, y + (i + 0.5) * cell)
        sheet.text(*middle, text, size=style.SMALL, colour=ink, math=False)


def _draw_rows(
    sheet: Sheet, x: float, y: float, cell: float, rows: list[str], side: float, left: float
) -> None:
    for i, label in enumerate(rows):
        middle = y + (i + 0.5) * cell
        sheet.text(x - _GAP, middle, label, size=style.SMALL, align="right", math=False)
    place = (x - left + 0.06, y + side / 2)
    sheet.text(*place, "← query i", size=style.SMALL, rotation=90, colour=style.MUTED)


def _draw_columns(
    sheet: Sheet,
    x: float,
    y: float,
    cell: float,
    positions: list[str],
    names: list[str],
    upright: bool,
    height: float,
) -> None:
    for j, position in enumerate(positions):
        middle = x + (j + 0.5) * cell
        shown = names[j] if position else ""
        if upright:
            sheet.text(
                middle, y - 0.05, shown, size=style.SMALL, rotation=90, align="left", math=False
            )
            sheet.text(middle, y - height + 0.08, position, size=style.SMALL)
        else:
            sheet.text(middle, y - height + 0.08, position, size=style.SMALL)
            sheet.text(middle, y - 0.1, shown, size=style.SMALL, math=False)
    place = (x + len(names) * cell / 2, y - height - 0.08)
    sheet.text(*place, "key j →", size=style.SMALL, colour=style.MUTED)

"""Draw attention patterns: queries down, keys across, the wanted cells in thick boxes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from circuits.pattern_data import PatternData

from . import style
from .inputs import Floats, as_index, as_labels, as_pattern
from .layout import SPACE, lay_out
from .pattern_panel import Cells, pattern_panel
from .pattern_words import describe_pattern
from .picture import Picture
from .words import plain, sentence

Wanted = ArrayLike | Iterable[tuple[int, int]]


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
        panel = pattern_panel(pattern, labels, cells, title, style.COLUMN_WIDTH)
        words = alt or sentence(title) + " " * bool(title) + describe_pattern(
            pattern, labels, cells
        )
        picture = lay_out([panel], words, caption)
    return replace(picture, viewer=_hand_over([title], [pattern], labels, cells))


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
            [pattern_panel(a, labels, cells, n, width) for a, n in zip(arrays, names, strict=True)]
            for width in (room, style.PHONE_WIDTH)
        )
        parts = [sentence(title)] if title else []
        for i, (array, name) in enumerate(zip(arrays, names, strict=True)):
            words = describe_pattern(array, labels, cells)
            parts.append(f"{plain(name) or f'pattern {i + 1}'}: {words}")
        picture = lay_out(panels, alt or " ".join(parts), caption, title, phone)
    return replace(picture, viewer=_hand_over(names, arrays, labels, cells))


def _hand_over(
    titles: Sequence[str], patterns: Sequence[Floats], tokens: list[str] | None, wanted: Cells
) -> str:
    """Return the patterns as data; the last query that something is wanted of comes first."""
    asked = np.flatnonzero(wanted.any(axis=1))
    query = int(asked[-1]) if len(asked) else len(wanted) - 1
    names = [plain(title) for title in titles]
    return PatternData(names, patterns, tokens or [], wanted, query).write_attributes()


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

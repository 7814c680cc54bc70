"""Draw bars with their numbers: singular values, and one query's scores."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike

from . import style
from .inputs import Floats, as_index, as_labels, as_series
from .layout import Panel, lay_out
from .lines import rule_across
from .marks import label_each
from .picture import Picture
from .words import number, plain, sentence

_HEIGHT = 1.25  # Inches from the lowest to the highest bar's end.
_NUMBERED = 20  # So many bars carry their numbers; more would run into one another.

Rows = Mapping[str, ArrayLike] | ArrayLike


def plot_singular_values(
    values: Rows, *, title: str = "", caption: str = "", alt: str | None = None
) -> Picture:
    """Draw singular values as bars with their numbers above, all series on one scale.

    Args:
        values: shape (n_values,), none below zero, or several such arrays by name.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the numbers where None.

    Returns:
        A Picture with a panel for each series.

    Raises:
        ValueError: an array is not one-dimensional or holds a number below zero.

    Example:
        >>> plot_singular_values({"head 1": [1.0, 0.5, 0.0]})
        Bars of singular values, largest first. head 1: 1, 0.5, 0.
    """
    where = "plot_singular_values"
    series = as_series(values, f"{where}: values")
    for name, row in series.items():
        if row.min() < 0:
            raise ValueError(
                f"{where}: {name or 'values'} holds {row.min():.3g}; none may be negative."
            )
    high = max(float(row.max()) for row in series.values())
    with style.house_style():
        panels = [
            _panel(row, _indices(len(row)), name, (0.0, high), set())
            for name, row in series.items()
        ]
        start = "Bars of singular values, largest first."
        words = [sentence(title)] if title else []
        words += [start] + [_list(name, row) for name, row in series.items()]
        return lay_out(panels, alt or " ".join(words), caption, title)


def plot_scores(
    scores: Rows,
    *,
    tokens: Sequence[object] | None = None,
    targets: Iterable[int] | Mapping[str, Iterable[int]] = (),
    query: int | None = None,
    one_scale: bool = True,
    level: float | None = None,
    level_label: str = "",
    title: str = "",
    caption: str = "",
    alt: str | None = None,
) -> Picture:
    """Draw one query's score (or weight) for each key as bars, the right keys hatched.

    Args:
        scores: shape (n_keys,), or several such arrays of one length by name.
        tokens: one label for each key.
        targets: the keys that the query should find; hatched, with a triangle above. Those of
            several queries by the names of their arrays.
        query: the query's own position, named in the alt text.
        one_scale: whether all arrays share one scale; where False each has its own, which lets
            differences be seen among scores that are small beside the others.
        level: a score to mark with a thin line across, named `level_label`.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the numbers where None.

    Returns:
        A Picture with a panel for each array. Up to 20 bars carry their numbers; more stand beside
        an axis with values, and only the highest carries its own.

    Raises:
        ValueError: an array is not one-dimensional, or tokens or targets do not fit its length.

    Example:
        >>> tokens = ["a", "b", "a"]
        >>> plot_scores([0, 9, 1], tokens=tokens, targets=[1])  # doctest: +ELLIPSIS
        Bars of one query's score for each of 3 keys. Targets are hatched: 1 (b). Highest: ...
    """
    where = "plot_scores"
    series = as_series(scores, f"{where}: scores")
    lengths = {len(row) for row in series.values()}
    if len(lengths) > 1:
        shapes = ", ".join(f"{name!r} {row.shape}" for name, row in series.items())
        raise ValueError(f"{where}: all rows need one shape, got {shapes}.")
    n = lengths.pop()
    names = as_labels(tokens, n, f"{where}: tokens")
    by_name = targets if isinstance(targets, Mapping) else dict.fromkeys(series, tuple(targets))
    if not set(by_name) <= set(series):
        stray = min(set(by_name) - set(series))
        raise ValueError(f"{where}: targets: there are no scores called {stray!r}.")
    right = {
        name: {as_index(t, n, f"{where}: targets") for t in by_name.get(name, ())}
        for name in series
    }
    if query is not None:
        query = as_index(query, 1_000_000, f"{where}: query")
    marked = () if level is None else (np.array([level]),)
    shared = _limits(*series.values(), *marked)
    limits = {name: shared if one_scale else _limits(row, *marked) for name, row in series.items()}
    step = 1 if n <= 24 else 4 if n <= 48 else 8
    labels = [(names[i] if names else str(i)) if i % step == 0 else "" for i in range(n)]
    with style.house_style():
        panels = [
            _panel(row, labels, name, limits[name], right[name], level, level_label)
            for name, row in series.items()
        ]
        words = alt or _describe(series, names, right, query, title)
        if level is not None and not alt:
            words += f" A line across marks {number(level)}"
            words += f" ({plain(level_label)})." if level_label else "."
        return lay_out(panels, words, caption, title)


def _panel(
    row: Floats,
    labels: list[str],
    name: str,
    limits: tuple[float, float],
    hatched: set[int],
    level: float | None = None,
    level_label: str = "",
) -> Panel:
    """Return the panel of one row of bars, named, with a label below each and some hatched.

    A thin line may stand across at a level between the limits, its label at its end.
    """
    n, many = len(row), len(row) > _NUMBERED
    best = int(row.argmax())
    texts = [
        number(float(value), 3 if many else 2) if not many or i == best else ""
        for i, value in enumerate(row)
    ]
    low, high = limits
    room = style.COLUMN_WIDTH - 0.1 - (0.1 + style.text_width("−0.888", style.SMALL)) * many
    room -= (style.text_width(level_label, style.SMALL) + 0.12) * bool(level_label)
    widest = max(style.text_width(text, style.SMALL) for text in [*texts, *labels])
    step = max(min(0.46, room / n), widest + 0.06 if n <= 12 else 0.0)
    crowded = n <= 24 and widest > step - 0.02

    def draw(axes: Axes) -> None:
        axes.set_axis_on()
        axes.spines[:].set_visible(False)
        axes.set(xlim=(-0.5, n - 0.5), ylim=(low, high if high > low else low + 1.0))
        bars = axes.bar(range(n), row, 0.72, color=style.BLUE, edgecolor=style.BLUE)
        for i in hatched:
            bars[i].set(facecolor=style.GROUND, edgecolor=style.ORANGE, hatch="////")
            # Above the number, which is as long as the bar's label and may stand on end.
            far = 2 + 72 * (style.text_width(texts[i], style.SMALL) if crowded else 0.16) + 4
            axes.annotate("▼", (i, max(float(row[i]), 0.0)), (0, far if texts[i] else 4),
                          textcoords="offset points", ha="center", fontsize=style.SMALL,
                          color=style.ORANGE)  # fmt: skip
        upright = 90 * crowded
        axes.bar_label(bars, texts, padding=3, fontsize=style.SMALL, rotation=upright)
        axes.axhline(0, color=style.INK, linewidth=0.8)
        if level is not None:
            axes.axhline(level, color=style.INK, linewidth=0.8, linestyle=(0, (2, 2)))
            axes.annotate(level_label, (1, level), (4, 0), ("axes fraction", "data"),
                          "offset points", va="center", fontsize=style.SMALL)  # fmt: skip
        label_each(axes.xaxis, labels, rotation=upright)
        axes.tick_params(length=0, pad=4)
        # Below the number of a bar that points down.
        axes.tick_params(axis="x", pad=4 + 14 * (low < 0))
        axes.set_yticks([])
        if many:
            axes.yaxis.set_major_locator(MaxNLocator(5))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
            axes.tick_params(axis="y", labelcolor=style.MUTED)
            rule_across(axes)
        # Above the numbers and the triangles.
        room = 26 + 12 * bool(hatched) if not crowded else 14 + 72 * widest + 12 * bool(hatched)
        axes.set_title(name, loc="left", fontsize=style.BODY, pad=room)

    return Panel(n * step, _HEIGHT, draw)


def _limits(*rows: Floats) -> tuple[float, float]:
    """Return the least and the greatest number of all rows, zero among them."""
    return min(0.0, *(float(r.min()) for r in rows)), max(0.0, *(float(r.max()) for r in rows))


def _indices(n: int) -> list[str]:
    return [f"$\\sigma_{{{i}}}$" if n <= 12 else str(i) for i in range(1, n + 1)]


def _list(name: str, row: Floats) -> str:
    listed = ", ".join(number(float(value)) for value in row[:16])
    more = f", and {len(row) - 16} more" if len(row) > 16 else ""
    return f"{plain(name)}{': ' if name else ''}{listed}{more}."


def _describe(
    series: dict[str, Floats],
    tokens: list[str] | None,
    targets: Mapping[str, set[int]],
    query: int | None,
    title: str,
) -> str:
    def called(i: int) -> str:
        return f"{i} ({tokens[i]})" if tokens else str(i)

    n = len(next(iter(series.values())))
    whose = "" if query is None else f", for the query at position {query}"
    words = [sentence(title)] if title else []
    words.append(f"Bars of one query's score for each of {n} keys{whose}.")
    alike = len(set(map(frozenset, targets.values()))) == 1
    listing = {name: ", ".join(called(t) for t in sorted(keys)) for name, keys in targets.items()}
    for name, said in listing.items():
        if said:
            words.append(f"Targets are hatched{'' if alike else f' in {plain(name)}'}: {said}.")
        if alike:
            break
    for name, row in series.items():
        best = [int(i) for i in np.argsort(-row, kind="stable")[:3]]
        listed = ", ".join(f"{called(i)} {number(float(row[i]))}" for i in best)
        words.append(f"{plain(name)}{': h' if name else 'H'}ighest: {listed}.")
    return " ".join(words)

"""Draw bars with their numbers: singular values, one query's scores, and shares of a whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import cycle
from typing import Unpack

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator
from numpy.typing import ArrayLike

from circuits.shapes import FloatArray

from .drawing import style
from .drawing.inputs import as_array, as_index, as_labels, as_named, drop_rounding
from .drawing.layout import (
    COVER,
    Drawing,
    Words,
    draw_level,
    drawing,
    label_each,
    takes_words,
    wrap,
    write,
)
from .drawing.picture import Picture
from .drawing.words import number, plain, point_at, tell_marks

_HEIGHT = 1.25  # Inches from the lowest to the highest bar's end.
_NUMBERED = 20  # So many bars carry their numbers; more would run into one another.

Rows = Mapping[str, ArrayLike] | ArrayLike


@takes_words
def plot_singular_values(values: Rows, **words: Unpack[Words]) -> Picture:
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
    with drawing("plot_singular_values", words) as figure:
        series = _read(values, "values")
        said = ["Bars of singular values, largest first."]
        for name, row in series.items():
            if row.min() < 0:
                raise ValueError(f"{name or 'values'} holds {row.min():.3g}; none may be negative.")
            n = len(row)
            listed = ", ".join(number(value) for value in row[:16])
            more = f", and {n - 16} more" if n > 16 else ""
            said.append(f"{plain(name)}{': ' if name else ''}{listed}{more}.")
            labels = [f"$\\sigma_{{{i}}}$" if n <= 12 else str(i) for i in range(1, n + 1)]
            _draw_bars(figure, row, labels, name, _limits(*series.values()))
        return figure.finish(said)


@takes_words
def plot_scores(
    scores: Rows,
    *,
    tokens: Sequence[object] | None = None,
    targets: Iterable[int] | Mapping[str, Iterable[int]] = (),
    query: int | None = None,
    one_scale: bool = True,
    level: float | None = None,
    level_label: str = "",
    **words: Unpack[Words],
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
    with drawing("plot_scores", words) as figure:
        series = _read(scores, "scores")
        n = len(next(iter(series.values())))
        series = as_named(series, "scores", n)
        names = as_labels(tokens, n, "tokens")
        keys = targets if isinstance(targets, Mapping) else dict.fromkeys(series, tuple(targets))
        for stray in sorted(set(keys) - set(series)):
            raise ValueError(f"targets: there are no scores called {stray!r}.")
        right = {
            name: sorted({as_index(key, n, "targets") for key in keys.get(name, ())})
            for name in series
        }
        if query is not None:
            as_index(query, 1_000_000, "query")
        labels = names or [str(i) for i in range(n)]
        marked = () if level is None else (np.array([level]),)
        for name, row in series.items():
            limits = _limits(*(series.values() if one_scale else [row]), *marked)
            hatched = right[name] if any(right.values()) else None
            _draw_bars(figure, row, labels, name, limits, hatched, level, level_label)
        whose = f", for the query at position {query}" if query is not None else ""
        said = [
            f"Bars of one query's score for each of {n} keys{whose}.",
            *_describe(series, names, right),
            *tell_marks(level, level_label),
        ]
        return figure.finish(said)


def _read(values: Rows, what: str) -> dict[str, FloatArray]:
    """Return named vectors; one vector alone gets the name ""."""
    if isinstance(values, Mapping):
        rows = as_named(values, what, "length")
    else:
        rows = {"": as_array(values, what, "length")}
    return {name: drop_rounding(row) for name, row in rows.items()}


def _limits(*rows: FloatArray) -> tuple[float, float]:
    """Return the least and the greatest number of all rows, zero among them."""
    return min(0.0, *(float(r.min()) for r in rows)), max(0.0, *(float(r.max()) for r in rows))


def _draw_bars(
    figure: Drawing,
    row: FloatArray,
    labels: list[str],
    name: str,
    limits: tuple[float, float],
    hatched: Sequence[int] | None = None,
    level: float | None = None,
    level_label: str = "",
) -> None:
    """Draw a row of bars, named, with a label below each and some hatched, here or beside it.

    A thin line may stand across at a level between the limits, its label at its end.
    """
    n, many = len(row), len(row) > _NUMBERED
    texts = [
        number(value, 3 if many else 2) if not many or i == row.argmax() else ""
        for i, value in enumerate(row)
    ]
    widest = max(map(style.text_width, [*texts, *labels]))
    room = style.COLUMN_WIDTH - 0.1 - (0.1 + style.text_width("−0.888")) * many
    beside = max(map(style.text_width, wrap(level_label).split("\n")))
    room -= (beside + 0.12) * bool(level_label)
    step = max(min(0.46, room / n), widest + 0.06 if n <= 12 else 0.0)
    crowded = n <= 24 and widest > step - 0.02
    low, high = limits
    axes = figure.add_axes((0, 0, n * step, _HEIGHT), xlim=(-0.5, n - 0.5),
                           ylim=(low, high if high > low else low + 1.0))  # fmt: skip
    axes.spines[:].set_visible(False)
    bars = axes.bar(range(n), row, 0.72, color=style.BLUE, edgecolor=style.BLUE)
    axes.bar_label(bars, texts, padding=3, rotation=90 * crowded)
    # Above the number, which is as long as the bar's label and may stand on end.
    for i in hatched or ():
        bars[i].set(facecolor=style.GROUND, edgecolor=style.ORANGE, hatch="////")
        far = 6 + 72 * (style.text_width(texts[i]) if crowded else 0.16) if texts[i] else 4
        axes.annotate("▼", (i, max(float(row[i]), 0.0)), (0, far), textcoords="offset points",
                      ha="center", color=style.ORANGE)  # fmt: skip
    axes.axhline(0, color=style.INK, linewidth=0.8)
    if level is not None:
        draw_level(axes, level, level_label)
    label_each(axes.xaxis, labels, 24, rotation=90 * crowded)
    axes.tick_params(length=0, pad=4)
    if low < 0:  # Below the number of a bar that points down.
        axes.tick_params(axis="x", pad=18)
    axes.yaxis.set_major_locator(MaxNLocator(5) if many else NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    axes.tick_params(axis="y", labelcolor=style.MUTED)
    # Above the numbers and the triangles.
    axes.set_title(name, pad=(14 + 72 * widest if crowded else 26) + 12 * (hatched is not None))


def _describe(
    series: dict[str, FloatArray], tokens: list[str] | None, targets: dict[str, list[int]]
) -> Iterator[str]:
    """Yield which keys are the targets, and which are the highest."""
    alike = len(set(map(tuple, targets.values()))) == 1
    for name, keys in list(targets.items())[: 1 if alike else None]:
        if keys:
            listed = ", ".join(point_at(key, tokens) for key in keys)
            yield f"Targets are hatched{'' if alike else f' in {plain(name)}'}: {listed}."
    for name, row in series.items():
        best = np.argsort(-row, kind="stable")[:3]
        listed = ", ".join(f"{point_at(i, tokens)} {number(row[i])}" for i in best)
        yield f"{plain(name)}{': h' if name else 'H'}ighest: {listed}."


@takes_words
def plot_capacity(parts: Mapping[str, float], *, unit: str = "", **words: Unpack[Words]) -> Picture:
    """Draw amounts as one bar divided in proportion, each part with its name, amount and share.

    Args:
        parts: an amount above zero for each name, such as
            `{"one token back": 7, "two tokens back": 1}`. Shares are computed from them.
        unit: what is counted, in the plural: "dimensions".
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the amounts where None.

    Returns:
        A Picture.

    Raises:
        ValueError: there is no part, or an amount is not a finite number above zero.

    Example:
        >>> plot_capacity({"one token back": 7, "two tokens back": 1}, unit="dimensions")
        Divided bar of 8 dimensions. one token back: 7 (7/8). two tokens back: 1 (1/8).
    """
    with drawing("plot_capacity", words) as figure:
        amounts = {name: float(amount) for name, amount in as_named(parts, "parts").items()}
        for name, amount in amounts.items():
            if amount <= 0:
                raise ValueError(f"{name!r} is {amount!r}; it must be above zero.")
        total, left, width = sum(amounts.values()), 0.0, style.COLUMN_WIDTH - 0.1
        whole = f"{number(total)} {unit}".strip()
        said = [f"Divided bar of {whole}."]
        axes = figure.add_sheet(width, 0.52)
        axes.set(xlim=(0, total), ylim=(0, 1))
        looks = cycle(zip(style.SERIES, style.HATCHES, strict=True))
        for (name, amount), (colour, hatch) in zip(amounts.items(), looks, strict=False):
            share = _share(amount / total)
            said.append(f"{plain(name)}: {number(amount)} ({share}).")
            fill = style.GROUND if hatch else colour
            axes.barh(0.5, amount, 1.0, left, label=f"{name}: {number(amount)} of {whole}",
                      facecolor=fill, edgecolor=colour, linewidth=1.2, hatch=hatch)  # fmt: skip
            if style.text_width(share, 13.0, "bold") < width * amount / total - 0.1:
                write(axes, left + amount / 2, 0.5, share, fontsize=13.0, weight="bold",
                      color=style.ink_on(fill), bbox=COVER if hatch else None)  # fmt: skip
            left += amount
        axes.legend(loc="upper left", bbox_to_anchor=(0, 0), borderpad=0, borderaxespad=0.8,
                    fontsize=style.BODY, handlelength=1.6, handleheight=1.0)  # fmt: skip
        return figure.finish(said)


def _share(share: float) -> str:
    """Return a share as a small fraction where it is one, otherwise in percent."""
    fraction = Fraction(share).limit_denominator(64)
    return str(fraction) if abs(float(fraction) - share) < 1e-12 else f"{share:.1%}"

"""Draw arrows from one point: named vectors, and positions as hands on a clock."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Unpack

import numpy as np
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from .drawing import style
from .drawing.inputs import as_array, as_index, as_named
from .drawing.layout import STRONG, Drawing, Point, Words, arrow, drawing, takes_words, write
from .drawing.picture import Picture
from .drawing.words import count, join, number, plain

_REACH = 1.15  # Inches: the longest arrow.


@takes_words
def plot_arrows(arrows: Mapping[str, ArrayLike], **words: Unpack[Words]) -> Picture:
    """Draw named vectors of two numbers as arrows from one point, the first number to the right.

    Args:
        arrows: for each name a vector (right, up), not zero.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the numbers where None.

    Returns:
        A Picture. A circle shows the length of the longest arrow.

    Raises:
        ValueError: there is no arrow, or one is zero or has not two numbers.

    Example:
        >>> plot_arrows({"cat": [1, 0], "tea": [0, 1]}).alt  # doctest: +ELLIPSIS
        '2 arrows from one point. cat: (1, 0), length 1, at 0 degrees. tea: (0, 1), length 1, ...'
    """
    with drawing("plot_arrows", words) as figure:
        tips = as_named(arrows, "arrows", 2)
        lengths = {name: math.hypot(*tip) for name, tip in tips.items()}
        said = [f"{count(len(tips), 'arrow')} from one point."]
        axes = figure.add_sheet(2 * _REACH, 2 * _REACH)
        axes.set(xlim=(-1, 1), ylim=(-1, 1))  # One is the length of the longest.
        axes.add_patch(Circle((0, 0), 1, fill=False, edgecolor=style.RULE, lw=0.9))
        for colour, (name, tip) in zip(cycle(style.SERIES), tips.items()):
            (right, up), length = tip.tolist(), lengths[name]
            if not length:
                raise ValueError(f"{name!r} is zero; an arrow needs a direction.")
            said.append(
                f"{plain(name)}: ({number(right)}, {number(up)}), length {number(length)}, at "
                f"{number(math.degrees(math.atan2(up, right)) % 360)} degrees."
            )
            scale = max(lengths.values())
            arrow(axes, (0, 0), (right / scale, up / scale), colour, lw=2.2)
            align = _align(right / length)
            far = 1 / scale + (0.18 if align == "center" else 0.09) / _REACH / length
            write(axes, right * far, up * far, name, **STRONG, ha=align, color=colour)
        return figure.finish(said)


def _align(across: float) -> str:
    """Return how a label is aligned beside a point so far to the right on a circle of one."""
    return "left" if across > 0.35 else "right" if across < -0.35 else "center"


@takes_words
def plot_clock(
    alpha: ArrayLike,
    positions: Sequence[int],
    *,
    hand: int | None = None,
    turn: int = -1,
    **words: Unpack[Words],
) -> Picture:
    """Draw positions as points (cos alpha n, sin alpha n), one clock for each frequency.

    One hand points at position `hand`, another at `hand + turn`: a rotation by turn * alpha
    carries the first onto the second, whatever the position is.

    Args:
        alpha: one frequency or shape (n_frequencies,), radians per position, not zero.
        positions: the positions n to draw, whole numbers; those that fall on one point share
            its label.
        hand: the position n that the solid hand shows; the middle one where None.
        turn: how many positions the rotation goes; -1 is "previous", 1 is "next".
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the arguments where None.

    Returns:
        A Picture with one clock for each frequency.

    Raises:
        ValueError: alpha is zero or of another shape, or a position is not an integer from 0.

    Example:
        >>> plot_clock(2 * np.pi / 8, range(8), hand=3).alt  # doctest: +ELLIPSIS
        'Positions 0 to 7 as points on a circle, at angle alpha times the position. Clock 1: ...'
    """
    with drawing("plot_clock", words) as figure:
        rates = as_array(np.atleast_1d(np.asarray(alpha)), "alpha", "n_frequencies")
        if not rates.all():
            raise ValueError(f"alpha is zero in {rates.tolist()}; a hand would never move.")
        ns = [as_index(n, 1_000_000, "positions") for n in positions]
        if not ns:
            raise ValueError("expected at least one position, got none.")
        n = as_index(ns[len(ns) // 2] if hand is None else hand, 1_000_000, "hand")
        low, high = min(ns), max(ns)
        whole = sorted(set(ns)) == list(range(low, high + 1))
        named = f"{low} to {high}" if whole else join([str(n) for n in ns])
        said = [f"Positions {named} as points on a circle, at angle alpha times the position."]
        for i, rate in enumerate(rates.tolist(), 1):
            said.append(
                f"Clock {i}: alpha {number(rate)}, once round in "
                f"{number(abs(2 * math.pi / rate))} positions. Position {n} stands at "
                f"{number(math.degrees(rate * n) % 360)} degrees; turned by "
                f"{number(math.degrees(rate * turn))} degrees it falls on position {n + turn}."
            )
        radius, most = (0.95, 2) if len(rates) < 3 else (0.64, 1)
        # Both hands' positions are among the points, whatever the caller listed.
        drawn = sorted({*ns, n, max(n + turn, 0)})
        for rate in rates.tolist():
            labels = _label_points(rate, drawn, (n, n + turn), 0.16 / radius, most)
            _draw_clock(figure, rate, labels, (n, n + turn), radius)
        return figure.finish(said)


def _place(rate: float, n: int) -> Point:
    """Return the point of n on a circle of one, rounded so that whole turns compare equal."""
    return round(math.cos(rate * n), 6) + 0.0, round(math.sin(rate * n), 6) + 0.0


def _label_points(
    rate: float, positions: list[int], hands: tuple[int, int], space: float, most: int
) -> dict[Point, str]:
    """Return a label for each distinct point, "" where it would run into another's.

    It names `most` of the positions at most; the only one is a hand's where a hand points.
    """
    points, kept, labels = defaultdict[Point, list[int]](list), list[Point](), dict[Point, str]()
    for n in positions:
        points[_place(rate, n)].append(n)
    pointed = {_place(rate, n) for n in hands}
    for point in sorted(points, key=lambda point: point not in pointed):
        ns = sorted(points[point], key=lambda n: most == 1 and n not in hands)
        clear = all(math.dist(point, other) > space for other in kept)
        kept += [point] * clear
        label = ", ".join(map(str, ns[:most])) + ", …" * (len(ns) > most)
        labels[point] = label if clear else ""
    return labels


def _draw_clock(
    figure: Drawing, rate: float, labels: dict[Point, str], hands: tuple[int, int], radius: float
) -> None:
    """Draw a clock in polar axes, where a point is an angle and a share of the radius."""
    axes = figure.add_axes((0, 0, 2 * radius, 2 * radius), projection="polar", ylim=(0, 1))
    axes.set_title(f"α = 2π/{number(abs(2 * math.pi / rate))}", loc="center", y=1.0, pad=24)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.spines["polar"].set_color(style.MUTED)
    angles = [math.atan2(y, x) % math.tau for x, y in labels]
    axes.plot(angles, np.ones(len(angles)), "o", color=style.INK, markersize=5, zorder=4)
    axes.set_xticks(angles, list(labels.values()))
    axes.tick_params(pad=0)
    pointed = {_place(rate, n) for n in hands}
    for point, label in zip(labels, axes.get_xticklabels(), strict=True):
        label.set_fontweight("bold" if point in pointed else "normal")
    n, turned = hands
    turn = turned - n
    arrow(axes, (0, 0), (rate * n, 0.95), style.BLUE, lw=2.2)
    arrow(axes, (0, 0), (rate * turned, 0.95), style.ORANGE, lw=2.2, linestyle=(0, (3.0, 1.6)))
    arc = rate * (n + turn * np.linspace(0.06, 0.97, 25))
    axes.plot(arc[:-1], np.full(24, 0.6), color=style.INK, lw=1.1, zorder=4)
    arrow(axes, (arc[-2], 0.6), (arc[-1], 0.6), style.INK, lw=1.1, mutation_scale=9)
    # Inside a wide turn; beyond the second hand where the turn is too narrow for it.
    angle, reach = rate * (n + 0.5 * turn), 0.6 - 0.16 / radius
    if abs(rate * turn) <= 0.8:
        angle, reach = rate * turned + math.copysign(0.3, rate * turn), 0.6
    write(axes, angle, reach, {1: "α", -1: "−α"}.get(turn, f"{number(turn)}α"))

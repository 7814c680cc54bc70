"""Draw positions as hands on a clock, and the rotation that means "previous"."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from . import style
from .inputs import as_index, as_vector
from .layout import Panel, lay_out
from .marks import arrow, write
from .picture import Picture
from .words import join, number, sentence


def plot_clock(
    alpha: ArrayLike,
    positions: Sequence[int],
    *,
    hand: int | None = None,
    turn: int = -1,
    title: str = "",
    caption: str = "",
    alt: str | None = None,
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
    where = "plot_clock"
    rates = as_vector(np.atleast_1d(np.asarray(alpha)), f"{where}: alpha")
    if not rates.all():
        raise ValueError(f"{where}: alpha is zero in {rates.tolist()}; a hand would never move.")
    ns = [as_index(n, 1_000_000, f"{where}: positions") for n in positions]
    if not ns:
        raise ValueError(f"{where}: expected at least one position, got none.")
    n = as_index(ns[len(ns) // 2] if hand is None else hand, 1_000_000, f"{where}: hand")
    with style.house_style():
        radius = 0.95 if len(rates) < 3 else 0.64
        points = [
            _points(rate, _drawn(ns, n, turn), (n, n + turn), brief=len(rates) > 2)
            for rate in rates.tolist()
        ]
        longest = max(style.text_width(t, style.SMALL, "bold") for each in points for t, _ in each)
        width = 2 * (radius + longest + 0.1)
        panels = [
            _panel(rate, each, n, turn, radius, width)
            for rate, each in zip(rates.tolist(), points, strict=True)
        ]
        words = alt or " ".join([sentence(title), _describe(rates.tolist(), ns, n, turn)]).strip()
        return lay_out(panels, words, caption, title)


def _drawn(positions: list[int], hand: int, turn: int) -> list[int]:
    """Return the positions to draw: both hands' among them, whatever the caller listed."""
    return sorted({*positions, hand, max(hand + turn, 0)})


def _panel(
    rate: float, points: list[tuple[str, int]], hand: int, turn: int, radius: float, width: float
) -> Panel:
    def draw(axes: Axes) -> None:
        middle = (width / 2, 0.47 + radius)

        def at(n: float, reach: float) -> tuple[float, float]:
            # The axes' y points down.
            angle = rate * n
            return middle[0] + reach * math.cos(angle), middle[1] - reach * math.sin(angle)

        period = f"α = 2π/{number(abs(2 * math.pi / rate))}"
        write(axes, middle[0], 0.1, period, weight="bold")
        axes.add_patch(Circle(middle, radius, fill=False, edgecolor=style.MUTED, lw=0.9))
        hands = {_place(rate, hand), _place(rate, hand + turn)}
        for label, n in _thin_out(points, rate, radius, hands):
            axes.plot(*at(n, radius), "o", color=style.INK, markersize=5, zorder=4)
            across = math.cos(rate * n)
            align = "left" if across > 0.35 else "right" if across < -0.35 else "center"
            weight = "bold" if _place(rate, n) in hands else "normal"
            reach = radius + (0.15 if align == "center" else 0.1)
            write(axes, *at(n, reach), label, fontsize=style.SMALL, weight=weight, ha=align)
        dash = (0, (3.0, 1.6))
        arrow(axes, middle, at(hand, radius - 0.05), style.BLUE, lw=2.2)
        arrow(axes, middle, at(hand + turn, radius - 0.05), style.ORANGE, lw=2.2, linestyle=dash)
        inner = 0.6 * radius
        arc = np.array([at(hand + turn * step, inner) for step in np.linspace(0.06, 0.97, 25)])
        axes.plot(*arc[:-1].T, color=style.INK, lw=1.1, zorder=4)
        arrow(axes, tuple(arc[-2]), tuple(arc[-1]), style.INK, lw=1.1, mutation_scale=9)
        # Inside a wide turn; beyond the second hand where the turn is too narrow for it.
        beside = 0.5 if abs(rate * turn) > 0.8 else 1 + 0.3 / abs(rate * turn)
        amount = {1: "", -1: "−"}.get(turn, number(turn))
        place = at(hand + beside * turn, inner - (0.16 if beside == 0.5 else 0.0))
        write(axes, *place, f"{amount}α", fontsize=style.SMALL)

    return Panel(width, 2 * radius + 0.72, draw)


def _place(rate: float, n: int) -> tuple[float, float]:
    """Return the point of n, rounded so that whole turns compare equal."""
    return round(math.cos(rate * n), 6) + 0.0, round(math.sin(rate * n), 6) + 0.0


def _points(
    rate: float, positions: list[int], hands: tuple[int, int], *, brief: bool
) -> list[tuple[str, int]]:
    """Return (label, first position) for each distinct point; a brief label names one position."""
    named = 1 if brief else 2
    points: dict[tuple[float, float], list[int]] = {}
    for n in positions:
        points.setdefault(_place(rate, n), []).append(n)
    if brief:  # The one position named is a hand's where a hand points.
        for ns in points.values():
            ns.sort(key=lambda n: n not in hands)
    return [
        (", ".join(map(str, ns[:named])) + (", …" if len(ns) > named else ""), ns[0])
        for ns in points.values()
    ]


def _thin_out(
    points: list[tuple[str, int]], rate: float, radius: float, hands: set[tuple[float, float]]
) -> list[tuple[str, int]]:
    """Return the points with labels left out where they would run into one another."""
    kept: list[tuple[float, float]] = []
    thinned = []
    for label, n in sorted(points, key=lambda point: _place(rate, point[1]) not in hands):
        x, y = (radius * part for part in _place(rate, n))
        clear = all(math.hypot(x - a, y - b) > 0.16 for a, b in kept)
        if clear or not kept:
            kept.append((x, y))
        thinned.append((label if clear else "", n))
    return thinned


def _describe(rates: list[float], positions: list[int], hand: int, turn: int) -> str:
    low, high = min(positions), max(positions)
    whole = sorted(set(positions)) == list(range(low, high + 1))
    named = f"{low} to {high}" if whole else join([str(n) for n in positions])
    words = [f"Positions {named} as points on a circle, at angle alpha times the position."]
    for i, rate in enumerate(rates):
        degrees = number(math.degrees(rate * hand) % 360)
        words.append(
            f"Clock {i + 1}: alpha {number(rate)}, once round in "
            f"{number(abs(2 * math.pi / rate))} positions. Position {hand} stands at {degrees} "
            f"degrees; turned by {number(math.degrees(rate * turn))} degrees it falls on "
            f"position {hand + turn}."
        )
    return " ".join(words)

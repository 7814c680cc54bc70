"""A position as a hand on a clock, and why a rotation means "previous"."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from . import style
from .inputs import as_index, as_vector
from .picture import Picture
from .sheet import Panel, Sheet, lay_out
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
        >>> plot_clock(2 * np.pi / 8, range(8), hand=3)
        Positions 0 to 7 as points on a circle, at angle alpha times the position. Clock 1: alpha 0.785, once round in 8 positions. Position 3 stands at 135 degrees; turned by −45 degrees it falls on position 2.
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
        radius = 0.95 if len(rates) < 3 else 0.72
        panels = [_panel(float(rate), ns, n, turn, radius) for rate in rates]
        words = alt or " ".join([sentence(title), _describe(rates.tolist(), ns, n, turn)]).strip()
        return lay_out(panels, words, caption, title)


def _panel(rate: float, positions: list[int], hand: int, turn: int, radius: float) -> Panel:
    margin = 0.34
    side = 2 * (radius + margin)

    def draw(sheet: Sheet, x: float, y: float) -> None:
        middle = (x + side / 2, y + 0.25 + side / 2)

        def at(n: float, reach: float) -> tuple[float, float]:
            angle = rate * n
            return (
                middle[0] + reach * math.cos(angle),
                middle[1] - reach * math.sin(angle),  # The sheet's y points down.
            )

        period = f"α = 2π/{number(abs(2 * math.pi / rate))}"
        sheet.text(middle[0], y + 0.1, period, weight="bold")
        sheet.add(Circle(middle, radius, fill=False, edgecolor=style.MUTED, lw=0.9, zorder=1))
        for label, n in _points(rate, positions):
            sheet.add(Circle(at(n, radius), 0.04, facecolor=style.INK, edgecolor="none", zorder=4))
            known = n in (hand, hand + turn)
            sheet.text(*at(n, radius + 0.17), label, size=style.SMALL,
                       weight="bold" if known else "normal")  # fmt: skip
        sheet.arrow(middle, at(hand, radius - 0.05), colour=style.BLUE, line=2.2)
        sheet.arrow(middle, at(hand + turn, radius - 0.05), colour=style.ORANGE, line=2.2,
                    dash=(0, (3, 1.6)))  # fmt: skip
        inner = 0.55 * radius
        bend = max(-1.0, min(1.0, math.tan(rate * turn / 4)))
        sheet.arrow(at(hand, inner), at(hand + turn, inner), colour=style.INK, line=1.1,
                    curve=f"arc3,rad={bend:.4f}", size=9)  # fmt: skip
        amount = {1: "", -1: "−"}.get(turn, number(turn))
        sheet.text(*at(hand + turn / 2, inner + 0.14), f"{amount}α", size=style.SMALL, ground=True)

    return Panel(side, side + 0.25, draw)


def _points(rate: float, positions: list[int]) -> list[tuple[str, int]]:
    """Return (label, first position) for each distinct point on the circle."""
    points: dict[tuple[float, float], list[int]] = {}
    for n in sorted(set(positions)):
        key = (round(math.cos(rate * n), 6) + 0.0, round(math.sin(rate * n), 6) + 0.0)
        points.setdefault(key, []).append(n)
    return [
        (", ".join(map(str, ns[:2])) + (", …" if len(ns) > 2 else ""), ns[0])
        for ns in points.values()
    ]


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

"""Draw what a head spends its capacity on, as one divided bar."""

import math
from collections.abc import Mapping
from fractions import Fraction

from matplotlib.axes import Axes

from . import style
from .layout import Panel, lay_out
from .marks import GROUND, write
from .picture import Picture
from .words import number, plain, sentence

_BAR = 0.52


def plot_capacity(
    parts: Mapping[str, float],
    *,
    unit: str = "",
    title: str = "",
    caption: str = "",
    alt: str | None = None,
) -> Picture:
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
    if not parts:
        raise ValueError("plot_capacity: expected at least one named amount, got none.")
    for name, amount in parts.items():
        if not math.isfinite(amount) or amount <= 0:
            raise ValueError(f"plot_capacity: {name!r} is {amount!r}; it must be above zero.")
    amounts = {str(name): float(amount) for name, amount in parts.items()}
    total = sum(amounts.values())
    shares = {name: _share(amount, total) for name, amount in amounts.items()}
    with style.house_style():
        listed = [f"{plain(n)}: {number(a)} ({shares[n]})." for n, a in amounts.items()]
        start = f"Divided bar of {number(total)}{' ' + unit if unit else ''}."
        words = alt or " ".join([sentence(title), start, *listed]).strip()
        return lay_out([_panel(amounts, shares, total, unit)], words, caption, title)


def _panel(amounts: dict[str, float], shares: dict[str, str], total: float, unit: str) -> Panel:
    width = style.COLUMN_WIDTH - 0.1

    def draw(axes: Axes) -> None:
        axes.set(xlim=(0, total), ylim=(0, 1))
        left, of_all = 0.0, f" of {number(total)}{' ' + unit if unit else ''}"
        for i, (name, amount) in enumerate(amounts.items()):
            colour = style.SERIES[i % len(style.SERIES)]
            hatch = style.HATCHES[i % len(style.HATCHES)]
            fill = style.GROUND if hatch else colour
            axes.barh(0.5, amount, 1.0, left, label=f"{name}: {number(amount)}{of_all}",
                      facecolor=fill, edgecolor=colour, linewidth=1.2, hatch=hatch)  # fmt: skip
            if style.text_width(shares[name], 13.0, "bold") < width * amount / total - 0.1:
                write(axes, left + amount / 2, 0.5, shares[name], fontsize=13.0, weight="bold",
                      color=style.ink_on(fill), bbox=GROUND if hatch else None)  # fmt: skip
            left += amount
        axes.legend(loc="upper left", bbox_to_anchor=(0, 0), borderpad=0, borderaxespad=0.8,
                    fontsize=style.BODY, handlelength=1.6, handleheight=1.0)  # fmt: skip

    return Panel(width, _BAR, draw)


def _share(amount: float, total: float) -> str:
    """Return the share as a small fraction where it is one, otherwise in percent."""
    share = amount / total
    fraction = Fraction(share).limit_denominator(64)
    return str(fraction) if abs(float(fraction) - share) < 1e-12 else f"{share:.1%}"

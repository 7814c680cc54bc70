"""Draw vectors of two numbers as arrows from one point."""

import math
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from . import style
from .inputs import Floats, as_vector
from .layout import Panel, lay_out
from .marks import arrow, write
from .picture import Picture
from .words import number, plain, sentence

_REACH = 1.15  # Inches: the longest arrow.


def plot_arrows(
    arrows: Mapping[str, ArrayLike], *, title: str = "", caption: str = "", alt: str | None = None
) -> Picture:
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
    where = "plot_arrows"
    if not arrows:
        raise ValueError(f"{where}: expected at least one named arrow, got none.")
    tips = {str(n): as_vector(tip, f"{where}: arrows[{n!r}]", 2) for n, tip in arrows.items()}
    for name, tip in tips.items():
        if not tip.any():
            raise ValueError(f"{where}: {name!r} is zero; an arrow needs a direction.")
    with style.house_style():
        words = alt or " ".join([sentence(title), _describe(tips)]).strip()
        return lay_out([_panel(tips)], words, caption, title)


def _panel(tips: dict[str, Floats]) -> Panel:
    scale = _REACH / max(math.hypot(*tip) for tip in tips.values())

    def draw(axes: Axes) -> None:
        axes.add_patch(Circle((_REACH, _REACH), _REACH, fill=False, edgecolor=style.RULE, lw=0.9))
        for i, (name, tip) in enumerate(tips.items()):
            right, up = (float(part) * scale for part in tip)
            colour = style.SERIES[i % len(style.SERIES)]
            # The axes' y points down.
            end = (_REACH + right, _REACH - up)
            arrow(axes, (_REACH, _REACH), end, colour, lw=2.2)
            across = right / math.hypot(right, up)
            align = "left" if across > 0.35 else "right" if across < -0.35 else "center"
            far = 1 + (0.18 if align == "center" else 0.09) / math.hypot(right, up)
            place = (_REACH + far * right, _REACH - far * up)
            write(axes, *place, name, weight="bold", ha=align, color=colour)

    return Panel(2 * _REACH, 2 * _REACH, draw)


def _describe(tips: dict[str, Floats]) -> str:
    words = [f"{len(tips)} arrow{'s' * (len(tips) != 1)} from one point."]
    for name, tip in tips.items():
        right, up = map(float, tip)
        degrees = number(math.degrees(math.atan2(up, right)) % 360)
        words.append(
            f"{plain(name)}: ({number(right)}, {number(up)}), "
            f"length {number(math.hypot(right, up))}, at {degrees} degrees."
        )
    return " ".join(words)

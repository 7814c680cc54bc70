"""Write and draw in axes, most of which have coordinates in inches, y growing downwards."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis

from . import style

Point = tuple[float, float]


def write(axes: Axes, x: float, y: float, text: str, **looks: Any) -> None:  # noqa: ANN401
    """Write one line with its middle at (x, y), unless `looks` aligns it otherwise.

    `looks` are properties of a matplotlib text.
    """
    upright = looks.get("rotation")
    settings = {
        "ha": "center",
        "va": "center" if upright else "center_baseline",
        "rotation_mode": "anchor" if upright else None,
        "zorder": 6,
    }
    axes.text(x, y, text, **settings | looks)


def frame(colour: str, pad: float = 0.45) -> dict[str, Any]:
    """Return the `bbox` of a text: a box with round corners, so many letters from the text."""
    return {
        "boxstyle": f"round,pad={pad}",
        "facecolor": style.GROUND,
        "edgecolor": colour,
        "linewidth": 1.1,
    }


GROUND: dict[str, Any] = {"facecolor": style.GROUND, "edgecolor": "none", "pad": 1.2}
"""The `bbox` of a text that covers what lies below it."""


def arrow(axes: Axes, start: Point, end: Point, colour: str, **looks: Any) -> None:  # noqa: ANN401
    """Draw an arrow from `start` that ends exactly at `end`.

    `looks` are properties of a matplotlib FancyArrowPatch, among them `zorder`.
    """
    settings = {"arrowstyle": "-|>", "mutation_scale": 11, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    above = looks.pop("zorder", 4)
    axes.annotate("", end, start, arrowprops={**settings, "color": colour, **looks}, zorder=above)


def label_each(axis: Axis, labels: Sequence[str], **looks: Any) -> None:  # noqa: ANN401
    """Write the labels at 0, 1, 2 and so on along an axis; an empty one costs no time.

    `looks` are properties of a matplotlib text.
    """
    places = [i for i, label in enumerate(labels) if label]
    axis.set_ticks(places, labels=[labels[i] for i in places], **looks)

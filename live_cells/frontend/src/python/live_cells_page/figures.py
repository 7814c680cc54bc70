"""Show matplotlib's figures in a page: by ``plt.show()``, ``display`` or the end of their cell.

matplotlib itself is imported by the learner, never from here.
"""

from __future__ import annotations

import io
import sys
import weakref
from collections.abc import Callable
from typing import Any

#: figures that the reader has seen; they come again at the cell's end only if drawn in since
seen: weakref.WeakSet[Any] = weakref.WeakSet()


def is_figure(value: object) -> bool:
    """Tell whether ``value`` is a matplotlib figure."""
    figures = sys.modules.get("matplotlib.figure")
    return figures is not None and isinstance(value, figures.Figure)


def describe_figure(figure: Any) -> dict[str, Any]:
    """Return a matplotlib figure as a PNG with a text alternative made from its labels."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", dpi=100)
    figure.stale = False  # from here on, true again as soon as something is drawn
    seen.add(figure)
    words = [figure.get_suptitle()] if hasattr(figure, "get_suptitle") else []
    for axes in figure.axes:
        names = [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
        words.append(", ".join(name for name in names if name))
    text = "; ".join(word for word in words if word)
    return {
        "image/png": buffer.getvalue(),
        "text/plain": f"Figure: {text}" if text else "Figure without a title",
    }


def list_open_figures() -> list[Any]:
    """Return pyplot's open figures, oldest first."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else [pyplot.figure(number) for number in pyplot.get_fignums()]


def show_open_figures(show: Callable[[Any], None], again: bool = True) -> None:
    """Show pyplot's open figures and close them; unless ``again``, not those just seen."""
    try:
        for figure in list_open_figures():
            if again or figure.stale or figure not in seen:
                show(figure)
    finally:
        close_figures()


def close_figures() -> None:
    """Close pyplot's figures: the next cell begins with none."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")

"""Draw numbers as cells of a heat map, with a dash on negative ones, in light and in dark.

The middle of the cell in row i and column j is the point (j, i) of its axes.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, to_rgb

from circuits.shapes import FloatArray

from . import style

Forms = list[FloatArray]
"""Colours between 0 and 1 of shape (rows, columns, 3), for light pages and for dark ones."""

Texts = list[list[str]]

_DOTS = 10  # Pixels per cell and side: enough for a dash, and sharp where a viewer smooths images.
_DASH = ("#8a3600", style.GROUND), ("#ffc08a", style.DARK[style.GROUND])
"""On a weak cell and on a strong one, on light pages and on dark ones."""

_BRIGHT = 0.2
"""Luminance of a cell in the dark above which a dark number reads better on it."""


def colour_cells(values: FloatArray, limit: float) -> Forms:
    """Return the colours of values from -limit to limit."""
    return _colour(style.DIVERGING, 0.5 + 0.5 * values / (limit or 1.0))


def colour_weights(weights: FloatArray) -> Forms:
    """Return the colours of attention weights from 0 to 1."""
    return _colour(style.SEQUENTIAL, weights)


def _colour(scales: Sequence[Colormap], scaled: FloatArray) -> Forms:
    return [np.asarray(scale(np.clip(scaled, 0, 1)), dtype=float)[..., :3] for scale in scales]


def ink_on_cell(colours: Forms, row: int, column: int) -> str:
    """Return the ink that reads on a cell."""
    light, dark = (tuple(form[row, column]) for form in colours)
    bright = style.luminance(dark) > _BRIGHT
    if style.ink_on(light) == style.INK:
        return style.INK_ON_BRIGHT if bright else style.INK_ON_DIM
    return style.GROUND if bright else style.GROUND_ON_DIM


def paint(axes: Axes, colours: Forms, signed: FloatArray | None = None) -> None:
    """Paint colours as cells, and frame them; a dash says without colour which are negative.

    Args:
        axes: where; their limits become those of the cells.
        colours: as `colour_cells` returns them.
        signed: shares from -1 to 1 of the full colour, where numbers do not show the sign.
    """
    forms = [form.repeat(_DOTS, axis=0).repeat(_DOTS, axis=1) for form in colours]
    if signed is not None:
        dash = np.zeros((_DOTS, _DOTS))
        dash[_DOTS // 2 - 1 : _DOTS // 2 + 1, 2:-2] = 1
        weak, strong = (np.kron(signed < least, dash) > 0 for least in (-0.2, -0.5))
        for form, (on_weak, on_strong) in zip(forms, _DASH, strict=True):
            form[weak], form[strong] = to_rgb(on_weak), to_rgb(on_strong)
    rows, columns, _ = colours[0].shape
    edges = (-0.5, columns - 0.5, rows - 0.5, -0.5)
    for form in forms:
        axes.imshow(form, extent=edges, aspect="auto", interpolation="none")
    axes.set(xlim=edges[:2], ylim=edges[2:])
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    # Labels without ticks.
    axes.tick_params(which="both", length=0, pad=6, bottom=False, left=False, labeltop=True,
                     labelbottom=False)  # fmt: skip


def rule(axes: Axes) -> None:
    """Draw a thin line between any two cells."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    axes.vlines(np.arange(left + 1, right), bottom, top, colors=style.RULE, linewidth=0.6)
    axes.hlines(np.arange(top + 1, bottom), left, right, colors=style.RULE, linewidth=0.6)


def write_numbers(axes: Axes, colours: Forms, texts: Texts, faint: str = "") -> None:
    """Write in each cell its text; `faint` is one that reads as next to nothing."""
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            if text:
                ink = style.MUTED if text == faint else ink_on_cell(colours, i, j)
                axes.text(j, i, text, color=ink, ha="center", va="center_baseline",
                          parse_math=False)  # fmt: skip


def draw_scale(
    axes: Axes, size: tuple[float, float], labels: Sequence[str], *, signed: bool
) -> None:
    """Draw a bar of all colours below axes of a size in inches, its ends and middle labelled."""
    width, height = size
    bar = axes.inset_axes((0, -0.2 / height, min(width, 1.6) / width, 0.1 / height))
    steps = np.linspace(-1 if signed else 0, 1, 49)[None, :]
    paint(bar, colour_cells(steps, 1) if signed else colour_weights(steps), steps)
    bar.tick_params(labeltop=False, labelbottom=True, pad=2)
    bar.set_xticks((0, 24, 48), labels=labels)
    bar.set_yticks([])

"""Paint numbers as cells of a heat map, with a dash on negative ones, in light and in dark.

The middle of the cell in row i and column j is the point (j, i) of its axes.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, to_rgb

from . import style
from .inputs import Floats

Forms = tuple[Floats, Floats]
"""Colours between 0 and 1 of shape (rows, columns, 3), for light pages and for dark ones."""

_DOTS = 10  # Pixels per cell and side: enough for a dash, and sharp where a viewer smooths images.
_DASH = ("#8a3600", style.GROUND), ("#ffc08a", style.DARK[style.GROUND])
"""On a weak cell and on a strong one, on light pages and on dark ones."""

_BRIGHT = 0.2
"""Luminance of a cell in the dark above which a dark number reads better on it."""


def colour_cells(values: Floats, limit: float) -> Forms:
    """Return the colours of values from -limit to limit."""
    scaled = 0.5 + 0.5 * values / limit if limit > 0 else np.full_like(values, 0.5)
    return _colour(style.DIVERGING, scaled)


def colour_weights(weights: Floats) -> Forms:
    """Return the colours of attention weights from 0 to 1."""
    return _colour(style.SEQUENTIAL, weights)


def ink_on_cell(colours: Forms, row: int, column: int) -> str:
    """Return the ink that reads on a cell."""
    light, dark = (tuple(form[row, column]) for form in colours)
    bright = style.luminance(dark) > _BRIGHT
    if style.ink_on(light) == style.INK:
        return style.INK_ON_BRIGHT if bright else style.INK_ON_DIM
    return style.GROUND if bright else style.GROUND_ON_DIM


def paint(axes: Axes, colours: Forms, negative: tuple[Floats, float] | None = None) -> None:
    """Paint colours as cells, and frame them.

    Args:
        axes: where; their limits become those of the cells.
        colours: as `colour_cells` returns them.
        negative: the values and the limit of what needs its sign shown without colour: each
            clearly negative cell gets a dash.
    """
    forms = [form.repeat(_DOTS, axis=0).repeat(_DOTS, axis=1) for form in colours]
    if negative is not None:
        values, limit = negative
        for row, column in np.argwhere(values < -0.2 * limit):
            top, left = row * _DOTS + _DOTS // 2 - 1, column * _DOTS + 2
            strong = bool(values[row, column] < -0.5 * limit)
            for pixels, dash in zip(forms, _DASH, strict=True):
                pixels[top : top + 2, left : left + _DOTS - 4] = to_rgb(dash[strong])
    rows, columns, _ = colours[0].shape
    edges = (-0.5, columns - 0.5, rows - 0.5, -0.5)
    for form in forms:
        axes.imshow(form, extent=edges, aspect="auto", interpolation="none")
    axes.set(xlim=edges[:2], ylim=edges[2:])
    axes.set_axis_on()
    axes.spines[:].set_visible(True)
    # Labels without ticks.
    axes.tick_params(bottom=False, left=False, labeltop=True, labelbottom=False)


def rule(axes: Axes, rows: int, columns: int) -> None:
    """Draw a thin line between any two cells."""
    axes.vlines(np.arange(0.5, columns - 1), -0.5, rows - 0.5, colors=style.RULE, linewidth=0.6)
    axes.hlines(np.arange(0.5, rows - 1), -0.5, columns - 0.5, colors=style.RULE, linewidth=0.6)


def write_numbers(
    axes: Axes, colours: Forms, texts: Iterable[tuple[int, int, str]], faint: str = ""
) -> None:
    """Write a text in each cell (row, column); `faint` is one that reads as next to nothing."""
    for i, j, text in texts:
        ink = style.MUTED if text == faint else ink_on_cell(colours, i, j)
        axes.text(j, i, text, fontsize=style.SMALL, color=ink, ha="center", va="center_baseline",
                  parse_math=False)  # fmt: skip


def draw_scale(
    axes: Axes, width: float, height: float, labels: Sequence[str], *, signed: bool
) -> None:
    """Draw under axes of a size in inches a bar of all colours, evenly spaced labels below it."""
    bar = axes.inset_axes((0, -0.2 / height, min(width, 1.6) / width, 0.1 / height))
    steps = np.linspace(-1 if signed else 0, 1, 49)[None, :]
    colours = colour_cells(steps, 1.0) if signed else colour_weights(steps)
    paint(bar, colours, (steps, 1.0) if signed else None)
    bar.tick_params(labeltop=False, labelbottom=True, pad=2)
    bar.set_xticks(np.linspace(0, 48, len(labels)), labels=labels)
    bar.set_yticks([])


def _colour(scales: tuple[Colormap, Colormap], scaled: Floats) -> Forms:
    light, dark = (
        np.asarray(scale(np.clip(scaled, 0.0, 1.0)), dtype=np.float64)[..., :3] for scale in scales
    )
    return light, dark

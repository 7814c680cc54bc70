"""Paint numbers as cells of a heat map, with a dash on negative ones, in light and in dark."""

import numpy as np
from matplotlib.colors import Colormap
from numpy.typing import NDArray

from . import style
from .inputs import Floats
from .sheet import Sheet

Forms = tuple[Floats, Floats]
"""Colours between 0 and 1 of shape (rows, columns, 3), for light pages and for dark ones."""

_DOTS = 10  # Pixels per cell and side: enough for a dash, and sharp where a viewer smooths images.
_DASH = (((138, 54, 0), (255, 255, 255)), ((255, 192, 138), (20, 24, 30)))
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


def paint(sheet: Sheet, x: float, y: float, width: float, height: float, colours: Forms) -> None:
    """Paint colours as cells."""
    sheet.pixels(x, y, width, height, [_enlarge(form) for form in colours])


def paint_signed(
    sheet: Sheet, x: float, y: float, width: float, height: float, values: Floats, limit: float
) -> None:
    """Paint cells with a dash on each clearly negative one, so that the sign needs no colour."""
    forms = [_enlarge(form) for form in colour_cells(values, limit)]
    for row, column in np.argwhere(values < -0.2 * limit):
        top, left = row * _DOTS + _DOTS // 2 - 1, column * _DOTS + 2
        strong = bool(values[row, column] < -0.5 * limit)
        for pixels, dash in zip(forms, _DASH, strict=True):
            pixels[top : top + 2, left : left + _DOTS - 4] = dash[strong]
    sheet.pixels(x, y, width, height, forms)


def draw_scale(
    sheet: Sheet, x: float, y: float, width: float, labels: tuple[str, ...], *, signed: bool
) -> None:
    """Draw a bar from the least colour to the greatest with evenly spaced labels under it."""
    height, steps = 0.1, np.linspace(-1 if signed else 0, 1, 49)[None, :]
    if signed:
        paint_signed(sheet, x, y, width, height, steps, 1.0)
    else:
        paint(sheet, x, y, width, height, colour_weights(steps))
    sheet.rectangle(x, y, width, height, edge=style.MUTED, line=0.6)
    for i, label in enumerate(labels):
        place = x + width * i / (len(labels) - 1)
        sheet.text(place, y + height + 0.1, label, size=style.SMALL)


def _colour(scales: tuple[Colormap, Colormap], scaled: Floats) -> Forms:
    light, dark = (
        np.asarray(scale(np.clip(scaled, 0.0, 1.0)), dtype=np.float64)[..., :3] for scale in scales
    )
    return light, dark


def _enlarge(colours: Floats) -> NDArray[np.uint8]:
    pixels = np.round(colours * 255).astype(np.uint8)
    return pixels.repeat(_DOTS, axis=0).repeat(_DOTS, axis=1)

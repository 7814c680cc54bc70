"""Heat maps of numbers as pixels: colours, and a dash on what is negative."""

import numpy as np
from matplotlib.colors import Colormap
from numpy.typing import NDArray

from . import style
from .inputs import Floats
from .sheet import Sheet

_DOTS = 10  # Pixels per cell and side: enough for a dash, and sharp where a viewer smooths images.
_DASH_ON_PALE, _DASH_ON_DARK = (138, 54, 0), (255, 255, 255)


def colour_cells(values: Floats, limit: float) -> Floats:
    """Return (rows, columns, 3) colours between 0 and 1 for values from -limit to limit."""
    scaled = 0.5 + 0.5 * values / limit if limit > 0 else np.full_like(values, 0.5)
    return _rgb(style.DIVERGING, scaled)


def colour_weights(weights: Floats) -> Floats:
    """Return (rows, columns, 3) colours between 0 and 1 for attention weights from 0 to 1."""
    return _rgb(style.SEQUENTIAL, weights)


def paint(sheet: Sheet, x: float, y: float, width: float, height: float, colours: Floats) -> None:
    """Paint (rows, columns, 3) colours as cells."""
    sheet.pixels(x, y, width, height, _enlarge(colours))


def paint_signed(
    sheet: Sheet, x: float, y: float, width: float, height: float, values: Floats, limit: float
) -> None:
    """Paint cells with a dash on each clearly negative one, so that the sign needs no colour."""
    pixels = _enlarge(colour_cells(values, limit))
    for row, column in np.argwhere(values < -0.2 * limit):
        top, left = row * _DOTS + _DOTS // 2 - 1, column * _DOTS + 2
        dark = values[row, column] < -0.5 * limit
        pixels[top : top + 2, left : left + _DOTS - 4] = _DASH_ON_DARK if dark else _DASH_ON_PALE
    sheet.pixels(x, y, width, height, pixels)


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


def _rgb(colours: Colormap, scaled: Floats) -> Floats:
    return np.asarray(colours(np.clip(scaled, 0.0, 1.0)), dtype=np.float64)[..., :3]


def _enlarge(colours: Floats) -> NDArray[np.uint8]:
    pixels = np.round(colours * 255).astype(np.uint8)
    return pixels.repeat(_DOTS, axis=0).repeat(_DOTS, axis=1)

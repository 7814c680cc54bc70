"""Draw the panel of one attention pattern: weights, labels, the mask, the wanted cells."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from . import style
from .heat import colour_weights, draw_scale, paint, rule, write_numbers
from .inputs import Floats
from .layout import Panel
from .marks import label_each
from .words import weight

Cells = NDArray[np.bool_]
_NUMBERED = 12  # The most tokens whose weights are written as numbers.
_RULED = 24  # The most tokens whose cells are ruled.
_ARROWS = 0.32  # Inches for the label of the queries, beside those of the rows.


def pattern_panel(
    pattern: Floats, tokens: list[str] | None, wanted: Cells, title: str, room: float
) -> Panel:
    """Return the panel of a pattern, `room` inches wide at most where its numbers allow it."""
    n = len(pattern)
    numbered, causal = n <= _NUMBERED, not np.triu(pattern, 1).any()
    rows = _labels(n, tokens, " ")
    left = max(style.text_width(label, style.SMALL) for label in rows) + _ARROWS
    cell = min(0.42, max((room - left) / n, 0.225 if numbered else 0.0))
    # Longer token names stand on end beside their position; short ones lie under it.
    upright = max(style.text_width(name, style.SMALL) for name in tokens or [""]) > cell - 0.02
    columns = rows if upright else _labels(n, tokens, "\n")

    def draw(axes: Axes) -> None:
        colours = colour_weights(pattern)
        if causal and n > 1:
            # What a causal query cannot see is grey.
            for form, grey in zip(colours, (style.MASKED, style.DARK[style.MASKED]), strict=True):
                form[np.triu_indices(n, 1)] = to_rgb(grey)
        paint(axes, colours)
        if n <= _RULED:
            rule(axes, n, n)
        if numbered:
            seen = np.argwhere(np.tri(n, dtype=bool) if causal else np.ones((n, n), dtype=bool))
            texts = ((i, j, weight(float(pattern[i, j]))) for i, j in seen)
            write_numbers(axes, colours, texts, faint="0")
        else:
            draw_scale(axes, n * cell, n * cell, ("0", ".5", "1"), signed=False)
        _outline(axes, wanted, min(2.4, 13 * cell))
        label_each(axes.yaxis, rows, parse_math=False)
        label_each(axes.xaxis, columns, parse_math=False, rotation=90 * upright)
        axes.set_ylabel("← query i", fontsize=style.SMALL, color=style.MUTED)
        axes.set_xlabel("key j →", fontsize=style.SMALL, color=style.MUTED)
        axes.xaxis.set_label_position("top")
        axes.set_title(title, loc="left", fontsize=style.BODY, pad=9)

    return Panel(n * cell, n * cell, draw)


def _labels(n: int, tokens: list[str] | None, gap: str) -> list[str]:
    """Return position and token for each row; long sequences are labelled here and there."""
    step = next(s for s in (1, 4, 8, 16, 32, 64, n) if n / s <= 20)
    names = tokens or [""] * n
    return [f"{i}{gap}{names[i]}".strip() if i % step == 0 else "" for i in range(n)]


def _outline(axes: Axes, wanted: Cells, line: float) -> None:
    """Draw a thick box around each wanted cell, all as one path, which keeps the file small.

    The line, in points, must not cover a small cell's weight.
    """
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) - 0.5
    points = (np.argwhere(wanted)[:, None, ::-1] + corners).reshape(-1, 2)
    if not len(points):
        return
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    boxes = Path(points, codes * (len(points) // 5))
    for colour, width, above in ((style.GROUND, 1.6 * line, 4), (style.ORANGE, line, 5)):
        axes.add_patch(PathPatch(boxes, fill=False, edgecolor=colour, lw=width, zorder=above))

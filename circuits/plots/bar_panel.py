"""Draw one panel of bars: with their numbers or beside an axis, with labels, some hatched."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from . import style
from .inputs import Floats
from .layout import Panel
from .marks import label_each
from .words import number

_HEIGHT = 1.25  # Inches from the lowest to the highest bar's end.
_NUMBERED = 20  # So many bars carry their numbers; more would run into one another.


def bar_panel(
    row: Floats,
    labels: list[str],
    name: str,
    limits: tuple[float, float],
    hatched: set[int],
    level: float | None = None,
    level_label: str = "",
) -> Panel:
    """Return the panel of one row of bars, named, with a label below each and some hatched.

    A thin line may stand across at a level between the limits, its label at its end.
    """
    n, many = len(row), len(row) > _NUMBERED
    best = int(row.argmax())
    texts = [
        number(float(value), 3 if many else 2) if not many or i == best else ""
        for i, value in enumerate(row)
    ]
    low, high = limits
    room = style.COLUMN_WIDTH - 0.1 - (0.1 + style.text_width("−0.888", style.SMALL)) * many
    room -= (style.text_width(level_label, style.SMALL) + 0.12) * bool(level_label)
    widest = max(style.text_width(text, style.SMALL) for text in [*texts, *labels])
    step = max(min(0.46, room / n), widest + 0.06 if n <= 12 else 0.0)
    crowded = n <= 24 and widest > step - 0.02

    def draw(axes: Axes) -> None:
        axes.set_axis_on()
        axes.spines[:].set_visible(False)
        axes.set(xlim=(-0.5, n - 0.5), ylim=(low, high if high > low else low + 1.0))
        bars = axes.bar(range(n), row, 0.72, color=style.BLUE, edgecolor=style.BLUE)
        for i in hatched:
            bars[i].set(facecolor=style.GROUND, edgecolor=style.ORANGE, hatch="////")
            # Above the number, which is as long as the bar's label and may stand on end.
            far = 2 + 72 * (style.text_width(texts[i], style.SMALL) if crowded else 0.16) + 4
            axes.annotate("▼", (i, max(float(row[i]), 0.0)), (0, far if texts[i] else 4),
                          textcoords="offset points", ha="center", fontsize=style.SMALL,
                          color=style.ORANGE)  # fmt: skip
        upright = 90 * crowded
        axes.bar_label(bars, texts, padding=3, fontsize=style.SMALL, rotation=upright)
        axes.axhline(0, color=style.INK, linewidth=0.8)
        if level is not None:
            axes.axhline(level, color=style.INK, linewidth=0.8, linestyle=(0, (2, 2)))
            axes.annotate(level_label, (1, level), (4, 0), ("axes fraction", "data"),
                          "offset points", va="center", fontsize=style.SMALL)  # fmt: skip
        label_each(axes.xaxis, labels, rotation=upright)
        axes.tick_params(length=0, pad=4)
        # Below the number of a bar that points down.
        axes.tick_params(axis="x", pad=4 + 14 * (low < 0))
        axes.set_yticks([])
        if many:
            axes.yaxis.set_major_locator(MaxNLocator(5))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
            axes.tick_params(axis="y", labelcolor=style.MUTED)
            axes.grid(visible=True, axis="y")
            axes.set_axisbelow(True)
        # Above the numbers and the triangles.
        room = 26 + 12 * bool(hatched) if not crowded else 14 + 72 * widest + 12 * bool(hatched)
        axes.set_title(name, loc="left", fontsize=style.BODY, pad=room)

    return Panel(n * step, _HEIGHT, draw)

"""Draw one panel of bars: with their numbers or beside an axis, with labels, some hatched."""

from matplotlib.ticker import MaxNLocator

from . import style
from .inputs import Floats
from .layout import Panel
from .sheet import Sheet
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
    ticks = _ticks(low, high) if many else []
    beside = (
        max((style.text_width(number(tick), style.SMALL) for tick in ticks), default=-0.1) + 0.1
    )
    room = style.COLUMN_WIDTH - 0.1 - beside
    ending = style.text_width(level_label, style.SMALL) + 0.12 if level_label else 0.0
    room -= ending
    widest = max(style.text_width(text, style.SMALL) for text in [*texts, *labels])
    step = max(min(0.46, room / n), widest + 0.06 if n <= 12 else 0.0)
    crowded = n <= 24 and widest > step - 0.02
    span = (high - low) or 1.0
    above = 0.24 * bool(name) + (0.45 if crowded else 0.22) + 0.16 * bool(hatched)
    below = (max(style.text_width(t, style.SMALL) for t in labels) + 0.1) if crowded else 0.22
    below += 0.2 * (low < 0)

    def draw(sheet: Sheet, x: float, y: float) -> None:
        if name:
            sheet.text(x, y + 0.1, name, weight="bold", align="left")
        base = y + above + _HEIGHT * high / span
        x += beside
        for tick in ticks:
            height = base - _HEIGHT * tick / span
            sheet.lines([((x, height), (x + n * step, height))], colour=style.RULE, above=1)
            sheet.text(x - 0.06, height, number(tick), size=style.SMALL, align="right",
                       colour=style.MUTED)  # fmt: skip
        for i, value in enumerate(row):
            length = _HEIGHT * float(value) / span
            box = (x + (i + 0.14) * step, base - max(length, 0.0), 0.72 * step, abs(length))
            colour, hatch = (style.ORANGE, "////") if i in hatched else (style.BLUE, "")
            fill = style.GROUND if hatch else colour
            sheet.rectangle(*box, fill=fill, edge=colour, line=1.0, hatch=hatch)
            middle = x + (i + 0.5) * step
            tip = base - length
            _write(sheet, middle, tip, texts[i], down=value < 0, upright=crowded)
            if i in hatched:
                far = 0.42 if crowded else 0.28 if texts[i] else 0.12
                sheet.text(middle, min(tip, base) - far, "▼", size=style.SMALL, colour=style.ORANGE)
            foot = y + above + _HEIGHT + 0.12 + 0.2 * (low < 0)
            if crowded:
                sheet.text(
                    middle, foot - 0.06, labels[i], size=style.SMALL, rotation=90, align="right"
                )
            else:
                sheet.text(middle, foot, labels[i], size=style.SMALL)
        sheet.lines([((x, base), (x + n * step, base))], colour=style.INK)
        if level is not None:
            height, end = base - _HEIGHT * level / span, x + n * step
            sheet.lines([((x, height), (end, height))], colour=style.INK, dash=(0, (2, 2)), above=4)
            sheet.text(end + 0.06, height, level_label, size=style.SMALL, align="left")

    return Panel(beside + n * step + ending, above + _HEIGHT + below, draw)


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers between the limits, for an axis; none where all is zero."""
    if low == high:
        return []
    return [float(tick) for tick in MaxNLocator(5).tick_values(low, high) if low <= tick <= high]


def _write(sheet: Sheet, x: float, tip: float, text: str, *, down: bool, upright: bool) -> None:
    side = 1 if down else -1
    if upright:
        align = "right" if down else "left"
        sheet.text(x, tip + side * 0.05, text, size=style.SMALL, rotation=90, align=align)
    else:
        sheet.text(x, tip + side * 0.1, text, size=style.SMALL)

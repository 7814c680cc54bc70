"""Place axes of a fixed size in rows, on a page and on a phone, and write and draw in them.

Every figure begins with `drawing` and ends with `Drawing.finish`. It is one inch wide and high, so
that its coordinates are inches; what leaves it is drawn, too.
"""

import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import Any, ParamSpec, TypedDict, cast

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from . import style
from .picture import Picture
from .words import sentence

SPACE = 0.28  # Inches between panels.
COVER: dict[str, Any] = {"facecolor": style.GROUND, "edgecolor": "none", "pad": 1.2}
"""The `bbox` of a text that covers what lies below it."""

STRONG: dict[str, Any] = {"fontsize": style.BODY, "weight": "bold"}
"""How a name is written."""

Point = tuple[float, float]
P = ParamSpec("P")


class Words(TypedDict, total=False):
    """What every figure is given besides its data.

    Fields:
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from what is drawn where None.
    """

    title: str
    caption: str
    alt: str | None


def takes_words(function: Callable[P, Picture]) -> Callable[P, Picture]:
    """Name the fields of Words in the signature of a function that takes them as `**words`.

    `help` and the completion of a notebook read it there.
    """
    signature = inspect.signature(function)
    defaults: Words = {"title": "", "caption": "", "alt": None}
    named = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for (name, default), kind in zip(defaults.items(), (str, str, str | None), strict=True)
    ]
    own = [each for name, each in signature.parameters.items() if name != "words"]
    cast(Any, function).__signature__ = signature.replace(parameters=[*own, *named])
    return function


@contextmanager
def drawing(function: str, words: Words) -> Iterator["Drawing"]:
    """Give an empty figure with a title; matplotlib's settings are ours until it is drawn.

    What cannot be drawn is refused in the name of the function that was called.
    """
    for stray in words.keys() - Words.__annotations__.keys():
        raise TypeError(f"{function}() got an unexpected keyword argument {stray!r}")
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A token that the font lacks becomes a box; a red warning would not help its reader.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style.SETTINGS)
        try:
            yield Drawing(words)
        except ValueError as error:
            error.args = (f"{function}: {error}",)
            raise


class Drawing(Figure):
    """A figure under way: its panels are axes of a fixed size, which `finish` places in rows."""

    def __init__(self, words: Words) -> None:
        super().__init__(figsize=(1, 1), dpi=72)
        self.words = words
        self.title = str(words.get("title") or "")
        if self.title:
            self.text(
                0, -0.1, self.title, fontsize=style.TITLE, weight="bold", va="center_baseline"
            )

    def add_sheet(self, width: float, height: float) -> Axes:
        """Return new axes without a frame, in inches from their top left corner, y downwards."""
        axes = self.add_axes((0, 0, width, height), xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        return axes

    def finish(
        self,
        said: Iterable[str],
        phone: Callable[["Drawing"], None] | None = None,
        viewer: str = "",
    ) -> Picture:
        """Return a Picture: the panels in rows, on a phone one below the other.

        What is `said` of it follows the title in its text alternative, unless the author gives
        another. `phone` draws panels of other sizes for the phone, where the same would not do.
        """
        wide, width = self._arrange(style.PAGE_WIDTH)
        narrow = ""
        if len(self.axes) > 1 and width > style.COLUMN_WIDTH:
            other = self
            if phone:
                other = Drawing(self.words)
                phone(other)
            narrow, _ = other._arrange(style.PHONE_WIDTH)
        alt = str(self.words.get("alt") or " ".join([sentence(self.title), *said]).strip())
        return Picture(wide, alt, str(self.words.get("caption") or ""), narrow, viewer)

    def _arrange(self, limit: float) -> tuple[str, float]:
        """Place the axes in rows of a width, with their middles level; return SVG and its width."""
        measure = RendererAgg(1, 1, self.dpi)  # type: ignore[no-untyped-call]
        width = max(
            (text.get_window_extent(measure).width / 72 for text in self.texts), default=0.0
        )
        left, rows = limit, list[list[tuple[Axes, Bbox]]]()
        for axes in self.axes:
            for artist in axes.get_children():
                artist.set_clip_on(False)
            # All that is drawn, in inches from the left and from the middle of the axes.
            drawn = axes.get_tightbbox(measure) or axes.bbox
            box = Bbox(
                (drawn.get_points() - (axes.bbox.x0, axes.bbox.y0 + axes.bbox.height / 2)) / 72
            )
            if left + box.width > limit:
                left, rows = 0.0, [*rows, []]
            rows[-1].append((axes, box))
            left += box.width + SPACE
        firsts = [row[0] for row in rows]
        alike = len({round(axes.bbox.width) for axes, _ in firsts}) == 1
        top = -0.34 if self.texts else 0.0
        for row in rows:
            # Panels of one width that stand in a column begin at one place.
            left = row[0][1].x0 - min(box.x0 for _, box in (firsts if alike else row[:1]))
            middle = top - max(box.y1 for _, box in row)
            for axes, box in row:
                *_, wide, high = axes.get_position().bounds
                axes.set_position((left - box.x0, middle - high / 2, wide, high))
                left += box.width + SPACE
            width = max(width, left - SPACE)
            top = middle + min(box.y0 for _, box in row) - SPACE
        return style.svg_of(self, Bbox([(0, top + SPACE), (width, 0)])), width


def write(axes: Axes, x: float, y: float, text: str, **looks: Any) -> None:  # noqa: ANN401
    """Write one line with its middle at (x, y), unless `looks` aligns it otherwise.

    `looks` are properties of a matplotlib text.
    """
    settings: dict[str, Any] = {"ha": "center", "va": "center_baseline", "zorder": 6}
    if looks.get("rotation"):
        settings |= {"va": "center", "rotation_mode": "anchor"}
    axes.text(x, y, text, **settings | looks)


def box_in(colour: str) -> dict[str, Any]:
    """Return the `bbox` of a text in a box with round corners."""
    return {"boxstyle": "round,pad=0.45", "fc": style.GROUND, "ec": colour, "lw": 1.1}


def arrow(axes: Axes, start: Point, end: Point, colour: str, **looks: Any) -> None:  # noqa: ANN401
    """Draw an arrow from `start` that ends exactly at `end`.

    `looks` are properties of a matplotlib FancyArrowPatch, among them `zorder`.
    """
    settings = {"arrowstyle": "-|>", "mutation_scale": 11, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    above = looks.pop("zorder", 4)
    axes.annotate("", end, start, arrowprops={**settings, "color": colour, **looks}, zorder=above)


def wrap(name: str) -> str:
    """Return a name in lines of some 13 letters; no word and no formula is broken."""
    if "$" in name:
        return name
    return fill(name, 13, break_long_words=False, break_on_hyphens=False)


def draw_level(axes: Axes, level: float, name: str) -> None:
    """Draw a thin line across at a height, its name behind its end, where nothing else is drawn."""
    axes.axhline(level, color=style.INK, linewidth=0.9, linestyle=(0, (2, 2)))
    axes.annotate(wrap(name), (1, level), (4, 0), ("axes fraction", "data"), "offset points",
                  va="center")  # fmt: skip


def label_each(axis: Axis, labels: Sequence[str], most: float, **looks: Any) -> None:  # noqa: ANN401
    """Write labels at 0, 1, 2 and so on along an axis, so that at most `most` are written.

    It is every label, or every 4th, 8th, 16th, 32nd or 64th, or only the first.
    `looks` are properties of a matplotlib text.
    """
    n = len(labels)
    step = next(step for step in (1, 4, 8, 16, 32, 64, n) if n <= step * most or step == n)
    places = [i for i in range(0, n, step) if labels[i]]  # An empty label would cost time.
    axis.set_ticks(places, labels=[labels[i] for i in places], **looks)

"""A sheet of paper measured in inches."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from . import style

Point = tuple[float, float]


class Sheet:
    """A drawing in inches; (0, 0) is its top left corner and y grows downwards.

    The saved figure is cropped to what was drawn, so a sheet has no size of its own.
    """

    def __init__(self) -> None:
        extent, dot = 60.0, 0.01
        self.figure = Figure(figsize=(extent, extent), dpi=72)
        # The cropped figure always holds the axes' own box: keep it a dot at the origin.
        self.axes = self.figure.add_axes((0.2, 0.8 - dot / extent, dot / extent, dot / extent))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, dot)
        self.axes.set_ylim(dot, 0)
        self.axes.set_autoscale_on(False)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = style.BODY,
        align: str = "center",
        weight: str = "normal",
        colour: str = style.INK,
        rotation: float = 0,
        math: bool = True,
        ground: bool = False,
    ) -> None:
        """Write one line with its middle at height y; `ground` lays white behind it."""
        box = {"facecolor": style.GROUND, "edgecolor": "none", "pad": 1.2} if ground else None
        self.axes.text(
            x,
            y,
            text,
            fontsize=size,
            ha=align,
            va="center_baseline" if not rotation else "center",
            weight=weight,
            color=colour,
            rotation=rotation,
            rotation_mode="anchor" if rotation else None,
            parse_math=math,
            bbox=box,
            zorder=6,
        )

    def add(self, patch: Patch) -> None:
        """Add a matplotlib patch that may lie anywhere on the sheet."""
        self.axes.add_patch(patch)
        patch.set_clip_on(False)

    def rectangle(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = style.INK,
        line: float = 0.8,
        hatch: str = "",
        above: float = 2,
    ) -> None:
        """Draw a box from its top left corner; a hatch takes the colour of the edge."""
        self.add(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=fill,
                edgecolor=edge,
                linewidth=line,
                hatch=hatch or None,
                zorder=above,
                joinstyle="miter",
            )
        )

    def rounded(
        self, x: float, y: float, width: float, height: float, *, fill: str, edge: str
    ) -> None:
        """Draw a box with round corners from its top left corner."""
        shape = "round,pad=0,rounding_size=0.06"
        self.add(
            FancyBboxPatch(
                (x, y), width, height, shape, facecolor=fill, edgecolor=edge, lw=1.1, zorder=4
            )
        )

    def lines(
        self,
        segments: Sequence[tuple[Point, Point]],
        *,
        colour: str = style.INK,
        line: float = 0.8,
        dash: tuple[int, tuple[float, ...]] = (0, ()),
        above: float = 3,
    ) -> None:
        """Draw straight segments, all as one path, which keeps the file small."""
        if segments:
            points = np.array(segments, dtype=np.float64).reshape(-1, 2)
            path = Path(points, [Path.MOVETO, Path.LINETO] * len(segments))
            self.add(
                PathPatch(path, fill=False, edgecolor=colour, lw=line, linestyle=dash, zorder=above)
            )

    def polygon(self, corners: Sequence[Point], *, fill: str, edge: str = "none") -> None:
        """Fill the area inside the corners."""
        self.add(Polygon(corners, closed=True, facecolor=fill, edgecolor=edge, zorder=2))

    def arrow(
        self,
        start: Point,
        end: Point,
        *,
        colour: str = style.INK,
        line: float = 1.4,
        curve: str = "arc3",
        head: str = "-|>",
        size: float = 11,
        above: float = 4,
        dash: tuple[int, tuple[float, ...]] = (0, ()),
    ) -> None:
        """Draw an arrow that ends exactly at `end`; `curve` is a matplotlib connection style."""
        self.add(
            FancyArrowPatch(
                start,
                end,
                arrowstyle=head,
                connectionstyle=curve,
                mutation_scale=size,
                color=colour,
                lw=line,
                shrinkA=0,
                shrinkB=0,
                zorder=above,
                linestyle=dash,
            )
        )

    def curve(self, points: Sequence[Point], *, colour: str = style.INK, line: float = 1.1) -> None:
        """Draw a line through the points with an arrow head at the last."""
        path = Path(np.array(points, dtype=np.float64))
        self.add(
            FancyArrowPatch(
                path=path, arrowstyle="-|>", mutation_scale=9, color=colour, lw=line, zorder=4
            )
        )

    def pixels(
        self, x: float, y: float, width: float, height: float, forms: Sequence[NDArray[np.uint8]]
    ) -> None:
        """Paint an image in both its forms, for light pages and for dark ones.

        Each has shape (rows, columns, 3); its pixels stay sharp at any size.
        """
        for rgb in forms:
            image = AxesImage(
                self.axes,
                interpolation="none",
                extent=(x, x + width, y + height, y),
                origin="upper",
            )
            image.set_data(rgb)
            self.axes.add_artist(image)
            image.set_clip_on(False)
            image.set_zorder(1)

    def bracket(self, x: float, y: float, length: float, *, upright: bool = False) -> None:
        """Draw a bracket along x, its ends pointing down, or upright, its ends to the right."""
        end, edge = 0.05, 0.015
        if upright:
            near, far = y + edge, y + length - edge
            parts = [
                ((x, near), (x, far)),
                ((x, near), (x + end, near)),
                ((x, far), (x + end, far)),
            ]
        else:
            near, far = x + edge, x + length - edge
            parts = [
                ((near, y), (far, y)),
                ((near, y), (near, y + end)),
                ((far, y), (far, y + end)),
            ]
        self.lines(parts, colour=style.MUTED)

"""Draw the picture that stands beside a link to the course where people share it."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

WORDS = ("star", "fish", "swims", "past", "star", "fish")
INK, PAPER, BLUE, ORANGE = "#12263a", "#fbfaf7", "#0b5cad", "#b4540a"
DPI = 100


def draw_card(title: str, line: str, size: tuple[int, int]) -> Figure:
    """Return the picture: the title, a line, and two heads at work on a line that repeats itself.

    Args:
        title: Of the course.
        line: What it is about, in a few words.
        size: Width and height in pixels.
    """
    figure = Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 12), ylim=(0, 6.3))
    axes.axis("off")
    axes.text(0.8, 5.1, title, fontsize=42, weight="bold", color=INK, va="center")
    axes.text(0.8, 4.3, line, fontsize=23, color=INK, va="center")
    places = [1.5 + 1.8 * index for index in range(len(WORDS))]
    for index, (x, word) in enumerate(zip(places, WORDS, strict=True)):
        last = index == len(WORDS) - 1
        weight, colour = ("bold", ORANGE) if last else ("normal", INK)
        axes.text(x, 0.9, word, fontsize=27, ha="center", va="center", color=colour, weight=weight)
    for start, end, colour, bend in ((0, 4, BLUE, -0.38), (1, 4, ORANGE, -0.28)):
        arrow = FancyArrowPatch(
            *((places[start], 1.3), (places[end], 1.3)),
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>,head_length=10,head_width=6",
            linewidth=5,
            color=colour,
        )
        axes.add_patch(arrow)
    return figure


def write_card(path: Path, title: str, line: str, size: tuple[int, int]) -> None:
    """Write the picture as a PNG file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draw_card(title, line, size).savefig(path, dpi=DPI, facecolor=PAPER, metadata={"Software": ""})

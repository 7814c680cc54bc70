"""Find the built figures: their texts, their still pictures, their scripts, their numbers."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DIST = Path(__file__).parent / "dist"
NOT_BUILT = "The figures are not built: run `python -m tools.build.frontend`, then try again."


class FigureError(ValueError):
    """A figure that is not there was asked for."""


class NotBuiltError(FigureError):
    """No figure is built yet."""


@dataclass(frozen=True)
class Figure:
    """One figure in one of its states to begin with.

    Attributes:
        name: What it is called: ``clock``.
        preset: The name of the state that it begins with: ``start``.
        title: A few words.
        task: What to try.
        alt: What the picture shows at the beginning, in words.
        state: What it begins with, as the script reads it.
        parameters: The numbers that it computes with.
        still: The picture as it is at the beginning, an SVG file.
    """

    name: str
    preset: str
    title: str
    task: str
    alt: str
    state: Mapping[str, Any]
    parameters: Mapping[str, Any]
    still: Path

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the still picture, in CSS pixels."""
        head = self.still.read_text(encoding="utf-8")[:2000]
        width, height = (re.search(rf'\b{side}="(\d+)"', head) for side in ("width", "height"))
        if width is None or height is None:
            raise NotBuiltError(f"{self.still.name} says no width and height. {NOT_BUILT}")
        return int(width[1]), int(height[1])

    def still_address(self) -> str:
        """Return the still picture as a data URI."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.still.read_bytes()).decode()

    def script(self) -> str:
        """Return the figure's module, all in one piece."""
        return (self.still.parent.parent / "alone" / f"{self.name}.js").read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def load_figures(dist: Path = DIST) -> Mapping[str, Mapping[str, Figure]]:
    """Return the built figures by name, each by preset.

    Raises:
        NotBuiltError: If they are not built.
    """
    try:
        about = json.loads((dist / "figures.json").read_text(encoding="utf-8"))
        parameters = json.loads((dist / "parameters.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotBuiltError(NOT_BUILT) from error
    return {
        name: {
            preset: Figure(
                name=name,
                preset=preset,
                title=figure["title"],
                task=figure["task"],
                alt=said["alt"],
                state=said["state"],
                parameters={need: parameters[need] for need in figure["needs"]},
                still=dist / "still" / f"{name}-{preset}.svg",
            )
            for preset, said in figure["presets"].items()
        }
        for name, figure in about.items()
    }


def find_figure(name: str, preset: str = "start") -> Figure:
    """Return a figure by its name and the name of the state that it begins with.

    Raises:
        FigureError: If there is none; the message names those that there are.
    """
    figures = load_figures()
    if name not in figures:
        raise FigureError(f"There is no figure {name!r}: write one of {', '.join(figures)}.")
    if preset not in figures[name]:
        known = ", ".join(figures[name])
        raise FigureError(f"The figure {name!r} has no preset {preset!r}: write one of {known}.")
    return figures[name][preset]

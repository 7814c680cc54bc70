"""Show a figure in a notebook: Jupyter, JupyterLite, VS Code, Colab, and pages made from them."""

from __future__ import annotations

from dataclasses import dataclass

from explorables.figures import Figure, find_figure
from explorables.place import write_place


@dataclass(frozen=True)
class Shown:
    """A figure as the value of a cell: it shows itself."""

    figure: Figure

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the figure as HTML, and in words for where there is none."""
        figure = self.figure
        style = (figure.still.parent.parent / "explorables.css").read_text(encoding="utf-8")
        # "</" would end the script from inside a string; JavaScript can write it otherwise.
        script = figure.script().replace("</", r"<\/")
        place = write_place(figure, figure.still_address(), "")
        page = f"<style>{style}</style>\n{place}\n<script>{script}</script>"
        return {"text/html": page, "text/plain": f"{figure.title}: {figure.alt}"}


def show(name: str, preset: str = "start") -> Shown:
    """Return a figure that shows itself as the last value of a cell.

    Args:
        name: Which figure, such as ``"clock"``.
        preset: The name of the state that it begins with.

    Raises:
        FigureError: If there is no such figure; the message names those that there are.
    """
    return Shown(find_figure(name, preset))

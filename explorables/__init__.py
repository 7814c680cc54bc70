"""Put figures that a reader can move into the pages of any Sphinx book, and into notebooks.

In a book, name the extension ``explorables`` and write::

    ```{explorable} clock three-back
    The caption, in Markdown.
    ```

In a notebook, end a cell with ``show("clock")``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorables.figures import Figure, FigureError, load_figures
from explorables.notebook import Shown, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx, and what a page and a site need for it."""
    from explorables.directive import register  # Sphinx is not there in every notebook

    return register(app)


__all__ = ["Figure", "FigureError", "Shown", "load_figures", "setup", "show"]

"""Put the code of a figure below it, folded behind a quiet link.

MyST-NB folds a cell tagged ``hide-input`` under a bar above its output. Here the figure is what the
reader came for, so it stands first, and whoever wants its code finds it at its foot.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


class PutCodeBelow(SphinxPostTransform):
    """Moves the folded code of each cell behind the cell's output."""

    default_priority = 201  # MyST-NB folds the code at 199
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Move the code of every cell of the page that hides it and shows something."""
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") != "input" or len(cell.children) < 2:
                continue
            folded = cell.children[0]
            if isinstance(folded, nodes.Element) and "above-input" in folded["classes"]:
                folded["classes"] = ["below-output"]
                cell.remove(folded)
                cell.append(folded)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_post_transform(PutCodeBelow)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

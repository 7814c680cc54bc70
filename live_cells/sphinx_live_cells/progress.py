"""Add the directive ``{live-progress}``: all parts at a glance, with the reader's marks."""

from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

WITHOUT_SCRIPT = "Your marks are kept by your browser and appear here when scripts are allowed."


class ProgressDirective(SphinxDirective):
    """``{live-progress}``: the place that the front end fills."""

    def run(self) -> list[nodes.Node]:
        """Return the place, holding a sentence for a browser without scripts."""
        return [
            nodes.container("", nodes.paragraph(text=WITHOUT_SCRIPT), classes=["live-progress"])
        ]

r"""Number the figures of a page in reading order, and let the text refer to them.

``{figure}`the figure below <clocks>` `` leads to the figure labelled ``(clocks)=``. A page says
"Figure 7" there; a notebook, which has no numbers, keeps the words.

A figure's number stands in the style of what holds it, from where ``reading.css`` writes it: a cell
that runs again has a new figure with the number of the old one, and what a reader's own cells draw
moves no other number.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import ReferenceRole

NAME = "figure-reference"
CAPTION = re.compile(r"<figcaption\b")
CELL, FIGURE, DRAWN = '<div class="cell ', "<figure", 'class="circuits-figure"'
STYLE = re.compile(r' style="counter-reset: figure \d+"')
REFERENCE = re.compile(rf'(<a class="{NAME}\b[^>]*\bhref="#([^"]+)"[^>]*>).*?</a>', re.DOTALL)


class FigureRole(ReferenceRole):
    """``{figure}`words <label>` ``: a reference to a figure of the same page, by its number."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a link; the number is put in when the page has all its figures."""
        if not self.has_explicit_title:
            message = self.inliner.reporter.error(
                f"Which figure? Write {{figure}}`the figure below <{self.target}>`: the words are "
                "for notebooks, where figures have no numbers.",
                line=self.lineno,
            )
            return [], [message]
        link = nodes.reference(self.rawtext, self.title, internal=True, classes=[NAME])
        link["refuri"] = f"#{nodes.make_id(self.target)}"
        return [link], []


def number_figures(page: str, name: str) -> str:
    """Return a page whose figures have numbers, by which its references call them.

    Args:
        page: HTML.
        name: Of the page, for errors.

    Raises:
        ExtensionError: If a reference leads to no figure.
    """
    page = STYLE.sub("", page)
    captions = [found.start() for found in CAPTION.finditer(page)]
    changes: dict[tuple[int, int], str] = {}  # from where to where -> what comes in its place
    for before, caption in enumerate(captions):
        end = page.index(">", find_holder(page, caption))
        changes.setdefault((end, end), f' style="counter-reset: figure {before}"')
    for found in REFERENCE.finditer(page):
        place = page.find(f' id="{found[2]}"')
        after = [number for number, caption in enumerate(captions, 1) if caption > place >= 0]
        if not after:
            raise ExtensionError(
                f"{name}: no figure is labelled {found[2]!r}; write ({found[2]})= in the line "
                "before its cell, or mend the reference."
            )
        changes[found.span()] = f"{found[1]}Figure {after[0]}</a>"
    for (start, end), text in sorted(changes.items(), reverse=True):
        page = page[:start] + text + page[end:]
    return page


def find_holder(page: str, caption: int) -> int:
    """Return where what holds a caption begins: the cell that drew the figure, or the figure."""
    figure = page.rindex(FIGURE, 0, caption)
    drawn = DRAWN in page[figure : page.index(">", figure)]
    return page.rindex(CELL, 0, figure) if drawn else figure


def setup_numbers(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("figure", FigureRole())

"""Say at the start of a chapter where one can work on it, and what each place installs.

Which chapters have a notebook, ``live_cells_notebooks`` of the configuration says. The block stands
at the end of the introduction, closed, and only on pages: a notebook says it in cells of its own.
"""

from __future__ import annotations

import html
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import relative_uri

from circuits import __version__

WHEEL = f"notebooks/circuit_exercises_toolkit-{__version__}-py3-none-any.whl"
COLAB = "https://colab.research.google.com/"
SUMMARY = "Where you can work on this chapter"


def write_places(notebook: str, wheel: str, address: str) -> str:
    """Return the block.

    Args:
        notebook: The way from the page to the notebook's file.
        wheel: The way from the page to the toolkit's file.
        address: The site's, with a slash at its end; "" where it is not known.
    """
    file = html.escape(PurePosixPath(notebook).name)
    link = f'<a href="{html.escape(notebook)}" download>{file}</a>'
    places = [
        "<b>On this page.</b> Nothing is installed: Python runs in your browser, and what you "
        "write is kept there.",
        "<b>As a notebook in your browser.</b> “Open as a notebook”, under “More” above, takes "
        "your answers along into JupyterLite. Nothing is installed; some 40 MB are loaded the "
        "first time.",
    ]
    if address:
        places.append(
            f"<b>In Google Colab</b>, with a Google account. Download {link} and choose File, "
            f'Upload notebook <a href="{COLAB}">in Colab</a>. Its first cell installs the course’s '
            "toolkit from this site; NumPy and matplotlib are there already."
        )
    file_of_toolkit = html.escape(f"{address}{WHEEL}" if address else PurePosixPath(WHEEL).name)
    first = (
        f"Download {link}"
        if address
        else f'Download {link} and <a href="{html.escape(wheel)}" download>the toolkit</a>'
    )
    places.append(
        f"<b>On your own machine</b>, with Python 3.11 or newer. {first}, and run "
        f"<code>pip install jupyterlab {file_of_toolkit}</code>, which installs JupyterLab, the "
        "toolkit, NumPy and matplotlib. VS Code opens the notebook as well."
    )
    items = "".join(f"<li><p>{place}</p></li>" for place in places)
    return f'<details class="workplaces"><summary>{SUMMARY}</summary><ul>{items}</ul></details>'


def offer_places(app: Sphinx, document: nodes.document, page: str) -> None:
    """Put the block at the end of the page's introduction, before a cell that is in it."""
    notebook = app.config.live_cells_notebooks.get(page)
    if notebook is None or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    if app.builder.name not in {"html", "dirhtml"}:
        return
    here = app.builder.get_target_uri(page)
    block = write_places(
        relative_uri(here, notebook), relative_uri(here, WHEEL), app.config.html_baseurl or ""
    )
    chapter = next(iter(document.findall(nodes.section)), document)
    for place, child in enumerate(chapter.children):
        is_cell = isinstance(child, nodes.container) and "cell" in child["classes"]
        if is_cell or isinstance(child, nodes.section):
            chapter.insert(place, nodes.raw("", block, format="html"))
            return


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the places on every page that has a notebook."""
    app.connect("doctree-resolved", offer_places)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

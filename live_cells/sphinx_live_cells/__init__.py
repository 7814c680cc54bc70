"""Make the code cells of a Jupyter Book run in the reader's browser, in the page itself.

A Sphinx extension. Without its built front end the pages are what they would be without it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from sphinx_live_cells.answers import (
    AnswerDirective,
    AnswerNode,
    close_answer,
    open_answer,
    pass_over,
    wrap_answers,
)
from sphinx_live_cells.cells import collect_cells, forget_page, list_codes, merge_pages
from sphinx_live_cells.packs import make_book_packs
from sphinx_live_cells.pages import put_on_page
from sphinx_live_cells.progress import ProgressDirective
from sphinx_live_cells.pyodide import PyodideError
from sphinx_live_cells.repairs import finish_pages
from sphinx_live_cells.settings import SETTINGS
from sphinx_live_cells.site import complete_site, fingerprint_frontend, write_book

NOT_BUILT = (
    "sphinx_live_cells: its front end is not built, so the cells of this book stay static. "
    "To make them run in the page, run `npm ci && npm run build` in its folder frontend.\n"
)
ENV_VERSION = 2  # of what is recorded of a page (``cells``): another one reads all pages anew
SAFE_MATHS = "ui/safe"  # MathJax's own extension


def note_frontend(app: Sphinx, config: Config) -> None:
    """Remember which front end the pages point to, so that another one makes them anew."""
    config.live_cells_frontend = fingerprint_frontend()
    # A report's data come along with its HTML; MyST-NB shows the one and need not know the other.
    config.suppress_warnings = [*config.suppress_warnings, "mystnb.unknown_mime_type"]
    if config.live_cells_cdn and config.live_cells_policy:
        raise ExtensionError(
            "live_cells_cdn and live_cells_policy contradict each other: under the policy a page "
            "loads nothing from another host. Take one of them out of the settings.",
            modname="sphinx_live_cells",
        )
    config.exclude_patterns = [*config.exclude_patterns, *list_made(app)]
    if config.live_cells_frontend:
        make_maths_safe(config)
    else:
        # Not a warning of Sphinx's: a book whose cells are static is not wrong.
        sys.stderr.write(NOT_BUILT)


def list_made(app: Sphinx) -> list[str]:
    """Return patterns of what builds write below the sources: no build takes it for a page.

    MyST-NB keeps the notebooks that it ran, and a site has notebooks and files of the book's own.
    """
    root = Path(app.srcdir).resolve()
    made = [Path(folder).resolve() for folder in (app.outdir, app.doctreedir)]
    made.append(made[0].parent / "jupyter_execute")
    below = [folder.relative_to(root).as_posix() for folder in made if root in folder.parents]
    # What another builder would not name either changes no setting: it would have all pages read.
    other = [path for path in below if not path.startswith("_build/")]
    return ["_build", *(re.sub(r"[*?[]", "?", path) for path in other)]  # "?" is any sign


def make_maths_safe(config: Config) -> None:
    """Let MathJax make no link and load no file: a formula may come from a stranger's notebook."""
    mathjax: dict[str, Any] = dict(config.mathjax3_config or {})
    loader = dict(mathjax.get("loader", {}))
    if SAFE_MATHS not in loader.get("load", []):
        loader["load"] = [*loader.get("load", []), SAFE_MATHS]
    options = dict(mathjax.get("options", {}))
    allow = {"URLs": "none", "classes": "safe", "cssIDs": "none", "styles": "safe"}
    options.setdefault("safeOptions", {"allow": allow})
    config.mathjax3_config = {**mathjax, "loader": loader, "options": options}


def finish_site(app: Sphinx, exception: Exception | None) -> None:
    """Write what the pages need to know of the site, and bring in what is built already."""
    if exception is not None or app.builder.format != "html" or not app.config.live_cells_frontend:
        return
    write_book(app)
    try:
        complete_site(app.outdir, find_python(app))
    except PyodideError as error:
        raise ExtensionError(str(error), modname="sphinx_live_cells") from error
    finish_pages(app.outdir, app.config.live_cells_policy, app.config.live_cells_lite)


def find_python(app: Sphinx) -> Path:
    """Return the folder with the pages' Python: the one that the book names, or one made now."""
    config, root = app.config, Path(app.srcdir)
    if config.live_cells_python:
        return Path(root, config.live_cells_python)
    folder = Path(app.doctreedir) / "live-cells-python"
    make_book_packs(
        folder,
        list_codes(app.env),
        root,
        packages=config.live_cells_packages,
        wheels=config.live_cells_wheels,
        files=config.live_cells_files,
        pyodide=config.live_cells_pyodide,
    )
    return folder


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the settings, the two directives and the moments of a build that matter."""
    app.require_sphinx("7.4")  # what is tested: some earlier ones end in a TypeError
    app.add_config_value("live_cells_frontend", "", "html", [str])
    for name, default, rebuild, _ in SETTINGS:
        app.add_config_value(name, default, rebuild, [type(default)])
    plain = (pass_over, pass_over)
    app.add_node(AnswerNode, html=(open_answer, close_answer), latex=plain, text=plain)
    app.add_directive("live-answer", AnswerDirective)
    app.add_directive("live-progress", ProgressDirective)
    app.connect("config-inited", note_frontend)
    app.connect("source-read", wrap_answers)
    app.connect("doctree-read", collect_cells)
    app.connect("env-purge-doc", forget_page)
    app.connect("env-merge-info", merge_pages)
    app.connect("html-page-context", put_on_page, priority=950)
    app.connect("build-finished", finish_site, priority=950)
    return {
        "version": "0.1",
        "env_version": ENV_VERSION,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


__all__ = ["setup"]

"""Serve MathJax from the site itself: a page asks no other host for anything.

The files are those of npm's ``mathjax@3.2.2``, from the package sphinx-mathjax-offline. Its own
extension copies all 24 MB; we copy what the pages and MathJax's menu can ask for.
"""

from __future__ import annotations

import hashlib
import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

PACKAGE = "sphinx-mathjax-offline"
SCRIPT = "tex-chtml.js"
SCRIPT_SHA256 = (
    "0a6ded5abbce13331658dd239f34382abd06492c74b71b61e8caa8112ec55fa5"  # as in npm's mathjax@3.2.2
)
NEEDED = (SCRIPT, "a11y", "input/tex/extensions", "output/chtml/fonts", "sre", "ui")


def locate_mathjax() -> Path:
    """Return the folder of MathJax's files, after checking the script that every page runs."""
    folder = Path(str(distribution(PACKAGE).locate_file(f"{PACKAGE}/static/mathjax")))
    if hashlib.sha256((folder / SCRIPT).read_bytes()).hexdigest() != SCRIPT_SHA256:
        raise ExtensionError(
            f"{SCRIPT} of {PACKAGE} is not the one of npm's mathjax@3.2.2: "
            "compare the two, then correct the hash in book/_extensions/local_mathjax.py."
        )
    return folder


def point_to_site(app: Sphinx, config: Config) -> None:
    """Make pages load MathJax from the site's own static files."""
    config.mathjax_path = f"mathjax/{SCRIPT}"


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    """Put the files beside the pages, once."""
    if exception is not None or app.builder.format != "html":
        return
    folder, target = locate_mathjax(), Path(app.outdir) / "_static" / "mathjax"
    for name in NEEDED:
        source = folder / name
        if source.is_dir():
            shutil.copytree(source, target / name, dirs_exist_ok=True)
        elif source.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to the start and the end of a build."""
    app.connect("config-inited", point_to_site)
    app.connect("build-finished", copy_mathjax)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

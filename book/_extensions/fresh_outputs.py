"""Keep the pages as fresh as what they are made of.

Sphinx rereads a page when the page changes, and the execution cache looks at the page's code
alone. Both would show stale outputs after a change to ``circuits``. So outputs are kept under a
fingerprint of the toolkit, and a new fingerprint makes every page be read again. The same goes for
the extensions, and for static files: pages hold their styles and scripts, and where no page is out
of date Sphinx does not even copy a new one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sphinx_live_cells
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

import circuits
import explorables

TOOLKIT = Path(circuits.__file__).parent
EXTENSIONS = [  # the book's own, and the two packages that write into its pages
    Path(__file__).parent,
    *(Path(str(package.__file__)).parent for package in (explorables, sphinx_live_cells)),
]
BUILT = {"frontend", "dist"}  # the front ends, which tell of themselves
KEPT_SECONDS = 3 * 24 * 60 * 60


def fingerprint(toolkit: Path = TOOLKIT) -> str:
    """Return a hash of everything but the page that decides what a cell puts out."""
    programs = f"{sys.version} {version('numpy')} {version('matplotlib')}"
    files = (path for path in toolkit.rglob("*") if path.suffix in {".py", ".csv"})
    return digest_files(files, toolkit, programs)


def digest_files(paths: Iterable[Path], below: Path, first: str = "") -> str:
    """Return a hash of files, of their names below a folder, and of what comes first."""
    digest = hashlib.sha256(first.encode())
    for path in sorted(paths):
        if path.is_file():
            digest.update(path.relative_to(below).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def note_sources(app: Sphinx, config: Config) -> None:
    """Remember what pages are made of besides their text, so that a change makes them anew."""
    folders = [Path(app.confdir, name) for name in config.html_static_path]
    static = [digest_files(folder.rglob("*"), folder) for folder in folders]
    config.course_static = " ".join(static)
    code = [digest_files(list_code(folder), folder) for folder in EXTENSIONS]
    config.course_extensions = " ".join(code)


def list_code(folder: Path) -> list[Path]:
    """Return the files of an extension that write into pages: not those of a front end."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in BUILT]  # packages of Node.js, too
        found += [Path(place, name) for name in names if name.endswith((".py", ".mjs", ".json"))]
    return found


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point the execution cache to this toolkit's folder, and drop those long out of use."""
    caches = Path(app.srcdir) / "_build" / ".jupyter_cache"
    cache = caches / fingerprint()
    for other in caches.glob("*"):
        # A young one may be in use by another build at this moment.
        if other != cache and time.time() - other.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    config.nb_execution_cache_path = str(cache)


def find_outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return all pages if the toolkit is not the one that they were built with."""
    now = fingerprint()
    then = getattr(env, "course_toolkit", None)
    env.course_toolkit = now  # type: ignore[attr-defined]
    return [] if then == now else sorted(env.all_docs)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to the moments of a build where freshness is decided."""
    app.add_config_value("course_static", "", "html", [str])
    app.add_config_value("course_extensions", "", "env", [str])
    app.connect("config-inited", choose_cache)
    app.connect("config-inited", note_sources, priority=900)  # after all that name static files
    app.connect("env-get-outdated", find_outdated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Complete a built site: the front end, Python's files, and what the pages must know of them.

    python -m sphinx_live_cells _build/html --python FOLDER

May be run as often as one likes; what is not there yet is left out of the pages.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from sphinx_live_cells.cells import PageRecord, describe_page, records
from sphinx_live_cells.packs import OWN
from sphinx_live_cells.pyodide import FILES, PyodideError, link, list_hashes, read_lock
from sphinx_live_cells.twins import ENDINGS, write_twins

DIST = Path(__file__).parent / "dist"
FOLDER = "live-cells"
PYTHON_WORKER = re.compile(r"worker-\w+\.js")
WORKER = "live-cells-sw.js"  # at the root: a service worker looks after its own folder and below
WORDS = {  # what a book may want to say otherwise
    "download": "Your answers as {name}",
    "text": "Markdown and $math$ are welcome.",
}
CORE = (
    "pyodide.js",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
LATE = "formulas.js"  # draws what a cell puts out: kept once Python has run, with all pages
SCRIPTS = {"pyodide.js", "pyodide.asm.js"}  # come by importScripts, whose bytes nobody counts


def fingerprint_frontend(dist: Path = DIST) -> str:
    """Return a short hash of the built front end, or nothing if it is not built."""
    digest = hashlib.sha256()
    files = sorted(dist.glob("*")) if (dist / "main.js").is_file() else []
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:10] if files else ""


def write_book(app: Sphinx) -> None:
    """Write what the build knows of the whole book, for ``complete_site`` to go on with."""
    env, config = app.env, app.config
    pages = {
        name: {
            "title": env.titles[name].astext(),
            "parts": describe_page(env, name)["parts"],
            "gradeIds": list_grade_ids(describe_page(env, name)),
            "live": describe_page(env, name)["editable"],
            "notebook": config.live_cells_notebooks.get(name),
        }
        for name in list_pages(env)
        if name in records(env)
    }
    book = {
        "pages": pages,
        "book": [app.builder.get_target_uri(name) for name in list_pages(env)],
        "first": config.live_cells_first,
        "launchers": config.live_cells_launchers,
        "reportMimetype": config.live_cells_report,
        "words": WORDS | config.live_cells_words,
        "lite": config.live_cells_lite,
        "cdn": find_cdn(config.live_cells_cdn),
        "twins": config.live_cells_twins,
    }
    write_json(Path(app.outdir) / FOLDER / "book.json", book)


def list_grade_ids(page: PageRecord) -> list[str]:
    """Return the grade_id of all that can be written on a page: answers, checks and texts."""
    named = [cell["gradeId"] for cell in page["cells"]] + [part["id"] for part in page["parts"]]
    return sorted({grade_id for grade_id in named if grade_id is not None})


def list_pages(env: BuildEnvironment) -> list[str]:
    """Return the pages in the order of the table of contents, then those outside it."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name not in ordered:
            ordered.append(name)
            for child in env.toctree_includes.get(name, []):
                visit(child)

    visit(env.config.root_doc)
    return ordered + sorted(set(env.all_docs) - set(ordered))


def complete_site(site: Path, python: Path, dist: Path = DIST) -> dict[str, Any]:
    """Bring the front end and Python into the site and write ``site.json``; return what it says."""
    site = Path(site)
    folder = site / FOLDER
    book = json.loads((folder / "book.json").read_text(encoding="utf-8"))
    built = {file.name for file in dist.iterdir()}
    for old in folder.glob("*.js"):
        if old.name not in built:
            old.unlink()
    for file in dist.iterdir():
        link(file, site / WORKER if file.name == WORKER else folder / file.name)
    for page in book["pages"].values():
        if page["notebook"] is not None and not (site / page["notebook"]).is_file():
            page["notebook"] = None  # not released yet: no button that leads nowhere
    python_part = bring_python(python, folder, book["first"], book.get("cdn", ""))
    write_twins(site / python_part["base"], book.get("twins", []))
    info = {
        **{key: book[key] for key in ("pages", "book", "launchers", "reportMimetype", "words")},
        "version": fingerprint_frontend(dist),
        "worker": f"{FOLDER}/{next(name for name in built if PYTHON_WORKER.fullmatch(name))}",
        "frontend": sorted(
            f"{FOLDER}/{name}" for name in built - {WORKER, LATE} if not name.endswith(".txt")
        ),
        "late": [f"{FOLDER}/{name}" for name in built & {LATE}],
        "python": python_part,
        "isolates": book.get("isolates", True),
        "lite": find_lite(site, book["lite"]),
    }
    write_json(folder / "site.json", info)
    return info


def find_lite(site: Path, folder: str) -> str | None:
    """Return JupyterLite's folder with a slash at its end, if the site has it there."""
    return f"{folder}/" if (site / folder / "notebooks" / "index.html").is_file() else None


def find_cdn(named: str) -> str:
    """Return the address that a book means, with a slash at its end; nothing for its own site.

    >>> find_cdn(""), find_cdn("https://cdn.example.org/pyodide")
    ('', 'https://cdn.example.org/pyodide/')
    """
    address: str = FILES["cdn"] if named == "official" else named
    return f"{address.rstrip('/')}/" if address else ""


def list_elsewhere(source: Path, files: set[str], cdn: str) -> dict[str, dict[str, str]]:
    """Return file -> where a page fetches it and with which hash, of those that Pyodide publishes.

    A file that was made anew, such as a smaller standard library, has another hash and is not
    among them. Scripts are not, either: a worker imports them without checking a hash.
    """
    if not cdn:
        return {}
    official = list_hashes(read_lock()["packages"].values())
    found: dict[str, dict[str, str]] = {}
    for name in sorted(files & {*official} - SCRIPTS):
        digest = hashlib.sha256((source / name).read_bytes())
        if digest.hexdigest() == official[name]:
            integrity = f"sha256-{base64.b64encode(digest.digest()).decode()}"
            found[name] = {"url": cdn + name, "integrity": integrity}
    return found


def bring_python(source: Path, folder: Path, first: list[str], cdn: str = "") -> dict[str, Any]:
    """Link Pyodide and the packs into the site, in a folder named after their contents.

    The book's own package does not count for the name: who has fetched Python has it still when
    only that package is another. What the pages fetch from a CDN is left out. Raises
    ``PyodideError`` if there is none in ``source``.
    """
    index = source / "packs.json"
    if not index.is_file():
        raise PyodideError(
            f"The pages have no Python to run with, for {source} holds no packs.json: make that "
            "folder, or take live_cells_python out of the settings to have Python fetched."
        )
    packs = json.loads(index.read_text(encoding="utf-8"))
    lock = json.loads((source / "pyodide-lock.json").read_text(encoding="utf-8"))
    version = lock["info"]["version"]
    others = json.dumps(
        {name: pack for name, pack in packs.items() if not is_own(name)}, sort_keys=True
    )
    library = (source / "python_stdlib.zip").read_bytes()
    identity = hashlib.sha256(others.encode() + library + version.encode()).hexdigest()[:8]
    target = folder / "python" / f"{version}-{identity}"
    for old in (folder / "python").glob("*"):
        if old != target:
            shutil.rmtree(old)
    files = {*CORE, *(pack["file"] for pack in packs.values())}
    elsewhere = list_elsewhere(source, files, cdn)
    files -= {*elsewhere}
    for old in target.glob("*"):
        if old.name not in files and not (old.suffix in ENDINGS and old.stem in files):
            old.unlink()
    for name in files:
        link(source / name, target / name)
    return {
        "base": f"{FOLDER}/python/{target.name}/",
        "version": version,
        "language": lock["info"]["python"],
        "core": {name: (source / name).stat().st_size for name in CORE if name not in SCRIPTS},
        "packs": packs,
        "first": [name for name in first if name in packs],
        **({"elsewhere": elsewhere} if elsewhere else {}),
    }


def is_own(name: str) -> bool:
    """Tell the packs of the book's own from those that other books might have too."""
    return name == OWN or name.startswith(f"{OWN}-")


def write_json(path: Path, content: object) -> None:
    """Write JSON for the pages."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

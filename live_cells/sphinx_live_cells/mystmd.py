"""Complete a site that mystmd has built, on which Jupyter Book 2 is built: its cells then run.

    python -m sphinx_live_cells.mystmd _build/html

The plugin (``plugin/live-cells.mjs``) has left in the data of each page what its cells are, the
``grade_id`` of each among it. From there come the packages that the cells import, and the parts of
the book. May be run as often as one likes, and has to be after each build.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sphinx_live_cells.answers import is_ungraded
from sphinx_live_cells.cells import (
    CellRecord,
    PartRecord,
    describe_cell,
    label_cells,
    name_parts,
    shorten_title,
)
from sphinx_live_cells.packs import make_book_packs
from sphinx_live_cells.pyodide import PyodideError, count
from sphinx_live_cells.settings import SETTINGS
from sphinx_live_cells.site import (
    DIST,
    FOLDER,
    WORDS,
    complete_site,
    find_cdn,
    fingerprint_frontend,
    list_grade_ids,
    write_json,
)

PLUGIN = Path(__file__).parent / "plugin" / "live-cells.mjs"
WIDGET = "live-cells"  # the class by which the plugin's widgets are known
FOREIGN = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)  # how an address of a host begins
FETCHED = {"src", "srcset", "poster", "data"}  # attributes by which a tag brings something in
Data = Mapping[Path, dict[str, Any]]  # file -> what mystmd has written of a page
DEFAULTS: Mapping[str, Any] = {name: default for name, default, _, _ in SETTINGS}


def find_widgets(node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the data of a page's widgets, in the order of the page.

    >>> cell = {"type": "anywidget", "class": "live-cells", "model": {"kind": "cell"}}
    >>> list(find_widgets({"children": [{"type": "code"}, {"children": [cell]}]}))
    [{'kind': 'cell'}]
    """
    if node.get("type") == "anywidget" and node.get("class") == WIDGET:
        yield node["model"]
    for child in node.get("children", ()):
        yield from find_widgets(child)


def describe_widgets(widgets: Sequence[Mapping[str, Any]], *, graded: bool) -> dict[str, Any]:
    """Return what a page holds: its cells, parts and texts, and how the code of each cell is shown.

    >>> cell = {"kind": "cell", "code": "1", "gradeId": "w1", "raises": False, "shown": "open"}
    >>> page = describe_widgets([{**cell, "heading": "(a) Sums"}], graded=True)
    >>> page["cells"][0]["id"], page["cells"][0]["label"], page["parts"][0]["title"]
    ('cell-w1', 'the answer to (a)', '(a) Sums')
    """
    cells: list[CellRecord] = []
    parts: list[PartRecord] = []
    for widget in widgets:
        grade_id = widget.get("gradeId") if graded else None
        kind = "text"
        if widget["kind"] == "cell":
            suffix = DEFAULTS["live_cells_test_suffix"]
            cell = describe_cell(widget["code"], grade_id, len(cells) + 1, suffix)
            cell["raises"] = widget["raises"]
            cell["skipped"] = widget.get("skipped", False)
            cells.append(cell)
            grade_id = grade_id if cell["checks"] is None else None
            kind = "code"
        if grade_id is not None:
            title = widget["heading"]
            name = shorten_title(title)
            parts.append({"id": grade_id, "name": name, "title": title, "kind": kind})
    parts = name_parts(parts)
    label_cells(cells, {part["id"]: part["name"] for part in parts})
    return {
        "cells": cells,
        "parts": parts,
        "shown": [widget["shown"] for widget in widgets if widget["kind"] == "cell"],
        "texts": [
            {"gradeId": widget["gradeId"], "stub": widget["stub"]}
            for widget in widgets
            if widget["kind"] == "text" and graded
        ],
    }


def read_pages(data: Data, ungraded: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Return page -> what it holds, of all pages of a built site that have cells to run."""
    found: dict[str, dict[str, Any]] = {}
    for page in data.values():
        widgets = list(find_widgets(page["mdast"]))
        if widgets:
            name = widgets[0]["page"]
            own = [widget for widget in widgets if widget["page"] == name]
            listed = describe_widgets(
                [widget for widget in own if widget["kind"] != "page"],
                graded=not is_ungraded(name, ungraded),
            )
            title = (page.get("frontmatter") or {}).get("title") or name
            found[name] = {"title": title, **listed}
    return found


def read_data(site: Path) -> Data:
    """Return the data of all pages, by their files: a site holds other JSON as well."""
    found: dict[Path, dict[str, Any]] = {}
    for file in sorted(site.rglob("*.json")):
        if FOLDER not in file.relative_to(site).parts:
            content = json.loads(file.read_text(encoding="utf-8"))
            if isinstance(content, dict) and isinstance(content.get("mdast"), dict):
                found[file] = content
    return found


def list_addresses(site: Path, data: Iterable[Path]) -> Iterator[str]:
    """Yield the addresses of all pages and of the data that they are made of, from the root."""
    for file in site.rglob("*.html"):
        shown = file.parent if file.name == "index.html" else file
        name = shown.relative_to(site).as_posix()
        yield name if shown is file else f"{name}/".removeprefix("./")
    for file in (*data, *(site / FOLDER / "pages").rglob("*.json")):
        yield file.relative_to(site).as_posix()


class Shown(HTMLParser):
    """Reads HTML for what it brings in from another host; a link to follow brings in nothing."""

    foreign = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at what a tag fetches."""
        given = {name: value or "" for name, value in attrs}
        fetched = [value for name, value in given.items() if name in FETCHED]
        if tag in {"image", "use"} or (tag == "link" and "stylesheet" in given.get("rel", "")):
            fetched += [given.get("href", ""), given.get("xlink:href", "")]
        each = (part for value in fetched for part in re.split(r",\s", value))
        self.foreign = self.foreign or any(map(FOREIGN.match, each))


def has_foreign(text: str) -> bool:
    """Tell whether HTML shows something of another host.

    >>> has_foreign('<img alt="a > b" srcset="a.png, https://example.org/b.png 2x">')
    True
    >>> has_foreign('<a href="https://example.org"><img src="data:image/png;base64,//8A"></a>')
    False
    """
    reader = Shown()
    reader.feed(text)
    return reader.foreign


def shows_others(site: Path, data: Data) -> bool:
    """Tell whether a page of the site shows anything of another host.

    A reader goes from page to page of mystmd's in one document. What lets it interrupt Python would
    shut all of that out, on whichever page it stands.
    """
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in site.rglob("*.html"))
    return any(map(has_foreign, texts)) or any(map(is_foreign, data.values()))


def is_foreign(value: object) -> bool:
    """Tell whether something in a page's data is a picture, a frame or HTML from another host.

    >>> is_foreign({"children": [{"type": "iframe", "src": "https://example.org"}]})
    True
    >>> is_foreign([{"type": "link", "url": "https://example.org"}])
    False
    """
    if isinstance(value, str):
        return "<" in value and has_foreign(value)
    if isinstance(value, list):
        return any(map(is_foreign, value))
    if not isinstance(value, dict):
        return False
    address = str(value.get("url") or value.get("src") or "")
    shown = value.get("type") in {"image", "iframe", "embed", "video", "audio"}
    return (shown and FOREIGN.match(address) is not None) or any(map(is_foreign, value.values()))


def write_pages(
    site: Path,
    data: Data,
    pages: Mapping[str, Mapping[str, Any]],
    notebooks: Mapping[str, str],
    cdn: str = "",
    report: str = "",
) -> None:
    """Write what each page's widgets need, and of the book what ``complete_site`` goes on with."""
    for name, page in pages.items():
        listed = {key: page[key] for key in ("cells", "shown", "texts")}
        listed |= {"name": name, "version": fingerprint_frontend()}
        write_json(site / FOLDER / "pages" / f"{name}.json", listed)
    described = {
        name: {
            "title": page["title"],
            "parts": page["parts"],
            "gradeIds": list_grade_ids({**page, "editable": True}),  # type: ignore[typeddict-item]
            "live": True,
            "notebook": notebooks.get(name),
        }
        for name, page in pages.items()
    }
    book = {
        "pages": described,
        "book": sorted(list_addresses(site, data)),
        "isolates": not shows_others(site, data),
        "first": DEFAULTS["live_cells_first"],
        "launchers": {},
        "reportMimetype": report or DEFAULTS["live_cells_report"],
        "words": WORDS,
        "lite": DEFAULTS["live_cells_lite"],
        "cdn": find_cdn(cdn),
    }
    write_json(site / FOLDER / "book.json", book)


def read_notebooks(named: Sequence[str], pages: Container[str], site: Path) -> dict[str, str]:
    """Return page -> notebook of the site, as ``--notebooks`` names them: ``one=files/one.ipynb``.

    Raises ``PyodideError`` for a page or a notebook that is not there.
    """
    parted = [name.partition("=") for name in named]
    found = {page: notebook for page, _, notebook in parted}
    for page, notebook in found.items():
        if page not in pages or not (site / notebook).is_file() or not notebook:
            raise PyodideError(
                f"--notebooks names {page}={notebook}, and the site has no such page with cells, "
                "or no such file: write PAGE=FILE, the page without an ending, and the file as it "
                f"lies in {site}."
            )
    return found


def complete(options: argparse.Namespace) -> str:
    """Bring the front end and Python into the site; return what is there now, as a sentence.

    Raises ``PyodideError`` if the pages would have no Python, or if they have no cells.
    """
    if not fingerprint_frontend():
        raise PyodideError(
            f"The front end is not built, so no cell can run: npm ci && npm run build in "
            f"{DIST.parents[1] / 'frontend'}, then build the book and run this again."
        )
    data = read_data(options.site)
    pages = read_pages(data, options.ungraded)
    if not pages:
        raise PyodideError(
            f"No page of {options.site} has a cell to run: name {PLUGIN} under project.plugins in "
            "myst.yml, and run myst build --html before this."
        )
    notebooks = read_notebooks(options.notebooks, pages, options.site)
    write_pages(options.site, data, pages, notebooks, options.cdn, options.report)
    codes = {name: [cell["code"] for cell in page["cells"]] for name, page in pages.items()}
    with tempfile.TemporaryDirectory() as made:
        if options.python is None:
            make_book_packs(
                Path(made) / "python",
                codes,
                options.project,
                packages=options.packages,
                wheels=options.wheels,
                files=options.files,
                pyodide=options.pyodide,
            )
        found = complete_site(options.site, options.python or Path(made) / "python")["python"]
    cells = count(sum(map(len, codes.values())), "cell")
    return (
        f"{cells} of {count(len(pages), 'page')} can run, with Python {found['language']} "
        f"(Pyodide {found['version']})."
    )


def main(arguments: Sequence[str]) -> int:
    """Complete the site, or say what is missing; return the exit status."""
    parser = argparse.ArgumentParser(description="Make the cells of a site of mystmd's run.")
    parser.add_argument("site", type=Path, nargs="?", help="what was built: _build/html")
    parser.add_argument("--plugin", action="store_true", help="print where the plugin is, and end")
    parser.add_argument("--project", type=Path, default=Path(), help="the folder of myst.yml")
    parser.add_argument("--python", type=Path, help="a folder with packs made beforehand")
    parser.add_argument("--pyodide", default="", help="a folder with Pyodide's files")
    parser.add_argument("--cdn", default="", help='"official", or the address of a release')
    parser.add_argument("--report", default="", help="the MIME type of a check's report")
    for name, what in (
        ("packages", "packages besides those that the cells import"),
        ("wheels", "wheels of pure Python of the author's"),
        ("files", "the book's own files that no cell names"),
        ("ungraded", "pages and folders whose answers are nobody's"),
        ("notebooks", "PAGE=FILE: notebooks of the site, to download one's answers in"),
    ):
        parser.add_argument(f"--{name}", nargs="+", default=[], help=what)
    options = parser.parse_args(arguments)
    if options.plugin:
        print(PLUGIN)
        return 0
    if options.site is None:
        parser.error("name the folder that mystmd built, such as _build/html")
    try:
        print(complete(options))
    except PyodideError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Look over a built site for what no reader should meet.

    python -m tools.test.check_site _build/html
    python -m tools.test.check_site build/without-solutions/_build/html --without-solutions

A page must not ask another host for anything, nor show a traceback or a warning; every picture has
a text alternative; every link within the site leads somewhere, also where the site lies below a
path. A page says what it is, carries the strict policy, weighs little and waits for no script. A
site without solutions holds no line of any of them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
FETCHED = (
    *(("script", "src"), ("img", "src"), ("img", "srcset"), ("iframe", "src"), ("source", "src")),
    *(("source", "srcset"), ("object", "data")),
)
DEAD_END = "404.html"  # its links begin at the host, since it is sent for addresses of any depth
HEAVIEST = 100_000  # bytes of a page's HTML, gzipped
LARGEST_INLINE = 2000  # characters of a picture that stands in the page
SAID = ("description", "og:title", "og:description")
POLICY = "default-src 'none'"
NOISE = {"traceback": "a traceback", "stderr": "output on stderr"}
CODE_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHORTEST_TELLING_LINE = 24  # shorter lines of code may stand anywhere


class Page(HTMLParser):
    """What matters of one page: ``fetched`` and ``linked`` addresses, ``text``, ``problems``."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.text: list[str] = []
        self.problems: list[str] = []
        self.named: dict[str, list[str]] = {}  # name of a meta element -> what it says
        self.leads_on = False  # to another page, and is nothing else
        self.root = "/"  # the way to the site's first folder

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        for attribute in (name for kind, name in FETCHED if kind == tag and name in values):
            self.fetched.append(values[attribute])
            if values[attribute].startswith("data:") and len(values[attribute]) > LARGEST_INLINE:
                self.problems.append("a large picture in the page's own text")
        at_leisure = {"defer", "async"} & values.keys() or values.get("type") == "module"
        if tag == "script" and "src" in values and not at_leisure:
            self.problems.append(f"a script that the text waits for ({values['src']})")
        if tag == "html":
            self.root = values.get("data-content_root", self.root)
        if tag == "meta":
            key = values.get("name") or values.get("property") or values.get("http-equiv", "")
            self.named.setdefault(key.lower(), []).append(values.get("content", ""))
            self.leads_on |= key.lower() == "refresh"
        if tag == "link" and not {"canonical", "next", "prev"} & set(values.get("rel", "").split()):
            self.fetched.append(values.get("href", ""))
        if tag == "a" and "href" in values:
            self.linked.append(values["href"])
        if tag == "img" and "alt" not in values:
            self.problems.append(f"a picture without a text alternative ({values.get('src')})")
        for css_class in NOISE.keys() & set(values.get("class", "").split()):
            self.problems.append(f"{NOISE[css_class]} in a cell's output")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read_page(path: Path) -> Page:
    """Parse one HTML file."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def is_elsewhere(address: str) -> bool:
    """Tell whether an address is on another host.

    >>> [is_elsewhere(a) for a in ("_static/a.js", "data:image/png;base64,", "//cdn.org/a.js")]
    [False, False, True]
    """
    return urlsplit(address).netloc != ""


def find_dead_links(path: Path, site: Path, addresses: Sequence[str]) -> Iterator[str]:
    """Yield the addresses that lead to no file of the site."""
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        start = site if parts.path.startswith("/") else path.parent
        target = start / unquote(parts.path).lstrip("/")
        if not (target / "index.html" if target.is_dir() else target).exists():
            yield address


def find_lacks(page: Page, size: int) -> Iterator[str]:
    """Yield what a page does not say of itself, and whether it is too heavy.

    Args:
        page: That was read.
        size: Bytes of its HTML, gzipped.
    """
    policies = page.named.get("content-security-policy", [])
    if len(policies) != 1 or POLICY not in policies[0]:
        yield "not one strict Content-Security-Policy"
    for name in SAID:
        if not any(page.named.get(name, [])):
            yield f"no {name}"
    if len(page.named.get("viewport", [])) != 1:
        yield f"{len(page.named.get('viewport', []))} viewports"
    if size > HEAVIEST:
        yield f"{size // 1000} kB of HTML, gzipped: at most {HEAVIEST // 1000}"


def check_page(path: Path, site: Path) -> list[str]:
    """Return what is wrong with one page."""
    page = read_page(path)
    outside = [f"asks another host for {a}" for a in page.fetched if is_elsewhere(a)]
    linked = [*page.fetched, *page.linked]
    if path == site / DEAD_END:  # its links begin with the path below which the site will lie
        within = page.root
        linked = [f"/{a.removeprefix(within)}" if a.startswith(within) else a for a in linked]
    dead = find_dead_links(path, site, linked)
    problems = [*outside, *(f"a link that leads nowhere: {a}" for a in dead), *page.problems]
    if page.leads_on or path == site / DEAD_END:
        return problems
    size = len(gzip.compress(path.read_bytes()))
    rooted = (a for a in [*page.fetched, *page.linked] if a.startswith("/") and a[1:2] != "/")
    return [
        *problems,
        *(f"a link that fails below a path: {a}" for a in rooted),
        *find_lacks(page, size),
    ]


def check_files(site: Path, pages: Sequence[Path]) -> Iterator[str]:
    """Yield what is missing beside the pages: rules for robots, a dead end, a map that is whole."""
    for name in ("robots.txt", DEAD_END):
        if not (site / name).is_file():
            yield f"{name} is missing"
    site_map = site / "sitemap.xml"
    if site_map.is_file():
        text = site_map.read_text(encoding="utf-8")
        for path in pages:
            name = path.relative_to(site).as_posix()
            if "/" in name and f"/{name}</loc>" not in text:
                yield f"sitemap.xml does not list {name}"


def find_telling_lines(solutions: Path, book: Path) -> set[str]:
    """Return the lines of code that stand in the solutions and nowhere in the book."""
    known = "\n".join(path.read_text(encoding="utf-8") for path in book.glob("*.md"))
    cells = (
        cell
        for path in solutions.glob("*.md")
        for cell in CODE_CELL.findall(path.read_text(encoding="utf-8"))
    )
    lines = (line.strip() for cell in cells for line in cell.splitlines())
    return {line for line in lines if len(line) >= SHORTEST_TELLING_LINE and line not in known}


def read_words(path: Path) -> str:
    """Return the text of a page, a notebook or another text file of the site."""
    if path.suffix == ".html":
        return "".join(read_page(path).text)
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells)
    return path.read_text(encoding="utf-8", errors="replace")


def find_solutions(site: Path, telling: set[str]) -> list[str]:
    """Return where a line of a solution stands in the site."""
    written = [
        path
        for path in sorted(site.rglob("*"))
        if path.is_file() and "_static" not in path.relative_to(site).parts
    ]
    pages = [
        f"{path.relative_to(site)}: a page of solutions"
        for path in written
        if path.relative_to(site).parts[0] == "solutions"
    ]
    texts = (
        (path, read_words(path))
        for path in written
        if path.suffix in {".html", ".ipynb", ".js", ".json", ".md", ".txt", ".py"}
    )
    lines = [
        f"{path.relative_to(site)}: a line of a solution: {line}"
        for path, text in texts
        for line in sorted(telling)
        if line in text
    ]
    return pages + lines


def check_site(site: Path, without_solutions: bool = False, root: Path = ROOT) -> list[str]:
    """Return a sentence for everything that is wrong with a site."""
    # A notebook page of JupyterLite is an application, not one of our pages.
    pages = [p for p in sorted(site.rglob("*.html")) if not {"_static", "lite"} & set(p.parts)]
    problems = [
        f"{path.relative_to(site)}: {problem}"
        for path in pages
        for problem in check_page(path, site)
    ]
    problems += check_files(site, pages)
    if not pages:
        problems.append(f"{site} holds no page: build it first")
    if without_solutions:
        problems += find_solutions(site, find_telling_lines(root / "solutions", root / "book"))
    return problems


def main(arguments: Sequence[str]) -> int:
    """Look over the site that is named; return the exit status."""
    parser = argparse.ArgumentParser(description="Look over a built site.")
    parser.add_argument("site", type=Path)
    parser.add_argument("--without-solutions", action="store_true")
    options = parser.parse_args(arguments)
    problems = check_site(options.site.resolve(), options.without_solutions)
    print("\n".join([*problems, f"{options.site}: {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

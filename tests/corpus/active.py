"""Find in a page what would run or load something in a browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

_RUNNING = {
    "script",
    "iframe",
    "object",
    "embed",
    "base",
    "form",
    "meta-refresh",
    "frame",
    "applet",
}
_ADDRESSES = {"href", "src", "action", "data", "srcdoc", "xlink:href", "formaction", "poster"}
_BAD_ADDRESS = re.compile(
    r"^\s*(j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t|vbscript|data:text)", re.IGNORECASE
)
_LOADING_STYLE = re.compile(r"@import|url\(\s*['\"]?(https?:)?//")
_SHOWN_AS_HTML = ("text/html", "text/markdown", "image/svg+xml", "text/latex")


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        if tag in _RUNNING:
            self.found.add(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.found.add(name)
            if tag == "meta" and name == "http-equiv" and value and value.lower() == "refresh":
                self.found.add("<meta refresh>")
            if name == "style" and value and _LOADING_STYLE.search(value):
                self.found.add("a style that loads")
            if name in _ADDRESSES and value and _BAD_ADDRESS.match(value):
                self.found.add(f"{name}={value[:20]}")
            if name in ("src", "poster", "data") and value and re.match(r"\s*(https?:)?//", value):
                self.found.add(f"{name} loads {value[:20]}")

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        if self._style and _LOADING_STYLE.search(data):
            self.found.add("a style that loads")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._style = False


def find_active(page: str) -> set[str]:
    """Return the tags, attributes and addresses in HTML that run or load something."""
    finder = _Finder()
    finder.feed(page)
    finder.close()
    return finder.found


def find_active_in_notebook(notebook: dict[str, Any]) -> set[str]:
    """Return the same of what formgrader shows of a notebook as HTML: texts and rich outputs."""
    found: set[str] = set()
    for cell in notebook.get("cells", []):
        if cell.get("cell_type") == "markdown":
            found |= find_active("".join(cell.get("source", "")))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found |= {mime for mime in data if "javascript" in mime or "widget" in mime}
            for mime in _SHOWN_AS_HTML:
                if mime in data:
                    words = data[mime]
                    found |= find_active(words if isinstance(words, str) else json.dumps(words))
    return found

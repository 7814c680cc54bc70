"""Find in a page what would run or load something in a browser."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from typing import Any

from nbconvert.filters.markdown_mistune import (
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)

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
_LOADED = {"src", "poster", "data", "srcset", "background", "ping"}
_PICTURE = re.compile(r"data:image/")
_OTHERS_CLASS = re.compile(r"\b(?:fixed|navbar|btn|modal)")
_DRAWING = re.compile(r"data:image/svg\+xml;base64,(.*)", re.DOTALL)
_DEAR = re.compile(r"<(?:filter|foreignObject|animate|set|mask)\b|<!ENTITY|(?:<g>\s*){100}")
_MOST_USES = 80
_ACTING_TEX = re.compile(r"\\(?:href|mmlToken|style|bbox|unicode)\b")
_NO_TEX = {"pre", "code", "textarea"}
_BAD_ADDRESS = re.compile(
    r"^\s*(j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t|vbscript|data:text)", re.IGNORECASE
)
_LOADING_STYLE = re.compile(r"@import|(?:url|image-set|image|src)\(|\\", re.IGNORECASE)
_SHOWN_AS_HTML = ("text/html", "text/markdown", "image/svg+xml", "text/latex")


def _judge(tag: str, name: str, value: str) -> set[str]:
    """Return what an attribute runs or loads."""
    claims = {
        name: name.startswith("on"),
        "<meta refresh>": (tag, name, value.lower()) == ("meta", "http-equiv", "refresh"),
        "a style that loads": name == "style" and _LOADING_STYLE.search(value),
        f"{name}={value[:20]}": name in _ADDRESSES and _BAD_ADDRESS.match(value),
        f"{name} loads {value[:20]}": name in _LOADED and value and not _PICTURE.match(value),
        "a drawing that hangs a browser": name == "src" and is_dear(value),
        "a class of formgrader's own": name == "class" and _OTHERS_CLASS.search(value),
    }
    return {claim for claim, holds in claims.items() if holds}


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._style = False
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        if tag in _RUNNING:
            self.found.add(f"<{tag}>")
        for name, value in attrs:
            self.found |= _judge(tag, name, value or "")
        if tag in _NO_TEX:
            self._open.append(tag)

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        if self._style and _LOADING_STYLE.search(data):
            self.found.add("a style that loads")
        if not _NO_TEX & set(self._open) and _ACTING_TEX.search(data):
            self.found.add("a formula that acts")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._style = False
        if tag in self._open:
            self._open.remove(tag)


def is_dear(address: str) -> bool:
    """Return whether a picture is a drawing that takes a browser long, roughly."""
    found = _DRAWING.match(address)
    if found is None:
        return False
    drawing = base64.b64decode(found[1]).decode("utf-8", "replace")
    return drawing.count("<use") > _MOST_USES or _DEAR.search(drawing) is not None


def render_like_formgrader(cell: dict[str, Any]) -> str:
    """Return what formgrader makes of a Markdown cell; raises what it raises."""
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}))
    return str(MarkdownWithMath(renderer=renderer).render("".join(cell.get("source", ""))))


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
            try:
                found |= find_active(render_like_formgrader(cell))
            except InvalidNotebook as error:
                found.add(f"cannot be opened: {error}")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found |= {mime for mime in data if "javascript" in mime or "widget" in mime}
            for mime in _SHOWN_AS_HTML:
                if mime in data:
                    words = data[mime]
                    found |= find_active(words if isinstance(words, str) else "".join(words))
    return found

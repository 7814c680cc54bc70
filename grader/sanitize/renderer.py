"""Render Markdown as formgrader does, with tags shown and pictures and links looked at.

The parser takes some time to import, so this is imported when a text is rendered and not before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import unquote

from mistune import HTMLRenderer

from grader.fast_imports import deferring, importing_parts
from grader.sanitize.pictures import find_address_fault, tell_of_picture

_PACKAGES = ("nbconvert", "nbconvert.filters")
# What these two are there for is done otherwise below: tags are shown, headings have no anchor.
with importing_parts(*_PACKAGES), deferring("bs4"), deferring("nbconvert.filters.strings"):
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

Pictures = Mapping[str, Mapping[str, str]]
"""Attachments of a cell: base64 text by MIME type, by name."""

_ATTACHED = "attachment:"
_HARMLESS = re.compile(r"https?://|mailto:|#", re.IGNORECASE)


def render_like_formgrader(text: str, pictures: Pictures) -> tuple[str, bool]:
    """Return a text's HTML, and whether there was anything in it to take out."""
    renderer = _Renderer(pictures)
    parser = MarkdownWithMath(renderer=renderer)
    renderer.register("task_list_item", _write_task)  # as text: formgrader's box cannot be ticked
    return str(parser.render(text)), renderer.found


def _write_task(_: HTMLRenderer, text: str, checked: bool = False) -> str:
    return f"<li>{'☑' if checked else '☐'} {text}</li>\n"


class _Renderer(IPythonRenderer):
    """Shows tags instead of using them, and says whether there was anything to take out.

    Attributes:
        found: Whether the text has tags, or pictures and links that are not shown as such.
    """

    def __init__(self, pictures: Pictures) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._pictures = pictures
        self.found = False

    def block_html(self, html: str) -> str:
        """Show a block of tags."""
        self.found = True
        return f"<p>{escape(html.strip())}</p>\n"

    def inline_html(self, html: str) -> str:
        """Show tags in a line."""
        self.found = True
        return escape(html)

    def block_code(self, code: str, info: str | None = None) -> str:
        """Leave out the colours, which mean nothing here."""
        del info
        return HTMLRenderer.block_code(self, code)

    def heading(self, text: str, level: int, **attributes: object) -> str:
        """Leave out the anchor."""
        del attributes
        return f"<h{level}>{text}</h{level}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Show the address of a link that leads to no ordinary place."""
        if _HARMLESS.match(url):
            return str(HTMLRenderer.link(self, text, url, title))
        self.found = True
        return f"{text} [{escape(url)}]"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show an attached picture, and say of any other what it is."""
        address = url
        if url.startswith(_ATTACHED):
            name = url.removeprefix(_ATTACHED)
            bundle = self._pictures.get(name) or self._pictures.get(unquote(name))
            self.found |= name not in self._pictures
            if bundle is None:
                self.found = True
                return tell_of_picture(f"{name} is not attached to this text", text)
            mime, data = next(iter(bundle.items()))
            address = f"data:{mime};base64,{data}"
        fault = find_address_fault(address)
        if fault is not None:
            self.found = True
            return tell_of_picture(fault, text)
        about = f' title="{escape(title)}"' if title else ""
        return f'<img src="{escape(address)}" alt="{escape(text)}"{about}>'

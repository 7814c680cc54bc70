"""Take from a learner's Markdown what would act or load in the browser of somebody who reads it.

formgrader turns Markdown into HTML without cleaning it, and stops at a picture that is not there.
So a text is rendered here first, by the parser that formgrader has. If cleaning finds nothing in
what comes out, the text stays to the letter. If it finds something, what is stored is what a person
may read: the rendered text, cleaned, with tags shown instead of used, and a line for each picture
that is not shown.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from grader.sanitize.clean import clean_html

if TYPE_CHECKING:
    from grader.sanitize.renderer import Pictures

LONGEST = 10_000
"""Characters. Parsing some texts takes time that grows with the square of their length."""

_OPENING, _CLOSING = '<div class="circuits-cleaned">', "</div>"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_SAME_IN_MARKDOWN = {"rel"}  # added by cleaning to every link


def clean_markdown(text: str, pictures: Pictures | None = None) -> str:
    """Return Markdown that no parser makes anything of that acts or loads.

    Args:
        text: What was written.
        pictures: What is attached to the cell.

    Example:
        >>> clean_markdown("a < b & c, **bold** `<b>` [y](https://a.example)")
        'a < b & c, **bold** `<b>` [y](https://a.example)'
        >>> clean_markdown("<script>x</script>")
        '<div class="circuits-cleaned"><p>&lt;script&gt;x&lt;/script&gt;</p></div>'
    """
    plain = _CONTROL.sub("", text)
    if len(plain) > LONGEST:
        return _store(f"<pre>{escape(plain)}</pre>")
    try:
        # It takes long to import, and most commands never render a text.
        from grader.sanitize.renderer import render_markdown

        rendered, found = render_markdown(plain, pictures or {})
        cleaned = clean_html(rendered)
    except Exception:  # noqa: BLE001  (a parser's bug must not keep a text from being read)
        return _store(f"<pre>{escape(plain)}</pre>")
    if not found and _list_events(rendered) == _list_events(cleaned):
        return plain
    return _store(cleaned)


def find_cleaned(text: str) -> str | None:
    """Return the HTML of a text that was stored cleaned, or None for Markdown.

    A learner may write the same; whoever shows it cleans it in any case.
    """
    return text if text.startswith(_OPENING) and text.endswith(_CLOSING) else None


def _store(html: str) -> str:
    """Return HTML as one line, which every Markdown parser passes on as it is."""
    return f"{_OPENING}{html.strip().replace(chr(10), '&#10;')}{_CLOSING}"


class _Events(HTMLParser):
    """Lists what a browser would see in HTML, but for differences that mean nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = sorted(
            (name, re.sub(r"\s", "", value or ""))
            for name, value in attrs
            if name not in _SAME_IN_MARKDOWN
        )
        self.seen.append(("start", tag, *(f"{name}={value}" for name, value in kept)))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(("end", tag))

    def handle_data(self, data: str) -> None:
        words = "".join(data.split())
        if words and self.seen and self.seen[-1][0] == "text":
            self.seen[-1] = ("text", self.seen[-1][1] + words)
        elif words:
            self.seen.append(("text", words))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.seen.append(("comment", decl))

    def handle_pi(self, data: str) -> None:
        self.seen.append(("comment", data))

    def unknown_decl(self, data: str) -> None:
        self.seen.append(("comment", data))


def _list_events(html: str) -> list[tuple[str, ...]]:
    parser = _Events()
    parser.feed(html)
    parser.close()
    return parser.seen

"""Markdown that people wrote, as clean HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from mistune import HTMLRenderer, Markdown, create_markdown

from grader.sanitize.clean import clean_html
from grader.sanitize.markdown import LONGEST, find_cleaned

_PLUGINS = ("math", "table", "strikethrough", "url")
_ATTACHED = "attachment:"


def render_markdown(text: str, pictures: Mapping[str, Mapping[str, str]] | None = None) -> str:
    r"""Return Markdown as clean HTML. Formulas stay as they were typed.

    Args:
        text: What was written.
        pictures: The cell's attachments: base64 text by MIME type, by name.

    Example:
        >>> render_markdown("**Bold** and $a < b$")
        '<p><strong>Bold</strong> and $a &lt; b$</p>\n'
    """
    stored = find_cleaned(text)
    if stored is not None:
        return clean_html(stored)
    if len(text) > LONGEST:
        return f"<pre>{escape(text)}</pre>"
    try:
        html = str(_make_parser(pictures or {})(text))
    except Exception:  # noqa: BLE001  (a parser's bug must not cost a learner the feedback)
        return f"<pre>{escape(text)}</pre>"
    return clean_html(html)


class _Renderer(HTMLRenderer):
    """Shows pictures that are attached to a cell; all cleaning is done afterwards."""

    def __init__(self, pictures: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(escape=False)
        self._pictures = pictures

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Put the picture itself in the place of its name."""
        bundle = self._pictures.get(url.removeprefix(_ATTACHED), {})
        for mime, data in bundle.items() if url.startswith(_ATTACHED) else ():
            url = f"data:{mime};base64,{data}"
        about = f' title="{escape(title)}"' if title else ""
        return f'<img src="{escape(url)}" alt="{escape(text)}"{about}>'


def _make_parser(pictures: Mapping[str, Mapping[str, str]]) -> Markdown:
    renderer = _Renderer(pictures)
    parser = create_markdown(renderer=renderer, plugins=list(_PLUGINS))
    renderer.register("inline_math", lambda _, formula: f"${escape(formula)}$")
    renderer.register("block_math", lambda _, formula: f"$${escape(formula)}$$\n")
    return parser

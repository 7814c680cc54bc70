"""Write a learner's outputs as HTML, cleaned, and no more of them than fit."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from markupsafe import Markup
from mistune import HTMLRenderer, Markdown, create_markdown

from grader.fast_imports import NotebookNode
from grader.sanitize.clean import (
    LONGEST,
    PICTURES,
    clean_html,
    clean_output,
    clean_text,
    find_cleaned,
)

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


LONGEST_TEXT = 20_000
LEFT_OUT = '<p class="cut">An output is left out here: the file would become too large.</p>'
_CODE = Markup('<pre class="code" tabindex="0"><code>{}</code></pre>')
_TEXT = Markup('<pre tabindex="0">{}</pre>')
_PICTURE = Markup('<img src="data:{};base64,{}" alt="A figure that this cell drew">')


class Budget:
    """How many characters of outputs may still be shown.

    Args:
        characters: In all.
    """

    def __init__(self, characters: int) -> None:
        self.left = characters

    def take(self, html: str) -> str:
        """Return a piece of HTML if it fits, and otherwise a line that says that it did not."""
        if len(html) > self.left:
            return LEFT_OUT
        self.left -= len(html)
        return html


def write_code(source: str) -> str:
    """Return a program as HTML."""
    return str(_CODE.format(source))


def write_text(text: str) -> str:
    """Return text as it was typed or printed; "" for nothing but blanks."""
    return str(_TEXT.format(text)) if text.strip() else ""


def write_outputs(cell: NotebookNode, budget: Budget) -> str:
    """Return what a cell printed and drew.

    Args:
        cell: A learner's code cell.
        budget: Is used up.
    """
    pieces = [budget.take(piece) for o in cell.outputs if (piece := _write(clean_output(o)))]
    return f'<div class="outputs">{"".join(pieces)}</div>' if pieces else ""


def _write(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return _write_cut(clean_text(output.text))
    if output.output_type == "error":
        return f'<div class="error">{_write_cut(clean_text(chr(10).join(output.traceback)))}</div>'
    for mime in PICTURES:
        if mime in output.data:
            return str(_PICTURE.format(mime, output.data[mime]))
    if "text/html" in output.data:
        return str(output.data["text/html"])
    return _write_cut(output.data.get("text/plain", ""))


def _write_cut(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        half = LONGEST_TEXT // 2
        text = f"{text[:half]}\n\n[… {len(text) - LONGEST_TEXT} characters …]\n\n{text[-half:]}"
    return write_text(text)

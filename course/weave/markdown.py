"""Turn a chapter's MyST Markdown into Markdown that any notebook program shows.

Plain Jupyter, VS Code and Colab know no directive and no role. The parser finds the blocks and
says which lines they take; what is plain already stays as it was written, to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin

from circuits.exercises import Part
from course.errors import WeaveError
from course.sources import Pages
from course.weave.directives import Directive, render_directive
from course.weave.inline import rewrite_inline
from course.weave.references import References

DROPPED = {"front_matter", "myst_block_break", "myst_line_comment", "myst_target"}
MATH = {"math_block", "math_block_label", "amsmath"}
FENCES = {"fence", "colon_fence"}


@dataclass(frozen=True)
class Prose:
    """Converts the prose of one page.

    Attributes:
        path: The page, for error messages and for what its links point at.
        sources: All pages, for labels and citations.
        parts: The table of parts.
    """

    path: Path
    sources: Pages
    parts: Mapping[str, Part]

    def convert(self, text: str, line: int, *, quoted: bool = False) -> str:
        """Return the text as plain Markdown.

        Args:
            text: MyST Markdown.
            line: Where it begins in the page.
            quoted: Whether it will stand in a block quote, where Jupyter shows displayed
                mathematics only if it takes a single line.

        Raises:
            WeaveError: At anything that has no plain form.
        """
        lines = text.splitlines()
        written: list[str] = []
        done = 0
        for block in _find_blocks(text):
            if block.start < done:  # inside a block that has been written already
                continue
            written += lines[done : block.start]
            written += self._write_block(block, lines, line, quoted)
            done = block.end
        written += lines[done:]
        return _tidy(written)

    def _write_block(self, block: _Block, lines: list[str], line: int, quoted: bool) -> list[str]:
        token, here = block.token, line + block.start
        own = lines[block.start : block.end]
        if token.type in DROPPED:
            return []
        if token.type in MATH:
            return _write_math(token, own, quoted)
        if token.type == "dt_open":
            return [f"**{self._inline(' '.join(own), here)}**", ""]
        if token.type == "dd_open":
            body = self.convert(
                "\n".join([own[0].replace(":", " ", 1), *own[1:]]), here, quoted=quoted
            )
            return [re.sub(r"^ *", "- ", body.splitlines()[0]), *body.splitlines()[1:], ""]
        if token.type == "inline":
            return self._inline("\n".join(own), here).splitlines()
        return self._write_fence(token, own, here, quoted)

    def _write_fence(self, token: Token, own: list[str], here: int, quoted: bool) -> list[str]:
        directive = Directive.read(token.info, token.content, here)
        if directive is None:
            return own
        first = own[0]
        prefix = first[: first.index(token.markup)]

        def convert(text: str, line: int, *, quoted: bool = quoted) -> str:
            return self.convert(text, line, quoted=quoted)

        try:
            written = render_directive(directive, convert, self.parts)
        except ValueError as error:
            raise WeaveError(self.path, here, str(error)) from error
        # In a list or a quote, every line carries what stood before the fence.
        rest = prefix if ">" in prefix else " " * len(prefix)
        return [
            (prefix if i == 0 else rest) + row if row else rest.rstrip()
            for i, row in enumerate(written.splitlines() or [""])
        ]

    def _inline(self, text: str, here: int) -> str:
        references = References(self.sources, self.path)
        try:
            return rewrite_inline(text, references)
        except ValueError as error:
            raise WeaveError(self.path, here, str(error)) from error


@dataclass(frozen=True)
class _Block:
    token: Token
    start: int
    end: int


def _find_blocks(text: str) -> Iterator[_Block]:
    for token in _make_parser().parse(text + "\n"):
        wanted = token.type in DROPPED | MATH | FENCES | {"inline", "dt_open", "dd_open"}
        if wanted and token.map is not None:
            start, end = token.map
            if token.type == "amsmath":  # its map leaves out the last line
                end = start + len(token.content.splitlines())
            yield _Block(token, start, max(end, start + 1))


def _make_parser() -> MarkdownIt:
    return (
        MarkdownIt("commonmark")
        .enable("table")
        .use(front_matter_plugin)
        .use(myst_block_plugin)
        .use(dollarmath_plugin, allow_labels=True, double_inline=True)
        .use(amsmath_plugin)
        .use(colon_fence_plugin)
        .use(deflist_plugin)
    )


def _write_math(token: Token, own: list[str], quoted: bool) -> list[str]:
    if token.type == "math_block" and not quoted:
        return own
    body = token.content.strip("\n")
    if token.type == "amsmath":
        body = "\n".join(own).strip()
    indent = re.match(r"\s*", own[0])
    space = indent.group() if indent else ""
    if quoted or len(body.splitlines()) == 1:
        return [f"{space}$${' '.join(row.strip() for row in body.splitlines())}$$"]
    return [f"{space}$$", *(f"{space}{row.strip()}" for row in body.splitlines()), f"{space}$$"]


def _tidy(lines: list[str]) -> str:
    """Join lines, with at most one blank one in a row and none at the ends."""
    kept: list[str] = []
    fence = ""
    for line in lines:
        opening = re.match(r"[>\s]*(`{3,}|~{3,})", line)
        if opening and not fence:
            fence = opening.group(1)
        elif opening and opening.group(1).startswith(fence):
            fence = ""
        if line.strip() or fence or (kept and kept[-1].strip()):
            kept.append(line.rstrip() if not fence else line)
    return "\n".join(kept).strip("\n")

"""Turn the directives of the book into plain Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import yaml
from markdown_it import MarkdownIt

from circuits.exercises import Part
from circuits.exercises.cards import write_card, write_hints

ADMONITIONS = {
    "note", "tip", "important", "warning", "hint", "seealso", "attention", "caution", "danger",
    "error", "admonition", "sidebar", "margin", "topic",
}  # fmt: skip
TITLES = {"seealso": "See also", "margin": "", "sidebar": "", "topic": "", "admonition": ""}
CODE = {"code", "code-block", "sourcecode"}
PLAIN = {"div", "container"}


class Convert(Protocol):
    """Converts the body of a directive."""

    def __call__(self, text: str, line: int, *, quoted: bool = ...) -> str:
        """Return MyST Markdown as plain Markdown."""


@dataclass(frozen=True)
class Directive:
    """A directive as it stands on the page.

    Attributes:
        name: What it is called.
        argument: The rest of its first line.
        options: Between the first line and the body.
        body: What it holds.
        line: Where the body begins in the page.
    """

    name: str
    argument: str
    options: Mapping[str, object]
    body: str
    line: int

    @classmethod
    def read(cls, info: str, content: str, line: int) -> Directive | None:
        """Return the directive in a fence, or None if it is a plain block of code.

        Args:
            info: What stands behind the fence's opening.
            content: What stands between opening and closing.
            line: Where the fence opens.
        """
        head = re.fullmatch(r"\{([\w:.-]+)\}\s*(.*)", info.strip(), re.DOTALL)
        if head is None:
            return None
        rows = content.splitlines()
        options, skipped = _read_options(rows)
        body = "\n".join(rows[skipped:])
        return cls(head[1], head[2].strip(), options, body, line + 1 + skipped)


def render_directive(directive: Directive, convert: Convert, parts: Mapping[str, Part]) -> str:
    """Return the plain form of a directive.

    Raises:
        ValueError: If it has none; the message is one sentence.
    """
    name = directive.name
    if name in {"part", "hints"}:
        return _render_card(directive, convert, parts)
    if name == "dropdown" or (name in ADMONITIONS and _is_closed(directive)):
        return _render_details(directive, convert)
    if name in ADMONITIONS:
        return _render_quote(directive, convert)
    if name == "math":
        return convert(f"$$\n{directive.body}\n$$", directive.line)
    if name in CODE:
        fence = "`" * max(3, _longest_fence(directive.body) + 1)
        return f"{fence}{directive.argument}\n{directive.body}\n{fence}"
    if name == "explorable":
        body = f"*In the book, a figure that you can move stands here.* {directive.body}"
        return convert(body, directive.line)
    if name in PLAIN:
        return convert(directive.body, directive.line)
    raise ValueError(
        f"the directive {{{name}}} has no form in a plain notebook; write it as a paragraph, a "
        "note, a dropdown or a code cell."
    )


def _render_card(directive: Directive, convert: Convert, parts: Mapping[str, Part]) -> str:
    part = parts.get(directive.argument)
    if part is None:
        raise ValueError(
            f"there is no part {directive.argument!r} in the table; write one of "
            f"{', '.join(parts)}."
        )
    card = write_card(part, "notebook") if directive.name == "part" else write_hints(part)
    return convert("\n".join(card), directive.line)


def _render_details(directive: Directive, convert: Convert) -> str:
    title = directive.argument or TITLES.get(directive.name, directive.name.capitalize())
    return write_details(title, convert(directive.body, directive.line))


def write_details(title: str, body: str) -> str:
    """Return something that opens at a click. Blank lines let Markdown inside be read as such."""
    summary = MarkdownIt("commonmark").renderInline(title)
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>\n"


def _render_quote(directive: Directive, convert: Convert) -> str:
    name = directive.name
    title = TITLES.get(name, name.capitalize())
    body = directive.body
    if name in {"admonition", "topic", "sidebar"}:
        title = directive.argument
    elif directive.argument:  # a note may begin on its first line
        body = f"{directive.argument}\n{body}"
    text = convert(body, directive.line, quoted=True)
    if title:
        stop = "" if title[-1] in ".?!:" else "."
        text = f"**{convert(title, directive.line)}{stop}**\n\n{text}"
    return "\n".join(f"> {row}".rstrip() for row in text.splitlines()) + "\n"


def _is_closed(directive: Directive) -> bool:
    return "dropdown" in str(directive.options.get("class", ""))


def _longest_fence(text: str) -> int:
    return max((len(run) for run in re.findall(r"`{3,}", text)), default=0)


def _read_options(rows: list[str]) -> tuple[Mapping[str, object], int]:
    """Return the options above a body, and how many lines they take."""
    if rows and rows[0].strip() == "---":
        end = next((i for i, row in enumerate(rows[1:], 1) if row.strip() == "---"), None)
        if end is None:
            return {}, 0
        return yaml.safe_load("\n".join(rows[1:end])) or {}, end + 1
    taken = 0
    while taken < len(rows) and re.match(r":[\w-]+:", rows[taken]):
        taken += 1
    pairs = (re.match(r":([\w-]+):\s*(.*)", row) for row in rows[:taken])
    return {pair[1]: pair[2] for pair in pairs if pair}, taken

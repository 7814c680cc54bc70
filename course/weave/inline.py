r"""Turn roles and links inside a paragraph into plain words.

Inline tokens carry no positions, so this reads the text itself, from left to right: code and
mathematics are stepped over, so that a role quoted in code stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from course.weave.references import References

_PIECE = re.compile(
    r"""
      (?P<escaped> \\. )
    | (?P<role>    \{(?P<name>[a-zA-Z][\w:+-]*)\}
                   (?P<ticks>`+)(?P<content>.+?)(?<!`)(?P=ticks)(?!`) )
    | (?P<code>    (?P<fence>`+)(?!`).+?(?<!`)(?P=fence)(?!`) )
    | (?P<display> \$\$.+?\$\$ )
    | (?P<math>    (?<!\$)\$(?![\s$]).+?(?<![\s\\])\$ )
    | (?P<auto>    <project:(?P<place>[^>\s]*)> )
    | (?P<image>   !\[(?P<alt>[^\]]*)\]\((?P<file>[^)\s]+)[^)]*\) )
    | (?P<link>    \[(?P<text>(?:[^\[\]`]|`[^`]*`|\[[^\[\]]*\])*)\]
                   \((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\) )
    """,
    re.VERBOSE | re.DOTALL,
)  # fmt: skip

_TITLED = re.compile(r"(?P<text>.*?)\s*<(?P<target>[^<>]+)>\s*", re.DOTALL)
_WEB = ("http://", "https://", "mailto:")


def rewrite_inline(text: str, references: References) -> str:
    """Return a paragraph without roles, and without links that only the book can follow.

    Args:
        text: The paragraph as it stands on the page.
        references: What labels and citations stand for.

    Raises:
        ValueError: At a role, a label or a picture that has no plain form; one sentence.
    """

    def rewrite(match: re.Match[str]) -> str:
        if match["role"] is not None:
            return _write_role(match["name"], match["content"], references)
        if match["auto"] is not None:
            return references.title_of(match["place"])
        if match["image"] is not None and not match["file"].startswith(_WEB):
            raise ValueError(
                f"the picture {match['file']} is not in the notebook; draw it in a code cell."
            )
        if match["link"] is not None and not match["target"].startswith(_WEB):
            inside = rewrite_inline(match["text"], references)
            return inside or references.title_of(match["target"])
        return match.group()

    return _PIECE.sub(rewrite, text)


def _write_role(name: str, content: str, references: References) -> str:
    write = _ROLES.get(name)
    if write is None:
        raise ValueError(
            f"the role {{{name}}} has no form in a plain notebook; the roles that have one are "
            f"{', '.join(_ROLES)}."
        )
    return write(" ".join(content.split()), references)


def _write_reference(content: str, references: References) -> str:
    titled = _TITLED.fullmatch(content)
    return titled["text"] if titled and titled["text"] else references.title_of(content)


def _write_code(content: str, references: References) -> str:
    del references
    return f"`{content}`"


_ROLES: dict[str, Callable[[str, References], str]] = {
    "figure": _write_reference,  # a notebook's figures have no numbers, so the words stay
    "ref": _write_reference,
    "numref": _write_reference,
    "doc": _write_reference,
    "any": _write_reference,
    "cite:t": lambda keys, references: references.cite(keys, in_text=True),
    "cite:p": lambda keys, references: references.cite(keys, in_text=False),
    "cite": lambda keys, references: references.cite(keys, in_text=False),
    "math": lambda content, _: f"${content}$",
    "code": _write_code,
    "term": lambda content, _: content,
    "abbr": lambda content, _: re.sub(r"\s*\([^)]*\)$", "", content),
    "sub": lambda content, _: f"<sub>{content}</sub>",
    "sup": lambda content, _: f"<sup>{content}</sup>",
    "kbd": lambda content, _: f"<kbd>{content}</kbd>",
}

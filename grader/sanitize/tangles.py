"""Find HTML that would take a parser or a browser too long: tags too many, too deep or crossing.

To repair such HTML, as the standard tells parsers to, takes time that grows with the square of its
length. Here it is read once.
"""

from __future__ import annotations

import re

MOST_TAGS = 40_000
"""A table of 10,000 numbers has half as many."""

MOST_ATTRIBUTES = 50
"""Of one tag."""

DEEPEST = 64
"""Tags in tags. Reports have 8."""

MOST_REPEATED = 100_000
"""Tags that a parser opens again because they were closed in another order."""

_NAMED = r"[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+)?+)?+"  # with its value
_ATTRIBUTE = re.compile(_NAMED)
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*+)(?P<rest>(?:[\s/]++(?:=?+{_NAMED}|=)*+)*+)"
)
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
                   "source", "track", "wbr"})  # fmt: skip
_ENDED_BY_THEIR_LIKE = frozenset({"dd", "dt", "li", "option", "p", "td", "th", "tr"})


def is_tangled(html: str) -> bool:
    """Return whether HTML is more than a parser should be asked to repair.

    Example:
        >>> is_tangled("<p>x</p>" * 1000), is_tangled("<div>" * 1000)
        (False, True)
    """
    if html.count("<") > MOST_TAGS:
        return True
    stack: list[str] = []
    crossing = repeated = 0
    for tag in _TAG.finditer(html):
        name = tag["name"].lower()
        if len(tag["rest"]) > MOST_ATTRIBUTES and _count(tag["rest"]) > MOST_ATTRIBUTES:
            return True
        repeated += crossing
        if tag["close"]:
            if stack and stack[-1] == name:
                stack.pop()
            elif name in stack:
                crossing += len(stack)
        elif name not in _VOID:
            if stack and stack[-1] == name and name in _ENDED_BY_THEIR_LIKE:
                stack.pop()
            stack.append(name)
        if len(stack) > DEEPEST or repeated > MOST_REPEATED:
            return True
    return False


def _count(attributes: str) -> int:
    return sum(1 for _ in _ATTRIBUTE.finditer(attributes))

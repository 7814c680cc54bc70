"""Clean HTML and plain text that a learner's code produced."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from html import escape, unescape
from typing import Any

import nh3
import tinycss2

from grader.sanitize.pictures import (
    DRAWING,
    find_address_fault,
    find_picture_fault,
    tell_of_picture,
)

MOST_TAGS = 40_000
"""A table of 10,000 numbers has half as many."""

MOST_ATTRIBUTES = 50
"""Of one tag."""

DEEPEST = 64
"""Tags in tags. Reports have 8."""

MOST_REPEATED = 100_000
"""Tags that a parser opens again because they were closed in another order."""

_NAMED = r"[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+)?+)?+"  # with its value
_ATTRIBUTE_TEXT = re.compile(_NAMED)
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
    return sum(1 for _ in _ATTRIBUTE_TEXT.finditer(attributes))


LONGEST = 2_000
"""Characters of one style attribute; the course's own have 200."""

_PROPERTIES = {
    *("border", "border-collapse", "border-left", "border-top", "border-bottom", "outline"),
    *("padding", "padding-left", "margin", "gap", "width", "height", "max-width", "overflow-x"),
    *("color", "background", "background-color", "outline-offset", "list-style", "text-align"),
    *("font-weight", "font-size", "font-style", "font-variant-numeric", "white-space"),
    *("display", "flex-wrap", "border-radius", "box-sizing", "line-height", "margin-top"),
}
_MOST = {"outline": 10.0, "outline-offset": 10.0, "font-size": 200.0}  # these draw over neighbours
_MOST_ELSE = 5_000.0
_COLOURS = {"rgb", "rgba", "hsl", "hsla"}


@lru_cache(maxsize=1024)  # the tables of a report have a few styles in thousands of cells
def clean_style(text: str) -> str:
    """Return a style attribute without the declarations that may not stay.

    Example:
        >>> clean_style("color:#900; position:fixed; list-style:image-set('http://a/b' 1x)")
        'color: #900'
    """
    if len(text) > LONGEST:
        return ""
    declarations = tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
    return "; ".join(
        f"{each.lower_name}: {tinycss2.serialize(each.value).strip()}"
        for each in declarations
        if each.type == "declaration"
        and each.lower_name in _PROPERTIES
        and all(_is_plain(part, _MOST.get(each.lower_name, _MOST_ELSE)) for part in each.value)
    )


def _is_plain(part: Any, most: float) -> bool:  # noqa: ANN401  (tinycss2 ships no types)
    if part.type in ("number", "percentage", "dimension"):
        return bool(0 <= part.value <= most)
    if part.type == "function":
        return part.lower_name in _COLOURS and all(_is_plain(each, most) for each in part.arguments)
    if part.type == "literal":
        return part.value in (",", "/")
    return part.type in ("ident", "hash", "whitespace")


_EVERYWHERE = {"class", "style", "title", "role", "aria-label", "lang"}
_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_CLASS = re.compile(r"circuits-[\w-]+|dataframe")
_REFUSED = "refused:"  # a scheme of no meaning, between cleaning and telling
_PICTURE = re.compile(r"<img(?:\s[a-z-]+=\"[^\"]*\")*>")
_ATTRIBUTE = re.compile(r"\s([a-z]{1,20})=\"([^\"]*)\"")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
_ACTING_TEX = re.compile(
    r"\\(href|mmlToken|url|style|class|cssId|data|bbox|unicode|require|csname|includegraphics)"
    r"(?![A-Za-z])"
)
_MOST_GROWTH = 4  # cleaning repeats a tag that was left open, and some texts grow by thousands
_SHOWN_OF_TANGLE = 2_000


def clean_html(html: str) -> str:
    """Return HTML without anything that acts, loads or escapes from its place.

    A picture that is not shown leaves a line of text, and so does HTML that no page needs.

    Example:
        >>> clean_html('<b onclick="go()">x</b><script>go()</script>')
        '<b>x</b>'
        >>> clean_html('<img src="http://a/b.png">')
        '<span>[A picture is not shown: it would have been loaded from http://a/b.png.]</span>'
    """
    if is_tangled(html):
        return _tell_of_tangle(html)
    cleaned = _make_cleaner().clean(html)
    if len(cleaned) > _MOST_GROWTH * len(html) + 10_000:
        return _tell_of_tangle(html)
    return clean_tex(_PICTURE.sub(_judge_picture, cleaned))


def clean_tex(text: str) -> str:
    r"""Return text in which no formula makes a link, loads a file or takes a style.

    Example:
        >>> clean_tex(r"$\href{javascript:go()}{x}$")
        '$\\operatorname{href}{javascript:go()}{x}$'
    """
    return _ACTING_TEX.sub(r"\\operatorname{\1}", text)


def clean_text(text: object) -> str:
    """Return text without the codes that colour a terminal."""
    return _ANSI.sub("", text if isinstance(text, str) else "".join(map(str, _lines(text))))


def show_drawing(svg: str, about: str) -> str:
    """Return a drawing as a picture, in which its scripts do not run, or a line of text."""
    data = base64.b64encode(svg.encode("utf-8", "replace")).decode()
    fault = find_picture_fault(DRAWING, data)
    if fault is not None:
        return tell_of_picture(fault, about)
    return f'<img src="data:{DRAWING};base64,{data}" alt="{escape(about)}">'


def _lines(value: object) -> list[object]:
    return value if isinstance(value, list) else []


@lru_cache(maxsize=1)
def _make_cleaner() -> nh3.Cleaner:
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["*"] = set(_EVERYWHERE)
    attributes["details"] = {"open"}
    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS - {"map", "area", "wbr"},  # MathJax reads on across a wbr
        attributes=attributes,
        attribute_filter=_judge_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="pass_through",  # judged below
    )


def _judge_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        fault = find_address_fault(value)
        return value if fault is None else f"{_REFUSED}{fault}"
    if name == "style":
        return clean_style(value) or None
    if name == "class":
        # others mean something to the style sheet or the scripts of the page that shows them
        return " ".join(each for each in value.split() if _CLASS.fullmatch(each)) or None
    if name in ("href", "cite", "src") and not _LINK.match(value):
        return None
    return value


def _judge_picture(found: re.Match[str]) -> str:
    attributes = dict(_ATTRIBUTE.findall(found[0]))
    address = unescape(attributes.get("src", f"{_REFUSED}it has no address"))
    if not address.startswith(_REFUSED):
        return found[0]
    return tell_of_picture(address.removeprefix(_REFUSED), unescape(attributes.get("alt", "")))


def _tell_of_tangle(html: str) -> str:
    start = escape(html[:_SHOWN_OF_TANGLE])
    return (
        f"<p>[HTML of {len(html)} characters is not shown: its tags are too many or too deep. "
        f"It begins so:]</p><pre>{start}</pre>"
    )

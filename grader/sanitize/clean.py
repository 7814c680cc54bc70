"""Clean HTML and plain text that a learner's code produced."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from html import escape, unescape

import nh3

from grader.sanitize.pictures import (
    DRAWING,
    find_address_fault,
    find_picture_fault,
    tell_of_picture,
)
from grader.sanitize.styles import clean_style
from grader.sanitize.tangles import is_tangled

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
    return disarm_tex(_PICTURE.sub(_judge_picture, cleaned))


def disarm_tex(text: str) -> str:
    r"""Return text in which no formula makes a link, loads a file or takes a style.

    Example:
        >>> disarm_tex(r"$\href{javascript:go()}{x}$")
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

"""Make what a learner wrote harmless in somebody else's browser."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

import nh3

_STYLES = {
    *("border", "border-collapse", "border-left", "border-top", "border-bottom", "outline"),
    *("padding", "padding-left", "margin", "gap", "width", "height", "max-width", "overflow-x"),
    *("color", "background", "background-color", "outline-offset", "list-style", "text-align"),
    *("font-weight", "font-size", "font-style", "font-variant-numeric", "white-space"),
    *("display", "flex-wrap"),
}
_EVERYWHERE = {"class", "style", "title", "role", "aria-label", "lang"}
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")


def clean_html(html: str) -> str:
    """Return HTML without anything that acts, loads or escapes from its place.

    Example:
        >>> clean_html('<b onclick="go()">x</b><script>go()</script><img src="http://a/b.png">')
        '<b>x</b><img>'
    """
    return _make_cleaner().clean(html)


def clean_text(text: object) -> str:
    """Return text without the codes that colour a terminal."""
    return _ANSI.sub("", text if isinstance(text, str) else "".join(map(str, _lines(text))))


def check_picture(data: object) -> str | None:
    """Return a picture's base64 text without blanks, or None if it is none."""
    if not isinstance(data, str):
        return None
    compact = "".join(data.split())
    try:
        base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return None
    return compact


def wrap_svg(svg: str) -> str:
    """Return a vector picture as the address of an image: its scripts do not run there."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode('utf-8')).decode()}"


def _lines(value: object) -> list[object]:
    return value if isinstance(value, list) else []


@lru_cache(maxsize=1)
def _make_cleaner() -> nh3.Cleaner:
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["*"] = set(_EVERYWHERE)
    attributes["details"] = {"open"}
    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS - {"map", "area"},
        attributes=attributes,
        attribute_filter=_judge_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="deny",
        filter_style_properties=_STYLES,
    )


def _judge_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if _IMAGE.fullmatch(value) else None
    if value.lstrip().lower().startswith("data:"):
        return None
    if name == "style" and ("url(" in value.lower() or "\\" in value):
        return None  # would load something, or hide that it does
    return value

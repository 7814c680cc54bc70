"""Find why a picture must not be shown: it lies elsewhere, is damaged, or is too dear to draw."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image

LONGEST = 4_000_000
"""Characters of SVG."""

MOST_DRAWN = 200_000
"""Elements, each as often as it is used; 64 characters of attributes count as one more."""

DEEPEST = 64
"""Elements in elements, and references counted like them. Figures have 10."""

WIDEST = 20_000
"""Pixels."""

_PATTERN_TILES = 100
_REFUSED = re.compile(
    r"fe[A-Z]\w*|filter|foreignObject|animate\w*|set|mpath|discard|mask|marker"
    r"|script|iframe|audio|video|canvas"
)
_REFUSED_ATTRIBUTE = re.compile(r"filter$|mask$|marker")
_REFUSED_STYLE = re.compile(
    r"\\|@(?!media\b)|filter|mask|marker|animation|transition|blend|shadow|image(?!-rendering)",
    re.IGNORECASE,
)
_ODD = re.compile(
    r"<!ENTITY|<\?(?!xml\s)|encoding\s{0,9}=\s{0,9}[\"'](?!utf-8[\"'])", re.IGNORECASE
)
_REFERENCE = re.compile(r"url\(\s*+[\"']?([^()\"']*+)", re.IGNORECASE)
_RASTER = re.compile(r"data:image/(?:png|jpeg|gif);base64,")
_NUMBER = re.compile(r"\s{0,9}([\d.]{1,30}(?:e\d{1,3})?)", re.IGNORECASE)


class _FaultError(Exception):
    """A drawing must not be shown; its text says why."""


def find_svg_fault(svg: str) -> str | None:
    """Return why a drawing must not be shown, or None if it may be.

    Example:
        >>> find_svg_fault('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>')
        >>> find_svg_fault('<svg xmlns="http://www.w3.org/2000/svg"><filter/></svg>')
        'the drawing has <filter>'
    """
    if len(svg) > LONGEST:
        return "the drawing is too large"
    if _ODD.search(svg):
        return "the drawing is written in an unusual way"
    try:
        root = fromstring(svg)
    except (ParseError, DefusedXmlException, ValueError):
        return "the drawing is damaged"
    if _name(root) != "svg":
        return "the drawing is damaged"
    if any(_measure(root.get(side, "")) > WIDEST for side in ("width", "height")):
        return "the drawing is too large"
    try:
        return "the drawing is too complex" if _Count(root).of(root, 0) > MOST_DRAWN else None
    except _FaultError as fault:
        return str(fault)


class _Count:
    """Counts what is drawn for an element: itself, its children, and all that it refers to."""

    def __init__(self, root: Element) -> None:
        self._known: dict[Element, float] = {}
        self._open: set[Element] = set()
        self._named: dict[str, Element] = {}
        for element in root.iter():
            self._named.setdefault(element.get("id", ""), element)

    def of(self, element: Element, depth: int) -> float:
        known = self._known.get(element)
        if known is not None:
            return known
        if depth > DEEPEST or element in self._open:
            raise _FaultError("the drawing is too complex")
        _check(element)
        self._open.add(element)
        drawn = 1 + sum(len(value) for value in element.attrib.values()) / 64
        for other in (*element, *self._references(element)):
            drawn += self.of(other, depth + 1)
        if _name(element) == "pattern":
            drawn *= _PATTERN_TILES
        self._open.remove(element)
        self._known[element] = drawn
        return drawn

    def _references(self, element: Element) -> Iterator[Element]:
        for name, value in element.attrib.items():
            targets = _REFERENCE.findall(value)
            is_link = _local(name) == "href" and _name(element) != "a"
            if is_link and not _RASTER.match(value):
                targets.append(value)
            for target in targets:
                if not target.startswith("#"):
                    raise _FaultError("the drawing refers to another file")
                if target[1:] in self._named:
                    yield self._named[target[1:]]


def _check(element: Element) -> None:
    name = _name(element)
    if _REFUSED.fullmatch(name):
        raise _FaultError(f"the drawing has <{name}>")
    sheet = "".join(element.itertext()) if name == "style" else ""
    styles = (element.get("style", ""), sheet)
    if (
        any(_REFUSED_ATTRIBUTE.match(each) for each in element.attrib)
        or any(_REFUSED_STYLE.search(style) for style in styles)
        or "url" in sheet.lower()
    ):
        raise _FaultError("the drawing has effects")


def _name(element: Element) -> str:
    return _local(element.tag)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _measure(text: str) -> float:
    found = _NUMBER.match(text)
    try:
        return float(found[1]) if found else 0.0
    except ValueError:
        return 0.0


MOST_PIXELS = 40_000_000
"""Decoded, 160 MB. A PNG of 50 kB can have ten times as many."""

RASTER = ("image/png", "image/jpeg", "image/gif")
"""Kinds of pictures that are shown as they are, if they are what they say."""

DRAWING = "image/svg+xml"
_FORMATS = ("PNG", "JPEG", "GIF")
_DATA = re.compile(r"data:(image/(?:png|jpeg|gif|svg\+xml));base64,", re.IGNORECASE)
_LONGEST_ADDRESS = 200


def find_picture_fault(mime: str, data: str) -> str | None:
    """Return why a picture must not be shown, or None if it may be.

    Args:
        mime: Its kind.
        data: Base64 text.
    """
    if mime not in (*RASTER, DRAWING):
        return f"pictures of the kind {mime[:40]} are not"
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return "it is damaged"
    if mime == DRAWING:
        return find_drawing_fault(content)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            width, height = picture.size
    except Exception:  # noqa: BLE001  (whatever a decoder says about a stranger's bytes)
        return "it is damaged or too large"
    return "it is too large" if width * height > MOST_PIXELS else None


def find_drawing_fault(content: bytes) -> str | None:
    """Return why the bytes of a drawing must not be shown, or None if they may be."""
    try:
        return find_svg_fault(content.decode("utf-8"))
    except UnicodeDecodeError:
        return "the drawing is written in an unusual way"


def find_address_fault(address: str) -> str | None:
    """Return why the picture at an address must not be shown, or None if it may be.

    Example:
        >>> find_address_fault("http://a.example/b.png")
        'it would have been loaded from http://a.example/b.png'
    """
    found = _DATA.match(address)
    if found is None:
        return f"it would have been loaded from {address[:_LONGEST_ADDRESS]}"
    return find_picture_fault(found[1].lower(), address[found.end() :])


def tell_of_picture(fault: str, about: str = "") -> str:
    """Return the line of text that stands where a picture is not shown, as HTML.

    Args:
        fault: As :func:`find_picture_fault` gives it.
        about: Its text alternative.

    Example:
        >>> tell_of_picture("it is damaged", "a cat")
        '<span>[A picture is not shown: it is damaged. It is described as: a cat]</span>'
    """
    described = f" It is described as: {escape(about)}" if about else ""
    return f"<span>[A picture is not shown: {escape(fault)}.{described}]</span>"

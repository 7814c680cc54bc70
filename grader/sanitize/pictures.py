"""Find why a picture must not be shown: it lies elsewhere, is damaged, or is too dear to draw."""

from __future__ import annotations

import base64
import binascii
import io
import re
from html import escape

from PIL import Image

from grader.sanitize.drawings import find_fault

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
        return find_fault(content.decode("utf-8"))
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

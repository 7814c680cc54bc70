"""Put pictures that stand in a page's text into files of their own.

A figure comes out of a cell as a ``data:`` address, so a page of sixty figures weighs a megabyte
before its first line shows. As files they are fetched when the reader comes near.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

FOLDER = "_images"
ENDINGS = {"svg+xml": "svg", "png": "png", "jpeg": "jpg", "gif": "gif", "webp": "webp"}
IMAGE = re.compile(r"""<(?:img|source)\b(?:[^>"']|"[^"]*"|'[^']*')*>""")
DATA = re.compile(
    r'\s(?P<attribute>src|srcset)="data:image/(?P<kind>[a-z+]+)(?P<encoding>;base64)?,'
    r'(?P<data>[^"]*)"'
)
SMALLEST = 512  # characters; fetching a file costs more than carrying fewer along


def file_figures(page: str, site: Path, to_root: str) -> str:
    """Return a page whose pictures are files of the site, fetched when they come near."""
    return IMAGE.sub(lambda match: file_figure(match[0], site, to_root), page)


def file_figure(tag: str, site: Path, to_root: str) -> str:
    """Return an image's tag with its picture in a file; small and strange ones stay."""
    found = DATA.search(tag)
    if found is None or len(found["data"]) < SMALLEST or found["kind"] not in ENDINGS:
        return tag
    try:
        content = read_data(found["data"], found["encoding"] is not None)
    except binascii.Error:
        return tag
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.{ENDINGS[found['kind']]}"
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    at_leisure = tag.startswith("<img") and "loading=" not in tag
    lazily = ' loading="lazy" decoding="async"' if at_leisure else ""
    return tag.replace(found[0], f' {found["attribute"]}="{to_root}{FOLDER}/{name}"{lazily}')


def read_data(data: str, is_base64: bool) -> bytes:
    """Return the bytes of a ``data:`` address; raises ``binascii.Error`` if it is broken.

    >>> read_data("aGVsbG8=", True), read_data("hello%21", False)
    (b'hello', b'hello!')
    """
    return base64.b64decode(data, validate=True) if is_base64 else unquote_to_bytes(data)

"""Decode bytes to JSON values, within bounds: encodings, depth, count and size."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Limits that hold before anything is parsed or copied.

    The course's own notebooks have 60 cells and 40 kB; figures saved with one make it a few MB.

    Attributes:
        notebook_bytes: Of the notebook's file. Outputs are saved in it, so it may be large.
        depth: Of brackets in brackets. A notebook needs 8; Python's parser gives up near 1000.
        values: Of numbers, strings, lists and objects in the file. Each costs memory, even an
            empty list.
        cells: Of the notebook.
        source_characters: Of one cell.
        all_characters: Of all cells' sources together.
        notebooks: Under other names than the assignment's.
        files: Beside the notebook.
        file_bytes: Of one of those files.
        folder_bytes: Of all of them together, and of all notebooks under other names.
    """

    notebook_bytes: int = 64_000_000
    depth: int = 64
    values: int = 2_000_000
    cells: int = 2_000
    source_characters: int = 1_000_000
    all_characters: int = 8_000_000
    notebooks: int = 20
    files: int = 500
    file_bytes: int = 32_000_000
    folder_bytes: int = 64_000_000


class CannotReadError(Exception):
    """A submission that no repair can save. Its text is a sentence for the learner."""


# Longer marks first: UTF-32's begins like UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
# A string that never ends goes to the end of the text: nothing is read a second time.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_DIGITS = 20


def decode_text(data: bytes, bounds: Bounds) -> tuple[str, str]:
    """Return a notebook's text, and the unusual encoding that it was saved in, or "".

    Raises:
        CannotReadError: If the bytes are too many, none, or another kind of file.
    """
    if len(data) > bounds.notebook_bytes:
        raise CannotReadError(
            f"The notebook is larger than {bounds.notebook_bytes // 1_000_000} MB; "
            "clear its outputs and hand it in again."
        )
    if not data.strip(b" \t\r\n\0"):
        raise CannotReadError("The notebook's file is empty.")
    for start, kind in _OTHER_FILES:
        if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(start.lower()):
            raise CannotReadError(f"The file is {kind} and not a notebook.")
    for mark, encoding, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), name or "UTF-8 with a mark"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and "\0" not in text:
        return text, ""
    # JSON begins with an ASCII character: its zero byte tells the byte order.
    if data[1:2] == b"\0" or data[:1] == b"\0":
        order = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(order, "replace"), "UTF-16"
    return text or data.decode("cp1252", "replace"), "an old one-byte encoding"


def parse_json(text: str, bounds: Bounds) -> object:
    """Return the value of a JSON text.

    Numbers that no notebook needs (NaN, whole numbers of thousands of digits) become None.

    Raises:
        CannotReadError: If it is too deep, has too many values, or is no JSON.
    """
    _check_shape(text, bounds)
    try:
        value: object = json.loads(
            text, strict=False, parse_int=_parse_int, parse_constant=lambda _: None
        )
    except json.JSONDecodeError as error:
        raise CannotReadError(_explain(text, error)) from error
    except RecursionError as error:
        raise CannotReadError("The file nests too deeply to be a notebook.") from error
    return value


def _check_shape(text: str, bounds: Bounds) -> None:
    depth = values = 0
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark == '"':
            continue  # brackets within strings build nothing
        values += 1
        match mark:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
        if depth > bounds.depth:
            raise CannotReadError("The file nests too deeply to be a notebook.")
        if values > bounds.values:
            raise CannotReadError(
                "The file has too many entries; clear the notebook's outputs and hand it in again."
            )


def _explain(text: str, error: json.JSONDecodeError) -> str:
    if "<<<<<<<" in text and ">>>>>>>" in text:
        return "The file holds the marks of an unfinished git merge."
    if error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()) - 1:
        return "The file ends in the middle; it was probably cut off when it was saved or sent."
    return f"The file is not a notebook: line {error.lineno} is not JSON."


def _parse_int(digits: str) -> int | None:
    return int(digits) if len(digits) < _DIGITS else None

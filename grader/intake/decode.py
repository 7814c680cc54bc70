"""Decode bytes to plain cells, within bounds: encodings, depth, size, and formats 1 to 4."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


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


Kind = Literal["code", "markdown", "raw"]
CURRENT = 4
_KINDS: Mapping[str, Kind] = {"code": "code", "markdown": "markdown", "raw": "raw", "html": "raw"}
_HEADINGS = 6


@dataclass(frozen=True)
class PlainCell:
    """What counts of a learner's cell. Outputs do not: the cell is run again.

    Attributes:
        kind: Code, Markdown or raw text.
        source: Its text, with lines that end in a newline only.
        id: What it is called in the file, or "".
        label: The ``grade_id`` that it claims, or "".
        claims: All that it claims to be to nbgrader.
        attachments: Pictures pasted into a Markdown cell, by name.
        given: Whether the learner received it so, in an earlier release.
    """

    kind: Kind
    source: str
    id: str = ""
    label: str = ""
    claims: Mapping[str, object] = field(default_factory=dict)
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given: bool = False


@dataclass(frozen=True)
class PlainNotebook:
    """What counts of a learner's notebook.

    Attributes:
        cells: In order.
        format: The major version that it was saved in, or None if it does not say.
        kernel: The name of the kernel that it asks for, or "".
    """

    cells: tuple[PlainCell, ...]
    format: int | None
    kernel: str


def read_cells(value: object, bounds: Bounds) -> PlainNotebook:
    """Return the cells of a parsed notebook.

    Raises:
        CannotReadError: If it is no notebook, or has too many or too large cells.
    """
    if not isinstance(value, dict):
        raise CannotReadError("The file is not a notebook.")
    found = value.get("cells")
    if not isinstance(found, list):
        sheets = [sheet for sheet in _list(value.get("worksheets")) if isinstance(sheet, dict)]
        if not sheets:
            raise CannotReadError("The file is not a notebook: it has no cells.")
        found = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    if len(found) > bounds.cells:
        raise CannotReadError(f"The notebook has more than {bounds.cells} cells.")
    cells = tuple(_read_cell(cell) for cell in found if isinstance(cell, dict))
    sizes = [len(cell.source) for cell in cells]
    if max(sizes, default=0) > bounds.source_characters or sum(sizes) > bounds.all_characters:
        raise CannotReadError("The notebook has a cell that is too long to be read.")
    version = value.get("nbformat")
    kernel = _dict(_dict(value.get("metadata")).get("kernelspec")).get("name")
    return PlainNotebook(
        cells,
        version if isinstance(version, int) else None,
        replace_surrogates(kernel)[:80] if isinstance(kernel, str) else "",
    )


def replace_surrogates(text: str) -> str:
    """Return text that any file can hold: halves of characters become a question mark box."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_cell(cell: dict[str, object]) -> PlainCell:
    named = cell.get("cell_type")
    source = _read_source(cell.get("source", cell.get("input", "")))
    if named == "heading":  # format 3 and before
        level = cell.get("level")
        level = level if isinstance(level, int) and 1 <= level <= _HEADINGS else 1
        return PlainCell("markdown", f"{'#' * level} {source}")
    metadata = _dict(cell.get("metadata"))
    claims = _dict(metadata.get("nbgrader"))
    label = claims.get("grade_id")
    # Colab keeps the id that a cell had under its own name.
    name = next((n for n in (cell.get("id"), metadata.get("id")) if isinstance(n, str)), "")
    kind = _KINDS.get(named, "raw") if isinstance(named, str) else "raw"
    return PlainCell(
        kind,
        source,
        name,
        label if isinstance(label, str) else "",
        claims,
        _read_attachments(cell.get("attachments")) if kind == "markdown" else {},
    )


def _read_source(source: object) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return replace_surrogates(source) if isinstance(source, str) else ""


def _read_attachments(value: object) -> dict[str, dict[str, str]]:
    return {
        replace_surrogates(name): {
            replace_surrogates(mime): replace_surrogates(data)
            for mime, data in _dict(bundle).items()
            if isinstance(data, str)
        }
        for name, bundle in _dict(value).items()
    }


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []

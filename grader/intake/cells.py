"""Read plain cells from JSON values, for every notebook format from 1 to 4 and later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from grader.intake.decode import Bounds, CannotReadError

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
        clean_text(kernel)[:80] if isinstance(kernel, str) else "",
    )


def clean_text(text: str) -> str:
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
    return clean_text(source) if isinstance(source, str) else ""


def _read_attachments(value: object) -> dict[str, dict[str, str]]:
    return {
        clean_text(name): {
            clean_text(mime): clean_text(data)
            for mime, data in _dict(bundle).items()
            if isinstance(data, str)
        }
        for name, bundle in _dict(value).items()
    }


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []

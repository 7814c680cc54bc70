"""Read a MyST Markdown notebook as cells that know where they stand in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jupytext.myst import MystMetadataParsingError, myst_to_notebook
from nbformat import ValidationError

from course.errors import WeaveError, name_page
from grader.errors import CourseError


@dataclass(frozen=True)
class Cell:
    """One cell of a page.

    Attributes:
        kind: ``code`` or ``markdown``.
        source: Its text, without the fence and its options.
        metadata: The fence's options, or those behind ``+++``.
        line: Where it begins in the file, counted from 1; of code, the fence.
        source_line: Where its text begins.
    """

    kind: str
    source: str
    metadata: Mapping[str, object]
    line: int
    source_line: int

    @property
    def grade_id(self) -> str | None:
        """The id that ties it to the table of parts, if it has one."""
        value = self.metadata.get("grade_id")
        return None if value is None else str(value)

    @property
    def tags(self) -> tuple[str, ...]:
        """Jupyter's tags, ``hide-input`` for instance."""
        tags = self.metadata.get("tags", ())
        return (tags,) if isinstance(tags, str) else tuple(str(tag) for tag in _items(tags))


@dataclass(frozen=True)
class Page:
    """A chapter or a page of solutions.

    Attributes:
        path: Its file.
        cells: In the order of the page.
    """

    path: Path
    cells: tuple[Cell, ...]

    def find(self, grade_id: str) -> Cell | None:
        """Return the cell with this grade_id, or None."""
        return next((cell for cell in self.cells if cell.grade_id == grade_id), None)


def read_page(path: Path) -> Page:
    """Read a page.

    Raises:
        CourseError: If there is no such file.
        WeaveError: If it is not a MyST Markdown notebook.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CourseError(
            f"There is no {name_page(path)}; every assignment needs this page."
        ) from error
    return _parse(path, text)


@lru_cache(maxsize=32)
def _parse(path: Path, text: str) -> Page:
    try:
        notebook = myst_to_notebook(text, add_source_map=True)
    except (MystMetadataParsingError, ValidationError) as error:
        reason = " ".join(str(error).split())
        raise WeaveError(path, None, f"its options cannot be read ({reason[:200]}).") from error
    lines = text.splitlines()
    cells = []
    for node, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
        # For code, the map gives the line behind the fence; for text, the block's first line.
        body = _skip_options(lines, start) if node.cell_type == "code" else start
        while body < len(lines) and not lines[body].strip():
            body += 1
        line = start if node.cell_type == "code" else body + 1
        cells.append(Cell(node.cell_type, node.source, dict(node.metadata), line, body + 1))
    return Page(path, tuple(cells))


def _skip_options(lines: list[str], start: int) -> int:
    """Return where a code cell's text begins, behind its options."""
    if lines[start].strip() == "---":
        return next(i for i in range(start + 1, len(lines)) if lines[i].strip() == "---") + 1
    while lines[start].startswith(":"):
        start += 1
    return start


def _items(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()

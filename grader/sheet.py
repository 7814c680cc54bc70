"""Read a table that a platform or spreadsheet wrote, and fill cells: all else stays as it was."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError

_DELIMITERS = (",", ";", "\t")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST = 100_000_000  # bytes: of a class of a hundred thousand


@dataclass(frozen=True)
class Field:
    """One cell, and where it stands in the file.

    Attributes:
        text: What it says.
        start: Of the cell in the decoded file, with its quotes.
        end: Behind it.
    """

    text: str
    start: int
    end: int


class Spreadsheet:
    """A table in a file: comma, semicolon or tab between cells, in any of the usual encodings.

    Args:
        data: The file's bytes.
        name: The file's name, for what is said about it.

    Raises:
        CourseError: If it is no table, or one that this program reads otherwise than Python's
            ``csv`` does.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._text, self._encoding = _decode(data, name)
        self._delimiter = _find_delimiter(self._text)
        self.rows = list(_split(self._text, self._delimiter))
        texts = [[cell.text for cell in row] for row in self.rows]
        if not texts or texts != self._read_again():
            raise CourseError(
                f"{name} has quotes that do not end or end twice, so it was not touched; export "
                "it from the platform again, and do not save it from a spreadsheet."
            )

    @classmethod
    def load(cls, path: Path) -> Spreadsheet:
        """Return the table in a file.

        Raises:
            CourseError: If there is none.
        """
        try:
            with path.open("rb") as file:
                data = file.read(_MOST + 1)
        except OSError as error:
            raise CourseError(f"{path} cannot be read ({error.strerror}).") from error
        if len(data) > _MOST:
            raise CourseError(f"{path.name} is too large to be a table of grades.")
        return cls(data, path.name)

    def text(self, row: int, column: int | None) -> str:
        """Return what a cell says, without blanks around it; "" where a row is shorter."""
        cells = self.rows[row]
        return cells[column].text.strip() if column is not None and column < len(cells) else ""

    def find_column(self, *names: str, row: int = 0) -> int | None:
        """Return the first column of one of these names, capitals aside, or None."""
        header = [self.text(row, place).casefold() for place in range(len(self.rows[row]))]
        for name in names:
            if name.casefold() in header:
                return header.index(name.casefold())
        return None

    def fill(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file with other texts in some cells.

        Args:
            changes: New texts by row and column, which are there.
        """
        pieces, last = [], 0
        for row, column in sorted(changes):
            cell = self.rows[row][column]
            pieces += [self._text[last : cell.start], self._quote(changes[row, column], cell)]
            last = cell.end
        return "".join([*pieces, self._text[last:]]).encode(self._encoding)

    def _quote(self, text: str, cell: Field) -> str:
        quoted = self._text[cell.start : cell.start + 1] == '"'
        if quoted or any(c in text for c in (self._delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def _read_again(self) -> list[list[str]]:
        text = io.StringIO(self._text.removeprefix("\ufeff"), newline="")
        before = csv.field_size_limit(_MOST)  # a text that was typed online may be long
        try:
            return list(csv.reader(text, delimiter=self._delimiter))
        except csv.Error:
            return []
        finally:
            csv.field_size_limit(before)


def _decode(data: bytes, name: str) -> tuple[str, str]:
    encoding = next((kind for mark, kind in _MARKS if data.startswith(mark)), "")
    for kind in (encoding,) if encoding else ("utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(kind)
        except UnicodeDecodeError:
            continue
        if text.encode(kind) == data and "\0" not in text and text.strip():
            return text, kind
    raise CourseError(f"{name} is no table of text; save or export it as CSV.")


def _find_delimiter(text: str) -> str:
    head = re.sub(r'"(?:[^"]|"")*"', "", text[:10_000]).lstrip("\ufeff\r\n")
    return max(_DELIMITERS, key=head.splitlines()[0].count if head else head.count)


def _split(text: str, delimiter: str) -> list[list[Field]]:
    one = re.compile(
        rf'(?:"(?P<quoted>[^"]*(?:""[^"]*)*)"|(?P<plain>[^{delimiter}\r\n]*))'
        rf"(?P<end>{delimiter}|\r\n|\n|\r|\Z)"
    )
    rows: list[list[Field]] = []
    row: list[Field] = []
    place = 1 if text.startswith("\ufeff") else 0
    while place < len(text) or row:
        found = one.match(text, place)
        if found is None:
            return []
        quoted = found["quoted"]
        value = found["plain"] if quoted is None else quoted.replace('""', '"')
        row.append(Field(value, place, found.start("end")))
        place = found.end()
        if found["end"] != delimiter:
            blank = len(row) == 1 and row[0].start == row[0].end
            rows.append([] if blank else row)
            row = []
    return rows

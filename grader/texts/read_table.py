"""Read a table of texts that a person has filled in: every row, and all that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from grader.bounded import TooCostlyError, call_bounded
from grader.errors import CourseError
from grader.sheet import Spreadsheet
from grader.texts.table import COMMENT, GRADER, ITEM, KEY, LEARNERS, POINTS, VERSION, Value, unguard

_MOST = 100_000_000  # bytes, as for the tables of platforms
_SECONDS = 30.0  # of the processor; a class of five thousand takes a tenth of it


@dataclass(frozen=True)
class FilledRow:
    """A row, as somebody filled it in.

    Attributes:
        row: Its number in the spreadsheet; the header has 1.
        key: The text's id.
        points: For the whole text, or None if there is nothing to enter.
        comment: "" if there is none.
        grader: Who filled it in, or "".
        version: What the text's grades were when the table was written.
    """

    row: int
    key: str
    points: float | None
    comment: str
    grader: str
    version: str


@dataclass(frozen=True)
class Table:
    """What is in a file.

    Attributes:
        name: The file's.
        rows: Those that can be read.
        faults: What is wrong with the others, a sentence each.
        anonymous: Whether it does not say who wrote what.
    """

    name: str
    rows: tuple[FilledRow, ...]
    faults: tuple[str, ...]
    anonymous: bool = False


def read_table(path: Path, max_points: float) -> Table:
    """Return a table that was filled in.

    Args:
        path: Of the xlsx, or of the CSV in whatever form a spreadsheet saved it.
        max_points: What there is to earn.

    Raises:
        CourseError: If it cannot be read, or has not the columns that were written.
    """
    cells = _read_workbook(path) if path.suffix.casefold() == ".xlsx" else _read_csv(path)
    columns = _find_columns(cells[0] if cells else (), path.name)
    rows, faults, seen = [], [], dict[str, int]()
    for number, line in enumerate(cells[1:], 2):
        if all(_text(value) == "" for value in line):
            continue
        try:
            filled = _read_row(number, line, columns, max_points)
        except ValueError as error:
            faults.append(f"Row {number}: {error}")
            continue
        if filled.key in seen:
            faults.append(f"Row {number}: {filled.key} stands in row {seen[filled.key]}, too.")
        seen[filled.key] = number
        rows.append(filled)
    return Table(path.name, tuple(rows), tuple(faults), LEARNERS not in columns)


def _read_workbook(path: Path) -> list[Sequence[Value]]:
    """Return the cells of a workbook: a small file can unpack to a large one, or to many rows."""
    large = CourseError(
        f"{path.name} is too large to be a table of texts; save it as CSV, and import that."
    )
    try:
        if path.stat().st_size > _MOST:
            raise large
        rows = call_bounded(lambda: _unpack_workbook(path), _SECONDS)
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}).") from error
    except TooCostlyError:
        raise large from None
    if rows is None:
        raise CourseError(f"{path.name} is no workbook; save it as xlsx, or as CSV.")
    return rows


def _unpack_workbook(path: Path) -> list[Sequence[Value]] | None:
    from openpyxl import load_workbook

    try:
        # Links to other workbooks are neither followed nor kept.
        book = load_workbook(path, data_only=True, keep_links=False)
        sheet = book["texts"] if "texts" in book.sheetnames else book.worksheets[0]
        return [tuple(row) for row in sheet.iter_rows(values_only=True)]
    except (OSError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  (whatever a reader says about damaged bytes)
        return None


def _read_csv(path: Path) -> list[Sequence[Value]]:
    sheet = Spreadsheet.load(path)
    return [[unguard(cell.text.replace("\r\n", "\n")) for cell in row] for row in sheet.rows if row]


def _find_columns(header: Sequence[Value], name: str) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, value in enumerate(header):
        words = _text(value).split()
        kind = words[0].rstrip(":").casefold() if words else ""
        if kind == ITEM and len(words) > 1:
            kind = f"{ITEM} {words[1].rstrip(':')}"
        columns.setdefault(kind, place)
    missing = [kind for kind in (KEY, POINTS, COMMENT, VERSION) if kind not in columns]
    if missing:
        raise CourseError(
            f"{name} has no column {' and no column '.join(missing)}; fill in the table that "
            "`python -m grader texts` wrote, and leave its first row as it is."
        )
    return columns


def _read_row(
    number: int, line: Sequence[Value], columns: Mapping[str, int], most: float
) -> FilledRow:
    def at(kind: str) -> Value:
        place = columns.get(kind, len(line))
        return line[place] if place < len(line) else None

    parts = [_read_points(at(k), k, None) for k in columns if k.startswith(f"{ITEM} ")]
    points = _read_points(at(POINTS), POINTS, most)
    given = [part for part in parts if part is not None]
    if given and points is not None and not math.isclose(sum(given), points):
        raise ValueError(f"the items add up to {sum(given):g}, and the points are {points:g}.")
    if given and points is None:
        points = _check(sum(given), "the items add up to {}", most)
    grader = " ".join(_text(at(GRADER)).split())
    key, version = _text(at(KEY)), _text(at(VERSION))
    return FilledRow(number, key, points, _text(at(COMMENT)), grader, version)


def _read_points(value: Value, name: str, most: float | None) -> float | None:
    if isinstance(value, datetime | date | time):
        raise ValueError(
            f"{name} is a date ({value}), which the spreadsheet made of a number; write the number."
        )
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise ValueError(f"{name} is {value}, and no number.")
    try:
        number = float(_text(value).replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} is {_text(value)!r}, and no number.") from None
    return _check(number, f"{name} is {{}}", most)


def _check(number: float, words: str, most: float | None) -> float:
    if not math.isfinite(number) or number < 0 or (most is not None and number > most):
        wanted = "0 or more" if most is None else f"from 0 to {most:g}"
        raise ValueError(f"{words.format(f'{number:g}')}, and can be {wanted}.")
    return number


def _text(value: Value) -> str:
    return "" if value is None else str(value).strip()

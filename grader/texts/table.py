"""Write a table of texts for a person to fill in, as xlsx and as CSV.

Texts are other people's: none becomes a formula, and none is cut without a word.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.texts.answers import Question, Text
from grader.texts.rubric import Rubric

LONGEST = 32_767
"""Characters in one cell of a spreadsheet; Excel cuts off what is longer."""

KEY, LEARNERS, WRITERS, TEXT, NOTE = "id", "learners", "writers", "text", "note"
POINTS, COMMENT, GRADER, VERSION = "points", "comment", "grader", "version"
ITEM = "item"
"""How the column of a rubric's item begins; its number follows."""

FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
"""With what a formula begins, in one spreadsheet or another."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WIDTHS = {KEY: 20, LEARNERS: 16, TEXT: 80, NOTE: 24, COMMENT: 50, GRADER: 14, VERSION: 16}
_FILL_IN = "FFF4D6"  # behind what a person fills in; the header says so in words

Value = str | float | int | None


def list_headers(question: Question, rubric: Rubric, *, anonymous: bool) -> list[str]:
    """Return the names of the columns; the first word is what importing goes by."""
    items = [
        f"{ITEM} {place}: {item.text} (0 to {item.points:g})"
        for place, item in enumerate(rubric.items, 1)
    ]
    points = f"{POINTS} (0 to {question.max_points:g}{'; or fill in the items' if items else ''})"
    who = WRITERS if anonymous else LEARNERS
    return [KEY, who, TEXT, NOTE, *items, points, COMMENT, GRADER, VERSION]


def list_rows(
    answers: Sequence[Text], rubric: Rubric, *, anonymous: bool, grader: str = ""
) -> Iterator[list[Value]]:
    """Yield a row for each text, in the order of the columns.

    Args:
        answers: The rows.
        rubric: Has a column for each item.
        anonymous: Whether to say how many wrote it, instead of who.
        grader: Whose share it is, or "".
    """
    for place, answer in enumerate(answers, 2):
        who: Value = len(answer.given)
        if not anonymous:
            who = ", ".join(one.student for one in answer.given)
        yield [
            answer.key,
            who,
            _fit(answer.text, f"row {place} of the HTML page"),
            " ".join(filter(None, (_say_differs(answer), _say_pictures(answer), *answer.notes))),
            *(None for _ in rubric.items),
            _shorten(answer.points),
            answer.comment,
            grader,
            answer.version,
        ]


def write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Write the table as CSV that Excel reads as UTF-8, with text that stays text.

    Args:
        path: The file.
        headers: Of the columns.
        rows: Below.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(headers)
        writer.writerows([[_guard(value) for value in row] for row in rows])


def write_workbook(
    path: Path, headers: Sequence[str], rows: Sequence[Sequence[Value]], explained: str
) -> None:
    """Write the table as xlsx, with the rubric on a second sheet.

    Args:
        path: The file.
        headers: Of the columns.
        rows: Below.
        explained: The model answer and the rubric, and how to fill in the table.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "texts"
    for r, row in enumerate([list(headers), *rows], 1):
        for c, value in enumerate(row, 1):
            cell = sheet.cell(r, c)
            if isinstance(value, str):
                cell.value = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
                cell.data_type = "s"  # and no formula
                cell.quotePrefix = True  # also once somebody has been in the cell
            else:
                cell.value = value
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for c, header in enumerate(headers, 1):
        name = header.split()[0].rstrip(":")
        letter = get_column_letter(c)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 18)
        sheet.cell(1, c).font = Font(bold=True)
        if name in (ITEM, POINTS, COMMENT):
            sheet.cell(1, c).fill = PatternFill("solid", fgColor=_FILL_IN)
        if name in (ITEM, POINTS) and rows:
            most = header.rpartition("(0 to ")[2].split(";")[0].rstrip(")")
            rule = DataValidation(
                type="decimal", operator="between", formula1="0", formula2=most, allow_blank=True
            )
            rule.error, rule.showErrorMessage = f"a number from 0 to {most}", True
            rule.add(f"{letter}2:{letter}{len(rows) + 1}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    about = book.create_sheet("rubric")
    about.column_dimensions["A"].width = 120
    for r, line in enumerate(explained.splitlines(), 1):
        cell = about.cell(r, 1, _UNPRINTABLE.sub("", line)[:LONGEST])
        cell.data_type, cell.alignment = "s", Alignment(wrap_text=True, vertical="top")
    book.save(path)


def _shorten(points: float | None) -> float | None:
    """Return whole points as a whole number: CSV writes 2, and not 2.0."""
    return int(points) if points is not None and points.is_integer() else points


def _fit(text: str, where: str) -> str:
    """Return a text that a cell can hold; one that is longer says how much is missing, and where.

    Excel counts in units of UTF-16, of which an emoji has two.
    """
    length = len(text.encode("utf-16-le")) // 2
    if length <= LONGEST:
        return text
    end = f"\n[… cut here, {length} characters in all: the whole text is in {where}]"
    half = text.encode("utf-16-le")[: 2 * (LONGEST - len(end))]
    return half.decode("utf-16-le", "ignore") + end


def _guard(value: Value) -> Value:
    """Return text behind an apostrophe if a spreadsheet would take it for a formula."""
    if not isinstance(value, str):
        return value
    text = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    return f"'{text}" if FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Return text as it was before an apostrophe was put in front of it."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def _say_pictures(answer: Text) -> str:
    return "It has a picture: see the HTML page." if answer.pictures else ""


def _say_differs(answer: Text) -> str:
    """Say that equal texts have different points so far, or "" if they do not."""
    points = {one.points for one in answer.given}
    if len(points) == 1:
        return ""
    known = sorted(p for p in points if p is not None)
    said = ", ".join([f"{p:g}" for p in known] + (["none yet"] if None in points else []))
    return f"Its writers have different points so far: {said}."

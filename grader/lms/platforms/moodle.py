"""Read Moodle's files: the worksheet and its columns to fill, archives in folders or flat.

Read in moodle/moodle: ``mod/assign/feedback/offline``, ``mod/assign/feedback/file``. An
identifier is the participant's in one assignment; each assignment has others. The names of the
columns are translated, and so are the times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo

from grader.dates import UnclearDateError, read_date
from grader.errors import CourseError
from grader.lms.accounts import Account
from grader.lms.platforms.platform import Column, Item, Read, read_number
from grader.sheet import Spreadsheet

_ENTRY = re.compile(
    r"(?P<reply>(?P<name>[^_/]*)_(?P<id>\d+)_assignsubmission_file(?:_?/|_))(?P<file>.+)"
)
_IDENTIFIER = re.compile(r"\D*(?P<id>\d+)")
_GRADE = ("Grade", "Bewertung", "Note", "Calificación", "Valutazione", "Cijfer", "Avaliação")
_MOST = (
    "Maximum Grade", "Maximum grade", "Bestwertung", "Höchste Bewertung", "Beste Bewertung",
    "Note maximale", "Calificación máxima", "Valutazione massima", "Maximumcijfer",
    "Avaliação máxima",
)  # fmt: skip
_SCALE = ("Scale", "Skala", "Barème", "Escala", "Scala", "Schaal")
_CHANGES = (
    "Grade can be changed", "Bewertung kann geändert werden", "La note peut être modifiée",
    "La calificación puede ser cambiada",
)  # fmt: skip
_COMMENTS = (
    "Feedback comments", "Feedback als Kommentar", "Feedback par commentaires",
    "Comentarios de retroalimentación",
)  # fmt: skip
_NO = {"no", "nein", "non", "nee"}
_BLIND = {"participant"}


class Moodle:
    """Moodle, whose files this module reads."""

    name = "Moodle"
    table = "grading worksheet"
    several = False

    def find_items(self, entries: Iterable[str], read: Read, zone: tzinfo) -> list[Item]:
        """Return what was handed in, as `Platform` says."""
        del read, zone
        items = []
        for entry in entries:
            found = _ENTRY.fullmatch(entry)
            if found is not None:
                name = found["name"]
                names = (name,) if name and name.casefold() not in _BLIND else ()
                items.append(Item(entry, found["id"], found["file"], found["reply"], (), names))
        return items

    def read_accounts(self, sheet: Spreadsheet, zone: tzinfo) -> list[Account]:
        """Return the participants in a grading worksheet.

        Raises:
            CourseError: If it is none.
        """
        grade = _demand_worksheet(sheet)
        accounts = []
        for row in range(1, len(sheet.rows)):
            found = _IDENTIFIER.fullmatch(sheet.text(row, 0))
            if found is None:
                continue
            # Between the full name and the grade stand whatever fields the site shows. Where the
            # grade's name is not known, any number might be a grade, and only addresses count.
            found_all = grade < len(sheet.rows[0])
            fields = (sheet.text(row, place) for place in range(2, grade))
            ids = tuple(text for text in fields if text and (found_all or "@" in text))
            name = sheet.text(row, 1)
            names = (name,) if name and name != sheet.text(row, 0) else ()
            when = _read_time(sheet, row, grade, zone)
            accounts.append(Account(found["id"], ids, names, row, when))
        return accounts

    def find_column(self, sheet: Spreadsheet, assignment: str, named: str) -> Column:
        """Return the column of grades; a worksheet has one.

        Raises:
            CourseError: If it cannot be told which it is.
        """
        del assignment
        _demand_worksheet(sheet, named)
        place = sheet.find_column(*((named,) if named else _GRADE))
        if place is None:
            said = ", ".join(repr(cell.text) for cell in sheet.rows[0])
            raise CourseError(
                f"It cannot be told which column of {sheet.name} has the grades: there are {said}. "
                "Name it with --column."
            )
        if sheet.find_column(*_SCALE) is not None:
            raise CourseError(
                f"{sheet.name} is of an assignment that Moodle grades on a scale of words, and "
                "would pass over points; set its grade to the type Point there, and export the "
                "worksheet again."
            )
        most = sheet.find_column(*_MOST)
        said = next((sheet.text(row, most) for row in range(1, len(sheet.rows))), "")
        changes = sheet.find_column(*_CHANGES)
        locked = frozenset(
            row for row in range(1, len(sheet.rows)) if sheet.text(row, changes).casefold() in _NO
        )
        number = read_number(said)
        return Column(
            place,
            number,
            comma="," in said,
            locked=locked,
            limits=number,
            comments=sheet.find_column(*_COMMENTS),
        )


def _demand_worksheet(sheet: Spreadsheet, named: str = "") -> int:
    """Return the column of grades, or the last where its name is not known."""
    rows = [row for row in range(1, len(sheet.rows)) if sheet.rows[row]]
    if not rows or not all(_IDENTIFIER.fullmatch(sheet.text(row, 0)) for row in rows):
        raise CourseError(
            f"{sheet.name} is no grading worksheet from Moodle: its first column has to hold "
            "identifiers such as 'Participant 12345'. Moodle exports it under the assignment's "
            "View all submissions, Download grading worksheet."
        )
    grade = sheet.find_column(*((named,) if named else _GRADE))
    return len(sheet.rows[0]) if grade is None else grade


def _read_time(sheet: Spreadsheet, row: int, grade: int, zone: tzinfo) -> datetime | None:
    """Return the first time behind the grade: when the submission was last changed."""
    for place in range(grade + 1, len(sheet.rows[row])):
        text = sheet.text(row, place)
        if text == "-":
            return None
        try:
            return read_date(text, zone)
        except UnclearDateError:
            continue
    return None

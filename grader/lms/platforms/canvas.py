"""Read Canvas's files: the gradebook's CSV and its columns to fill, the flat archive.

Read in instructure/canvas-lms: ``gradebook_importer.rb``, ``gradebook_exporter.rb``,
``content_zipper.rb``. The archive has no times: only ``LATE`` in a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import tzinfo

from grader.errors import CourseError
from grader.lms.accounts import Account
from grader.lms.platforms.platform import Column, Item, Read, find_titled_column, read_number
from grader.sheet import Spreadsheet

_ENTRY = re.compile(
    r"(?P<reply>(?P<who>[^/]*?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_)(?P<file>[^/]+)"
)
_ANONYMOUS = re.compile(
    r"(?P<reply>anon_(?P<late>LATE_)?(?P<user>[0-9A-Za-z]+)_(?P<attachment>\d+)_)(?P<file>[^/]+)"
)
_TITLE = re.compile(r"(?P<title>.*)\s\((?P<id>\d+)\)")
_DROPPED = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_HEAD = 4  # rows in which Points Possible stands
_PEOPLE = ("SIS User ID", "SIS Login ID", "Integration ID")


class Canvas:
    """Canvas, whose files this module reads."""

    name = "Canvas"
    table = "exported gradebook"
    several = True

    def find_items(self, entries: Iterable[str], read: Read, zone: tzinfo) -> list[Item]:
        """Return what was handed in, as `Platform` says."""
        del read, zone
        items = []
        for entry in entries:
            found = _ANONYMOUS.fullmatch(entry) or _ENTRY.fullmatch(entry)
            if found is not None:
                who = found.groupdict().get("who") or ""
                names = (who,) if who else ()
                items.append(
                    Item(
                        entry,
                        found["user"],
                        found["file"],
                        found["reply"],
                        (found["user"],),
                        names,
                        late=found["late"] is not None,
                    )
                )
        return items

    def read_accounts(self, sheet: Spreadsheet, zone: tzinfo) -> list[Account]:
        """Return the learners of an exported gradebook.

        Raises:
            CourseError: If it is none.
        """
        del zone
        own = _demand_gradebook(sheet)
        columns = [sheet.find_column(name) for name in _PEOPLE]
        accounts = []
        for row in range(1, len(sheet.rows)):
            key, name = sheet.text(row, own), _read_name(sheet, row)
            ids = tuple(filter(None, (sheet.text(row, place) for place in columns)))
            if "Points Possible" in sheet.text(row, 0) or not (key or ids):
                continue
            if name != "Student, Test":  # Canvas' own, in every course
                accounts.append(Account(key or ids[0], (*ids, key), (name,), row))
        return accounts

    def find_column(self, sheet: Spreadsheet, assignment: str, named: str) -> Column:
        """Return the column ``Title (id)`` of an assignment.

        Raises:
            CourseError: If there is no such column, or several, or Canvas would not read it.
        """
        _demand_gradebook(sheet)
        place, _ = find_titled_column(sheet, _TITLE, assignment, named)
        if _DROPPED.search(sheet.text(0, place)):
            raise CourseError(
                f"Canvas passes over the column {sheet.text(0, place)!r} without a word, because "
                "of its name; give the assignment another name in Canvas."
            )
        points = _find_points(sheet)
        most = sheet.text(points, place) if points is not None else ""
        if "read only" in most:
            raise CourseError(f"Canvas does not let the column {sheet.text(0, place)!r} be filled.")
        return Column(place, read_number(most), excused="EX")


def _demand_gradebook(sheet: Spreadsheet) -> int:
    own = sheet.find_column("ID")
    first = sheet.text(0, 0)
    if own is None or not ("Student" in first or first == "LastName"):
        raise CourseError(
            f"{sheet.name} is no gradebook exported from Canvas: its first line needs the columns "
            "Student and ID. Canvas exports it under Grades, Export."
        )
    return own


def _read_name(sheet: Spreadsheet, row: int) -> str:
    if sheet.text(0, 0) == "LastName":
        return f"{sheet.text(row, 0)}, {sheet.text(row, 1)}"
    return sheet.text(row, 0)


def _find_points(sheet: Spreadsheet) -> int | None:
    rows = range(1, min(_HEAD, len(sheet.rows)))
    return next((row for row in rows if "Points Possible" in sheet.text(row, 0)), None)

"""Read Blackboard Learn's files: the offline table and its columns to fill, the archive.

A name in the archive is ``<assignment>_<username>_attempt_2026-11-29-17-42-00_<file>``; the word
in the middle is translated, and the time is the server's. No feedback can be brought back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from grader.errors import CourseError
from grader.lms.accounts import Account
from grader.lms.platforms.platform import Column, Item, Read, find_titled_column, read_number
from grader.sheet import Spreadsheet

_ENTRY = re.compile(
    r"(?P<before>[^/]+)_[^\W\d_]+_(?P<when>\d{4}(?:-\d{2}){5})(?:_(?P<file>[^/]+)|\.txt)"
)
_COLUMN = re.compile(r"(?P<title>.*?)\s*(?:\[[^\]]*?(?P<most>[\d.,]+)[^\]]*\])?\s*\|(?P<id>\d+)")


class Blackboard:
    """Blackboard Learn, whose files this module reads."""

    name = "Blackboard"
    table = "offline table"
    several = True

    def find_items(self, entries: Iterable[str], read: Read, zone: tzinfo) -> list[Item]:
        """Return what was handed in last, as `Platform` says.

        Who it was stands in the text file of each attempt; without it, the user name is what
        stands behind the last underscore of the part before.
        """
        found = [(entry, match) for entry in entries if (match := _ENTRY.fullmatch(entry))]
        about: dict[tuple[str, str], tuple[str, str]] = {}
        for entry, match in found:
            if match["file"] is None:
                text = read(entry).decode("utf-8", "replace")
                if said := _read_person(text):
                    about[match["before"], match["when"]] = said
        items = []
        for entry, match in found:
            guess = match["before"].rpartition("_")[2], ""
            user, name = about.get((match["before"], match["when"]), guess)
            when = _read_time(match["when"], zone)
            if match["file"] is not None and when is not None:
                names = (name,) if name else ()
                items.append(Item(entry, user, match["file"], "", (user,), names, when))
        last: dict[str, datetime] = {}
        for item in items:
            last[item.key] = max(item.when or datetime.min, last.get(item.key, datetime.min))  # noqa: DTZ901
        return [item for item in items if item.when == last[item.key]]

    def read_accounts(self, sheet: Spreadsheet, zone: tzinfo) -> list[Account]:
        """Return the learners in a table for working offline.

        Raises:
            CourseError: If it is none.
        """
        del zone
        user = _demand_table(sheet)
        other = sheet.find_column("Student ID")
        names = [sheet.find_column(name) for name in ("First Name", "Last Name")]
        return [
            Account(
                key,
                tuple(filter(None, (key, sheet.text(row, other)))),
                (" ".join(sheet.text(row, place) for place in names).strip(),),
                row,
            )
            for row in range(1, len(sheet.rows))
            if (key := sheet.text(row, user))
        ]

    def find_column(self, sheet: Spreadsheet, assignment: str, named: str) -> Column:
        """Return the column of an assignment, whose name ends in ``|`` and a number.

        Raises:
            CourseError: If there is no such column, or several.
        """
        _demand_table(sheet)
        place, found = find_titled_column(sheet, _COLUMN, assignment, named)
        return Column(place, read_number(found["most"]) if found["most"] else None)


def _demand_table(sheet: Spreadsheet) -> int:
    user = sheet.find_column("Username")
    if user is None:
        raise CourseError(
            f"{sheet.name} is no table from Blackboard: its first line needs a column Username. "
            "Blackboard exports it in the Grade Center under Work Offline, Download."
        )
    return user


def _read_person(text: str) -> tuple[str, str] | None:
    """Return the user name and the name in ``Name: Ana García (agarcia)``, if a line says so.

    Line by line and without a pattern: a learner writes the rest of this file.
    """
    for line in text.splitlines():
        _, begins, rest = line.partition("Name:")
        name, opens, behind = rest.rpartition("(")
        user, closes, _ = behind.partition(")")
        if begins and opens and closes and user:
            return user, name.strip()
    return None


def _read_time(text: str, zone: tzinfo) -> datetime | None:
    try:
        there = datetime.strptime(text, "%Y-%m-%d-%H-%M-%S").replace(tzinfo=zone)
    except ValueError:
        return None
    return there.astimezone(UTC).replace(tzinfo=None)

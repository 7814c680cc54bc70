"""Define what a platform's module gives: hand-ins by name, accounts, and a column of grades."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from grader.errors import CourseError
from grader.lms.accounts import Account
from grader.roster.class_list import squeeze
from grader.sheet import Spreadsheet

Read = Callable[[str], bytes]
"""Returns the bytes of an archive's file by its name there."""


@dataclass(frozen=True)
class Item:
    """One file that somebody handed in, as an archive has it.

    Attributes:
        entry: Its name in the archive.
        key: The account's, as in `Account.key`.
        file: The file's own name, perhaps with folders.
        reply: What the name of feedback on it begins with; the feedback's own name follows.
        ids: What may be the learner's id, for want of a table.
        names: What may be the learner's full name, for want of a table.
        when: When it was handed in, in UTC, where the archive says so.
        late: Whether the platform marked it as late.
    """

    entry: str
    key: str
    file: str
    reply: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    when: datetime | None = None
    late: bool = False


@dataclass(frozen=True)
class Column:
    """Where the grades of one assignment stand in a table.

    Attributes:
        place: The column.
        max_points: What the platform thinks there is to earn; None where it does not say.
        excused: What stands for an excused learner, or "" where the platform has no word for it.
        comma: Whether numbers have a comma.
        locked: Rows that the platform does not let anybody change.
        limits: Points above which the platform passes over a row without a word, by row.
        comments: Where a comment for each learner goes; None where the table has no such column.
    """

    place: int
    max_points: float | None = None
    excused: str = ""
    comma: bool = False
    locked: frozenset[int] = frozenset()
    limits: float | None = None
    comments: int | None = None


class Platform(Protocol):
    """A learning platform."""

    @property
    def name(self) -> str:
        """As people write it."""

    @property
    def table(self) -> str:
        """What the table of grades is called that it reads, or "" if it reads none."""

    @property
    def several(self) -> bool:
        """Whether one such table has the grades of several assignments."""

    def find_items(self, entries: Iterable[str], read: Read, zone: tzinfo) -> list[Item]:
        """Return what was handed in; entries that have no such name are passed over.

        Args:
            entries: Names in an archive.
            read: Reads one of them.
            zone: Of times that name none.
        """

    def read_accounts(self, sheet: Spreadsheet, zone: tzinfo) -> list[Account]:
        """Return the accounts in a table that the platform exported.

        Raises:
            CourseError: If the platform exports no such table.
        """

    def find_column(self, sheet: Spreadsheet, assignment: str, named: str) -> Column:
        """Return where the grades of an assignment go.

        Args:
            sheet: A table that the platform exported.
            assignment: Its name.
            named: What the person said the column is called, or "".

        Raises:
            CourseError: If there is no such column, or several.
        """


def find_titled_column(
    sheet: Spreadsheet, head: re.Pattern[str], assignment: str, named: str
) -> tuple[int, re.Match[str]]:
    """Return the one column that is an assignment's, and how its head matches.

    Args:
        sheet: A table that a platform exported.
        head: What stands above the points of an assignment, with its ``title`` and its ``id``.
        assignment: Its name.
        named: What the person said the column is called, or "".

    Raises:
        CourseError: If there is no such column, or several.
    """
    texts = (sheet.text(0, place) for place in range(len(sheet.rows[0])))
    columns = [
        (place, found) for place, text in enumerate(texts) if (found := head.fullmatch(text))
    ]
    wanted = [
        (place, found)
        for place, found in columns
        if (named and named in (found[0], found["title"], found["id"]))
        or (not named and squeeze(found["title"]) == squeeze(assignment))
    ]
    if len(wanted) != 1:
        said = ", ".join(repr(found[0]) for _, found in columns) or "none"
        raise CourseError(
            f"{sheet.name} has {'no' if not wanted else 'more than one'} column for "
            f"{named or assignment}; its columns of assignments are: {said}. Name one with "
            "--column."
        )
    return wanted[0]


def read_number(text: str) -> float | None:
    """Return the number that a platform wrote, with a point or a comma; None if it is none.

    Example:
        >>> read_number("22,00"), read_number("1,234.5"), read_number("-")
        (22.0, 1234.5, None)
    """
    text = text.replace(" ", "")
    last = max(text.rfind("."), text.rfind(","))
    if last >= 0:
        text = text[:last].replace(".", "").replace(",", "") + "." + text[last + 1 :]
    try:
        return float(text)
    except ValueError:
        return None

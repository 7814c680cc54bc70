"""Read dates that can be read in one way only: ISO 8601, or with the month's name in English.

nbgrader's parser takes ``02.12.2026`` for 12 February, ``2026-12-01 18:00 +0100`` for a zone of
a hundred seconds, and ``2026-11-29-17-42-00`` for 17:00. A date that is not clear is refused.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from importlib import import_module
from types import TracebackType
from typing import Any

from dateutil.tz import gettz  # type: ignore[import-untyped]  # comes with nbgrader

from grader.errors import CourseError

HOW = "write it as 2026-12-01 18:00 UTC, or with the month's name, as 1 December 2026, 18:00 UTC"
"""What to do about a date that is not clear."""

_LONGEST = 200
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<part>\d{1,6}))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?"
)
_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|[A-Za-z][A-Za-z_]+(?:/[A-Za-z_]+)*)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_REST = rf"(?:(?:\s+|\s*,\s*|\s+at\s+){_TIME})?(?:\s*{_ZONE})?"
_WEEKDAY = r"(?:(?P<weekday>[a-z]+),?\s+)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:(?:T|\s+){_TIME})?(?:\s*{_ZONE})?",
        rf"{_WEEKDAY}{_DAY}\s+(?P<month>[a-z]+),?\s+(?P<year>\d{{4}}){_REST}",
        rf"{_WEEKDAY}(?P<month>[a-z]+)\s+{_DAY},?\s+(?P<year>\d{{4}}){_REST}",
    )
)


class UnclearDateError(CourseError, ValueError):
    """A date that could be read in several ways, or in none."""


def read_date(text: str, zone: tzinfo = UTC) -> datetime:
    """Return a date as nbgrader keeps it: in UTC, without saying so.

    Args:
        text: ISO 8601, or with the month's name in English.
        zone: Of a date that names none.

    Raises:
        UnclearDateError: If it is neither, or no such day or zone exists.

    Example:
        >>> read_date("2026-12-01 18:00 +0100")
        datetime.datetime(2026, 12, 1, 17, 0)
        >>> read_date("02.12.2026 01:00")
        Traceback (most recent call last):
            ...
        grader.dates.UnclearDateError: The date '02.12.2026 01:00' can be read in more than one \
way or in none; write it as 2026-12-01 18:00 UTC, or with the month's name, as 1 December 2026, \
18:00 UTC.
    """
    text = text.strip()
    if len(text) <= _LONGEST:
        for form in _FORMS:
            found = form.fullmatch(text)
            if found is not None and (date := _make(found, zone)) is not None:
                return date
    raise UnclearDateError(
        f"The date {text[:40]!r} can be read in more than one way or in none; {HOW}."
    )


def _make(found: re.Match[str], zone: tzinfo) -> datetime | None:
    """Return the date that was matched; None if there is no such day, hour or zone."""
    said = found.groupdict()
    month = said["month"] if said["month"].isdigit() else _find(said["month"], _MONTHS)
    hour = int(said["hour"] or 0)
    if said["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if said["half"].lower() == "p" else 0)
    whose = _read_zone(said["zone"]) if said["zone"] else zone
    if month is None or whose is None:
        return None
    try:
        date = datetime(
            int(said["year"]),
            int(month),
            int(said["day"]),
            hour,
            int(said["minute"] or 0),
            int(said["second"] or 0),
            int((said["part"] or "0").ljust(6, "0")),
            whose,
        )
        if said.get("weekday") and _find(said["weekday"], _DAYS) != date.isoweekday():
            return None
        return date.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _find(name: str, names: tuple[str, ...]) -> int | None:
    """Return the number of a month or day, from 1; three letters of its name are enough."""
    name = name.lower()
    least = 3
    for number, full in enumerate(names, start=1):
        if len(name) >= least and (full.startswith(name) or name == "sept" == full[:4]):
            return number
    return None


def _read_zone(name: str) -> tzinfo | None:
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if name[-4:].replace(":", "").isdigit():
        sign = -1 if "-" in name else 1
        digits = re.sub(r"\D", "", name)
        minutes = int(digits[2:])
        if minutes > 59:
            return None
        return timezone(sign * timedelta(hours=int(digits[:2]), minutes=minutes))
    found: tzinfo | None = gettz(name) if "/" in name or name in ("CET", "EET", "WET") else None
    return found


def parse_utc(date: datetime | str | None) -> datetime | None:
    """Stand for nbgrader's function of this name, which guesses.

    Raises:
        UnclearDateError: As :func:`read_date`.
    """
    if isinstance(date, str):
        return read_date(date)
    if date is not None and date.tzinfo is not None:
        return date.astimezone(UTC).replace(tzinfo=None)
    return date


def read_dates_strictly() -> None:
    """Let nbgrader read dates as :func:`read_date` does, wherever it reads one in this process.

    It has no setting for this. Calling it twice is harmless.
    """
    # Not from nbgrader itself, which would bring all of it.
    utils: Any = import_module("nbgrader.utils")
    coursedir: Any = import_module("nbgrader.coursedir")
    if utils.parse_utc is parse_utc:
        return
    utils.parse_utc = parse_utc  # the gradebook's, and so that of due dates
    coursedir.parse_utc = parse_utc  # of timestamp.txt
    for name in ("nbgrader.exchange.default.collect", "nbgrader.apps.zipcollectapp"):
        module = sys.modules.get(name)  # what is imported later finds the first
        if module is not None:
            module.parse_utc = parse_utc  # type: ignore[attr-defined]
    before = sys.excepthook

    def say(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, UnclearDateError):  # a sentence; the way to it helps nobody
            print(f"nbgrader: {error}", file=sys.stderr)
        else:
            before(kind, error, traceback)

    sys.excepthook = say

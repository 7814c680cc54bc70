"""Measure how late something was handed in, say it in words, and take points off for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from grader.errors import say_count
from grader.nbgrader_types import Row

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def measure_delay(
    handed_in: datetime | None, due: datetime | None, extension: timedelta | None
) -> float:
    """Return the seconds between the due date and a hand-in; 0 if it was in time.

    Args:
        handed_in: When; None if nobody knows.
        due: The assignment's due date; None if it has none.
        extension: What this learner was given on top.
    """
    if handed_in is None or due is None:
        return 0.0
    return max((handed_in - due - (extension or timedelta())).total_seconds(), 0.0)


def say_late(seconds: float) -> str:
    """Return one calm sentence, or "" for what was in time.

    Example:
        >>> say_late(7300.0)
        'Handed in 2 hours after the due date.'
    """
    if seconds <= 0:
        return ""
    for unit, size in _UNITS:
        count = int(seconds // size)
        if count:
            return f"Handed in {say_count(count, unit)} after the due date."
    return "Handed in less than a minute after the due date."


def assign_penalty(database: Row, submission: Row, sheet: Row, method: str) -> None:
    """Stand for ``AssignLatePenalties``.

    Args:
        database: The gradebook's session.
        submission: nbgrader's row, its date set.
        sheet: The row of one of its notebooks, its grades set.
        method: As ``LateSubmissionPlugin.penalty_method``: "none", or "zero" for no points when
            late; "kept" where a plugin's penalties were entered: they stay while it is late.
    """
    if method == "kept" and submission.total_seconds_late > 0:
        return
    sheet.late_submission_penalty = None
    if method == "zero" and submission.total_seconds_late > 0:
        database.flush()
        database.refresh(sheet, ["score"])
        sheet.late_submission_penalty = sheet.score

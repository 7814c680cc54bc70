"""Take points off for being late, as nbgrader's own step does."""

from __future__ import annotations

from typing import Any


def assign_penalty(database: Any, submission: Any, sheet: Any, method: str) -> None:  # noqa: ANN401
    """Stand for ``AssignLatePenalties``.

    Args:
        database: The gradebook's session.
        submission: nbgrader's row, its date set.
        sheet: The row of one of its notebooks, its grades set.
        method: As ``LateSubmissionPlugin.penalty_method``: "none", or "zero" for no points when
            late.
    """
    sheet.late_submission_penalty = None
    if method == "zero" and submission.total_seconds_late > 0:
        database.flush()
        database.refresh(sheet, ["score"])
        sheet.late_submission_penalty = sheet.score

"""Write scores as JSON for LTI 1.3 (Assignment and Grade Services), to be posted with its keys.

Each is the body of a ``POST {lineitem}/scores`` with the content type
``application/vnd.ims.lis.v1.score+json``. ``userId`` is the platform's, never the login.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from grader.reports.results import Result


def make_scores(
    results: Iterable[Result], now: datetime
) -> tuple[list[dict[str, Any]], list[Result]]:
    """Return the scores of an assignment, and of whom none can be sent.

    Who is missing or excused has no score. A score that waits for a person is announced as
    ``PendingManual``, without points.

    Args:
        results: Of one assignment.
        now: With its zone; the time of the scores. A platform passes over one that is older
            than the one that it has.

    Returns:
        The scores, and results of learners without a platform's id.
    """
    stamp = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    scores, alone = [], []
    for result in results:
        if result.state in ("missing", "excused"):
            continue
        if not result.person.lms_id:
            alone.append(result)
            continue
        score: dict[str, Any] = {"userId": result.person.lms_id, "timestamp": stamp}
        if result.score is None:
            score |= {"activityProgress": "Submitted", "gradingProgress": "PendingManual"}
        else:
            score |= {
                "scoreGiven": result.score,
                "scoreMaximum": result.max_points,
                "activityProgress": "Completed",
                "gradingProgress": "FullyGraded",
            }
        scores.append(score)
    return scores, alone

"""Write what a learner earned part by part as a comment for a platform, in HTML.

Moodle stores what stands in a worksheet's column of comments as HTML and shows it to the learner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from grader.reports.export import say_points
from grader.reports.results import Result


def make_comment(result: Result) -> str:
    """Return points by part, what lateness cost, and what a person wrote, on one line of HTML.

    Args:
        result: One whose points count.
    """
    items = "".join(f"<li>{text}</li>" for text in _list_items(result))
    points, most = say_points(result.score), say_points(result.max_points)
    return f"<p>{escape(result.assignment)}: {points} of {most} points</p><ul>{items}</ul>"


def is_own(text: str, assignment: str) -> bool:
    """Return whether a comment is one that :func:`make_comment` made earlier, and nobody added to.

    Example:
        >>> is_own("<p>sums: 3 of 4 points</p><ul></ul>", "sums"), is_own("Well done!", "sums")
        (True, False)
    """
    start = rf"<p>{re.escape(escape(assignment))}: [\d.]+ of [\d.]+ points</p>"
    return re.fullmatch(rf"{start}<ul>(<li>[^\r\n]*</li>)?</ul>", text) is not None


def _list_items(result: Result) -> Iterator[str]:
    comments = dict(result.comments)
    for part in result.parts:
        points = f"{say_points(part.points)} of {say_points(part.max_points)}"
        yield _say(part.part, points, comments.pop(part.part, ""))
    for name, comment in comments.items():
        yield _say(name, "", comment)
    if result.penalty:
        yield f"taken off because it was late: {say_points(result.penalty)}"


def _say(name: str, points: str, comment: str) -> str:
    lines = "<br>".join(escape(line) for line in comment.strip().splitlines())
    return f"{escape(name)}: {'. '.join(filter(None, (points, lines)))}"

"""Fill the column of an assignment in a table that a platform exported.

Moodle stores what stands in a worksheet's column of comments as HTML and shows it to the learner.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from html import escape

from grader.errors import list_some, say_count
from grader.lms.accounts import Account, Partners, find_partners
from grader.lms.platforms.platform import Column, Platform, read_number
from grader.reports.export import say_points
from grader.reports.results import Result
from grader.roster.class_list import ClassList
from grader.sheet import Spreadsheet

_SAME = 0.005  # points: platforms compare at two decimals


@dataclass(frozen=True)
class FilledTable:
    """A table with grades.

    Attributes:
        data: The file's bytes.
        lines: What a person should know, in sentences.
        needs_person: Whether somebody has no partner, or could not be filled in.
    """

    data: bytes
    lines: tuple[str, ...]
    needs_person: bool


def fill_sheet(
    platform: Platform,
    sheet: Spreadsheet,
    assignment: str,
    results: Mapping[str, Result],
    known: ClassList,
    named: str = "",
) -> FilledTable:
    """Return a platform's table with the grades of an assignment filled in.

    A cell is written only for a score that counts, or for "excused" where the platform has a
    word for it, and the learner's comment where there is a column for it that nobody has written
    in; every other byte is as it was.

    Args:
        platform: Whose table it is.
        sheet: The table.
        assignment: Its name.
        results: By the learner's id.
        known: Who is in the class.
        named: What the column is called there, if it is not the assignment's name.

    Raises:
        CourseError: If it is no table of the platform's, or has no such column.
    """
    column = platform.find_column(sheet, assignment, named)
    partners = find_partners(platform.read_accounts(sheet, UTC), list(known.people.values()))
    work = _Work(sheet, column)
    rows = {account.key: account for account in platform.read_accounts(sheet, UTC)}
    for key, person in partners.people.items():
        work.take(rows[key], results.get(person.id))
    lines = list(_describe(platform, sheet, assignment, results, work, partners))
    lines += partners.lines(known, platform.name)
    alone = bool(partners.accounts or partners.doubled or work.refused)
    return FilledTable(sheet.fill(work.changes), tuple(lines), alone)


class _Work:
    """Decides cell by cell."""

    def __init__(self, sheet: Spreadsheet, column: Column) -> None:
        self.sheet, self.column = sheet, column
        self.changes: dict[tuple[int, int], str] = {}
        self.states: Counter[str] = Counter()
        self.replaced: list[str] = []
        self.refused: list[str] = []
        self.comments = 0
        self.others: list[str] = []

    def take(self, account: Account, result: Result | None) -> None:
        if result is None:
            return
        self.states[result.state] += 1
        text = self.column.excused if result.state == "excused" else say_points(result.score)
        if self.column.comma:
            text = text.replace(".", ",")
        fault = self._find_fault(account, result) if text else ""
        if fault:
            self.refused.append(f"{result.person} was not filled in: {fault}.")
        elif text:
            self._write(account, result, text)
            self._comment(account, result)

    def _find_fault(self, account: Account, result: Result) -> str:
        if account.row in self.column.locked:
            return "the platform does not let this grade be changed"
        if self.column.place >= len(self.sheet.rows[account.row]):
            return "the line ends before that column"
        limit = self.column.limits
        if limit is not None and result.score is not None and result.score > limit:
            return f"{result.score:g} points are more than the platform's maximum, {limit:g}"
        return ""

    def _write(self, account: Account, result: Result, text: str) -> None:
        place = account.row, self.column.place
        before = self.sheet.text(*place)
        old, new = read_number(before), result.score
        if old is not None and new is not None and abs(old - new) < _SAME:
            return  # written otherwise, as 20.50 for 20.5: it stays byte for byte
        if before not in ("", "-") and before != text:
            self.replaced.append(f"{result.person.id} ({before} is now {text})")
        self.changes[place] = text

    def _comment(self, account: Account, result: Result) -> None:
        """Write the learner's comment, unless somebody else wrote one on the platform."""
        column = self.column.comments
        if column is None or column >= len(self.sheet.rows[account.row]):
            return
        before, now = self.sheet.text(account.row, column), make_comment(result)
        if before and not is_own(before, result.assignment):
            self.others.append(result.person.id)
        elif before != now:
            self.changes[account.row, column] = now
            self.comments += 1


def _describe(
    platform: Platform,
    sheet: Spreadsheet,
    assignment: str,
    results: Mapping[str, Result],
    work: _Work,
    partners: Partners,
) -> Iterator[str]:
    blank = ", ".join(
        f"{work.states[state]} {state}"
        for state in ("pending", "missing", "excused")
        if work.states[state] and not (state == "excused" and work.column.excused)
    )
    title = sheet.text(0, work.column.place)
    scores = work.states["graded"] - len(work.refused)
    yield (
        f"{assignment}: {say_count(len(partners.people), 'learner')} found in {sheet.name}, "
        f"{scores} with a score in {title!r}" + (f"; left as they were: {blank}." if blank else ".")
    )
    most = next(iter(results.values())).max_points if results else None
    there = work.column.max_points
    if most is not None and there is not None and abs(most - there) >= _SAME:
        yield (
            f"{platform.name} says that there are {there:g} points, and here there are {most:g}; "
            "nothing was rescaled."
        )
    if work.replaced:
        yield f"Other grades than those of {platform.name}: {list_some(work.replaced)}."
    if work.comments and work.column.comments is not None:
        title = sheet.text(0, work.column.comments)
        many = say_count(work.comments, "learner")
        yield f"Points by part and comments are in {title!r}, for {many}."
    if work.others:
        yield f"Other comments than ours stay as they are: {list_some(work.others)}."
    yield from work.refused


def collect_results(results: Sequence[Result]) -> dict[str, dict[str, Result]]:
    """Return results by assignment and learner's id."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        found.setdefault(result.assignment, {})[result.person.id] = result
    return found


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

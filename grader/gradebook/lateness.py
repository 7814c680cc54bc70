"""Work out what lateness costs: extensions, slip days and penalties; enter it once it was seen.

An extension moves a learner's due date. Slip days are taken in the order of the due dates, each
for a day that begins after the (moved) due date, until a learner has none left. What remains is
late, and nbgrader's ``LateSubmissionPlugin`` says how many points it costs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from grader.dates import read_date
from grader.errors import CourseError, say_count
from grader.nbgrader_types import Gradebook, Row
from grader.roster.learner_tables import read_facts


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
    said = _say_time(seconds) if seconds >= 60 else "less than a minute"
    return f"Handed in {said} after the due date."


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


EXTENSIONS = "extensions.csv"
"""Under the class's folder: who may hand in what until when."""

_DAY = 86400
_SMALL = 1e-9


class Rules(Protocol):
    """nbgrader's plugin; ours has slip days and a time of grace, too."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that a notebook loses."""


@dataclass(frozen=True)
class Lateness:
    """What being late means for one submission.

    Attributes:
        student: The learner's id.
        assignment: Its name.
        late: Seconds after the due date.
        extension: That the learner was given.
        slip_days: That are used here.
        left: How many slip days are left afterwards.
        remaining: Seconds that count as late.
        penalties: Points that each notebook loses, by name; None for no penalty.
        before: The same as the gradebook has it.
        extension_before: What the gradebook has as extension, slip days included.
    """

    student: str
    assignment: str
    late: float
    extension: timedelta
    slip_days: int
    left: int
    remaining: float
    penalties: Mapping[str, float | None]
    before: Mapping[str, float | None]
    extension_before: timedelta

    @property
    def penalty(self) -> float:
        """Points lost."""
        return _add_up(self.penalties)

    @property
    def penalty_before(self) -> float:
        """Points lost so far."""
        return _add_up(self.before)

    @property
    def allowed(self) -> timedelta:
        """What the gradebook is to have as extension."""
        return self.extension + timedelta(days=self.slip_days)

    @property
    def changes(self) -> bool:
        """Whether the gradebook has something else."""
        other = abs(self.penalty - self.penalty_before) > _SMALL
        return other or self.allowed != self.extension_before


def count_days(seconds: float) -> int:
    """Return how many days have begun.

    Example:
        >>> count_days(0), count_days(60), count_days(86400), count_days(86401)
        (0, 1, 1, 2)
    """
    return math.ceil(seconds / _DAY)


def read_extensions(gradebook: Gradebook, root: Path) -> dict[tuple[str, str], datetime]:
    """Return until when learners may hand in, in UTC, by learner and assignment.

    Raises:
        CourseError: If a row names nobody in the class, no assignment, no clear date, or what
            another row says otherwise.
    """
    found: dict[tuple[str, str], datetime] = {}
    for number, (student, assignment, until) in read_facts(gradebook, root, EXTENSIONS, ("until",)):
        try:
            date = read_date(until)
        except CourseError as error:
            raise CourseError(f"{EXTENSIONS}, row {number}: {error}") from error
        if found.setdefault((student, assignment), date) != date:
            raise CourseError(
                f"{EXTENSIONS}, row {number}: {student} has another date for {assignment} in an "
                "earlier row; leave one of them."
            )
    return found


def plan_lateness(
    gradebook: Gradebook,
    root: Path,
    rules: Rules,
    excused: Collection[tuple[str, str]] = (),
) -> list[Lateness]:
    """Return what everybody's lateness means, by due date and learner; nothing is changed.

    Args:
        gradebook: nbgrader's, open.
        root: The class's folder.
        rules: What lateness costs.
        excused: Learners with assignments that they need not hand in: these cost nothing.

    Raises:
        CourseError: If the table of extensions cannot be read.
    """
    due = [one for one in gradebook.assignments if one.duedate is not None]
    due.sort(key=lambda one: (one.duedate, one.name))
    extensions = read_extensions(gradebook, root)
    budget: dict[str, int] = defaultdict(lambda: int(getattr(rules, "slip_days", 0)))
    found = []
    for assignment in due:
        rows = gradebook.assignment_submissions(assignment.name)
        for row in sorted(rows, key=lambda one: str(one.student.id)):
            student = str(row.student.id)
            until = extensions.get((student, assignment.name))
            extension = max(until - assignment.duedate, timedelta()) if until else timedelta()
            free = (student, assignment.name) in excused
            one = _plan(row, assignment, extension, budget[student], rules, free=free)
            budget[student] = one.left
            found.append(one)
    return found


def _plan(
    row: Row, assignment: Row, extension: timedelta, left: int, rules: Rules, *, free: bool
) -> Lateness:
    student = str(row.student.id)
    remaining = measure_delay(row.timestamp, assignment.duedate, extension)
    if free or remaining <= 60 * float(getattr(rules, "grace_minutes", 0)):
        remaining = 0.0
    slip_days = min(count_days(remaining), left)
    remaining = max(remaining - slip_days * _DAY, 0.0)
    return Lateness(
        student,
        str(assignment.name),
        measure_delay(row.timestamp, assignment.duedate, None),
        extension,
        slip_days,
        left - slip_days,
        remaining,
        {sheet.name: _ask(rules, student, sheet, remaining) for sheet in row.notebooks},
        {sheet.name: sheet.late_submission_penalty for sheet in row.notebooks},
        row.extension or timedelta(),
    )


def _ask(rules: Rules, student: str, sheet: Row, seconds: float) -> float | None:
    """Return what nbgrader would take off: from 0 to all points of the notebook."""
    if seconds <= 0:
        return None
    score = float(sheet.score or 0.0)
    penalty = rules.late_submission_penalty(student, score, seconds)
    return None if penalty is None else min(max(float(penalty), 0.0), score)


def enter_lateness(gradebook: Gradebook, planned: Iterable[Lateness]) -> int:
    """Write extensions and penalties into the gradebook; return how many submissions changed."""
    count = 0
    for one in planned:
        if one.changes:
            row = gradebook.find_submission(one.assignment, one.student)
            row.extension = one.allowed or None
            for sheet in row.notebooks:
                sheet.late_submission_penalty = one.penalties[sheet.name]
            count += 1
    gradebook.db.commit()
    return count


def say_lateness(one: Lateness) -> str:
    """Return what happens to a learner in one line."""
    return f"{one.student}, {one.assignment}: {'; '.join(_list_words(one))}"


def _list_words(one: Lateness) -> Iterator[str]:
    yield f"{_say_time(one.late)} late" if one.late else "in time"
    if one.extension:
        yield f"extension of {_say_time(one.extension.total_seconds())}"
    if one.slip_days:
        yield f"{say_count(one.slip_days, 'slip day')} used, {one.left} left"
    if one.penalty:
        yield f"loses {one.penalty:.4g} points"
    elif one.late:
        yield "costs nothing"
    if abs(one.penalty - one.penalty_before) > _SMALL:
        yield f"so far {one.penalty_before:.4g}"


def _say_time(seconds: float) -> str:
    for unit, size in (("day", _DAY), ("hour", 3600)):
        if seconds >= size:
            return say_count(int(seconds // size), unit)
    return say_count(max(int(seconds // 60), 1), "minute")


def _add_up(penalties: Mapping[str, float | None]) -> float:
    return sum(penalty or 0.0 for penalty in penalties.values())

"""Say who was graded, and what is left for a person, with the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from grader.gradebook.late import measure_delay, say_late
from grader.intake.origins import list_late
from grader.intake.record import Record, load_record
from grader.paths import Classroom

State = Literal["sound", "repaired", "flagged", "unreadable"]

MARKED_LATE = "The learning platform marked it as late, without saying by how much."


@dataclass(frozen=True)
class Row:
    """One learner's submission.

    Attributes:
        student: The learner's id.
        state: ``sound`` as it came, ``repaired`` before it was graded, ``flagged`` because
            something is odd, or ``unreadable``. Each submission has one.
        points: So far.
        max_points: What there is to earn.
        reasons: What is to be known about it, in sentences.
        waiting: Cells that wait for a person, by ``grade_id``: texts to be read, what is odd,
            and what a person graded before it was graded again.
    """

    student: str
    state: State
    points: float
    max_points: float
    reasons: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look at it."""
        return bool(self.waiting) or self.state in ("flagged", "unreadable")

    def lines(self) -> Iterator[str]:
        """Yield what the report says about it: points, reasons, what is left to do."""
        state = "" if self.state == "sound" else f", {self.state}"
        yield f"{self.student}: {self.points:g} of {self.max_points:g} points{state}"
        for reason in self.reasons:
            yield f"    {reason}"
        if self.waiting:
            yield f"    A person has to look at: {', '.join(self.waiting)}."


def read_report(gradebook: Any, classroom: Classroom, assignment: str) -> Iterator[Row]:  # noqa: ANN401
    """Yield a row for every submission of an assignment, by the learners' ids.

    Args:
        gradebook: nbgrader's, open.
        classroom: Where the graded notebooks are.
        assignment: Its name.
    """
    found = gradebook.assignment_submissions(assignment)
    marked = list_late(classroom.root, assignment)
    for submission in sorted(found, key=lambda one: str(one.student.id)):
        student = str(submission.student.id)
        folder = classroom.root / "autograded" / student / assignment
        records = {n.name: load_record(folder / f"{n.name}.ipynb") for n in submission.notebooks}
        row = _make_row(student, submission, records)
        if student in marked:
            row = replace(row, reasons=(*row.reasons, MARKED_LATE))
        yield row


def _make_row(student: str, submission: Any, records: Mapping[str, Record | None]) -> Row:  # noqa: ANN401
    known = [record for record in records.values() if record is not None]
    waiting = tuple(
        grade.name for n in submission.notebooks for grade in n.grades if grade.needs_manual_grade
    )
    unreadable = [record.unreadable for record in known if record.unreadable]
    reasons = unreadable + [why for r in known for why in r.list_flags().values() if why]
    state: State = "sound"
    if unreadable:
        state = "unreadable"
    elif len(known) < len(records) or any(record.list_flags() for record in known):
        state = "flagged"
    elif any(record.repairs for record in known):
        state = "repaired"
    reasons += [repair.sentence for record in known for repair in record.repairs]
    reasons += [f"The code ended early: {record.ended}." for record in known if record.ended]
    if len(known) < len(records):
        comments = {c.comment for n in submission.notebooks for c in n.comments if c.comment}
        reasons += sorted(comments) or ["It has not been graded to the end; run autograde again."]
    if any(not record.sandboxed for record in known):
        reasons.append("The learner's code was run without the sandbox.")
    due, extension = submission.assignment.duedate, submission.extension
    late = say_late(measure_delay(submission.timestamp, due, extension))
    reasons += [late] if late else []
    return Row(
        student,
        state,
        float(submission.score or 0.0),
        float(submission.max_score or 0.0),
        tuple(dict.fromkeys(reasons)),
        waiting,
    )

"""Compare a table that was filled in with the gradebook, and enter what a person gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError, list_some, say_count
from grader.gradebook.log import Change, Key, read
from grader.nbgrader_types import Gradebook
from grader.texts.answers import Question, Text, TextGrade, read_given
from grader.texts.read_table import FilledRow, Table


@dataclass(frozen=True)
class Step:
    """What a row changes.

    Attributes:
        filled: The row.
        answer: The text that it is about.
    """

    filled: FilledRow
    answer: Text

    @property
    def students(self) -> tuple[str, ...]:
        """Whom it gives other points, or another comment."""
        return tuple(
            one.student
            for one in self.answer.given
            if one.points != self.filled.points or self.comments(one)
        )

    def comments(self, given: TextGrade) -> bool:
        """Return whether a learner gets another comment. An empty one takes none away."""
        return self.filled.comment not in ("", given.comment.strip())


@dataclass(frozen=True)
class TableChanges:
    """What a table changes, and what it does not.

    Attributes:
        steps: To be entered.
        faults: What is wrong with the table, a sentence each. Then nothing is entered.
        left: Rows that are left alone, and why: their text changed, or somebody else gave points.
        same: How many rows say what the gradebook says.
        blank: How many rows have no points.
        anonymous: Whether to say how many learners it is, instead of who.
    """

    steps: tuple[Step, ...]
    faults: tuple[str, ...]
    left: tuple[str, ...]
    same: int
    blank: int
    anonymous: bool = False

    def lines(self) -> Iterator[str]:
        """Yield what is to be known before anything is entered."""
        yield from self.faults
        for step in self.steps:
            before = ["none" if g.points is None else f"{g.points:g}" for g in step.answer.given]
            old = " or ".join(dict.fromkeys(before))
            said = ", with a comment" if step.filled.comment else ""
            who = "" if self.anonymous else f": {list_some(step.students)}"
            yield (
                f"Row {step.filled.row}: {old} -> {step.filled.points:g} points{said}, for "
                f"{say_count(len(step.students), 'learner')}{who}"
            )
        yield from self.left
        yield (
            f"To be entered: {say_count(len(self.steps), 'text')}; already so: {self.same}; "
            f"without points in the table: {self.blank}; left alone: {len(self.left)}."
        )


def find_changes(table: Table, question: Question, log: Path) -> TableChanges:
    """Return what a table changes. Nothing is changed yet.

    A row is left alone where its text is nobody's any more, and where somebody gave points or a
    comment since the table was written: what a person gave is never overwritten unseen.

    Args:
        table: As it was filled in.
        question: As the gradebook and the graded notebooks are now.
        log: Of the grades: it says who gave them.
    """
    if table.rows and not any(question.owns(filled.key) for filled in table.rows):
        other = f"{table.name} is a table of another text than {question.name}: no id in it is one."
        return TableChanges((), (other,), (), 0, 0, table.anonymous)
    answers = {answer.key: answer for answer in question.answers}
    steps, faults, left = [], list(table.faults), []
    same = blank = 0
    last = _read_last(log, question)
    for filled in table.rows:
        where = f"Row {filled.row}"
        if not question.owns(filled.key):
            faults.append(f"{where}: {filled.key or 'no id'} is no id of {question.name}.")
        elif filled.points is None and filled.comment and not _is_said(filled, answers):
            faults.append(f"{where}: there is a comment, and no points; give points, too.")
        elif filled.points is None:
            blank += 1
        elif filled.key not in answers:
            left.append(f"{where}: this text is nobody's any more; it was handed in anew.")
        else:
            step = Step(filled, answers[filled.key])
            if not step.students:
                same += 1
            elif step.answer.version != filled.version:
                left.append(f"{where}: {_say_conflict(step, last, table.anonymous)}")
            else:
                steps.append(step)
    return TableChanges(tuple(steps), tuple(faults), tuple(left), same, blank, table.anonymous)


def enter(gradebook: Gradebook, question: Question, steps: Sequence[Step]) -> int:
    """Enter points and comments as Formgrader does: a person gave them, and nobody is asked again.

    Args:
        gradebook: nbgrader's, open; its changes are logged.
        question: What was read.
        steps: To be entered, all or none.

    Returns:
        How many learners have other grades now.

    Raises:
        CourseError: If somebody graded one of the texts in these very moments.
    """
    from grader.gradebook.watch import working_as

    count = 0
    now = read_given(gradebook, question)
    if any(now.get(one.student) != one for step in steps for one in step.answer.given):
        raise CourseError(
            f"Somebody has graded {question.name} in this moment, so nothing was entered; give "
            "the same command again, and it says what has changed."
        )
    try:
        for step in steps:
            with working_as(step.filled.grader):
                for student in step.students:
                    where = (question.name, question.notebook, question.assignment, student)
                    grade = gradebook.find_grade(*where)
                    grade.manual_score, grade.needs_manual_grade = step.filled.points, False
                    if step.filled.comment:
                        comment = gradebook.find_comment(*where)
                        comment.manual_comment = step.filled.comment
                    count += 1
                gradebook.db.flush()  # here the log learns whose change it is
        gradebook.db.commit()
    except BaseException:
        gradebook.db.rollback()
        raise
    return count


def _is_said(filled: FilledRow, answers: Mapping[str, Text]) -> bool:
    """Tell whether a comment was in the table when it was written."""
    answer = answers.get(filled.key)
    return answer is None or filled.comment == answer.comment.strip()


def _say_conflict(step: Step, last: Mapping[str, tuple[Change, str]], anonymous: bool) -> str:
    """Say who was here since the table was written, and what is left as it is."""
    said = []
    for one in step.answer.given:
        change, when = last.get(one.student, (None, ""))
        by = f" from {change.person or 'a person'}, {when}" if change is not None else ""
        points = "no points" if one.points is None else f"{one.points:g} points"
        said.append(f"{'a learner' if anonymous else one.student} has {points}{by}")
    return (
        f"somebody has graded this text since the table was written, or one more learner has "
        f"handed it in: {'; '.join(said)}. The table says {step.filled.points:g}; nothing was "
        "changed. Agree, and give the points in Formgrader or in a new table."
    )


def _read_last(log: Path, question: Question) -> dict[str, tuple[Change, str]]:
    """Return the last change of points that a person made, with its time, by the learner's id."""
    last = {}
    for change in read(log):
        key = change.key
        wanted = Key(key.student, question.assignment, question.notebook, question.name, key.field)
        if key == wanted and key.field == "manual_score" and change.by == "hand":
            last[key.student] = (change, change.time[:16].replace("T", " ") + " UTC")
    return last

"""Read what everybody wrote in answer to one question, equal texts once."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.errors import CourseError
from grader.gradebook.access import list_texts, select_cells
from grader.intake.record import (
    Pictures,
    Record,
    list_pictures,
    load_notebook,
    read_sources,
    write_pictures,
)
from grader.nbgrader_types import Gradebook, Row
from grader.paths import Classroom

_KEY = 12
"""Hexadecimal digits of a text's id: two texts in a billion pairs of them share one by chance."""

_CHECK = 4
_HALF = re.compile(r"[\ud800-\udfff]")  # of a character: JSON can hold it, and no file of text


@dataclass(frozen=True)
class TextGrade:
    """What the gradebook has of one learner's text.

    Attributes:
        student: The learner's id.
        by_computer: 0 for a text that is blank or as it was handed out, or None.
        by_hand: What a person gave, or None; without extra credit.
        comment: A person's; "" if there is none.
        waiting: Whether a person has to read it.
    """

    student: str
    by_computer: float | None
    by_hand: float | None
    comment: str
    waiting: bool

    @property
    def points(self) -> float | None:
        """By hand, else by the computer; None where a person has to read it."""
        given = self.by_computer if self.by_hand is None else self.by_hand
        return None if self.waiting else given


@dataclass(frozen=True)
class Text:
    """One text, whoever wrote it.

    Attributes:
        key: Its id, made from the text and its pictures alone: another text has another one.
        text: What was written, with line ends as in Unix; "" for a blank one.
        given: The learners who wrote it, with what each has, by id.
        notes: What is odd about it, in sentences.
        pictures: That were pasted into it.
    """

    key: str
    text: str
    given: tuple[TextGrade, ...]
    notes: tuple[str, ...] = ()
    pictures: Pictures = field(default_factory=dict)

    @property
    def waiting(self) -> bool:
        """Whether a person has to read it for somebody."""
        return any(one.waiting for one in self.given)

    @property
    def points(self) -> float | None:
        """What everybody has who wrote it; None where that differs, or waits."""
        points = {one.points for one in self.given}
        return points.pop() if len(points) == 1 else None

    @property
    def comment(self) -> str:
        """What everybody was told who wrote it; "" where that differs."""
        comments = {one.comment for one in self.given}
        return comments.pop() if len(comments) == 1 else ""

    @property
    def version(self) -> str:
        """A digest of what persons gave for it: another one says that somebody else was here."""
        seen = [(one.student, one.by_hand, one.comment) for one in self.given]
        return f"v{_digest(seen)[:_KEY]}"


@dataclass(frozen=True)
class Question:
    """One question, and everybody's answers.

    Attributes:
        assignment: The assignment's name.
        name: The text's ``grade_id``.
        notebook: The name of the notebook that has it.
        max_points: What there is to earn.
        answers: Those that wait first, then by id, which says nothing about who wrote them.
        left_out: Learners whose text cannot be graded now, by the reason.
    """

    assignment: str
    name: str
    notebook: str
    max_points: float
    answers: tuple[Text, ...]
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def owns(self, key: str) -> bool:
        """Return whether an id was made for this question, be its text still there or not."""
        return key == make_key(self, key[1 : _KEY + 1])


def make_key(question: Question, digest: str) -> str:
    """Return a text's id: a letter, so that no spreadsheet takes it for a number, and a check.

    Args:
        question: Whose text it is; its names alone count.
        digest: Of the text.
    """
    check = _digest([question.assignment, question.name, digest])[:_CHECK]
    return f"t{digest}-{check}"


def read_question(
    gradebook: Gradebook, classroom: Classroom, assignment: str, name: str
) -> Question:
    """Return everybody's answers to one question, as they were graded last.

    Args:
        gradebook: nbgrader's, open.
        classroom: Where the graded notebooks are.
        assignment: Its name; the gradebook has it.
        name: The text's ``grade_id``.

    Raises:
        CourseError: If the assignment has no such text.
    """
    texts = list_texts(gradebook.find_assignment(assignment))
    if name not in texts:
        others = f"its texts are {', '.join(texts)}" if texts else "it has no texts"
        raise CourseError(f"{assignment} has no text called {name}; {others}.")
    notebook, most = texts[name]
    question = Question(assignment, name, notebook, most, ())
    groups: dict[str, list[TextGrade]] = defaultdict(list)
    written: dict[str, tuple[str, Pictures]] = {}
    notes: dict[str, Counter[str]] = defaultdict(Counter)
    left_out: dict[str, list[str]] = defaultdict(list)
    for one in read_given(gradebook, question).values():
        path = classroom.root / "autograded" / one.student / assignment / f"{notebook}.ipynb"
        graded = load_notebook(path)
        record, source = Record.read(graded), read_sources(graded).get(name)
        if record.unreadable:
            left_out["the file could not be read"].append(one.student)
        elif source is None or not record.finished:
            left_out["it is not graded to the end (run autograde first)"].append(one.student)
        else:
            text = "" if one.by_computer is not None else _normalise(source)
            pictures = list_pictures(graded)[name] if text else {}
            digest = _digest([text, write_pictures(pictures)] if pictures else text)
            key = make_key(question, digest[:_KEY])
            written[key] = text, pictures
            groups[key].append(one)
            flag = record.list_flags().get(name)
            notes[key].update([flag] if flag else [])
    answers = [
        Text(key, text, tuple(groups[key]), tuple(notes[key]), pictures)
        for key, (text, pictures) in written.items()
    ]
    answers.sort(key=lambda answer: (not answer.waiting, answer.key))
    lost = {why: tuple(students) for why, students in left_out.items()}
    return Question(assignment, name, notebook, most, tuple(answers), lost)


def share_out(answers: Sequence[Text], graders: Sequence[str]) -> dict[str, list[Text]]:
    """Return each grader's share of the answers: equally many, and each answer once.

    Args:
        answers: In their order.
        graders: Names; no one twice.
    """
    return {name: list(answers[place :: len(graders)]) for place, name in enumerate(graders)}


def read_given(gradebook: Gradebook, question: Question) -> dict[str, TextGrade]:
    """Return what the gradebook has of everybody who handed in, by the learner's id."""
    from nbgrader.api import Comment, Grade

    grades = _read_rows(gradebook, question, Grade)
    comments = _read_rows(gradebook, question, Comment)
    return {
        student: TextGrade(
            student,
            _number(grade.auto_score),
            _number(grade.manual_score),
            str(getattr(comments.get(student), "manual_comment", None) or ""),
            bool(grade.needs_manual_grade),
        )
        for student, grade in sorted(grades.items())
    }


def _read_rows(gradebook: Gradebook, question: Question, kind: Row) -> dict[str, Row]:
    """Return everybody's row for one cell, grade or comment, by the learner's id."""
    from nbgrader.api import Assignment, BaseCell, Notebook, SubmittedAssignment

    rows = (
        select_cells(kind, SubmittedAssignment.student_id, kind)
        .where(
            Assignment.name == question.assignment,
            Notebook.name == question.notebook,
            BaseCell.name == question.name,
        )
        .execution_options(populate_existing=True)  # formgrader may have written meanwhile
    )
    return {str(student): row for student, row in gradebook.db.execute(rows)}


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _normalise(source: str) -> str:
    whole = _HALF.sub("\N{REPLACEMENT CHARACTER}", source)
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _digest(value: Any) -> str:  # noqa: ANN401  (whatever has one way to be written)
    return hashlib.sha256(repr(value).encode("utf-8")).hexdigest()

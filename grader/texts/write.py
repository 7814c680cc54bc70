"""Write a question's texts as files: a table as xlsx and as CSV, and a page to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.bounded import TooCostlyError, call_bounded
from grader.errors import CourseError, say_count
from grader.feedback.outputs import render_markdown, write_text
from grader.feedback.page import POLICY, SMALL, STYLE, open_forms
from grader.paths import replacing
from grader.sanitize.clean import clean_text
from grader.texts.answers import Question, Text, share_out
from grader.texts.rubric import Rubric
from grader.texts.table import list_headers, list_rows, write_csv, write_workbook

ABOUT = (
    "Fill in the points, or the items of the rubric, and a comment if there is something to say; "
    "leave a row without points if you have not read it. Then check the table and enter it with "
    "`python -m grader texts {assignment} {name} --import FILE`, and once more with --yes."
)


@dataclass(frozen=True)
class Written:
    """The files of one grader.

    Attributes:
        grader: Whose share it is, or "".
        texts: How many rows it has.
        files: xlsx, CSV and HTML.
    """

    grader: str
    texts: int
    files: tuple[Path, Path, Path]


def write_texts(
    question: Question,
    rubric: Rubric,
    folder: Path,
    *,
    graders: Sequence[str] = (),
    anonymous: bool = False,
) -> list[Written]:
    """Write the files of all graders.

    Args:
        question: With everybody's answers.
        rubric: What points are given for.
        folder: Is made if it is not there.
        graders: Each gets a share; if there are none, one table has it all.
        anonymous: Whether to leave out who wrote what.

    Raises:
        CourseError: If there is a file of that name already, or a name makes no file's name.
    """
    shares = share_out(question.answers, graders) if graders else {"": question.answers}
    odd = [name for name in graders if not re.fullmatch(r"[\w-]+", name)]
    if odd or len(shares) < len(graders):
        said = f"cannot be a part of a file's name: {', '.join(odd)}" if odd else "occurs twice"
        raise CourseError(f"A grader's name {said}; use letters, digits, - and _.")
    places = {name: folder / f"{question.name}{f'-{name}' if name else ''}" for name in shares}
    for place in places.values():
        there = [p for p in _name_files(place)[:2] if p.exists()]
        if there:
            raise CourseError(
                f"{there[0]} is there already, and somebody may have filled it in; import it, and "
                "move it away, or name another folder with --to."
            )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, place in places.items():
        files = _write(question, shares[name], rubric, place, name, anonymous=anonymous)
        written.append(Written(name, len(shares[name]), files))
    return written


def _write(
    question: Question,
    answers: Sequence[Text],
    rubric: Rubric,
    place: Path,
    grader: str,
    *,
    anonymous: bool,
) -> tuple[Path, Path, Path]:
    about = ABOUT.format(assignment=question.assignment, name=question.name)
    headers = list_headers(question, rubric, anonymous=anonymous)
    rows = list(list_rows(answers, rubric, anonymous=anonymous, grader=grader))
    workbook, table, page = _name_files(place)
    with replacing(page) as fresh:
        text = render_texts(question, answers, rubric, anonymous=anonymous, about=about)
        fresh.write_text(text, encoding="utf-8")
    with replacing(table) as fresh:
        write_csv(fresh, headers, rows)
    with replacing(workbook) as fresh:
        write_workbook(fresh, headers, rows, f"{about}\n\n{rubric.model}")
    return workbook, table, page


def _name_files(place: Path) -> tuple[Path, Path, Path]:
    xlsx, table, page = (place.with_name(place.name + end) for end in (".xlsx", ".csv", ".html"))
    return xlsx, table, page


_USUAL = 5_000
"""Characters that even a hostile text lays out in no time; a longer one gets limits."""

_FORMS = open_forms(Path(__file__).parent)


@dataclass(frozen=True)
class _Block:
    """One text of the page: its row in the table, and the text as clean HTML."""

    row: int
    answer: Text
    who: str
    body: str
    notes: tuple[str, ...]


def render_texts(
    question: Question, answers: Sequence[Text], rubric: Rubric, *, anonymous: bool, about: str
) -> str:
    """Return the page; each text has the number of its row in the table.

    Args:
        question: What was asked.
        answers: The rows of the table, in its order.
        rubric: Stands above them.
        anonymous: Whether to say how many wrote a text, instead of who.
        about: How to fill in the table, in sentences.
    """
    blocks = []
    for row, answer in enumerate(answers, 2):
        who = ", ".join(one.student for one in answer.given)
        if anonymous:
            who = say_count(len(answer.given), "learner")
        notes = tuple(map(clean_text, answer.notes))
        blocks.append(_Block(row, answer, clean_text(who), _render(answer), notes))
    return _FORMS.get_template("texts.html.jinja").render(
        policy=POLICY,
        style=STYLE.read_text(encoding="utf-8"),
        question=question,
        model=render_markdown(rubric.model) if rubric.model else "",
        blocks=blocks,
        about=about,
    )


def _render(answer: Text) -> str:
    """Return a learner's Markdown as clean HTML; as it was typed, if laying it out costs much."""
    text, pictures = answer.text, answer.pictures
    if len(text) <= _USUAL:
        return render_markdown(text, pictures)
    if len(text) > SMALL:
        return write_text(text)
    try:
        return call_bounded(lambda: render_markdown(text, pictures))
    except TooCostlyError:
        return write_text(text)

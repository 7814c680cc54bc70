"""Write everybody's texts as one HTML page to read, with the rubric and the model answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.bounded import TooCostlyError, call_bounded
from grader.errors import say_count
from grader.reports.outputs import render_markdown, write_text
from grader.reports.page import POLICY, SMALL
from grader.sanitize.clean import clean_text
from grader.texts.answers import Question, Text
from grader.texts.rubric import Rubric

_USUAL = 5_000
"""Characters that even a hostile text lays out in no time; a longer one gets limits."""

_HERE = Path(__file__).parent
_FORMS = Environment(
    loader=FileSystemLoader([_HERE, _HERE.parent / "reports"]),
    autoescape=True,
    undefined=StrictUndefined,
)


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
        style=(_HERE.parent / "reports" / "page.css").read_text(encoding="utf-8"),
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

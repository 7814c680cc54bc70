"""Find the model answer and the rubric of a text in the instructor's notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from grader.intake.record import load_notebook, read_sources

_ITEM = re.compile(r"^[-*] (\d+(?:\.\d+)?) points?:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_SOLUTION = re.compile(
    r"^[^\n]*BEGIN SOLUTION[^\n]*\n(?P<inside>.*?)^[^\n]*END SOLUTION", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class RubricItem:
    """One thought of a rubric.

    Attributes:
        points: What it earns.
        text: What has to be said for it, as Markdown in one line.
    """

    points: float
    text: str


@dataclass(frozen=True)
class Rubric:
    """What a person gives points for.

    Attributes:
        model: The model answer with the rubric behind it, as Markdown; "" if there is none.
        items: The lines of it that begin with points, if these add up to the text's.
    """

    model: str = ""
    items: tuple[RubricItem, ...] = ()


def read_items(text: str) -> tuple[RubricItem, ...]:
    r"""Return the items of a rubric, each a line of a list that begins with its points.

    Example:
        >>> read_items("2 points:\n\n- 1 point: it is\n  said\n- 1 point: and why")
        (RubricItem(points=1.0, text='it is said'), RubricItem(points=1.0, text='and why'))
    """
    return tuple(
        RubricItem(float(points), " ".join(words.split())) for points, words in _ITEM.findall(text)
    )


def find_rubric(folder: Path, name: str, points: float) -> Rubric:
    """Return the model answer and the rubric that stand in an assignment's source.

    They stand where nbgrader expects an answer: between ``BEGIN SOLUTION`` and ``END SOLUTION``.

    Args:
        folder: ``source/`` of the assignment.
        name: The text's ``grade_id``.
        points: What there is to earn.
    """
    for path in sorted(folder.glob("*.ipynb")):
        source = read_sources(load_notebook(path)).get(name)
        if source is None:
            continue
        found = _SOLUTION.search(source)
        model = found["inside"].strip() if found else ""
        items = read_items(model)
        whole = sum(item.points for item in items) == points
        return Rubric(model, items if whole else ())
    return Rubric()

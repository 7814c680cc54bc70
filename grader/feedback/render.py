"""From a graded notebook and its grades to a page, without nbconvert."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode, from_dict

from grader.feedback.grades import Grades
from grader.feedback.page import write_page
from grader.feedback.scrub import find_private_paths, scrub

MOST_CHARACTERS = 3_000_000
"""Of a learner's outputs in one page, unless the configuration says otherwise."""


def read_graded(path: Path) -> NotebookNode:
    """Return a notebook that grading wrote; it is not validated again.

    Args:
        path: Of the file.
    """
    values = json.loads(path.read_text(encoding="utf-8"))
    notebook: NotebookNode = from_dict(values)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
    return notebook


def render_page(
    notebook: NotebookNode, name: str, grades: Grades, root: Path, most: int = MOST_CHARACTERS
) -> str:
    """Return the feedback as HTML, without this machine's paths in it.

    Args:
        notebook: The graded one.
        name: Its name.
        grades: What the gradebook says.
        root: The class's folder.
        most: How many characters of outputs are shown.
    """
    return scrub(write_page(notebook, name, grades, most), find_private_paths(root))

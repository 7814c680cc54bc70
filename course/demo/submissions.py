"""Turn an invented learner into the notebook that they hand in."""

from __future__ import annotations

import copy

from nbformat import NotebookNode

from circuits.exercises import PARTS
from course.demo.learners import Learner

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


def write_submission(learner: Learner, release: NotebookNode, source: NotebookNode) -> NotebookNode:
    """Return what a learner hands in: the released notebook with their answers.

    Args:
        learner: The person.
        release: The notebook that they received.
        source: The instructor's, which has the reference answers.
    """
    reference = {
        cell.metadata.nbgrader.grade_id: find_answer(cell.source)
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        part = about.get("grade_id")
        if about.get("solution") and part not in learner.blank:
            cell.source = _answer(learner, part, reference[part])
    return notebook


def find_answer(source: str) -> str:
    """Return what stands between BEGIN and END SOLUTION."""
    lines = source.splitlines()
    first = next(i for i, line in enumerate(lines) if BEGIN in line)
    last = next(i for i, line in enumerate(lines) if END in line)
    return "\n".join(lines[first + 1 : last]).strip()


def _answer(learner: Learner, part: str, reference: str) -> str:
    if PARTS[part].grading == "hand":
        words = reference.split("**Rubric.**")[0].strip()
        return words[: max(80, int(len(words) * learner.understanding))]
    answer = learner.instead.get(part, reference)
    return f"{answer}\n{learner.then[part]}" if part in learner.then else answer

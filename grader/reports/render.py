"""From a graded notebook and its grades to a page, without nbconvert."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode, from_dict

from grader.bounded import TooCostlyError, call_bounded
from grader.intake.outcome import Repair
from grader.intake.record import Record
from grader.intake.repair import GIVEN
from grader.plugin import Plugin
from grader.reports.grades import Grades
from grader.reports.page import write_page
from grader.reports.scrub import find_private_paths, scrub
from grader.sanitize.markdown import LONGEST
from grader.sanitize.outputs import measure_markup

MOST_CHARACTERS = 3_000_000
"""Of a learner's outputs in one page, unless the configuration says otherwise."""

SMALL = 30_000
"""Characters that are parsed where one is: the worst of them take some tenths of a second."""

PLAIN = "Your texts stand here as you typed them: to lay them out would take too long."


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
    notebook: NotebookNode,
    name: str,
    grades: Grades,
    root: Path,
    most: int = MOST_CHARACTERS,
    *,
    plugin: Plugin,
) -> str:
    """Return the feedback as HTML, without this machine's paths in it.

    Args:
        notebook: The graded one.
        name: Its name.
        grades: What the gradebook says.
        root: The class's folder.
        most: How many characters of outputs are shown.
        plugin: The course.
    """
    paths = find_private_paths(root)

    def render() -> str:
        return scrub(write_page(notebook, name, grades, most, plugin=plugin), paths)

    if sum(map(_measure, notebook.cells)) <= SMALL:
        return render()
    try:
        return call_bounded(render)
    except TooCostlyError:
        _make_plain(notebook)
        return render()


def _measure(cell: NotebookNode) -> int:
    """Return how many characters of a cell have to be parsed before they can be shown."""
    if not _is_learners(cell):
        return 0
    text = len(cell.source) if cell.cell_type == "markdown" else 0
    return text + sum(map(measure_markup, cell.get("outputs", ())))


def _make_plain(notebook: NotebookNode) -> None:
    """Let a learner's texts stand as they were typed, as much of each as fits on a page."""
    for cell in filter(_is_learners, notebook.cells):
        if cell.cell_type == "markdown":
            cell.cell_type = "raw"
            cell.source = cell.source[:LONGEST]
        elif cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not measure_markup(output)]
    record = Record.read(notebook)
    record.repairs.append(Repair(PLAIN))
    record.write(notebook)


def _is_learners(cell: NotebookNode) -> bool:
    about = cell.metadata.get("nbgrader", {})
    is_test = about.get("grade") and not about.get("solution")
    return not is_test and not cell.metadata.get("grader", {}).get(GIVEN)

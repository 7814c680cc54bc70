"""Write the learner's notebooks as ``nbgrader generate_assignment`` does, without a gradebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors
from nbgrader.converters import GenerateAssignment
from traitlets.config import Config

from circuits.exercises import ASSIGNMENTS
from course.sources import Pages
from course.weave.notebook import build_notebook, write_if_new, write_notebook
from grader.config import read_configuration

NEEDS_A_GRADEBOOK = (preprocessors.SaveCells, preprocessors.InstantiateTests)


def release_notebooks(sources: Pages, folder: Path, site: str = "") -> list[Path]:
    """Write one notebook for each assignment, without answers and hidden tests.

    The same pages give the same bytes, and a file that would not change keeps its date.

    Args:
        sources: The pages, with ``nbgrader_config.py`` beside them.
        folder: Where to write ``<assignment>.ipynb``.
        site: The address of the course's site, from which the notebooks get the toolkit where it
            is missing; "" where no address is known.

    Returns:
        The files, in the order of the table.

    Raises:
        CourseError: If a page is missing, or book, solutions and table disagree.
    """
    config = read_configuration(sources)
    written = []
    for name in ASSIGNMENTS:
        notebook = release_notebook(build_notebook(name, sources, site=site), config)
        written.append(folder / f"{name}.ipynb")
        write_if_new(written[-1], write_notebook(notebook))
    return written


def release_notebook(source: NotebookNode, config: Config) -> NotebookNode:
    """Return the learner's version of a source notebook, which is changed on the way."""
    resources: dict[str, Any] = {"nbgrader": {}}
    usual = GenerateAssignment.class_traits()["preprocessors"].default()
    for step in config.GenerateAssignment.get("preprocessors", usual):
        if step not in NEEDS_A_GRADEBOOK:
            source, resources = step(config=config).preprocess(source, resources)
    return source

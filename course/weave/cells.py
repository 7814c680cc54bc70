"""Make the cells of an nbgrader source notebook, with complete metadata (schema 3).

After ``generate_assignment`` a learner sees the stub exactly as it stands in the book: the stub
stays, and the reference answer behind it is the region that nbgrader takes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from circuits import __version__
from circuits.exercises import Part
from course.weave.page import Cell

SCHEMA = 3
WHEEL = f"circuit_exercises_toolkit-{__version__}-py3-none-any.whl"
HIDDEN_INPUT = {"hide-input", "remove-input"}
KEPT_TAGS = {"hide-input", "raises-exception"}

SOLUTION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
TEXT_SOLUTION = "<!-- BEGIN SOLUTION -->\n\n{}\n\n**Rubric.** {}\n\n<!-- END SOLUTION -->"
HIDDEN_TEST = """### BEGIN HIDDEN TESTS
from course.hidden import score
score("{}", globals())
### END HIDDEN TESTS"""


def write_prose(source: str) -> NotebookNode:
    """Return a Markdown cell that nbgrader leaves alone."""
    return _make_cell("markdown", source, make_id(source))


def write_setup() -> NotebookNode:
    """Return the cell that says how to get the toolkit, for readers far from the course's site."""
    text = (
        "> **Before you run it.** The cells need Python 3.11 or newer with the course's toolkit, "
        "`circuits`. On the course's site it is there already. Anywhere else, install it once: "
        f"download `{WHEEL}`, which lies beside this notebook on the site, and run "
        f"`pip install {WHEEL}`."
    )
    return _make_cell("markdown", text, make_id("setup"))


def write_installation(site: str) -> list[NotebookNode]:
    """Return the cells that get the toolkit from the course's site where it is missing.

    Plain Python, without ``%pip``: JupyterLite reads the imports of a cell to know what it needs,
    and cannot where there is a magic.

    Args:
        site: The site's address, with a slash at its end.
    """
    text = (
        "> **Before you run it.** The next cell looks for the course's toolkit, `circuits`. On the "
        "course's site it is there already, and the cell does nothing. Anywhere else, as in "
        f"Google Colab or on your own machine, it installs the toolkit from {site}, with NumPy "
        "and matplotlib where these are missing. That takes Python 3.11 or newer."
    )
    source = f"""try:
    import circuits
except ModuleNotFoundError:
    import subprocess
    import sys

    wheel = {f"{site}notebooks/{WHEEL}"!r}
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", wheel], check=True)"""
    cell = _make_cell("code", source, make_id("install"))
    return [_make_cell("markdown", text, make_id("setup")), cell]


def write_given(cell: Cell) -> NotebookNode:
    """Return a code cell that a learner is given.

    It is not locked: nbgrader would undo an import that a learner added to it, and break
    answers that worked.
    """
    node = _make_cell("code", cell.source, make_id(cell.source))
    node.metadata.update(_appearance(cell))
    return node


def write_stub(part: Part, stub: Cell, answer: Cell) -> NotebookNode:
    """Return the code cell that a learner fills in, with the reference answer behind the stub."""
    source = f"{stub.source}\n{SOLUTION.format(answer.source)}"
    node = _make_cell("code", source, part.id)
    node.metadata.update(_appearance(stub))
    node.metadata["nbgrader"] = _nbgrader(part.id, solution=True)
    return node


def write_test(part: Part, test: Cell) -> NotebookNode:
    """Return the cell that earns the points: the visible check, then the hidden test."""
    source = f"{test.source}\n{HIDDEN_TEST.format(part.id)}"
    node = _make_cell("code", source, part.test_id)
    node.metadata.update(_appearance(test))
    node.metadata["nbgrader"] = _nbgrader(part.test_id, grade=True, locked=True, points=part.points)
    return node


def write_text(part: Part, stub: str, answer: str, rubric: str) -> NotebookNode:
    """Return the Markdown cell that a learner writes in and a person grades."""
    node = _make_cell("markdown", f"{stub}\n\n{TEXT_SOLUTION.format(answer, rubric)}", part.id)
    node.metadata["nbgrader"] = _nbgrader(part.id, grade=True, solution=True, points=part.points)
    return node


def _make_cell(kind: str, source: str, cell_id: str) -> NotebookNode:
    make = new_code_cell if kind == "code" else new_markdown_cell
    node: NotebookNode = make(source, id=cell_id)  # type: ignore[no-untyped-call]
    return node


def _nbgrader(
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> Mapping[str, object]:
    metadata: dict[str, object] = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": SCHEMA,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        metadata["points"] = points
    return metadata


def _appearance(cell: Cell) -> dict[str, object]:
    """Return the metadata that decides how a code cell looks in a notebook program."""
    metadata: dict[str, object] = {}
    if HIDDEN_INPUT & set(cell.tags):
        metadata["jupyter"] = {"source_hidden": True}
    tags = sorted(KEPT_TAGS & set(cell.tags))
    if tags:
        metadata["tags"] = tags
    return metadata


def make_id(source: str, copy: int = 0) -> str:
    """Return an id that is the same at every weaving, as nbformat's own are not.

    It comes from what is in the cell: where a chapter gains or loses a cell, the others keep
    theirs, and what was handed in before is still recognised by them.

    Args:
        source: The cell's text.
        copy: How many cells before it hold the same.
    """
    return hashlib.sha256(f"{source}/{copy}".encode()).hexdigest()[:12]

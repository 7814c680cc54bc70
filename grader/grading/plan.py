"""What of a notebook is run, what it should define, and where the points go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from grader.grading.pictures import find_pictures
from grader.plugin import Answer, Part
from grader.sandbox import Cell


@dataclass(frozen=True)
class Plan:
    """How to grade one notebook.

    Attributes:
        nodes: The learner's code cells in the notebook, in order.
        cells: The same, ready to be run. Test cells are not run: their points come from the
            answers, and hidden tests never enter the sandbox. Given cells that only draw are
            not run either.
        answers: The names that may leave the sandbox: those of the parts, and what they build on.
        tests: The test cells, by the id of their part.
        places: Where among ``cells`` a part's test is run, where tests run beside the code.
    """

    nodes: tuple[NotebookNode, ...]
    cells: tuple[Cell, ...]
    answers: tuple[Answer, ...]
    tests: Mapping[str, NotebookNode]
    places: Mapping[str, int] = field(default_factory=dict)


def make_plan(
    nb: NotebookNode, parts: Sequence[Part], drawing: str = "", *, run_tests: bool = False
) -> Plan:
    """Sort a notebook's cells into those that are run and those that earn points.

    Args:
        nb: The notebook.
        parts: The parts of its assignment.
        drawing: The module whose figures a given cell need not draw again, or "".
        run_tests: Whether tests run beside the learner's code, each in its place.
    """
    by_test = {part.test_id: part.id for part in parts if part.grading == "auto"}
    nodes: list[NotebookNode] = []
    cells: list[Cell] = []
    tests: dict[str, NotebookNode] = {}
    places: dict[str, int] = {}
    for number, node in enumerate(nb.cells, start=1):
        if node.cell_type != "code":
            continue
        about = node.metadata.get("nbgrader", {})
        if about.get("grade") and not about.get("solution"):
            part_id = by_test.get(about.get("grade_id"))
            if part_id is None or part_id in tests:
                continue
            tests[part_id] = node
            if not run_tests:
                continue
            places[part_id] = len(nodes)
        nodes.append(node)
        cells.append(Cell(node.source, number))
    checked = [part for part in parts if part.grading == "auto"]
    # What is brought along from another assignment is an attribute that few courses need.
    brought = [answer for part in checked for answer in getattr(part, "brought", ())]
    own = [answer for part in checked for answer in part.answers]
    answers = {answer.name: answer for answer in (*brought, *own)}
    pictures = find_pictures(nodes, set(answers), drawing)
    run = [place for place in range(len(nodes)) if place not in pictures]
    moved = {place: number for number, place in enumerate(run)}
    return Plan(
        tuple(nodes[place] for place in run),
        tuple(cells[place] for place in run),
        tuple(answers.values()),
        tests,
        {part: moved[place] for part, place in places.items()},
    )


def list_tests(nb: NotebookNode) -> dict[str, float]:
    """Return the cells whose points nbgrader reads from a test's result, and how many there are."""
    about = [cell.metadata.get("nbgrader", {}) for cell in nb.cells if cell.cell_type == "code"]
    tests = [one for one in about if one.get("grade") and not one["solution"]]
    return {str(one.get("grade_id")): float(one.get("points", 0.0)) for one in tests}

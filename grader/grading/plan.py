"""Plan a run: which cells are run, what they should define, and where the points go."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grader.fast_imports import NotebookNode
from grader.plugin import Answer, Part
from grader.sandbox import Cell

_WORD = re.compile(r"[^\W\d]\w*")
_PURE = frozenset(
    ("all", "any", "argmax", "argmin", "astype", "copy", "join", "max", "mean", "min", "sum")
)
_MAKES = frozenset(
    ("np.array", "np.eye", "np.full", "np.ones", "np.tile", "np.zeros", "np.zeros_like")
)
_BUILTINS = frozenset(dir(builtins)) - {"exec", "eval", "setattr", "delattr", "globals", "vars"}


def find_pictures(
    cells: Sequence[NotebookNode], answers: Collection[str], drawing: str
) -> set[int]:
    """Return the places of given, unchanged cells that draw and leave nothing that is used.

    Args:
        cells: The learner's code cells, in order.
        answers: The names that earn points.
        drawing: The module that draws, or "" where all cells are run.
    """
    if not drawing:
        return set()
    idle = {
        place: names
        for place, cell in enumerate(cells)
        if cell.metadata.get("grader", {}).get("given") is True
        and (names := find_leftovers(cell.source, drawing)) is not None
        and not names & set(answers)
    }
    kept = [_list_words(cell) for place, cell in enumerate(cells) if place not in idle]
    while used := [place for place, names in idle.items() if any(names & w for w in kept)]:
        for place in used:
            del idle[place]
            kept.append(_list_words(cells[place]))
    return set(idle)


def _list_words(cell: NotebookNode) -> frozenset[str]:
    """Return the names that a cell may use: of a learner's cell, every word in it."""
    given = cell.metadata.get("grader", {}).get("given") is True
    return (_list_symbols(cell.source) if given else None) or frozenset(_WORD.findall(cell.source))


@lru_cache(maxsize=256)
def _list_symbols(source: str) -> frozenset[str] | None:
    try:
        tables = [symtable.symtable(source, "cell", "exec")]
    except SyntaxError:
        return None
    names: set[str] = set()
    while tables:
        table = tables.pop()
        names.update(table.get_identifiers())
        tables += table.get_children()
    return frozenset(names)


@lru_cache(maxsize=256)
def find_leftovers(source: str, drawing: str) -> frozenset[str] | None:
    """Return the names that a drawing cell binds; None if it does not draw, or may do more.

    The source is the instructor's own: given, and as it was handed out.
    """
    if drawing not in source:
        return None
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None  # a magic command, perhaps
    table = symtable.symtable(source, "cell", "exec")
    names = {one.get_name() for one in table.get_symbols() if one.is_assigned()}
    names |= {one.get_name() for one in table.get_symbols() if one.is_imported()}
    if any(_may_change_others(node, names, tree) for node in ast.walk(tree)):
        return None
    return frozenset(names)


def _may_change_others(node: ast.AST, own: Collection[str], tree: ast.AST) -> bool:
    """Say whether a step may change what other cells hold, as ``rng.normal()`` changes a rng."""
    match node:
        case ast.Subscript(ctx=ast.Store(), value=ast.Name(id=name)):
            return not _is_fresh(name, tree)
        case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()) | ast.AugAssign():
            return True
        case ast.Call(func=ast.Attribute() as function):
            path = ast.unparse(function)
            if path.startswith("np."):
                return path.startswith("np.random.") and path != "np.random.default_rng"
            return function.attr not in _PURE and path.split(".")[0] not in own
        case ast.Call(func=ast.Name(id=name)):
            return name not in own and name not in _BUILTINS
        case ast.Global() | ast.Delete():
            return True
    return False


def _is_fresh(name: str, tree: ast.AST) -> bool:
    """Say whether a name stands only for arrays that this cell made."""
    values = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == name
    ]
    return bool(values) and all(
        isinstance(value, ast.Call) and ast.unparse(value.func) in _MAKES for value in values
    )


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

"""Decide which cells above must run so that a cell finds the names it uses, up to date.

A reader may come back, click "Run" on a check in the middle of a page, and expect an answer. And a
reader who changed an answer and runs only its check must not get a verdict on the old answer. So
each cell is read for the names it binds and uses; a cell above is *stale* when it never ran, was
edited since, or uses a name that a stale or later-run cell binds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Cell(NamedTuple):
    """One code cell of the page, as it stands in the editor."""

    id: str
    code: str


class Names(NamedTuple):
    """The names a cell binds at its top level, and all it uses."""

    bound: frozenset[str]
    used: frozenset[str]


def read_names(code: str) -> Names:
    """Return the names of ``code``; a cell that does not parse has none."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return Names(frozenset(), frozenset())
    used = {name for node in ast.walk(tree) for name in find_used_here(node)}
    return Names(frozenset(find_bound(tree.body)), frozenset(used))


def find_used_here(node: ast.AST) -> Iterator[str]:
    """Yield the name that a node reads; ``x += 1`` reads ``x`` too."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def find_bound(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield names that the statements bind, not looking into functions and classes."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
            continue
        yield from find_bound_here(statement)


def find_bound_here(node: ast.AST) -> Iterator[str]:
    """Yield names that one node binds, and those bound within it."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).split(".")[0]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from find_bound_here(child)


@dataclass
class Planner:
    """Remembers what ran, and says what has to run."""

    ran: dict[str, tuple[str, int]] = field(default_factory=dict)  # id -> code that ran, when
    clock: int = 0

    def note(self, cell: Cell) -> None:
        """Remember that ``cell`` ran to its end."""
        self.clock += 1
        self.ran[cell.id] = (cell.code, self.clock)

    def plan(self, cells: Sequence[Cell], targets: Sequence[str]) -> list[Cell]:
        """Return the cells to run, in page order: the targets and the stale cells they need."""
        names = [read_names(cell.code) for cell in cells]
        sources = [self.find_sources(index, names) for index in range(len(cells))]
        stale = self.find_stale(cells, sources)
        needed = {index for index, cell in enumerate(cells) if cell.id in targets}
        for index in range(len(cells) - 1, -1, -1):
            if index in needed:
                needed |= {source for source in sources[index] if stale[source]}
        return [cells[index] for index in sorted(needed)]

    def find_sources(self, index: int, names: Sequence[Names]) -> set[int]:
        """Return, for each name the cell uses, the nearest cell above that binds it."""
        sources = set()
        for name in names[index].used:
            above = [other for other in range(index) if name in names[other].bound]
            sources |= set(above[-1:])
        return sources

    def find_stale(self, cells: Sequence[Cell], sources: Sequence[set[int]]) -> list[bool]:
        stale: list[bool] = []
        for index, cell in enumerate(cells):
            code, when = self.ran.get(cell.id, (None, 0))
            behind = any(
                stale[source] or self.ran[cells[source].id][1] > when for source in sources[index]
            )
            stale.append(code != cell.code or behind)
        return stale

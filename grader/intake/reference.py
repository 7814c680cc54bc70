"""Read the notebook that the class received, with which a submission is compared."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nbformat import NotebookNode

from grader.intake.names import find_names, normalize

Role = Literal["answer", "text", "test", "given", "prose"]

_REGIONS = re.compile(
    r"^[^\n]*BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME).*?END \1[^\n]*\n?", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class ReferenceCell:
    """One cell of the notebook that learners received.

    Attributes:
        role: An answer in code or in text, a test, code that is given, or prose.
        node: The cell.
    """

    role: Role
    node: NotebookNode

    @property
    def id(self) -> str:
        """The cell's id in the file."""
        return str(self.node.get("id", ""))

    @property
    def label(self) -> str:
        """Its ``grade_id``, or "" for what is not graded."""
        return str(self.node.metadata.get("nbgrader", {}).get("grade_id", ""))

    @cached_property
    def source(self) -> str:
        """Its text, without stray blanks."""
        return normalize(self.node.source)

    @cached_property
    def names(self) -> frozenset[str]:
        """What it defines."""
        return find_names(self.node.source)

    def copy_node(self) -> NotebookNode:
        """Return a copy that may be changed."""
        return copy.deepcopy(self.node)


FindOwner = Callable[[str], str]
"""Returns the assignment that a ``grade_id`` belongs to, or ""; see `grader.plugin.Plugin`."""


def find_nobody(grade_id: str) -> str:
    """Say of every cell that it belongs to no other assignment."""
    del grade_id
    return ""


@dataclass(frozen=True)
class Reference:
    """The notebook that the class received.

    Attributes:
        cells: In order.
        metadata: The notebook's own.
        find_owner: Tells to which assignment of the course another cell belongs.
        earlier: What the class received before the assignment was changed, the newest first.
    """

    cells: tuple[ReferenceCell, ...]
    metadata: Mapping[str, object]
    find_owner: FindOwner = find_nobody
    earlier: tuple[Reference, ...] = ()

    @cached_property
    def by_label(self) -> Mapping[str, int]:
        """The places of graded cells, by ``grade_id``."""
        return {cell.label: place for place, cell in enumerate(self.cells) if cell.label}

    @cached_property
    def by_id(self) -> Mapping[str, int]:
        """The places of cells, by id."""
        return {cell.id: place for place, cell in enumerate(self.cells) if cell.id}

    @cached_property
    def by_source(self) -> Mapping[str, int]:
        """The places of cells that a learner leaves as they are, by their text."""
        left = ("given", "prose", "test")
        return {c.source: place for place, c in enumerate(self.cells) if c.role in left}


def make_reference(notebook: NotebookNode, find_owner: FindOwner = find_nobody) -> Reference:
    """Return what a submission is compared with.

    Solutions and hidden tests are taken out, so it may be a source notebook as well.
    """
    cells = []
    for place, node in enumerate(copy.deepcopy(notebook.cells)):
        node.setdefault("id", f"cell-{place}")  # cells have one since format 4.5
        node.source = _REGIONS.sub("", node.source)
        cells.append(ReferenceCell(_find_role(node), node))
    return Reference(tuple(cells), dict(notebook.metadata), find_owner)


def _find_role(node: NotebookNode) -> Role:
    about = node.metadata.get("nbgrader", {})
    if about.get("solution"):
        return "answer" if node.cell_type == "code" else "text"
    if about.get("grade") or about.get("locked"):
        return "test"
    return "given" if node.cell_type == "code" else "prose"

"""Read the notebook that the class received, with which a submission is compared.

An assignment may change in mid-term. What somebody handed in before is compared with the notebook
that this learner received, so that what the instructor changed is never taken for the learner's
doing.

Which names a cell defines is read off its lines. A learner's cell is a stranger's, and Python's own
parser can be brought down by what it reads, so it is not asked; lines that begin at the margin tell
enough.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from grader.fast_imports import NotebookNode
from grader.intake.decode import PlainNotebook

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"

_DEFINITION = re.compile(r"(?:async\s+)?(?:def|class)\s+([A-Za-z_]\w*)")
_TARGETS = re.compile(r"[\w\s,()*\[\].:]+")
_NAME = re.compile(r"[A-Za-z_]\w*")
# A bracket that is never closed goes to the end: nothing is read a second time.
_IMPORT = re.compile(
    r"^(?:from[ \t]++[\w.]++[ \t]++)?import[ \t]++(?:\(([^)]*+)(?:\)|\Z)|([^#\n(]++))", re.MULTILINE
)


def find_names(source: str) -> frozenset[str]:
    r"""Return the names that a cell assigns, defines or imports at its top level.

    Example:
        >>> sorted(find_names("import numpy as np\nW_V, W_out = make()\ndef f(x): pass"))
        ['W_V', 'W_out', 'f', 'np']
    """
    names: set[str] = set()
    for line in source.splitlines():
        if not line[:1].isalpha() and line[:1] not in "_([*":
            continue
        if found := _DEFINITION.match(line):
            names.add(found[1])
        elif "=" in line:
            names.update(_find_targets(line))
    for found in _IMPORT.finditer(source):
        for item in (found[1] or found[2]).split(","):
            words = item.split()
            if words:
                names.add(words[-1].split(".")[0])
    return frozenset(name for name in names if name.isidentifier())


def normalize(source: str) -> str:
    """Return a source without the blanks that programs add and take away."""
    lines = source.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip(" \t") for line in lines).strip()


def drop_hidden(source: str) -> str:
    """Return a source without hidden tests, as in a notebook made from the instructor's."""
    kept: list[str] = []
    hidden = False
    for line in source.split("\n"):
        if BEGIN_HIDDEN in line:
            hidden = True
        elif END_HIDDEN in line:
            hidden = False
        elif not hidden:
            kept.append(line)
    return source if hidden else "\n".join(kept)


def _find_targets(line: str) -> set[str]:
    names: set[str] = set()
    for target in line.split("=")[:-1]:
        bare = target.rstrip("+-*/@%&|^ \t").split(":")[0]
        if not bare or not _TARGETS.fullmatch(bare):
            break
        # W[0] = 1 changes W; what stands in the brackets is only read.
        names.update(
            first[0] for piece in bare.split(",") if (first := _NAME.search(piece)) is not None
        )
    return names


_FLAGS = ("grade", "solution", "locked", "task", "points")
_TEST = "-test"

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
    def settings(self) -> Mapping[str, object]:
        """What the cell is to nbgrader."""
        about: Mapping[str, object] = self.node.metadata.get("nbgrader", {})
        return about

    def has_settings(self, claims: Mapping[str, object]) -> bool:
        """Return whether a learner's cell claims to be to nbgrader what this one is."""
        return all(claims.get(flag) == self.settings.get(flag) for flag in _FLAGS)

    @property
    def label(self) -> str:
        """Its ``grade_id``, or "" for what is not graded."""
        return str(self.settings.get("grade_id", ""))

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


def find_origin(learners: PlainNotebook, reference: Reference) -> Reference:
    """Return the release of which most is in a submission and least is missing.

    Of equal ones it is the newest. What learners fill in tells by its name and settings, all
    else by its text.

    Args:
        learners: The submission.
        reference: The present release.
    """
    if not reference.earlier:
        return reference
    sources = {normalize(drop_hidden(cell.source)) for cell in learners.cells}
    claims = {cell.label: cell.claims for cell in learners.cells if cell.label}
    ids = {cell.id for cell in learners.cells}

    def is_there(cell: ReferenceCell) -> bool:
        claimed = claims.get(cell.label) if cell.label else None
        if claimed is not None and not cell.has_settings(claimed):
            return False
        if cell.role in ("answer", "text"):
            return claimed is not None or cell.id in ids
        return cell.source in sources

    def measure(release: Reference) -> int:
        return sum(1 if is_there(cell) else -1 for cell in release.cells)

    return max((reference, *reference.earlier), key=measure)


def describe_changes(origin: Reference, reference: Reference) -> str:
    """Say to a learner what changed in the assignment since they received it.

    Args:
        origin: The release that they received.
        reference: The present one.
    """
    before, now = _list_points(origin), _list_points(reference)
    said = [
        "The assignment has been changed since your copy of it was handed out; your answers count "
        "as they are, in the assignment as it is now."
    ]
    for words, names in (
        ("Added since", [name for name in now if name not in before]),
        ("No longer counted", [name for name in before if name not in now]),
        (
            "With other points now",
            [
                f"{name} ({now[name]:g}, before {before[name]:g})"
                for name in now
                if before.get(name, now[name]) != now[name]
            ],
        ),
    ):
        if names:
            said.append(f"{words}: {', '.join(names)}.")
    return " ".join(said)


def _list_points(release: Reference) -> dict[str, float]:
    """Return the points of each part; a part has the name of its test without the ending."""
    points = {cell.label: cell.settings.get("points") for cell in release.cells}
    return {
        name.removesuffix(_TEST): float(value)
        for name, value in points.items()
        if isinstance(value, int | float)
    }

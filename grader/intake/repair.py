"""Put a submission together again.

The cells are the learner's, in the learner's order. What nbgrader needs around them is taken from
the notebook that the class received, and never from the learner.
"""

from __future__ import annotations

import hashlib
import re

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grader.intake.cells import PlainCell, PlainNotebook
from grader.intake.describe import describe, describe_missing
from grader.intake.match import Matching, match_cells
from grader.intake.names import drop_hidden, find_names, normalize
from grader.intake.outcome import Repaired
from grader.intake.reference import Reference, ReferenceCell
from grader.sanitize.markdown import clean_markdown
from grader.sanitize.pictures import DRAWING, RASTER, find_picture_fault

GIVEN = "given"
MISSING = "# There was no cell for this answer in what was handed in."
_MAKERS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
_PICTURES = frozenset({*RASTER, DRAWING})


def rebuild(learners: PlainNotebook, reference: Reference) -> Repaired:
    """Return a notebook with every graded cell exactly once and nothing of the learner's lost.

    Args:
        learners: The submission.
        reference: The notebook that the class received.
    """
    matching = match_cells(learners.cells, reference)
    repairs = list(describe(learners, reference, matching))
    placed = [
        (matching.place.get(number), _write(cell, number, matching, reference))
        for number, cell in enumerate(learners.cells)
        if number not in matching.copies
    ]
    code = [cell.source for cell in learners.cells if cell.kind == "code"]
    defined = frozenset[str]().union(*map(find_names, code))
    for place, cell in enumerate(reference.cells):
        if place in matching.taken() or not _is_missed(cell, code, defined):
            continue
        placed.insert(_find_spot(place, placed), (place, _restore(cell)))
        repairs.extend(describe_missing(place, cell, learners, matching))
    nodes = [node for _, node in placed]
    _name_apart(nodes)
    notebook: NotebookNode = new_notebook(  # type: ignore[no-untyped-call]
        cells=nodes,
        metadata=from_dict(dict(reference.metadata)),  # type: ignore[no-untyped-call]
    )
    notebook.nbformat_minor = 5
    return Repaired(notebook, tuple(repairs), matching.count_recognised(reference))


def blank(reference: Reference) -> NotebookNode:
    """Return the notebook as the class received it, to stand for one that cannot be read."""
    return rebuild(PlainNotebook((), None, ""), reference).notebook


def _write(cell: PlainCell, number: int, matching: Matching, reference: Reference) -> NotebookNode:
    """Return one cell: the learner's text, with settings of the reference's."""
    place = matching.place.get(number)
    target = None if place is None else reference.cells[place]
    if target is not None and (target.role == "test" or target.source == normalize(cell.source)):
        node = target.copy_node()  # nothing of the learner's is in it
        if target.role in ("given", "prose"):
            node.metadata["grader"] = {GIVEN: True}
        return node
    if target is None:
        if number in matching.edited_tests:
            node = _make("code", drop_hidden(cell.source), f"own-{number}")
        else:
            node = _make(cell.kind, cell.source, f"own-{number}")
    elif target.role in ("given", "prose"):
        node = _make(cell.kind, cell.source, target.id)
        node.metadata.update(target.node.metadata if cell.kind == target.node.cell_type else {})
    else:
        node = target.copy_node()
        node.source = cell.source
    if node.cell_type == "markdown":
        kept = _keep_pictures(cell)
        node.source = clean_markdown(node.source, kept)
        if kept:
            node.attachments = from_dict(kept)  # type: ignore[no-untyped-call]
    return node


def _keep_pictures(cell: PlainCell) -> dict[str, dict[str, str]]:
    """Return the attachments that may be shown, one form of each: formgrader chooses by itself."""
    kept = {}
    for name, bundle in cell.attachments.items():
        for mime in sorted(bundle.keys() & _PICTURES):
            if find_picture_fault(mime, bundle[mime]) is None:
                kept[name] = {mime: "".join(bundle[mime].split())}
    return kept


def _is_missed(cell: ReferenceCell, code: list[str], defined: frozenset[str]) -> bool:
    """Say whether a cell has to be there: graded ones do, given ones if their names are used."""
    if cell.role != "given":
        return cell.role != "prose"
    return any(
        re.search(rf"\b{re.escape(name)}\b", source)
        for name in cell.names - defined
        for source in code
    )


def _restore(cell: ReferenceCell) -> NotebookNode:
    node = cell.copy_node()
    if cell.role == "answer":
        node.source = MISSING  # a stub would take back what another cell may have answered
    elif cell.role == "given":
        node.metadata["grader"] = {GIVEN: True}
    return node


def _find_spot(place: int, placed: list[tuple[int | None, NotebookNode]]) -> int:
    before = [
        (where, spot)
        for spot, (where, _) in enumerate(placed)
        if where is not None and where < place
    ]
    return max(before)[1] + 1 if before else 0


def _make(kind: str, source: str, name: str) -> NotebookNode:
    node: NotebookNode = _MAKERS[kind](source, id=name)  # type: ignore[no-untyped-call]
    return node


def _name_apart(nodes: list[NotebookNode]) -> None:
    """Give every cell an id of its own, the same at every run."""
    seen: set[str] = set()
    for number, node in enumerate(nodes):
        if node.id in seen:
            node.id = hashlib.sha256(f"{number}/{node.id}".encode()).hexdigest()[:12]
        seen.add(node.id)

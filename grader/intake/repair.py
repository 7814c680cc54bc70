"""Repair a submission: put what nbgrader needs around the learner's cells again.

The cells are the learner's, in the learner's order. What nbgrader needs around them is taken from
the notebook that the class received, and never from the learner.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from grader.errors import say_count
from grader.fast_imports import NotebookNode, from_dict
from grader.intake.decode import PlainCell, PlainNotebook
from grader.intake.match import Matching, match_cells
from grader.intake.reference import (
    Reference,
    ReferenceCell,
    describe_changes,
    drop_hidden,
    find_names,
    find_origin,
    normalize,
)

RECORD = "grader"
"""The key of a repaired notebook's metadata under which the rest of grading finds this."""

COPIED = "The cell {} was there more than once; one of the equal copies counts."
EDITED = (
    "The check {} had been changed. It was put back, and what had been written there was kept in a "
    "cell of its own."
)
ELSEWHERE = (
    "The cell of the answer {} is empty, and there is text of yours beside it. A person will look "
    "whether that is the answer."
)
DOUBTFUL = (
    "There are several texts for {}. The longest was taken, the others were kept, and a person "
    "will read them all."
)


@dataclass(frozen=True)
class Repair:
    """One thing that was put right.

    Attributes:
        sentence: What was done, for the learner to read.
        grade_id: The graded cell that it is about, or "".
        look: Whether a person should look, because the learner may have meant something else.
    """

    sentence: str
    grade_id: str = ""
    look: bool = False


@dataclass(frozen=True)
class Repaired:
    """A notebook that nbgrader can grade. It need not have been broken.

    Attributes:
        notebook: In format 4.5, with every graded cell of the assignment exactly once.
        repairs: In the order in which they were made.
        recognised: How many graded cells were found in what was handed in.
        changes: What changed in the assignment since the learner received it, or "".
    """

    notebook: NotebookNode
    repairs: tuple[Repair, ...] = ()
    recognised: int = 0
    changes: str = ""


@dataclass(frozen=True)
class Unreadable:
    """A submission that a person has to look at.

    Attributes:
        reason: One sentence or two, for the learner and the instructor.
    """

    reason: str


def describe_repairs(
    learners: PlainNotebook, reference: Reference, matching: Matching
) -> Iterator[Repair]:
    """Say what was put right in cells that are there."""
    cells = reference.cells
    for places, sentence, look in (
        (set(matching.copies.values()), COPIED, False),
        (set(matching.edited_tests.values()), EDITED, False),
        (matching.elsewhere, ELSEWHERE, True),
        (matching.doubtful, DOUBTFUL, True),
    ):
        for name in (cells[place].label for place in sorted(places)):
            yield Repair(sentence.format(name), name, look=look)
    guessed = [cells[place].label for place in sorted(matching.guessed & matching.taken())]
    if guessed:
        yield Repair(
            "The program that saved the notebook had removed the names of some cells. They were "
            f"recognised by what is in them: {', '.join(guessed)}."
        )
    yield from _describe_settings(learners, reference, matching)


def _describe_settings(
    learners: PlainNotebook, reference: Reference, matching: Matching
) -> Iterator[Repair]:
    changed, kinds = [], []
    for number, place in sorted(matching.place.items()):
        target, cell = reference.cells[place], learners.cells[number]
        if target.label and cell.kind != target.node.cell_type:
            kinds.append(target.label)
        if cell.label and not target.has_settings(cell.claims):
            changed.append(target.label or cell.label)
    if changed:
        yield Repair(
            f"Settings of these cells had been changed and were put back: {_list(changed)}."
        )
    if kinds:
        yield Repair(f"These cells had been turned into another kind of cell: {_list(kinds)}.")
    unknown = sorted(
        {cell.label for cell in learners.cells if cell.label} - set(reference.by_label)
    )
    if unknown:
        yield Repair(
            f"{say_count(len(unknown), 'cell')} had a name that this assignment does not have."
        )
    kernel = reference.metadata.get("kernelspec")
    wanted = kernel.get("name") if isinstance(kernel, dict) else None
    if learners.kernel and learners.kernel != wanted:
        yield Repair("The notebook asked for another kernel; it was run with Python 3.")


def describe_missing(
    place: int, cell: ReferenceCell, learners: PlainNotebook, matching: Matching
) -> Iterator[Repair]:
    """Say what was missing."""
    if not learners.cells:
        return
    if cell.role == "test":
        if place not in matching.edited_tests.values():
            yield Repair(f"The check {cell.label} was missing. It was put back.", cell.label)
    elif cell.role == "given":
        yield Repair("A cell that the notebook came with was missing. It was put back.")
    else:
        own = any(
            number not in matching.place and other.kind != "code" and other.source.strip()
            for number, other in enumerate(learners.cells)
        )
        look = cell.role == "text" and own
        ask = " A person will look whether the answer stands elsewhere." if look else ""
        yield Repair(f"The cell of the answer {cell.label} was missing.{ask}", cell.label, look)


def _list(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names))


GIVEN = "given"
MISSING = "# There was no cell for this answer in what was handed in."
ADDED = "# This part was added after the notebook had been handed out."


def rebuild(learners: PlainNotebook, reference: Reference, added: Collection[str] = ()) -> Repaired:
    """Return a notebook with every graded cell exactly once and nothing of the learner's lost.

    Args:
        learners: The submission.
        reference: The notebook that the class received.
        added: Graded cells that were not yet in it when the learner received it.
    """
    matching = match_cells(learners.cells, reference, added)
    repairs = list(describe_repairs(learners, reference, matching))
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
        placed.insert(_find_spot(place, placed), (place, _restore(cell, added)))
        repairs.extend(describe_missing(place, cell, learners, matching))
    nodes = [node for _, node in placed]
    _name_apart(nodes)
    notebook: NotebookNode = from_dict(  # type: ignore[no-untyped-call]
        {"nbformat": 4, "nbformat_minor": 5, "metadata": dict(reference.metadata), "cells": []}
    )
    notebook.cells = nodes
    return Repaired(notebook, tuple(repairs), matching.count_recognised(reference))


def rebuild_in_present_form(learners: PlainNotebook, reference: Reference) -> Repaired:
    """Return a notebook with every graded cell of the present release, and nothing lost.

    What was put right is said by the release that the submission came from.

    Args:
        learners: The submission.
        reference: The present release, which knows the earlier ones.
    """
    origin = find_origin(learners, reference)
    first = rebuild(learners, origin)
    if origin is reference:
        return first
    added = frozenset(reference.by_label) - frozenset(origin.by_label)
    present = rebuild(_carry(learners, origin, reference), reference, added)
    kept = tuple(
        repair
        for repair in first.repairs
        if not repair.grade_id or repair.grade_id in reference.by_label
    )
    return Repaired(present.notebook, kept, first.recognised, describe_changes(origin, reference))


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
            if cell.given:
                node.metadata["grader"] = {GIVEN: True}
    elif target.role in ("given", "prose"):
        node = _make(cell.kind, cell.source, target.id)
        if cell.kind == target.node.cell_type:
            node.metadata = target.copy_node().metadata
    else:
        node = target.copy_node()
        node.source = cell.source
    if node.cell_type == "markdown":
        from grader.sanitize.clean import clean_markdown  # where nothing is repaired, do without

        kept = _keep_pictures(cell)
        node.source = clean_markdown(node.source, kept)
        if kept:
            node.attachments = from_dict(kept)  # type: ignore[no-untyped-call]
    return node


def _keep_pictures(cell: PlainCell) -> dict[str, dict[str, str]]:
    """Return the attachments that may be shown, one form of each: formgrader chooses by itself."""
    from grader.sanitize.pictures import find_picture_fault

    kept = {}
    for name, bundle in cell.attachments.items():
        for mime in sorted(bundle):
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


def _restore(cell: ReferenceCell, added: Collection[str]) -> NotebookNode:
    node = cell.copy_node()
    if cell.role == "answer":
        # A stub would take back what another cell may have answered.
        node.source = ADDED if cell.label in added else MISSING
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
    fields: dict[str, object] = {"id": name, "cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        fields |= {"execution_count": None, "outputs": []}
    node: NotebookNode = from_dict(fields)  # type: ignore[no-untyped-call]
    return node


def _name_apart(nodes: list[NotebookNode]) -> None:
    """Give every cell an id of its own, the same at every run."""
    seen: set[str] = set()
    for number, node in enumerate(nodes):
        if node.id in seen:
            node.id = hashlib.sha256(f"{number}/{node.id}".encode()).hexdigest()[:12]
        seen.add(node.id)


def _carry(learners: PlainNotebook, origin: Reference, reference: Reference) -> PlainNotebook:
    """Return a submission whose cells are called as in the present release."""
    matching = match_cells(learners.cells, origin)
    carried = (
        _carry_cell(cell, number, matching, origin, reference)
        for number, cell in enumerate(learners.cells)
        if number not in matching.copies
    )
    return replace(learners, cells=tuple(cell for cell in carried if cell is not None))


def _carry_cell(
    cell: PlainCell, number: int, matching: Matching, origin: Reference, reference: Reference
) -> PlainCell | None:
    """Return a cell as the learner's own, or as that of the present release, or None."""
    place = matching.place.get(number)
    if place is None:
        changed = number in matching.edited_tests
        return _own(cell, drop_hidden(cell.source) if changed else cell.source)
    target = origin.cells[place]
    untouched = normalize(cell.source) == target.source
    if target.role in ("given", "prose"):
        # An untouched one is found by its text, or stands beside what the present release has.
        return replace(_own(cell, cell.source), id="" if untouched else target.id, given=untouched)
    where = reference.by_label.get(target.label)
    if where is None or reference.cells[where].role != target.role:
        return None if untouched or target.role == "test" else _own(cell, cell.source)
    present = reference.cells[where]
    takes_over = untouched or target.role == "test"
    return replace(
        cell,
        source=present.node.source if takes_over else cell.source,
        id=present.id,
        label=present.label,
        claims=present.settings,
    )


def _own(cell: PlainCell, source: str) -> PlainCell:
    return replace(cell, source=source, id="", label="", claims={})

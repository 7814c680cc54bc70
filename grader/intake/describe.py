"""Say in sentences what was put right, for the learner to read."""

from __future__ import annotations

from collections.abc import Iterator

from grader.intake.cells import PlainNotebook
from grader.intake.match import Matching
from grader.intake.outcome import Repair
from grader.intake.reference import Reference, ReferenceCell

_FLAGS = ("grade", "solution", "locked", "task", "points")


def describe(learners: PlainNotebook, reference: Reference, matching: Matching) -> Iterator[Repair]:
    """Say what was put right in cells that are there."""
    cells = reference.cells
    for place in sorted(set(matching.copies.values())):
        name = cells[place].label
        yield Repair(
            f"The cell {name} was there more than once; one of the equal copies counts.", name
        )
    for place in sorted(set(matching.edited_tests.values())):
        name = cells[place].label
        yield Repair(
            f"The check {name} had been changed. It was put back, and what had been written there "
            "was kept in a cell of its own.",
            name,
        )
    for place in sorted(matching.elsewhere):
        name = cells[place].label
        yield Repair(
            f"The cell of the answer {name} is empty, and there is text of yours beside it. "
            "A person will look whether that is the answer.",
            name,
            look=True,
        )
    for place in sorted(matching.doubtful):
        name = cells[place].label
        yield Repair(
            f"There are several texts for {name}. The longest was taken, the others were kept, "
            "and a person will read them all.",
            name,
            look=True,
        )
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
        about = target.node.metadata.get("nbgrader", {})
        if target.label and cell.kind != target.node.cell_type:
            kinds.append(target.label)
        if cell.label and any(cell.claims.get(flag) != about.get(flag) for flag in _FLAGS):
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
        yield Repair(f"{len(unknown)} cells had names that this assignment does not have.")
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

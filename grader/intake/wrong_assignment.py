"""Recognise a notebook of the same course that was handed in for another assignment."""

from __future__ import annotations

from collections import Counter

from grader.intake.cells import PlainNotebook
from grader.intake.reference import Reference


def find_other_assignment(learners: PlainNotebook, reference: Reference, recognised: int) -> str:
    """Return the assignment whose notebook this is instead, or "".

    A single label of the wanted assignment settles it, and so do as many cells that were
    recognised without one: a notebook into which cells of another one were pasted is still the
    learner's work on this one.

    Args:
        learners: What was handed in.
        reference: The notebook that was wanted.
        recognised: How many of its graded cells were found.
    """
    labels = {cell.label for cell in learners.cells if cell.label}
    if labels & set(reference.by_label):
        return ""
    found = Counter(filter(None, map(reference.find_owner, labels)))
    name, count = max(found.items(), key=lambda item: item[1], default=("", 0))
    return name if count > recognised else ""

"""Answers of a second hand: written by someone who knew the catalogue and not the diagnosis.

The expectations were fixed before anything was run, with the table of parts and the book at
hand, and neither the code that names mistakes nor the bank. Where honest teachers could
differ, several slugs are acceptable; None is among them where a teacher might name nothing.
Two expectations fell later: an answer to 3b that does find the earlier copy was given no
name, and a mask of -10,000 is right for scores of up to ten thousand. Names that the catalogue
did not have then were added where they say more than those that were accepted.
"""

from __future__ import annotations

from tests.bank.case import Case
from tests.bank.outside import exercise_1, exercise_2, exercise_3, warmup

__all__ = ["RIGHT", "WRONG", "Case"]

_CHAPTERS = (
    warmup.COLLECTION,
    exercise_1.COLLECTION,
    exercise_2.COLLECTION,
    exercise_3.COLLECTION,
)

WRONG: list[tuple[Case, frozenset[str | None]]] = [
    entry for collection in _CHAPTERS for entry in collection.wrong
]
"""Wrong answers, each with the slugs that a fair teacher would give it."""

RIGHT: list[Case] = [case for collection in _CHAPTERS for case in collection.right]
"""Right answers, of which none may be given a diagnosis."""

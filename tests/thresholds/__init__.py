"""Where does each criterion draw its line, and do the public check and hidden tests agree on it?

A family is a right answer with one number in it, such as the scale of the scores, that makes it
wrong when the number goes too far. Bisection finds how far is too far, on public and on hidden
sequences. Between the two thresholds the check would call an answer right that the hidden tests
refuse, or the other way round.

    python -m tests.thresholds                  all families, on more hidden seeds, as a table
    python -m tests.thresholds ex2d --seeds 20  the families of one part, on twenty hidden seeds
"""

from __future__ import annotations

from tests.thresholds.beyond import BEYOND
from tests.thresholds.families import SHEET
from tests.thresholds.family import Family
from tests.thresholds.search import Thresholds, find_thresholds

__all__ = ["FAMILIES", "Family", "Thresholds", "find_thresholds"]

FAMILIES: tuple[Family, ...] = (*SHEET, *BEYOND)
"""Of every part whose verdict depends on what is drawn, the sheet's first."""

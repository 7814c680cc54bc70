"""Slips of a tired student, and right answers of odd forms, over all parts.

Each slip has one expected name, fixed before the rule that gives it was written. ``SEEN``
are slips that were seen in trying the course out; the others were invented afterwards, and a
third of them was held out until the rules stood. One expectation fell later: the principal
directions of the one sequence are data, and they are right on it, so they count as fitted.
"""

from __future__ import annotations

from tests.bank.case import Case
from tests.bank.slips import exercise_1, exercise_2, exercise_3, warmup

CASES: tuple[Case, ...] = (
    *warmup.CASES,
    *exercise_1.CASES,
    *exercise_2.CASES,
    *exercise_3.CASES,
)

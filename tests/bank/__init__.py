"""The bank of answers: right ones and wrong ones for every part that a check grades.

One table of named cases, used at every level: by the tests of the judge, by the mutation
run over its criteria, by the report on diagnoses, and by the classes that go through nbgrader.

>>> from tests.bank import CASES, right_cases, wrong_cases
"""

from __future__ import annotations

from tests.bank import (
    exercise_1,
    exercise_2,
    exercise_3,
    exercise_4,
    exercise_5,
    exercise_6,
    slips,
    warmup,
)
from tests.bank.case import Case

__all__ = ["CASES", "PART_IDS", "Case", "right_cases", "wrong_cases"]

CASES: tuple[Case, ...] = (
    *warmup.CASES,
    *exercise_1.CASES,
    *exercise_2.CASES,
    *exercise_3.CASES,
    *exercise_4.CASES,
    *exercise_5.CASES,
    *exercise_6.CASES,
    *slips.CASES,
)
"""All cases, in the order of the sheet, and slips over all of it."""

PART_IDS: tuple[str, ...] = tuple(dict.fromkeys(case.part for case in CASES))
"""The parts that have cases: all that are graded by a check."""


def right_cases(part: str | None = None) -> list[Case]:
    """Return the right cases, of one part or of all."""
    return [case for case in CASES if case.right and part in (None, case.part)]


def wrong_cases(part: str | None = None) -> list[Case]:
    """Return the wrong cases, of one part or of all."""
    return [case for case in CASES if not case.right and part in (None, case.part)]

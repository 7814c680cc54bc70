"""Rows of the bank that every part of matrices has: other clothes, and what is no matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuits.shapes import FloatArray
from tests.bank.case import Answers, Case, right, wrong
from tests.bank.forms import FORMS, MALFORMED


def dress(part: str, answers: dict[str, FloatArray], own: Sequence[str]) -> list[Case]:
    """Return right cases: the part's own answers in every form, the earlier ones as they are."""
    return [
        right(
            part,
            name,
            {key: form(value) if key in own else value for key, value in answers.items()},
        )
        for name, form in FORMS.items()
    ]


def spoil(
    part: str,
    answers: Answers,
    own: Sequence[str],
    *,
    holds: tuple[str, ...] = (),
    zeros: str = "all-zero",
) -> list[Case]:
    """Return wrong cases: the first of the part's own answers, made unusable in every way.

    Args:
        part: The part's id.
        answers: A right answer.
        own: The names of the part's own answers.
        holds: What the remaining answers still earn.
        zeros: What a matrix of zeros is called.
    """
    first = own[0]
    array = np.asarray(answers[first], dtype=np.float64)
    cases = [
        wrong(
            part,
            f"{first}: {name}",
            {**answers, first: make(array)},
            zeros if name == "zeros" else slug,
            holds=holds,
        )
        for name, (make, slug) in MALFORMED.items()
    ]
    gone = {name: value for name, value in answers.items() if name != first}
    return [
        *cases,
        wrong(part, f"{first}: not defined at all", gone, "missing", holds=holds),
        wrong(
            part,
            "nothing attempted",
            {name: ... if name in own else value for name, value in answers.items()},
            "missing",
        ),
    ]

"""Read the names of matrices that a learner handed in. Whatever it is, reading it never raises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import cast

from circuits.guard import LEARNERS_ERRORS, describe_error
from circuits.judging.answers import is_unattempted, refuse_nothing
from circuits.judging.input_types import WHICH, ask_for_name, describe_kind
from circuits.parts import Answer
from circuits.reports.examination import Problem

MOST_NAMES = 8
"""Of a collection that should hold two names; it may have no end."""

MATRIX_NAMES = {"w_q": "W_Q", "w_k": "W_K", "w_v": "W_V", "w_out": "W_out", "w_o": "W_out"}


def read_name(answer: Answer, value: object) -> str | Problem:
    """Return the matrix that a learner named, or what is wrong with the name."""
    nothing = refuse_nothing(answer.name, value, 'the name of a matrix, as "W_Q"')
    if nothing:
        return nothing
    text = _read_text(value)
    if text is None:
        return Problem(
            "not-an-array",
            f'{answer.name} is {describe_kind(value)}; wanted the name of a matrix, as "W_Q".',
            question=ask_for_name(value),
        )
    name = MATRIX_NAMES.get(text.strip().lower())
    if name is None:
        return Problem(
            "not-an-array",
            f"{answer.name} is {text[:40]!r}; wanted W_Q, W_K, W_V or W_out.",
            question=WHICH,
        )
    return name


def _read_text(value: object) -> str | None:
    # Neither isinstance nor str() will do: both ask the learner's class, which may raise.
    return str.__str__(cast(str, value)) if issubclass(type(value), str) else None


def read_names(answer: Answer, value: object) -> tuple[str, ...] | Problem:
    """Return the matrices that a learner named, sorted, or what is wrong with the names."""
    nothing = refuse_nothing(answer.name, value, "two names of matrices")
    if nothing:
        return nothing
    wanted = f'{answer.name} should hold two names of matrices, as in ("W_Q", "W_out")'
    text = _read_text(value)
    if text is not None:
        items: list[object] = list(text.replace(",", " ").replace(" and ", " ").split())
    else:
        try:
            items = list(islice(cast(Iterable[object], value), MOST_NAMES + 1))
        except LEARNERS_ERRORS as error:
            sentence = f"{wanted}; reading it gave {describe_error(error)}."
            return Problem("not-an-array", sentence, question=WHICH)
    if len(items) > MOST_NAMES:
        sentence = f"{wanted}; it holds more than {MOST_NAMES}."
        return Problem("not-an-array", sentence, question=WHICH)
    if any(is_unattempted(item) for item in items):
        return Problem("missing", f"{answer.name} is not complete yet.")
    names = [read_name(answer, item) for item in items]
    problems = [name for name in names if isinstance(name, Problem)]
    if problems:
        return replace(problems[0], sentence=f"{wanted}; {problems[0].sentence}")
    return tuple(sorted({cast(str, name) for name in names}))

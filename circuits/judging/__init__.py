"""Judge a part: read the answers, examine what they do, report.

The public check and the hidden tests both call :func:`judge`; only the trials differ.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr

import numpy as np

from circuits.exercises import Answer, Part, get_checked_part
from circuits.guard import describe_error
from circuits.judging import (
    copy_parts,
    function_parts,
    name_parts,
    pointer_parts,
    product_parts,
    selection_parts,
)
from circuits.judging.answers import (
    MISSING,
    Problem,
    is_stub,
    is_unattempted,
    read_function,
    read_matrix,
)
from circuits.judging.examination import Examiner, Given, refuse
from circuits.judging.names import read_name, read_names
from circuits.judging.reporting import write_report
from circuits.report import Report
from circuits.trials import Trials

__all__ = ["EXAMINED", "judge"]

_READERS = {
    "matrix": read_matrix,
    "function": read_function,
    "name": read_name,
    "names": read_names,
}

_EXAMINERS: dict[str, Examiner] = {
    "w2": function_parts.examine_head,
    "w3": name_parts.examine_w3,
    "w4": name_parts.examine_w4,
    "w5": function_parts.examine_head,
    "w6": function_parts.examine_rank,
    "w7": function_parts.examine_strengths,
    "ex1a": copy_parts.examine_ex1a,
    "ex1b": copy_parts.examine_ex1b,
    "ex1c": product_parts.examine_products,
    "ex1d": product_parts.examine_products,
    "ex2a": selection_parts.examine_selection,
    "ex2b": selection_parts.examine_selection,
    "ex2c": selection_parts.examine_selection,
    "ex2d": selection_parts.examine_selection,
    "ex2e": pointer_parts.examine_ex2e,
    "ex2f": selection_parts.examine_ex2f,
    "ex3a": selection_parts.examine_ex3a,
    "ex3b": selection_parts.examine_ex3b,
}

EXAMINED = frozenset(_EXAMINERS)
"""The parts that can be judged here."""

_HOW_LONG = "A score is a dot product of a query and a key: how many numbers has each of them?"

# In these parts each answer has a property of its own, so one may be missing or malformed.
_ONE_BY_ONE = {"w3", "ex1c", "ex1d"}


def judge(part_id: str, answers: Mapping[str, object], trials: Trials) -> Report:
    """Judge the answers to one part. Never raises for a wrong answer.

    Args:
        part_id: The part's id in the table.
        answers: What the learner defined, by name: the part's own answers, and earlier
            ones that it builds on. Other names are ignored.
        trials: The random sequences.

    Returns:
        The report; its points are those of the properties that hold.

    Raises:
        KeyError: If there is no such part.
        ValueError: If the part is graded by hand.
    """
    part = get_checked_part(part_id)
    own = {answer.name: answers.get(answer.name, MISSING) for answer in part.answers}
    if all(_is_untouched(answer, own[answer.name]) for answer in part.answers):
        return write_report(
            part, refuse(part, Problem("missing", "Not attempted yet.")), "unattempted"
        )
    # A learner's numbers may overflow; that is for the report to say, not for stderr. What
    # their functions print there goes to stdout: a check cell with stderr counts as failed.
    with np.errstate(all="ignore"), warnings.catch_warnings(), redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        try:
            given = Given(
                {answer.name: _read(answer, own[answer.name]) for answer in part.answers},
                _read_earlier(part, answers),
            )
            return _judge_readable(part, given, trials)
        except (Exception, KeyboardInterrupt):
            raise  # a mistake of ours, or a request to stop
        except BaseException as error:  # noqa: BLE001  an answer may raise what ends a program
            problem = Problem("not-an-array", f"Looking at it raised {describe_error(error)}.")
            return write_report(part, refuse(part, problem), "malformed")


def _is_untouched(answer: Answer, value: object) -> bool:
    return is_unattempted(value) or (answer.kind == "function" and is_stub(value))


def _judge_readable(part: Part, given: Given, trials: Trials) -> Report:
    problems = given.problems
    if problems and part.id not in _ONE_BY_ONE:
        return write_report(part, refuse(part, problems[0]), "malformed")
    if _differ_in_rows(given):
        problem = Problem("wrong-shape", _say_rows(given), question=_HOW_LONG)
        return write_report(part, refuse(part, problem), "malformed")
    examination = _EXAMINERS[part.id](part, given, trials)
    if examination.diagnosis == "missing" and not problems:
        return write_report(part, examination, "unattempted")
    if len(problems) == len(given.own) and not examination.passed:
        return write_report(part, examination, "malformed")
    right = examination.passed == len(examination.verdicts)
    return write_report(part, examination, "right" if right else "wrong")


def _read(answer: Answer, value: object) -> object:
    return _READERS[answer.kind](answer, value)


def _read_earlier(part: Part, answers: Mapping[str, object]) -> dict[str, object]:
    from circuits.exercises import PARTS

    readings = {
        answer.name: _read(answer, answers.get(answer.name, MISSING))
        for other in PARTS.values()
        for answer in other.answers
        if other.assignment == part.assignment and answer.name in part.builds_on
    }
    return {name: value for name, value in readings.items() if not isinstance(value, Problem)}


def _differ_in_rows(given: Given) -> bool:
    """Whether a query and a key matrix of free height have different heights."""
    heights = {
        value.shape[0]
        for name, value in given.own.items()
        if isinstance(value, np.ndarray) and name.startswith(("W_Q", "W_K"))
    }
    return len(heights) > 1


def _say_rows(given: Given) -> str:
    shapes = [
        f"{name} has shape {value.shape}"
        for name, value in given.own.items()
        if isinstance(value, np.ndarray)
    ]
    return f"{' and '.join(shapes)}; wanted the same number of rows in both."

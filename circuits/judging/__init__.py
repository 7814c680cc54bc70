"""Judge a part: read the answers, examine what they do, report.

The public check and the hidden tests both call :func:`judge`; only the trials differ.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr

import numpy as np

from circuits.diagnosis.catalogue import MISTAKES
from circuits.exercises import Answer, Part, get_checked_part
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
    is_unattempted,
    read_function,
    read_matrix,
    read_name,
    read_names,
)
from circuits.judging.attempts import TASKS
from circuits.judging.examination import Examination, Examiner, Given, refuse
from circuits.report import Finding, Report, Status
from circuits.trials import Trials

__all__ = ["judge"]

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
    if all(is_unattempted(value) for value in own.values()):
        return _report(part, refuse(part, Problem("missing", "Not attempted yet.")), "unattempted")
    # A learner's numbers may overflow; that is for the report to say, not for stderr. What
    # their functions print there goes to stdout: a check cell with stderr counts as failed.
    with np.errstate(all="ignore"), warnings.catch_warnings(), redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        given = Given(
            {answer.name: _read(answer, own[answer.name]) for answer in part.answers},
            _read_earlier(part, answers),
        )
        return _judge_readable(part, given, trials)


def _judge_readable(part: Part, given: Given, trials: Trials) -> Report:
    problems = given.problems
    if problems and part.id not in _ONE_BY_ONE:
        return _report(part, refuse(part, problems[0]), "malformed")
    if _differ_in_rows(given):
        problem = Problem("wrong-shape", _say_rows(given), question=_HOW_LONG)
        return _report(part, refuse(part, problem), "malformed")
    examination = _EXAMINERS[part.id](part, given, trials)
    if examination.diagnosis == "missing" and not problems:
        return _report(part, examination, "unattempted")
    if len(problems) == len(given.own) and not examination.passed:
        return _report(part, examination, "malformed")
    right = examination.passed == len(examination.verdicts)
    return _report(part, examination, "right" if right else "wrong")


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


def _advise(examination: Examination) -> str | None:
    """Return the cause and the question of a named mistake, or the part's own advice."""
    mistake = MISTAKES.get(examination.diagnosis or "")
    if mistake is None:
        return examination.next_step
    return f"{mistake.cause} {examination.question or mistake.question}"


def _report(part: Part, examination: Examination, status: Status) -> Report:
    findings = tuple(
        Finding(
            property=prop.slug,
            claim=prop.claim,
            passed=examination.verdicts[prop.slug].passed,
            sentence=examination.verdicts[prop.slug].sentence,
            points=float(prop.points) if examination.verdicts[prop.slug].passed else 0.0,
            max_points=float(prop.points),
        )
        for prop in part.properties
    )
    right = status == "right"
    calm = status == "unattempted"
    return Report(
        part=part.id,
        title=part.title,
        status=status,
        headline=_headline(part, status, findings),
        findings=findings,
        next_step=None if right or calm else _advise(examination),
        diagnosis=None if right else examination.diagnosis,
        comparison=None if calm else examination.comparison,
    )


def _say_tried(part: Part) -> str:
    if part.id in TASKS:
        return ", on sequences it has never seen"
    return ", on inputs it has never seen" if part.answers[0].kind == "function" else ""


def _headline(part: Part, status: Status, findings: tuple[Finding, ...]) -> str:
    if status == "unattempted":
        # A function without a return statement cannot be told from its stub.
        done = " and return the result" if part.answers[0].kind == "function" else ""
        return (
            f"Replace the ... in the cell above when you are ready{done}, then run this cell again."
        )
    if status == "malformed":
        return "The answer cannot be tried out as it is."
    if status == "right":
        return f"It does what was asked{_say_tried(part)}."
    held = sum(finding.passed for finding in findings)
    return f"{held} of {len(findings)} properties hold."

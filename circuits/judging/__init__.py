"""Judge a part: read the answers, examine what they do, report.

The public check and the hidden tests both call :func:`judge`; only the trials differ.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr

import numpy as np

from circuits.exercises import find_earlier, get_checked_part
from circuits.guard import describe_error
from circuits.judging.answers import MISSING, is_stub, is_unattempted, read_function, read_matrix
from circuits.judging.matrix_names import read_name, read_names
from circuits.judging.reporting import write_report
from circuits.parts import Answer, Part
from circuits.reports.examination import Examination, GivenAnswers, Problem, postpone
from circuits.reports.report import Report
from circuits.trials import Trials

__all__ = ["judge"]

_READERS = {
    "matrix": read_matrix,
    "function": read_function,
    "name": read_name,
    "names": read_names,
}


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
            part, _refuse(part, Problem("missing", "Not attempted yet.")), "unattempted"
        )
    # A learner's numbers may overflow; that is for the report to say, not for stderr. What
    # their functions print there goes to stdout: a check cell with stderr counts as failed.
    with np.errstate(all="ignore"), warnings.catch_warnings(), redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        try:
            given = GivenAnswers(
                {answer.name: _read(answer, own[answer.name]) for answer in part.answers},
                _read_earlier(part, answers),
            )
            return _judge_readable(part, given, trials)
        except (Exception, KeyboardInterrupt):
            raise  # a mistake of ours, or a request to stop
        except BaseException as error:  # noqa: BLE001  an answer may raise what ends a program
            problem = Problem("not-an-array", f"Looking at it raised {describe_error(error)}.")
            return write_report(part, _refuse(part, problem), "malformed")


def _is_untouched(answer: Answer, value: object) -> bool:
    return is_unattempted(value) or (answer.kind == "function" and is_stub(value))


def _judge_readable(part: Part, given: GivenAnswers, trials: Trials) -> Report:
    task, problems = part.checked_task, given.problems
    if problems and not task.one_by_one:
        return write_report(part, _refuse(part, problems[0]), "malformed")
    unequal = _compare_sizes(part, given)
    if unequal:
        return write_report(part, _refuse(part, unequal), "malformed")
    examination = task.examine(part, given, trials)
    if examination.diagnosis == "missing" and not problems:
        return write_report(part, examination, "unattempted")
    if len(problems) == len(given.own) and not examination.passed:
        return write_report(part, examination, "malformed")
    right = examination.passed == len(examination.judgements)
    return write_report(part, examination, "right" if right else "wrong")


def _refuse(part: Part, problem: Problem) -> Examination:
    """Return an examination in which no property can be judged, for the same reason."""
    judgement = postpone(problem.sentence)
    judgements = {prop.slug: judgement for prop in part.properties}
    return Examination(judgements, diagnosis=problem.slug, question=problem.question)


def _read(answer: Answer, value: object) -> object:
    return _READERS[answer.kind](answer, value)


def _read_earlier(part: Part, answers: Mapping[str, object]) -> dict[str, object]:
    readings = {
        name: _read(answer, answers.get(name, MISSING))
        for name, answer in find_earlier(part).items()
    }
    return {name: value for name, value in readings.items() if not isinstance(value, Problem)}


def _compare_sizes(part: Part, given: GivenAnswers) -> Problem | None:
    """Return the problem with answers that choose one axis of the row differently, or None."""
    for axis in dict.fromkeys(name for _, name, _ in _list_chosen(part, given)):
        chosen = [found for found in _list_chosen(part, given) if found[1] == axis]
        if len({size for _, _, size in chosen}) > 1:
            names = list(dict.fromkeys(name for name, _, _ in chosen))
            shapes = [f"{name} has shape {given.matrix(name).shape}" for name in names]
            rows = all(axis == answer.shape[0] for answer in part.answers if answer.shape)
            same = "number of rows" if rows else axis
            sentence = f"{' and '.join(shapes)}; wanted the same {same} in "
            sentence += "both." if len(names) == len("12") else "all of them."
            return Problem("wrong-shape", sentence, question=part.checked_task.about_sizes)
    return None


def _list_chosen(part: Part, given: GivenAnswers) -> Iterator[tuple[str, str, int]]:
    """Yield each axis whose length a learner chooses: the answer, the axis and its length."""
    for answer in part.answers:
        value = given.own[answer.name]
        if answer.shape is not None and isinstance(value, np.ndarray):
            for axis, size in zip(answer.shape, value.shape, strict=True):
                if isinstance(axis, str):
                    yield answer.name, axis, size

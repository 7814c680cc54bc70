"""Explain why an answer is missing: its cell stopped, was not reached, or is not there.

The checks see only that a name has no value. What became of its cell is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.fast_imports import NotebookNode
from grader.grading.plan import Plan
from grader.intake.repair import ADDED
from grader.intake.repair import MISSING as NO_CELL
from grader.plugin import Part, Verdict, change_report
from grader.sandbox import Execution

_LONGEST_NAME = 60


@dataclass(frozen=True)
class Absence:
    """Why a part's answer has no value.

    Attributes:
        sentence: What happened, for the learner to read.
        next_step: What to do first, or None.
        stopped: Whether there was something to run that did not get as far as the answer.
        attempted: Whether there was something to run at all.
    """

    sentence: str
    next_step: str | None = None
    stopped: bool = True
    attempted: bool = True


def explain_absence(
    verdict: Verdict, part: Part, answers: Mapping[str, object], plan: Plan, run: Execution
) -> Verdict:
    """Return the verdict with the reason why an answer is missing, where the run shows one.

    The points and the diagnosis stay as they are.

    Args:
        verdict: On the part.
        part: The part.
        answers: What the learner defined, by name.
        plan: What was run.
        run: How it went.
    """
    if verdict.report.diagnosis != "missing":
        return verdict
    absent = [a.name for a in part.answers if answers.get(a.name, ...) is ...]
    absence = _find_absence(part.id, absent, plan, run) if absent else None
    if absence is None and absent and not set(absent) & set(answers):
        absence = _find_nameless(part.id, absent, plan)
    return verdict if absence is None else _tell(verdict, absence)


def _find_absence(part_id: str, absent: list[str], plan: Plan, run: Execution) -> Absence | None:
    before = f"before {_list(absent)} had {'a value' if len(absent) == 1 else 'values'}"
    for place, node in enumerate(plan.nodes):
        if not _answers(node, part_id):
            continue
        if node.source in (NO_CELL, ADDED):
            return Absence(node.source.removeprefix("# "), stopped=False, attempted=False)
        if plan.cells[place].number in run.interrupted:
            seconds = f"{run.limits.cell_seconds:g} s"
            return Absence(
                f"The cell ran longer than {seconds} and was stopped {before}.",
                "Find out first what takes the cell so long.",
            )
        errors = [o for o in run.outputs[place] if o["output_type"] == "error"]
        if errors:
            return Absence(
                f"The cell stopped with {_name(errors[-1]['ename'])} {before}.",
                "Mend that line first; the error is shown below the cell.",
            )
        if run.ended and run.counts[place] is None and not _is_untouched(node):
            return Absence(
                f"The run ended {before}: {run.ended}.", "Mend first what ended the run."
            )
    return None


def _find_nameless(part_id: str, absent: list[str], plan: Plan) -> Absence | None:
    """Return what to say of a cell that holds something, and does not define what is asked for."""
    if not any(_answers(node, part_id) and not _is_untouched(node) for node in plan.nodes):
        return None
    return Absence(
        f"The cell was run, and did not define {_list(absent)}.",
        "Does it use the very names that are asked for?",
        stopped=False,
    )


def _answers(node: NotebookNode, part_id: str) -> bool:
    about = node.metadata.get("nbgrader", {})
    return bool(about.get("solution")) and about.get("grade_id") == part_id


def _list(names: list[str]) -> str:
    return " and ".join(names)


def _tell(verdict: Verdict, absence: Absence) -> Verdict:
    report = verdict.report
    if report.status == "wrong":  # some of its answers are there, and were tried
        said = change_report(report, headline=f"{report.headline} {absence.sentence}")
    elif absence.attempted:
        said = change_report(report, status="malformed", headline=absence.sentence)
        if report.status == "unattempted":  # which each of its findings says, too
            nothing = "There was no value to try."
            findings = tuple(replace(finding, sentence=nothing) for finding in said.findings)
            said = change_report(said, findings=findings)
    else:
        said = change_report(report, headline=absence.sentence)
    said = change_report(said, next_step=absence.next_step or said.next_step)
    return replace(verdict, report=said, stopped=absence.stopped)


def _name(error: object) -> str:
    """Return the name of an error; a learner may have made it up."""
    text = str(error)
    return text if text.isidentifier() and len(text) <= _LONGEST_NAME else "an error"


def _is_untouched(node: NotebookNode) -> bool:
    """Say whether a cell is still the stub that was handed out, by nbgrader's checksum."""
    from nbgrader.utils import compute_checksum  # rarely needed, and slow to import

    return bool(node.metadata["nbgrader"].get("checksum") == compute_checksum(node))

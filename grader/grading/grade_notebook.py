"""Run a notebook on one side of the wall, and judge its answers on the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from circuits.exercises import PARTS, Part
from grader.grading.missing import explain_absence
from grader.grading.plan import Plan, make_plan
from grader.grading.results import write_learner_outputs, write_verdict
from grader.intake.record import Record
from grader.sandbox import Execution, Limits, Refusal, run_submission
from grader.verdict import Verdict, draw_hidden_trials, grade_part


@dataclass(frozen=True)
class Outcome:
    """How one notebook fared.

    Attributes:
        verdicts: On each part that has a test cell, by id.
        ended: What ended the learner's code early, or None.
        sandboxed: Whether the code was confined.
    """

    verdicts: Mapping[str, Verdict]
    ended: str | None
    sandboxed: bool

    def note(self, record: Record) -> None:
        """Enter into a submission's record what a person or the learner should know."""
        record.failures = {v.part: v.failure for v in self.verdicts.values() if v.failure}
        record.ended = self.ended or ""
        record.sandboxed = self.sandboxed


def run_and_judge(
    nb: NotebookNode,
    parts: list[Part],
    seed: int,
    files: Mapping[str, bytes],
    limits: Limits,
    *,
    sandbox: bool = True,
) -> Outcome:
    """Run a notebook, judge its parts one by one, and write both into its outputs.

    Args:
        nb: The notebook, with the locked cells restored; its outputs are replaced.
        parts: The parts of its assignment.
        seed: Draws the hidden sequences.
        files: What was handed in beside the notebook, by path; it stands beside the cells.
        limits: Bounds of the run.
        sandbox: Whether to confine the learner's code.

    Returns:
        The verdicts, and how the run ended.

    Raises:
        SandboxUnavailable: If nothing can be confined on this machine.
    """
    plan = make_plan(nb, parts)
    beside = {name: content for name, content in files.items() if not name.endswith(".ipynb")}
    with run_submission(plan.cells, plan.answers, limits, beside, no_sandbox=not sandbox) as run:
        verdicts = _judge(plan, run, seed)
        write_learner_outputs(plan, run)
        ended = run.ended
    for part_id, cell in plan.tests.items():
        write_verdict(cell, verdicts[part_id])
    return Outcome(verdicts, ended, sandbox)


def _judge(plan: Plan, run: Execution, seed: int) -> dict[str, Verdict]:
    trials = draw_hidden_trials(seed)
    answers = read_answers(run.values)
    verdicts = {part_id: grade_part(part_id, answers, trials) for part_id in plan.tests}
    return {
        part_id: scale_points(
            explain_absence(verdict, PARTS[part_id], answers, plan, run),
            float(plan.tests[part_id].metadata["nbgrader"].get("points", verdict.max_points)),
        )
        for part_id, verdict in verdicts.items()
    }


def scale_points(verdict: Verdict, released: float) -> Verdict:
    """Return a verdict out of as many points as the part had when it was released to the class.

    The table of parts may have changed since, and an instructor may have given a part another
    weight in the source notebook.

    Args:
        verdict: Out of the points in the table of parts.
        released: The points of the part's test cell.
    """
    if verdict.max_points in (0.0, released):
        return verdict
    share = released / verdict.max_points
    report = verdict.report
    findings = tuple(
        replace(f, points=f.points * share, max_points=f.max_points * share)
        for f in report.findings
    )
    return replace(
        verdict,
        points=min(verdict.points * share, released),
        max_points=released,
        report=replace(report, findings=findings),
    )


def read_answers(values: Mapping[str, object]) -> dict[str, object]:
    """Return answers as the judge takes them: what could not leave the sandbox says why."""
    return {
        name: Unreadable(value.reason) if isinstance(value, Refusal) else value
        for name, value in values.items()
    }


class Unreadable:
    """Stands for an answer that was given but is no data; the judge reports the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __array__(self, *_: object, **__: object) -> object:
        raise TypeError(self.reason)

    def __iter__(self) -> object:
        raise TypeError(self.reason)

"""Run a notebook on one side of the wall, and judge its answers on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from grader.grading.missing import explain_absence
from grader.grading.plan import Plan, list_tests, make_plan
from grader.grading.results import write_learner_outputs, write_verdict
from grader.intake.record import Record
from grader.plugin import (
    Part,
    PlainReport,
    Plugin,
    TestRun,
    Verdict,
    change_report,
    demand_judged,
    judge_safely,
    list_tested_parts,
)
from grader.sandbox import Execution, Limits, Refusal, run_submission


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
    plugin: Plugin,
    assignment: str,
    seed: int,
    files: Mapping[str, bytes],
    limits: Limits,
    *,
    sandbox: bool = True,
) -> Outcome:
    """Run a notebook, judge its parts one by one, and write both into its outputs.

    Args:
        nb: The notebook, with the locked cells restored; its outputs are replaced.
        plugin: The course.
        assignment: The assignment's name.
        seed: Draws the hidden sequences.
        files: What was handed in beside the notebook, by path; it stands beside the cells.
        limits: Bounds of the run.
        sandbox: Whether to confine the learner's code.

    Returns:
        The verdicts, and how the run ended.

    Raises:
        SandboxUnavailable: If nothing can be confined on this machine.
        CourseError: If there is a test that the course does not judge.
    """
    tests = list_tests(nb)
    demand_judged(plugin, assignment, tests)
    parts = list_tested_parts(plugin, assignment, tests)
    plan = make_plan(nb, parts, plugin.drawing, run_tests=plugin.trust == "inside")
    beside = {name: content for name, content in files.items() if not name.endswith(".ipynb")}
    with run_submission(
        plan.cells,
        plan.answers,
        limits,
        beside,
        no_sandbox=not sandbox,
        packages=plugin.packages,
    ) as run:
        verdicts = _judge(plan, run, plugin, parts, seed)
        write_learner_outputs(plan, run)
        ended = run.ended
    for part_id, cell in plan.tests.items():
        write_verdict(cell, verdicts[part_id])
    return Outcome(verdicts, ended, sandbox)


def _judge(
    plan: Plan, run: Execution, plugin: Plugin, parts: Sequence[Part], seed: int
) -> dict[str, Verdict]:
    answers = read_answers(run.values) | _read_tests(plan, run)
    judged = [part for part in parts if part.id in plan.tests]
    verdicts = [judge_safely(plugin, part, answers, seed) for part in judged]
    return {
        part.id: scale_points(
            explain_absence(verdict, part, answers, plan, run),
            float(plan.tests[part.id].metadata["nbgrader"].get("points", verdict.max_points)),
        )
        for part, verdict in zip(judged, verdicts, strict=True)
    }


def _read_tests(plan: Plan, run: Execution) -> dict[str, object]:
    """Return what became of the tests that ran beside the learner's code, by ``grade_id``."""
    return {
        str(plan.tests[part].metadata["nbgrader"]["grade_id"]): TestRun(
            run.counts[place] is not None, tuple(run.outputs[place])
        )
        for part, place in plan.places.items()
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
    whole = {}
    if isinstance(report, PlainReport):  # its points stand in no finding
        whole = {"points": report.points * share, "max_points": released}
    findings = tuple(
        replace(f, points=f.points * share, max_points=f.max_points * share)
        for f in report.findings
    )
    return replace(
        verdict,
        points=min(verdict.points * share, released),
        max_points=released,
        report=change_report(report, findings=findings, **whole),
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

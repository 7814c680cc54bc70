"""Grade one notebook: run its cells in the sandbox, judge its answers outside.

The judge sees only that a name has no value. What became of its cell is known here: it stopped, was
not reached, or is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from grader.bounded import TooCostlyError, call_bounded
from grader.fast_imports import NotebookNode, from_dict
from grader.grading.plan import Plan, list_tests, make_plan
from grader.intake.record import Record
from grader.intake.repair import ADDED
from grader.intake.repair import MISSING as NO_CELL
from grader.plugin import (
    REPORT_MIME,
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
from grader.sandbox import Limits, Refusal
from grader.sandbox.run_cells import Execution
from grader.sanitize.clean import clean_output, measure_markup

SMALL = 10_000
"""Characters that are parsed where one is: the worst of them take some hundredths of a second."""

LEFT_OUT = {
    "output_type": "display_data",
    "data": {"text/plain": "[An output is left out here: it would take too long to read.]"},
    "metadata": {},
}


def write_learner_outputs(plan: Plan, run: Execution) -> None:
    """Put into each of the learner's cells what it printed and drew when it was run.

    Cleaned, for it will be shown in the instructor's browser.
    """
    for node, outputs, count in zip(plan.nodes, _clean(run.outputs), run.counts, strict=True):
        node.outputs = outputs
        node.execution_count = count


def _clean(cells: Sequence[Sequence[dict[str, Any]]]) -> list[list[NotebookNode]]:
    """Return all cells' outputs cleaned, but for those that would take too long."""

    def clean(cells: Sequence[Sequence[dict[str, Any]]]) -> list[list[NotebookNode]]:
        return [[clean_output(_to_node(output)) for output in outputs] for outputs in cells]

    if sum(map(measure_markup, chain.from_iterable(cells))) <= SMALL:
        return clean(cells)
    try:
        return call_bounded(lambda: clean(cells))
    except TooCostlyError:
        return clean(
            [[o if measure_markup(o) <= SMALL else LEFT_OUT for o in outputs] for outputs in cells]
        )


def write_verdict(cell: NotebookNode, verdict: Verdict) -> None:
    """Put the report and the points into a test cell.

    nbgrader reads the score from the one result of the cell: a plain float. Anything else, no
    result included, would earn full points; a word on stderr would earn none.
    """
    report = verdict.report
    cell.outputs = [
        _to_node(
            {
                "output_type": "display_data",
                "data": {
                    "text/plain": str(report),
                    "text/html": report._repr_html_(),
                    REPORT_MIME: report.to_dict()
                    | {
                        "stopped": verdict.stopped,
                        "marks": {name: list(mark) for name, mark in verdict.marks.items()},
                    },
                },
                "metadata": {},
            }
        ),
        _to_node(
            {
                "output_type": "execute_result",
                "data": {"text/plain": repr(float(verdict.points))},
                "metadata": {},
                "execution_count": None,
            }
        ),
    ]
    cell.execution_count = None


def _to_node(output: dict[str, object]) -> NotebookNode:
    node: NotebookNode = from_dict(output)  # type: ignore[no-untyped-call]
    return node


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
    with Execution(
        plan.cells, plan.answers, limits, beside, plugin.packages, sandboxed=sandbox
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
        name: UnreadableAnswer(value.reason) if isinstance(value, Refusal) else value
        for name, value in values.items()
    }


class UnreadableAnswer:
    """Stands for an answer that was given but is no data; the judge reports the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __array__(self, *_: object, **__: object) -> object:
        raise TypeError(self.reason)

    def __iter__(self) -> object:
        raise TypeError(self.reason)


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

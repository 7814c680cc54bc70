"""What a graded notebook shows: the learner's own outputs, and a report in every test cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from nbformat import NotebookNode, from_dict

from grader.bounded import TooCostlyError, call_bounded
from grader.grading.plan import Plan
from grader.plugin import REPORT_MIME, Verdict
from grader.sandbox import Execution
from grader.sanitize.outputs import clean_output, measure_markup

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
                    REPORT_MIME: report.to_dict() | {"stopped": verdict.stopped},
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

"""What a graded notebook shows: the learner's own outputs, and a report in every test cell."""

from __future__ import annotations

from nbformat import NotebookNode, from_dict

from circuits.report import REPORT_MIME
from grader.autograde.plan import Plan
from grader.execution import Execution
from grader.feedback.browsers import clean_output
from grader.verdict import Verdict


def write_learner_outputs(plan: Plan, run: Execution) -> None:
    """Put into each of the learner's cells what it printed and drew when it was run.

    Cleaned, for it will be shown in the instructor's browser.
    """
    for node, outputs, count in zip(plan.nodes, run.outputs, run.counts, strict=True):
        node.outputs = [clean_output(_to_node(output)) for output in outputs]
        node.execution_count = count


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

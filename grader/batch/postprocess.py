"""Do nbgrader's small steps around the run of a notebook, without a gradebook.

Each function says which of nbgrader's preprocessors it stands for; a test compares them.
"""

from __future__ import annotations

import json

from grader.batch.jobs import Sheet
from grader.fast_imports import NotebookNode, write_json

_CUT = "... Output truncated ..."
_CUT_TRACEBACK = "... Traceback truncated ..."


def clean(notebook: NotebookNode, sheet: Sheet) -> None:
    """Stand for ``ClearOutput``, ``OverwriteKernelspec`` and ``OverwriteCells``."""
    kernelspec = json.loads(sheet.kernelspec) if sheet.kernelspec else None
    if kernelspec:
        notebook.metadata["kernelspec"] = kernelspec
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
            for field in ("collapsed", "scrolled"):
                cell.metadata.pop(field, None)
        about = cell.metadata.get("nbgrader", {})
        source = sheet.cells.get(about.get("grade_id", ""))
        if source is None:
            continue
        if not about.get("solution"):
            about["locked"] = source.locked
        if source.points is not None and about.get("grade"):
            about["points"] = source.points if about["points"] != source.points else about["points"]
        about["checksum"] = source.checksum
        if source.locked:
            cell.source = source.source


def limit_outputs(notebook: NotebookNode, lines: int, traceback: int) -> None:
    """Stand for ``LimitOutput``: cut streams and tracebacks that are too long."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if lines != -1:
                cell.outputs = _limit_streams(cell.outputs, lines)
            for output in cell.outputs:
                if output.output_type == "error" and -1 != traceback < len(output.traceback):
                    head = traceback // 2
                    tail = traceback - head - 1
                    kept = output.traceback
                    output.traceback = [*kept[:head], _CUT_TRACEBACK, *kept[-tail:]]


def _limit_streams(outputs: list[NotebookNode], most: int) -> list[NotebookNode]:
    length, kept = 0, []
    for output in outputs:
        if output.output_type == "stream":
            if length == most:
                continue
            text = output.text.split("\n")
            if len(text) + length > most:
                text = [*text[: most - length - 1], _CUT]
            length += len(text)
            output.text = "\n".join(text)
        kept.append(output)
    return kept


def read_scores(
    notebook: NotebookNode,
) -> tuple[dict[str, float | None], dict[str, str | None]]:
    """Stand for ``SaveAutoGrades``: return scores and comments by ``grade_id``.

    An answer that is blank is none, as one that is unchanged: nobody has to read it.
    """
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        blank = is_solution(cell) and not cell.source.strip()
        if is_grade(cell):
            score = 0.0 if blank else determine_grade(cell)[0]
            scores[about["grade_id"]] = None if score is None else float(score)
        if is_solution(cell) or is_task(cell):
            same = about.get("checksum") == compute_checksum(cell) and not is_task(cell)
            comments[about["grade_id"]] = "No response." if same or blank else None
    return scores, comments


def write_notebook(notebook: NotebookNode) -> str:
    """Return a notebook's text. It was built here, cell by cell, so it is not validated again."""
    text: str = write_json(notebook)  # type: ignore[no-untyped-call]
    return text if text.endswith("\n") else text + "\n"

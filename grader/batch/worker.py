"""Grade one submission: it goes in, a verdict comes out, and nothing else is touched.

The steps are those of ``nbgrader autograde`` with this course's configuration, in its order, as
functions of data. What stands for one of nbgrader's preprocessors says for which, and a test
compares the two. The learner's cells run in the sandbox; hidden tests and seed stay here.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from grader.batch.jobs import Context, Graded, GradedSheet, Job, Sheet
from grader.fast_imports import NotebookNode, import_models, read_json, write_json
from grader.plugin import load_plugin

if TYPE_CHECKING:
    from grader.intake.record import Record
    from grader.intake.reference import Reference

INPUTS = "grader_inputs"
"""The key of a graded notebook's metadata that says from what its verdict was made."""


def grade(job: Job, context: Context) -> Graded:
    """Grade one submission.

    Args:
        job: The submission.
        context: The class's.

    Returns:
        The verdict, a row for the gradebook whatever was handed in.

    Raises:
        SandboxUnavailable: If nothing can be confined on this machine.
    """
    started = time.perf_counter()
    sheets = tuple(_grade_sheet(job, sheet, context) for sheet in context.sheets)
    return Graded(job.student, job.digest, sheets, time.perf_counter() - started)


def import_all() -> None:
    """Import what grading a submission needs."""
    import_models(database=False)
    import grader.grading.grade_notebook
    import grader.intake.read
    import grader.intake.record
    import grader.sanitize.renderer  # noqa: F401


def warm_up(context: Context) -> None:
    """Import and draw beforehand what every submission needs."""
    import_all()
    load_plugin(context.plugin).prepare(context.seed)
    for sheet in context.sheets:
        _read_reference(sheet.released, sheet.earlier, context.plugin)


def _grade_sheet(job: Job, sheet: Sheet, context: Context) -> GradedSheet:
    from grader.grading.grade_notebook import run_and_judge
    from grader.sandbox import Limits

    notebook, record = _read(job, sheet, context)
    clean(notebook, sheet)
    outcome = run_and_judge(
        notebook,
        load_plugin(context.plugin),
        context.assignment,
        context.seed,
        job.files,
        Limits(**context.limits),
        sandbox=context.sandbox,
    )
    outcome.note(record)
    limit_outputs(notebook, context.lines, context.traceback)
    scores, comments = collect_scores(notebook)
    record.sandboxed = context.sandbox
    record.finished = True
    record.write(notebook)
    notebook.metadata[INPUTS] = {"submission": job.digest, **context.fingerprint}
    return GradedSheet(
        sheet.name,
        write_notebook(notebook),
        scores,
        comments,
        record.list_flags(),
        tuple(repair.sentence for repair in record.repairs),
        record.unreadable,
        record.ended,
    )


def _read(job: Job, sheet: Sheet, context: Context) -> tuple[NotebookNode, Record]:
    from grader.intake.decode import Bounds
    from grader.intake.read import read_submission
    from grader.intake.record import Record
    from grader.intake.repair import Repair, Unreadable, blank

    reference = _read_reference(sheet.released, sheet.earlier, context.plugin)
    found = read_submission(job.notebooks, sheet.name, reference, Bounds(**context.bounds))
    record = Record(digest=job.digest, repairs=[Repair(note) for note in job.notes])
    if isinstance(found, Unreadable):
        record.unreadable = found.reason
        return blank(reference), record
    record.repairs.extend(found.repairs)
    record.changes = found.changes
    return found.notebook, record


@lru_cache(maxsize=8)
def _read_reference(released: bytes, earlier: tuple[bytes, ...], plugin: str) -> Reference:
    from grader.intake.reference import make_reference

    find_owner = load_plugin(plugin).find_owner
    newest, *older = (
        make_reference(read_json(data.decode()), find_owner)  # type: ignore[no-untyped-call]
        for data in (released, *earlier)
    )
    return replace(newest, earlier=tuple(older))


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


def collect_scores(
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

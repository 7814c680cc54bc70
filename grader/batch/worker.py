"""Grade one submission: it goes in, a verdict comes out, and nothing else is touched.

The steps are those of ``nbgrader autograde`` with this course's configuration, in its order, as
functions of data. The learner's cells run in the sandbox; hidden tests and seed stay here.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from grader.batch.jobs import Context, Graded, GradedSheet, Job, Sheet
from grader.fast_imports import import_models, read_json
from grader.plugin import load_plugin

if TYPE_CHECKING:
    from grader.fast_imports import NotebookNode
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
    import grader.batch.postprocess
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
    from grader.batch.postprocess import clean, limit_outputs, read_scores, write_notebook
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
    scores, comments = read_scores(notebook)
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

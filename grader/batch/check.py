"""Look at what a worker sent back before anything is done with it.

A worker runs on another machine, perhaps with another version of the package or a broken disk.
What it returns is entered only if it is a verdict on the submission that it was given.
"""

from __future__ import annotations

import json
import math

from grader.batch.messages import Context, Graded, GradedSheet, Job, Sheet

LARGEST = 64 * 1024 * 1024
"""Characters of one graded notebook. Outputs are limited to 2 MiB, so an honest one is smaller."""


def find_fault(answer: object, job: Job, context: Context) -> str | None:
    """Return what is wrong with a worker's answer, as a phrase, or None."""
    try:
        return _find(answer, job, context)
    except (TypeError, ValueError, AttributeError, KeyError):
        return "something that is no verdict came back"  # the right type, filled with nonsense


def _find(answer: object, job: Job, context: Context) -> str | None:
    if not isinstance(answer, Graded):
        return f"a {type(answer).__name__} came back instead of a verdict"
    if answer.student != job.student or answer.digest != job.digest:
        return "a verdict on another submission came back"
    if [sheet.name for sheet in answer.sheets] != [sheet.name for sheet in context.sheets]:
        return "a verdict on other notebooks came back"
    for graded, sheet in zip(answer.sheets, context.sheets, strict=True):
        fault = _find_in_sheet(graded, sheet)
        if fault is not None:
            return fault
    return None


def _find_in_sheet(graded: GradedSheet, sheet: Sheet) -> str | None:
    wanted = {name for name, cell in sheet.cells.items() if cell.points is not None}
    if set(graded.scores) != wanted:
        return "points for other cells came back"
    for name, score in graded.scores.items():
        if score is not None and not _is_possible(score, sheet.cells[name].points or 0.0):
            return f"{score!r} points for {name} came back"
    if not set(graded.comments) <= set(sheet.cells):
        return "comments on other cells came back"
    if len(graded.notebook) > LARGEST:
        return "a notebook that is too large came back"
    try:
        finished = json.loads(graded.notebook)["metadata"]["grader"]["finished"]
    except (ValueError, KeyError, TypeError):
        return "a notebook that cannot be read came back"
    return None if finished is True else "an unfinished notebook came back"


def _is_possible(score: object, most: float) -> bool:
    return isinstance(score, float) and math.isfinite(score) and 0.0 <= score <= most

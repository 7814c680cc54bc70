"""From what a verdict was made, so that only what changed is graded again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from grader.batch.messages import Context, Sheet
from grader.digest import digest_imports
from grader.plugin import load_plugin

_GRADING, _OWN = ("grader.batch.worker",), ("grader",)
"""What a worker imports decides a verdict, with what the course's plugin says of itself."""

REASONS = {
    "submission": "what was handed in has changed",
    "tests": "the assignment or its hidden tests have changed",
    "seed": "the class has another seed",
    "settings": "the settings of grading have changed",
}
"""What of the class itself has to change for a verdict to be made anew. A newer toolkit is no such
reason: a class that is updated in mid-term keeps the grades that it has."""

TOOLKIT = "toolkit"


def describe_inputs(context: Context) -> dict[str, str]:
    """Return digests of what decides a verdict, apart from the submission itself."""
    sheets = [
        [sheet.name, sheet.kernelspec, {name: vars(cell) for name, cell in sheet.cells.items()}]
        for sheet in context.sheets
    ]
    released = b"".join(sheet.released for sheet in context.sheets)
    settings = [context.limits, context.bounds, context.sandbox, context.lines, context.traceback]
    return {
        "tests": _digest(json.dumps(sheets, sort_keys=True, default=dict).encode() + released),
        # The seed has 128 random bits: nobody finds it from its digest.
        "seed": _digest(f"seed {context.seed}".encode()),
        TOOLKIT: _digest(
            f"{load_plugin(context.plugin).digest()} {digest_imports(*_GRADING, own=_OWN)}".encode()
        ),
        "settings": _digest(json.dumps(settings, sort_keys=True, default=dict).encode()),
    }


def explain(found: Mapping[str, Any], wanted: Mapping[str, str]) -> str | None:
    """Return why a submission has to be graded again, in one sentence, or None.

    Args:
        found: What the graded notebook says it was made from, or :func:`recall_inputs`. What
            neither says counts as unchanged.
        wanted: What it would be made from now.
    """
    changed = [
        why for name, why in REASONS.items() if found.get(name, wanted[name]) != wanted[name]
    ]
    return ", ".join(changed) or None


def recall_inputs(notebook: Mapping[str, Any], sheet: Sheet, digest: str) -> dict[str, str]:
    """Return what is known of a verdict's inputs where ``nbgrader autograde`` of 1.0 noted none.

    Args:
        notebook: The graded one. Its tests are those with which it was graded.
        sheet: The same notebook of the assignment, as the gradebook has it now.
        digest: Of the submission, as its record has it.
    """
    wanted = {
        name: (cell.points, cell.source if cell.locked else None)
        for name, cell in sheet.cells.items()
    }
    found = {}
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade_id") in wanted:
            source = "".join(cell["source"]) if about.get("locked") else None
            found[about["grade_id"]] = (about.get("points"), source)
    inputs = {"submission": digest}
    return inputs if found == wanted else inputs | {"tests": "others"}


def is_outdated(found: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Return whether a verdict was made by another toolkit, or by one that left no name.

    Args:
        found: As for :func:`explain`.
        wanted: As for :func:`explain`.
    """
    return found.get(TOOLKIT) != wanted[TOOLKIT]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]

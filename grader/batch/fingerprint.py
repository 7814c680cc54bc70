"""From what a verdict was made, so that only what changed is graded again."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grader.batch.messages import Context

_JUDGING = ("numpy",)
"""Packages of others that compute with what learners hand in."""

REASONS = {
    "submission": "what was handed in has changed",
    "tests": "the assignment or its hidden tests have changed",
    "seed": "the class has another seed",
    "toolkit": "the toolkit has changed",
    "settings": "the settings of grading have changed",
}


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
        "toolkit": digest_toolkit(),
        "settings": _digest(json.dumps(settings, sort_keys=True, default=dict).encode()),
    }


def explain(found: Mapping[str, Any] | None, wanted: Mapping[str, str]) -> str | None:
    """Return why a submission has to be graded again, in one sentence, or None.

    Args:
        found: What the graded notebook says it was made from; None if nobody knows.
        wanted: What it would be made from now.
    """
    if not found:
        return "it is not known from what it was graded"
    changed = [REASONS[name] for name, digest in wanted.items() if found.get(name) != digest]
    return ", ".join(changed) or None


@cache
def digest_toolkit() -> str:
    """Return a digest of the code that judges: ours, NumPy's version and Python's."""
    summary = hashlib.sha256(platform.python_version().encode())
    for package in _JUDGING:
        summary.update(f"{package} {version(package)}".encode())
    for package in ("circuits", "grader.sandbox", "grader.grading", "grader.intake"):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations if spec else None) or ():
            for path in sorted(Path(folder).rglob("*.py")):
                summary.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    for name in ("verdict.py", "batch/worker.py", "batch/postprocess.py"):
        summary.update((Path(__file__).parents[1] / name).read_bytes())
    return summary.hexdigest()[:32]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]

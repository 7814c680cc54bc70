"""Which submissions are graded, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.batch.course import find_folder
from grader.batch.fingerprint import explain
from grader.batch.grade import INPUTS
from grader.batch.job import Context

NEW = "it has not been graded"
UNFINISHED = "grading it was not finished"
FORCED = "--force was given"


@dataclass(frozen=True)
class Choice:
    """Whether one submission is graded.

    Attributes:
        student: The learner's id.
        folder: What was handed in.
        digest: Of all its files.
        reason: Why it is graded, or None if nothing changed since it was.
        notes: What the gatekeeper moved away, in sentences.
        refused: Why the folder cannot be read at all, or "".
    """

    student: str
    folder: Path
    digest: str
    reason: str | None
    notes: tuple[str, ...] = ()
    refused: str = ""


def choose(
    found: Iterable[tuple[str, Path]],
    coursedir: Any,  # noqa: ANN401  (nbgrader ships no types)
    context: Context,
    *,
    force: bool,
) -> Iterator[Choice]:
    """Yield the submissions in order, each when it is asked for.

    Args:
        found: Learners and folders. Each folder is made safe to read when its turn comes.
        coursedir: nbgrader's.
        context: What would be graded with now.
        force: Whether to grade all.
    """
    from grader.gatekeeper.bounds import Bounds
    from grader.gatekeeper.folder import show_name
    from grader.gatekeeper.prepare import secure_all
    from grader.gatekeeper.record import digest_folder

    bounds = Bounds(**context.bounds)
    names = [sheet.name for sheet in context.sheets]
    for submission in secure_all(found, coursedir, bounds):
        folder = submission.folder
        if not submission.safe:
            why = " ".join(submission.notes)
            yield Choice(show_name(submission.student), folder, "", None, refused=why)
            continue
        digest = digest_folder(folder, bounds.notebook_bytes)
        graded = find_folder(coursedir, coursedir.autograded_directory, submission.student)
        wanted = {"submission": digest, **context.fingerprint}
        reason = FORCED if force else _find_reason(graded, names, wanted)
        yield Choice(submission.student, folder, digest, reason, submission.notes)


def _find_reason(graded: Path, names: list[str], wanted: Mapping[str, str]) -> str | None:
    if not graded.exists():
        return NEW
    for name in names:
        try:
            metadata = json.loads((graded / f"{name}.ipynb").read_bytes())["metadata"]
            finished = metadata["grader"]["finished"] is True
        except (OSError, ValueError, TypeError, KeyError):
            finished = False
        if not finished:
            return UNFINISHED
        reason = explain(metadata.get(INPUTS), wanted)
        if reason is not None:
            return reason
    return None

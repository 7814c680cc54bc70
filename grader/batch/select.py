"""Which submissions are graded, and why."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.batch.fingerprint import explain, is_outdated, recall_inputs
from grader.batch.messages import Context, Sheet
from grader.batch.worker import INPUTS
from grader.gradebook.access import find_folder

NEW = "it has not been graded"
UNFINISHED = "grading it was not finished"
FORCED = "--force was given"
STOPPED = "--force was given, and that run was stopped before"


Flags = Mapping[str, Mapping[str, str]]


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
        flags: What a person should look at in what was graded before and is not graded now: by
            notebook, cells and why. The cell "" stands for all.
        outdated: Whether what is kept was graded by another version of the toolkit.
    """

    student: str
    folder: Path
    digest: str
    reason: str | None
    notes: tuple[str, ...] = ()
    refused: str = ""
    flags: Flags = field(default_factory=dict)
    outdated: bool = False


def choose(
    found: Iterable[tuple[str, Path]],
    coursedir: Any,  # noqa: ANN401  (nbgrader ships no types)
    context: Context,
    *,
    force: bool,
    again: Container[str] = (),
    entered: Container[str],
) -> Iterator[Choice]:
    """Yield the submissions in order, each when it is asked for.

    Args:
        found: Learners and folders. Each folder is made safe to read when its turn comes.
        coursedir: nbgrader's.
        context: What would be graded with now.
        force: Whether to grade all.
        again: Whom an earlier run was to grade again, and did not come to.
        entered: Who has a row in the gradebook.
    """
    from grader.hooks.prepare import secure_all
    from grader.intake.bounds import Bounds
    from grader.intake.folder import show_name
    from grader.intake.record import digest_folder

    bounds = Bounds(**context.bounds)
    for submission in secure_all(found, coursedir, bounds):
        folder = submission.folder
        if not submission.safe:
            why = " ".join(submission.notes)
            yield Choice(show_name(submission.student), folder, "", None, refused=why)
            continue
        digest = digest_folder(folder, bounds.notebook_bytes)
        graded = find_folder(coursedir, coursedir.autograded_directory, submission.student)
        wanted = {"submission": digest, **context.fingerprint}
        flags: Flags = {}
        outdated = False
        if force:
            reason: str | None = FORCED
        elif submission.student in again:
            reason = STOPPED
        elif show_name(submission.student) not in entered:
            reason = NEW
        else:
            reason, flags, outdated = _find_reason(graded, context.sheets, wanted)
        notes = submission.notes
        yield Choice(
            submission.student, folder, digest, reason, notes, flags=flags, outdated=outdated
        )


def _find_reason(
    graded: Path, sheets: Iterable[Sheet], wanted: Mapping[str, str]
) -> tuple[str | None, Flags, bool]:
    from grader.intake.record import Record

    if not graded.exists():
        return NEW, {}, False
    flags = {}
    outdated = False
    for sheet in sheets:
        try:
            notebook = json.loads((graded / f"{sheet.name}.ipynb").read_bytes())
            metadata = notebook["metadata"]
            finished = metadata["grader"]["finished"] is True
        except (OSError, ValueError, TypeError, KeyError):
            finished = False
        if not finished:
            return UNFINISHED, {}, False
        record = Record.read(notebook)
        found = metadata.get(INPUTS) or recall_inputs(notebook, sheet, record.digest)
        reason = explain(found, wanted)
        if reason is not None:
            return reason, {}, False
        outdated = outdated or is_outdated(found, wanted)
        flags[sheet.name] = record.list_flags()
    return None, flags, outdated

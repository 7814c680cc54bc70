"""Select the submissions to grade: what has changed, and what a person has not reviewed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.batch.jobs import Context, Sheet, SourceCell
from grader.batch.worker import INPUTS
from grader.config import Settings
from grader.digest import digest_imports
from grader.errors import CourseError
from grader.gradebook.access import (
    find_assignment,
    find_folder,
    list_releases,
    list_test_cells,
    select_cells,
)
from grader.nbgrader_types import CourseDirectory, Gradebook, Row
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
    released = b"".join(b"".join((sheet.released, *sheet.earlier)) for sheet in context.sheets)
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
        notes: What intake moved away, in sentences.
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


def make_context(
    gradebook: Gradebook, coursedir: CourseDirectory, settings: Settings, seed: int
) -> Context:
    """Return what workers have to know.

    Args:
        gradebook: nbgrader's, open.
        coursedir: nbgrader's.
        settings: The course's.
        seed: The class's.

    Raises:
        CourseError: If the assignment was not generated, or if what was released is gone.
    """
    assignment = find_assignment(gradebook, coursedir.assignment_id)
    sheets = tuple(_read_sheet(coursedir, notebook) for notebook in assignment.notebooks)
    values: dict[str, Any] = {
        "assignment": coursedir.assignment_id,
        "plugin": settings.plugin,
        "sheets": sheets,
        "seed": seed,
        "limits": dict(settings.limits),
        "bounds": dict(settings.bounds),
        "sandbox": settings.sandbox,
        "lines": settings.lines,
        "traceback": settings.traceback,
        "tests": list_test_cells(assignment),
    }
    return Context(**values, fingerprint=describe_inputs(Context(**values)))


def choose(
    found: Iterable[tuple[str, Path]],
    coursedir: CourseDirectory,
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
    from grader.intake.decode import Bounds
    from grader.intake.folders import secure_all, show_name
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


def _read_sheet(coursedir: CourseDirectory, notebook: Row) -> Sheet:
    released = _read_released(coursedir, notebook)
    kept = list_releases(Path(coursedir.root), coursedir.assignment_id, notebook.name)
    earlier = tuple(data for data in kept if data != released)
    return Sheet(notebook.name, released, _read_cells(notebook), notebook.kernelspec, earlier)


def _read_cells(notebook: Row) -> Mapping[str, SourceCell]:
    points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    return {
        cell.name: SourceCell(
            cell.cell_type, bool(cell.locked), cell.checksum, cell.source, points.get(cell.name)
        )
        for cell in notebook.source_cells
    }


def _read_released(coursedir: CourseDirectory, notebook: Row) -> bytes:
    """Return the notebook that the class received, as the gradebook knows it."""
    name, assignment = notebook.name, coursedir.assignment_id
    known = {cell.name for cell in notebook.source_cells}
    again = f"`nbgrader generate_assignment {assignment}`"
    found = False
    for step in (coursedir.release_directory, coursedir.source_directory):
        path = find_folder(coursedir, step, ".") / f"{name}.ipynb"
        if path.is_file():
            found, data = True, path.read_bytes()
            if known == list_graded(data):
                return data
    for data in list_releases(Path(coursedir.root), assignment, name):
        if known == list_graded(data):
            return data
    if found:
        raise CourseError(
            f"{name}.ipynb in release/ has other parts than the gradebook knows of, or is gone, as "
            f"after a {again} that failed; put back in source/ what the class received, and run "
            "that again with --force."
        )
    raise CourseError(
        f"There is no {name}.ipynb in release/ or source/, so nothing can be compared with it; "
        f"run {again} first."
    )


def list_graded(data: bytes) -> set[str] | None:
    """Return the cells that nbgrader enters for a notebook; None if it cannot be read."""
    try:
        about = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(data)["cells"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    kinds = ("grade", "solution", "locked", "task")
    return {str(cell["grade_id"]) for cell in about if any(map(cell.get, kinds))}


class NeedsReview:
    """The cells of one assignment that wait for a person.

    They are read when they are first asked for: in most classes few submissions are flagged.

    Args:
        gradebook: nbgrader's, open.
        assignment: The assignment's name.
    """

    def __init__(self, gradebook: Gradebook, assignment: str) -> None:
        self._gradebook, self._assignment = gradebook, assignment
        self._cells: dict[tuple[str, str], set[str]] | None = None

    def list_reasons(self, student: str, flags: Flags) -> tuple[str, ...]:
        """Return why a person should still look at a submission, in sentences.

        A flag is settled when somebody has graded its cell by hand. One of the whole notebook
        is settled when all its cells are.

        Args:
            student: The learner's id.
            flags: As grading left them, by notebook.
        """
        reasons = []
        for notebook, found in flags.items():
            if found:
                cells = self._read()[student, notebook]
                reasons += [why for name, why in found.items() if _is_waiting(name, cells)]
        return tuple(dict.fromkeys(reasons))

    def _read(self) -> dict[tuple[str, str], set[str]]:
        if self._cells is None:
            self._cells = defaultdict(set)
            # A connection of its own: the writer's session keeps what it knows.
            with self._gradebook.engine.connect() as connection:
                for student, notebook, cell in connection.execute(self._ask()):
                    self._cells[student, notebook].add(cell)
        return self._cells

    def _ask(self) -> Any:  # noqa: ANN401  (an SQLAlchemy question)
        from nbgrader.api import Assignment, BaseCell, Grade, Notebook, SubmittedAssignment

        columns = SubmittedAssignment.student_id, Notebook.name, BaseCell.name
        return select_cells(Grade, *columns).where(
            Assignment.name == self._assignment, Grade.needs_manual_grade.is_(True)
        )


def _is_waiting(name: str, cells: set[str]) -> bool:
    """Return whether a flagged cell waits; a part's flag is also its test's."""
    return bool(cells) if name == "" else bool(cells & {name, f"{name}-test"})

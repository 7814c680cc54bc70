"""Save verdicts in batches: first the grades to the gradebook, then the graded folders."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from collections import deque
from pathlib import Path

from grader.batch.messages import Context, Graded, GradedSheet, Job
from grader.batch.progress import Failed, Finished, Tell
from grader.batch.select import Choice
from grader.batch.writer import Writer
from grader.errors import CourseError
from grader.gradebook.access import find_folder
from grader.intake.notebook import read_pictures, write_pictures
from grader.nbgrader_types import CourseDirectory
from grader.paths import read_files
from grader.terminal import deferring_signals

_PART = ".part"


def stage(choice: Choice, coursedir: CourseDirectory, context: Context, keep: set[str]) -> Job:
    """Lay out what stands beside a submission's notebook, and return what a worker needs.

    Files of the learner's come first, then the instructor's over them, as nbgrader does it.

    Args:
        choice: The submission.
        coursedir: nbgrader's.
        context: The class's.
        keep: Names of the instructor's files that learners may change.
    """
    from nbgrader.utils import find_all_files

    from grader.intake import Bounds, load_notebooks
    from grader.sandbox import Limits

    place = find_place(coursedir, choice.student)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    ignored = [*coursedir.ignore, "*.ipynb"]
    source = find_folder(coursedir, coursedir.source_directory, ".")
    for origin in (choice.folder, source):
        for name in find_all_files(str(origin), ignored):
            relative = os.path.relpath(name, origin)
            if origin == source and relative in keep:
                continue
            target = place / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy(name, target)
    limits, bounds = Limits(**context.limits), Bounds(**context.bounds)
    return Job(
        choice.student,
        choice.digest,
        load_notebooks(choice.folder, bounds.notebook_bytes),
        read_files(place, limits.submission_bytes),
        choice.notes,
    )


def settle(graded: Graded, coursedir: CourseDirectory, permissions: int | None) -> None:
    """Write the graded notebooks and put the folder in its place.

    Args:
        graded: The verdict; its grades are in the gradebook already.
        coursedir: nbgrader's.
        permissions: Of the files, as digits of an octal number; None for nbgrader's default.
    """
    place = find_place(coursedir, graded.student)
    target = find_folder(coursedir, coursedir.autograded_directory, graded.student)
    for sheet in graded.sheets:
        (place / f"{sheet.name}.ipynb").write_text(sheet.notebook, encoding="utf-8")
    shared = coursedir.groupshared
    mode = int(str(permissions if permissions is not None else 664 if shared else 444), 8)
    for folder, _, names in os.walk(place):
        for name in names:
            Path(folder, name).chmod(mode)
        if shared:
            about = stat.S_IMODE(Path(folder).stat().st_mode)
            Path(folder).chmod(about | 0o2770)
    if target.exists():
        shutil.rmtree(target)
    place.rename(target)


def find_unchanged(coursedir: CourseDirectory, student: str, sheet: GradedSheet) -> frozenset[str]:
    """Return the graded cells whose answers are those that lie graded already.

    A text is its own cell. The answer to a test is the cell that is named like it, without
    ``-test``; where there is none, all code that the learner wrote.

    Args:
        coursedir: nbgrader's.
        student: The learner's id.
        sheet: A notebook that has been graded just now, and is not in its place yet.

    Returns:
        Their ids; none if nothing lies there.
    """
    folder = find_folder(coursedir, coursedir.autograded_directory, student)
    try:
        before = _read_answers((folder / f"{sheet.name}.ipynb").read_text(encoding="utf-8"))
        now = _read_answers(sheet.notebook)
    except (OSError, ValueError):  # nothing was graded there, or nothing could be now
        return frozenset()
    return frozenset(name for name in now if now[name] == before.get(name))


def _read_answers(notebook: str) -> dict[str, tuple[str, ...]]:
    """Return, for each graded cell of a notebook, what is graded there: text and pictures."""
    cells = {
        str(cell["metadata"]["nbgrader"].get("grade_id", "")): cell
        for cell in json.loads(notebook)["cells"]
        if "nbgrader" in cell.get("metadata", {})
    }
    written = {
        # one text, or one a line
        name: "".join(cell["source"]) + write_pictures(read_pictures(cell))
        for name, cell in cells.items()
        if cell["metadata"]["nbgrader"].get("solution")
    }
    code = tuple(written[name] for name in written if cells[name]["cell_type"] == "code")
    answers = {}
    for name, cell in cells.items():
        if cell["metadata"]["nbgrader"].get("grade"):
            own = written.get(name, written.get(name.removesuffix("-test")))
            answers[name] = code if own is None else (own,)
    return answers


def discard(coursedir: CourseDirectory, student: str) -> None:
    """Remove what was laid out for a submission that was not graded."""
    shutil.rmtree(find_place(coursedir, student), ignore_errors=True)


def clear_stages(coursedir: CourseDirectory) -> None:
    """Remove what a killed run left behind."""
    pattern = find_folder(coursedir, coursedir.autograded_directory, "*").with_name(
        f".{coursedir.assignment_id}{_PART}"
    )
    root = Path(coursedir.root)
    for place in root.glob(str(pattern.relative_to(root))):
        shutil.rmtree(place, ignore_errors=True)


def find_place(coursedir: CourseDirectory, student: str) -> Path:
    """Return where a submission is laid out: on the disk of its place, so moving is one step."""
    target = find_folder(coursedir, coursedir.autograded_directory, student)
    return target.with_name(f".{target.name}{_PART}")


BATCH = 64
"""Verdicts in one transaction."""

OFTEN = 5.0
"""Seconds after which a smaller batch is written too, so that a killed run loses little."""


class SaveQueue:
    """Collects verdicts and writes them down.

    A grade is in the gradebook before its notebook is in ``autograded/``. Whoever is killed in
    between finds no finished notebook the next time, and grades that submission again: to the
    same grade.

    Args:
        writer: Of the gradebook.
        coursedir: nbgrader's.
        permissions: Of graded files.
        tell: Who hears of it.
    """

    def __init__(
        self,
        writer: Writer,
        coursedir: CourseDirectory,
        permissions: int | None,
        tell: Tell,
    ) -> None:
        self._writer, self._coursedir = writer, coursedir
        self._permissions, self._tell = permissions, tell
        self._waiting: deque[tuple[Graded, Path]] = deque()
        self._since = 0.0

    def take(self, graded: Graded, folder: Path) -> None:
        """Take a verdict on what is in a folder; write if it is time to."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((graded, folder))
        self.write_if_due()

    def write_if_due(self) -> None:
        """Write what waits, if there is enough of it or it has waited long enough.

        Raises:
            CourseError: As :meth:`write`.
        """
        if self._waiting and (len(self._waiting) >= BATCH or not self.patience):
            self.write()

    @property
    def patience(self) -> float:
        """Seconds for which nothing has to be written yet."""
        if not self._waiting:
            return OFTEN
        return max(self._since + OFTEN - time.monotonic(), 0.0)

    def write(self) -> None:
        """Write what waits.

        Raises:
            CourseError: If the gradebook or the disk cannot take it.
        """
        from sqlalchemy.exc import SQLAlchemyError

        batch = list(self._waiting)
        if not batch:
            return
        try:
            with deferring_signals():
                before = self._writer.write(
                    [
                        (g, self._coursedir.get_existing_timestamp(str(folder)))
                        for g, folder in batch
                    ]
                )
                for graded, _ in batch:
                    settle(graded, self._coursedir, self._permissions)
                    self._waiting.popleft()
                    self._tell(_report(graded, before.get(graded.student)))
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise CourseError(
                f"{len(self._waiting)} verdicts could not be written down ({reason}); when that "
                "is put right, give the same command again, without --force: all others are kept."
            ) from error

    def give_up(self, student: str, reason: str) -> None:
        """Ask for a person, in the gradebook too."""
        with deferring_signals():
            discard(self._coursedir, student)
            self._writer.flag(student, reason)
            self._tell(Failed(student, reason))


def _report(graded: Graded, before: float | None) -> Finished:
    sheets = graded.sheets
    return Finished(
        graded.student,
        graded.points,
        graded.seconds,
        tuple(repair for sheet in sheets for repair in sheet.repairs),
        tuple(dict.fromkeys(reason for sheet in sheets for reason in sheet.flags.values())),
        " ".join(sheet.unreadable for sheet in sheets if sheet.unreadable),
        before,
    )

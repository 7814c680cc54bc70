"""The folder of one graded submission: put together beside its place, then moved there whole."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any

from grader.batch.messages import Context, Graded, Job
from grader.batch.select import Choice
from grader.gradebook.access import find_folder

_PART = ".part"


def stage(choice: Choice, coursedir: Any, context: Context, keep: set[str]) -> Job:  # noqa: ANN401
    """Lay out what stands beside a submission's notebook, and return what a worker needs.

    Files of the learner's come first, then the instructor's over them, as nbgrader does it.

    Args:
        choice: The submission.
        coursedir: nbgrader's.
        context: The class's.
        keep: Names of the instructor's files that learners may change.
    """
    from nbgrader.utils import find_all_files

    from grader.intake.bounds import Bounds
    from grader.sandbox import Limits, read_files

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
        _read_notebooks(choice.folder, bounds.notebook_bytes),
        read_files(place, limits.submission_bytes),
        choice.notes,
    )


def settle(graded: Graded, coursedir: Any, permissions: int | None) -> None:  # noqa: ANN401
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


def discard(coursedir: Any, student: str) -> None:  # noqa: ANN401
    """Remove what was laid out for a submission that was not graded."""
    shutil.rmtree(find_place(coursedir, student), ignore_errors=True)


def clear_stages(coursedir: Any) -> None:  # noqa: ANN401
    """Remove what a killed run left behind."""
    pattern = find_folder(coursedir, coursedir.autograded_directory, "*").with_name(
        f".{coursedir.assignment_id}{_PART}"
    )
    root = Path(coursedir.root)
    for place in root.glob(str(pattern.relative_to(root))):
        shutil.rmtree(place, ignore_errors=True)


def find_place(coursedir: Any, student: str) -> Path:  # noqa: ANN401
    """Return where a submission is laid out: on the disk of its place, so moving is one step."""
    target = find_folder(coursedir, coursedir.autograded_directory, student)
    return target.with_name(f".{target.name}{_PART}")


def _read_notebooks(folder: Path, most: int) -> dict[str, bytes | None]:
    from grader.intake.read import read_regular

    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith(".ipynb"))
    return {name: read_regular(folder / name, most) for name in names}

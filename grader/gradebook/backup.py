"""Copies of the gradebook: made by SQLite itself, checked, and only a few of them kept."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.errors import CourseError
from grader.gradebook.sqlite import check_integrity, copy_file, list_assignments

FOLDER = "backups"
KEPT = 10
RECOVER = "`python -m grader recover` brings back the last good copy and every grade since"
STAMP = "%Y%m%dT%H%M%S%f"
_NAME = re.compile(r".+-\d{8}T\d{12}\.db")
_ABANDONED = timedelta(days=1)


def back_up(gradebook: Path, folder: Path, *, keep: int = KEPT) -> Path | None:
    """Copy the gradebook and check the copy.

    Args:
        gradebook: An SQLite file. Others may write to it meanwhile.
        folder: Where the copies are.
        keep: How many copies stay; older ones are deleted.

    Returns:
        The copy, or None if there is no gradebook yet.

    Raises:
        CourseError: If the gradebook is damaged, locked or gone, or the copy cannot be written.
    """
    copies = list_backups(folder)
    if not gradebook.exists():
        if copies:  # whoever goes on would make an empty one
            raise CourseError(describe_loss(gradebook))
        return None
    name = f"{gradebook.stem}-{datetime.now(UTC).strftime(STAMP)}.db"
    unfinished = folder / f"{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy_file(gradebook, unfinished)
        problem = check_integrity(unfinished)
        if problem is None:
            unfinished.rename(folder / name)  # a copy is there whole or not at all
    except (sqlite3.Error, OSError) as error:
        problem = f"{type(error).__name__}: {error}"
    finally:
        unfinished.unlink(missing_ok=True)
    if problem is not None:
        raise CourseError(_explain(gradebook, problem, folder))
    for old in copies[: max(len(copies) + 1 - keep, 0)]:
        old.unlink(missing_ok=True)
    for left in folder.glob("*.part*"):  # of a run that was killed; a younger one may be going on
        with suppress(FileNotFoundError):  # or just have ended
            if time.time() - left.stat().st_mtime > _ABANDONED.total_seconds():
                left.unlink()
    return folder / name


def list_backups(folder: Path) -> list[Path]:
    """Return the copies in a folder that :func:`back_up` made, the oldest first."""
    copies = (path for path in folder.glob("*.db") if _NAME.fullmatch(path.name))
    return sorted(copies, key=lambda path: path.name)


def has_recent_copy(folder: Path, age: timedelta, assignment: str) -> bool:
    """Return whether the newest copy is no older than this, and has the assignment in it."""
    copies = list_backups(folder)
    if not copies or time.time() - copies[-1].stat().st_mtime >= age.total_seconds():
        return False
    return assignment in list_assignments(copies[-1])


def find_good_copy(folder: Path) -> Path | None:
    """Return the newest copy that is sound and not of an empty gradebook, or None."""
    copies = reversed(list_backups(folder))
    return next((copy for copy in copies if _is_sound(copy) and list_assignments(copy)), None)


def _is_sound(copy: Path) -> bool:
    with suppress(CourseError):
        return check_integrity(copy) is None
    return False


def describe_loss(gradebook: Path) -> str:
    """Return one sentence about a gradebook that is not there any more."""
    return f"{gradebook.name} is gone, so nothing was done; {RECOVER}."


def describe_damage(gradebook: Path, problem: str, folder: Path) -> str:
    """Return one sentence about a gradebook that cannot be read, with what brings it back.

    Args:
        gradebook: An SQLite file.
        problem: From :func:`check_integrity`.
        folder: Where the copies are.
    """
    remedy = f"{RECOVER}." if find_good_copy(folder) else "there is no good copy to bring back."
    return (
        f"{gradebook.name} cannot be read ({' '.join(problem.split())}), so nothing was done; "
        f"if the file is damaged, {remedy}"
    )


def _explain(gradebook: Path, problem: str, folder: Path) -> str:
    damage = check_integrity(gradebook)
    if damage is not None:
        return describe_damage(gradebook, damage, folder)
    return (
        f"{gradebook.name} could not be backed up ({problem}), so nothing was done; "
        "if the disk is full, make room."
    )

"""Copies of the gradebook: made by SQLite itself, checked, and only a few of them kept."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.errors import CourseError

FOLDER = "backups"
KEPT = 10
RECOVER = "`python -m grader recover` brings back the last good copy and every grade since"
STAMP = "%Y%m%dT%H%M%S%f"
_ABANDONED = timedelta(days=1)
_PATIENCE = 60.0  # seconds to wait for somebody else's transaction


def back_up(
    gradebook: Path,
    folder: Path,
    *,
    keep: int = KEPT,
    recent: timedelta = timedelta(0),
) -> Path | None:
    """Copy the gradebook and check the copy.

    Args:
        gradebook: An SQLite file. Others may write to it meanwhile.
        folder: Where the copies are.
        keep: How many copies stay; older ones are deleted.
        recent: A copy no older than this is good enough, and no other is made.

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
    if copies and recent and time.time() - copies[-1].stat().st_mtime < recent.total_seconds():
        return copies[-1]
    name = f"{gradebook.stem}-{datetime.now(UTC).strftime(STAMP)}.db"
    unfinished = folder / f"{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy(gradebook, unfinished)
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
    """Return the copies in a folder, the oldest first."""
    return sorted(folder.glob("*-*.db"), key=lambda path: path.name)


def check_integrity(path: Path) -> str | None:
    """Return what is wrong with an SQLite file, or None."""
    try:
        with closing(_open(path)) as database:
            [(verdict,)] = database.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error as error:
        return str(error)
    return None if verdict == "ok" else str(verdict)


def knows(copy: Path, assignment: str) -> bool:
    """Return whether an assignment is in a copy."""
    try:
        with closing(_open(copy)) as database:
            found = database.execute("SELECT 1 FROM assignment WHERE name = ?", [assignment])
            return found.fetchone() is not None
    except sqlite3.Error:
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
    copies = reversed(list_backups(folder))
    good = next((copy for copy in copies if check_integrity(copy) is None), None)
    remedy = f"{RECOVER}." if good else "there is no good copy to bring back."
    return (
        f"{gradebook.name} cannot be read ({' '.join(problem.split())}), so nothing was done; "
        f"if the file is damaged, {remedy}"
    )


def restore(
    backup: Path, gradebook: Path, prepare: Callable[[Path], object] | None = None
) -> Path | None:
    """Put a copy in the gradebook's place, and return where the old file went.

    Args:
        backup: The copy; it stays where it is.
        gradebook: The place. What is there is kept beside it.
        prepare: Called with a copy of the copy before that takes the place. If this raises, or
            the program is killed meanwhile, nothing has happened.

    Raises:
        CourseError: If the copy is damaged itself.
    """
    problem = check_integrity(backup)
    if problem is not None:
        raise CourseError(f"{backup.name} is damaged ({problem}); take another one.")
    fresh = gradebook.with_name(f"{gradebook.name}.restored")
    _remove_companions(fresh)
    _copy(backup, fresh)
    if prepare is not None:
        prepare(fresh)
    old = None
    if gradebook.exists():
        stamp = datetime.now(UTC).strftime(STAMP)
        old = gradebook.rename(gradebook.with_name(f"{gradebook.name}.damaged-{stamp}"))
        for companion in _find_companions(gradebook):  # they belong to the old file
            companion.rename(old.with_name(companion.name.replace(gradebook.name, old.name, 1)))
    _remove_companions(gradebook)
    fresh.rename(gradebook)
    return old


def _find_companions(path: Path) -> list[Path]:
    """Return what SQLite keeps beside a file while somebody writes to it."""
    companions = [path.with_name(path.name + end) for end in ("-journal", "-wal", "-shm")]
    return [companion for companion in companions if companion.exists()]


def _remove_companions(path: Path) -> None:
    for companion in _find_companions(path):
        companion.unlink()


def _open(path: Path) -> sqlite3.Connection:
    """Open an SQLite file that is there.

    Not with ``mode=ro``: where a program was killed in the middle of a transaction, a journal is
    left, and SQLite must be allowed to undo that transaction before the file can be read at all.
    """
    address = f"{path.absolute().as_uri()}?mode=rw"  # a path may hold ? or #
    return sqlite3.connect(address, uri=True, timeout=_PATIENCE)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(_open(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.execute(f"PRAGMA busy_timeout = {int(_PATIENCE * 1000)}")
        origin.backup(copy)


def _explain(gradebook: Path, problem: str, folder: Path) -> str:
    damage = check_integrity(gradebook)
    if damage is not None:
        return describe_damage(gradebook, damage, folder)
    return (
        f"{gradebook.name} could not be backed up ({problem}), so nothing was done; "
        "if the disk is full, make room."
    )

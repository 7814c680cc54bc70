"""Back up the gradebook, check it, and put a copy in its place; SQLite itself copies.

Where it is missing or damaged, this is refused in one sentence, and no empty one is made.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.errors import CourseError


def _share_alike(fresh: Path, old: Path) -> None:
    """Give a file the owner and the rights of another."""
    owner = old.stat()
    with suppress(PermissionError):  # only root gives files away
        os.chown(fresh, owner.st_uid, owner.st_gid)
    shutil.copymode(old, fresh)


_PATIENCE = 60.0  # seconds to wait for somebody else's transaction
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def check_integrity(path: Path) -> str | None:
    """Return what is wrong with an SQLite file, or None.

    Raises:
        CourseError: If it cannot be read now for another reason: somebody holds it, say.
    """
    try:
        with closing(open_file(path)) as database:
            [(verdict,)] = database.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise CourseError(
                f"{path.name} cannot be used now ({error}), so nothing was done; end what else "
                "uses it, or put right what is said, and give the same command again."
            ) from error
        return str(error)
    return None if verdict == "ok" else str(verdict)


def list_assignments(gradebook: Path) -> set[str]:
    """Return the names of the assignments in a gradebook; none where it cannot be read."""
    try:
        with closing(open_file(gradebook)) as database:
            return {name for (name,) in database.execute("SELECT name FROM assignment")}
    except sqlite3.Error:
        return set()


def open_file(path: Path) -> sqlite3.Connection:
    """Open an SQLite file that is there.

    Not with ``mode=ro``: where a program was killed in the middle of a transaction, a journal is
    left, and SQLite must be allowed to undo that transaction before the file can be read at all.
    """
    address = f"{path.absolute().as_uri()}?mode=rw"  # a path may hold ? or #
    return sqlite3.connect(address, uri=True, timeout=_PATIENCE)


def copy_file(source: Path, target: Path) -> None:
    """Copy what is committed, while others may write; the copy is its owner's alone.

    Raises:
        sqlite3.Error: If the source cannot be read, or the target written.
        OSError: If the target cannot be made.
    """
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)  # grades are nobody else's business
    with closing(open_file(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)


def find_companions(path: Path) -> list[Path]:
    """Return what SQLite keeps beside a file while somebody writes to it."""
    companions = [path.with_name(path.name + end) for end in ("-journal", "-wal", "-shm")]
    return [companion for companion in companions if companion.exists()]


def remove_companions(path: Path) -> None:
    """Remove them: they belong to a file that is there no more."""
    for companion in find_companions(path):
        companion.unlink()


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
    gradebook = gradebook.resolve()  # where it is a link, the link stays
    fresh = gradebook.with_name(f"{gradebook.name}.restored")
    remove_companions(fresh)
    copy_file(backup, fresh)
    if prepare is not None:
        prepare(fresh)
    old = None
    if gradebook.exists():
        _share_alike(fresh, gradebook)
        stamp = datetime.now(UTC).strftime(STAMP)
        old = gradebook.rename(gradebook.with_name(f"{gradebook.name}.damaged-{stamp}"))
        for companion in find_companions(gradebook):  # they belong to the old file
            companion.rename(old.with_name(companion.name.replace(gradebook.name, old.name, 1)))
    remove_companions(gradebook)
    fresh.rename(gradebook)
    return old


def find_file(url: str) -> Path | None:
    """Return the file of an SQLite gradebook, or None for one on a server.

    Args:
        url: As in ``CourseDirectory.db_url``.
    """
    if not url.startswith("sqlite"):
        return None
    return Path(url.split("?")[0].removeprefix("sqlite:///"))


def demand_gradebook(url: str, assignment: str) -> None:
    """Refuse if there is no gradebook; to open one that is not there would make an empty one.

    Args:
        url: As in ``CourseDirectory.db_url``.
        assignment: Its name, for what is to be done first.

    Raises:
        CourseError: If the file is not there.
    """
    path = find_file(url)
    if path is None or path.exists():
        return
    if list_backups(path.parent / FOLDER):
        raise CourseError(describe_loss(path))
    raise CourseError(
        f"There is no gradebook yet; run `nbgrader generate_assignment {assignment}` first."
    )


def find_remedy(url: str, assignment: str) -> str:
    """Return what to do about an assignment that is in no gradebook, as a phrase.

    Args:
        url: As in ``CourseDirectory.db_url``; the gradebook is empty.
        assignment: Its name.
    """
    path = find_file(url)
    if path is not None and list_backups(path.parent / FOLDER):
        return "if the gradebook was lost, `python -m grader recover --force` brings it back"
    return f"run `nbgrader generate_assignment {assignment}` first"


def demand_sound_gradebook(url: str, assignment: str) -> None:
    """Refuse if there is no gradebook, or if it is damaged anywhere.

    The whole file is read, some tenths of a second for a class of ten thousand.

    Args:
        url: As in ``CourseDirectory.db_url``.
        assignment: Its name.

    Raises:
        CourseError: If the file is not there, or cannot be read.
    """
    demand_gradebook(url, assignment)
    if damage := _find_damage(url):
        raise CourseError(damage)


def _find_damage(url: str) -> str:
    """Return one sentence about a file that is there and cannot be read, or ""."""
    path = find_file(url)
    if path is None or not path.exists():
        return ""
    problem = check_integrity(path)
    return "" if problem is None else describe_damage(path, problem, path.parent / FOLDER)


@contextmanager
def explain_damage(url: str) -> Iterator[None]:
    """Say what is wrong with the gradebook, if that is why something in the block failed.

    A damaged page shows late and in many ways: as an error of the database, or as an assignment
    that is not found. So whatever failed, the file is looked at.

    Args:
        url: As in ``CourseDirectory.db_url``.

    Raises:
        CourseError: If the file is damaged, or the database refuses for another reason.
    """
    try:
        yield
    except Exception as error:
        if damage := _find_damage(url):
            raise CourseError(damage) from error
        reason = _find_reason(error)
        if reason is None:
            raise
        raise CourseError(
            f"The gradebook cannot be used ({reason}); when that is put right, give the same "
            "command again."
        ) from error


def _find_reason(error: Exception) -> str | None:
    """Return what the database says, or None if the error is not the database's."""
    from sqlalchemy.exc import DBAPIError

    return " ".join(str(error.orig).split()) if isinstance(error, DBAPIError) else None

"""SQLite files: opened, copied and checked by SQLite itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from grader.errors import CourseError

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

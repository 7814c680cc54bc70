"""Lock a class, so that only one run at a time grades it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from grader.config import FOLDER
from grader.errors import CourseError

_EVERY = 0.5  # seconds between two looks
_KEY = 0x6772616465  # "grade": the number of PostgreSQL's advisory lock


@contextmanager
def hold_class(root: Path, *, wait: bool) -> Iterator[None]:
    """Hold the class's folder while grading. A killed holder lets go of it by itself.

    Args:
        root: The class's folder.
        wait: Whether to wait for another run to end, instead of refusing.

    Raises:
        CourseError: If another run holds it; the sentence says which. Or if nothing can be
            written there.
    """
    with _open(root / FOLDER / "lock") as file:
        while not _try_lock(file.fileno()):
            file.seek(0)
            _refuse_unless(wait, file.read().strip() or "another process")
        file.truncate(0)
        now = datetime.now(UTC).strftime("%H:%M:%S UTC")
        file.write(f"process {os.getpid()} on {socket.gethostname()}, since {now}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)  # also if a child still has the file open


@contextmanager
def hold_server(connection: Any, *, wait: bool) -> Iterator[None]:  # noqa: ANN401
    """Hold a gradebook on a PostgreSQL server, which coordinators of several machines may use.

    Args:
        connection: SQLAlchemy's, kept open as long as the lock is held.
        wait: As for :func:`hold_class`.

    Raises:
        CourseError: If a coordinator elsewhere holds it.
    """
    from sqlalchemy import text

    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    ask = text("SELECT pg_try_advisory_lock(:key)")
    while not connection.execute(ask, {"key": _KEY}).scalar():
        _refuse_unless(wait, "a run that uses the same database")
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # a connection that is gone holds nothing
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})


def _open(path: Path) -> TextIO:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise CourseError(
            f"{error.filename} cannot be written to ({error.strerror}), so nothing was done; "
            "the class's folder has to belong to whoever grades, and to have room."
        ) from error


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refuse_unless(wait: bool, holder: str) -> None:
    if not wait:
        raise CourseError(
            f"The class is being graded by {holder}; wait until that run ends, or say --wait."
        )
    time.sleep(_EVERY)

"""Refuse in one sentence where the gradebook is missing or damaged, and make no empty one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import CourseError
from grader.gradebook.backup import (
    FOLDER,
    check_integrity,
    describe_damage,
    describe_loss,
    list_backups,
)


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
    path = find_file(url)
    problem = check_integrity(path) if path else None
    if path is not None and problem is not None:
        raise CourseError(describe_damage(path, problem, path.parent / FOLDER))


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
        path = find_file(url)
        problem = check_integrity(path) if path is not None and path.exists() else None
        if path is not None and problem is not None:
            raise CourseError(describe_damage(path, problem, path.parent / FOLDER)) from error
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

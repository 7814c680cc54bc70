"""See every change of a grade or penalty in nbgrader, log it, and protect what a person gave.

nbgrader keeps its gradebook through SQLAlchemy, whose events are made for this. They fire in
every process that reads ``nbgrader_config.py``: autograding, and formgrader's pages where a
person grades by hand. A change is in the log before it is in the gradebook: a crash between the
two leaves a line too many, which the next run corrects, and never one too few.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import event, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from grader.errors import CourseError
from grader.gradebook.log import (
    COMMENTS,
    EXTENSIONS,
    NAME,
    PENALTIES,
    SCORES,
    Change,
    Key,
    append,
    write_value,
)
from grader.nbgrader_types import Row

BY_HAND = frozenset({"manual_score", "extra_credit", "manual_comment"})
BUSY_MILLISECONDS = 60_000
"""How long to wait for another writer of an SQLite gradebook. Its own default is 5 seconds."""

_automatic: ContextVar[bool] = ContextVar("automatic", default=False)
_grader: ContextVar[str] = ContextVar("grader", default="")
_user: ContextVar[str] = ContextVar("user", default="")
_Set = TypeVar("_Set")
_PENDING = "grader.gradebook"
_WATCHED = (
    (Grade, SCORES),
    (Comment, COMMENTS),
    (SubmittedNotebook, PENALTIES),
    (SubmittedAssignment, EXTENSIONS),
)


class HandGradeTouchedError(CourseError):
    """An automatic run was about to change what a person gave. The change was not made."""


def watch_grades() -> None:
    """Log every change of a grade in this process from now on. Calling it twice is harmless."""
    for target, name, function in (
        (Engine, "connect", _wait_for_others),
        (Session, "after_flush", _collect),
        (Session, "before_commit", _announce),
        (Session, "after_commit", _settle),
        (Session, "after_rollback", _take_back),
    ):
        if not event.contains(target, name, function):
            event.listen(target, name, function)
    for kind, fields in _WATCHED:
        for field in fields:
            # With active_history the old value is always known, even where it was not read yet.
            event.listen(getattr(kind, field), "set", _note_nothing, active_history=True)


def automatic_grading() -> AbstractContextManager[None]:
    """Mark what happens inside as the autograder's doing: it may not touch a person's grades."""
    return _setting(_automatic, True)


@contextmanager
def _setting(variable: ContextVar[_Set], value: _Set) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def _note_nothing(*_: object) -> None:
    """Do nothing: the change is read when it is written to the database."""


def _wait_for_others(connection: Any, record: object) -> None:  # noqa: ANN401  (any driver's)
    del record
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")


def _collect(session: Session, context: object) -> None:
    del context
    pending = session.info.setdefault(_PENDING, {"new": [], "announced": []})
    for thing in (*session.new, *session.dirty, *session.deleted):
        for kind, fields in _WATCHED:
            if isinstance(thing, kind):
                pending["new"] += _find_changes(thing, fields, gone=thing in session.deleted)


def _find_changes(thing: Row, fields: Sequence[str], *, gone: bool) -> list[Change]:
    automatic = _automatic.get()
    changes = []
    state = inspect(thing)
    for field in fields:
        history = state.attrs[field].history
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else getattr(thing, field)
        if gone:
            old, new = getattr(thing, field), None
        elif not history.added:
            continue
        # A row's first values, all empty, are no change of a grade.
        if old == new or (old is None and new is True and field == "needs_manual_grade"):
            continue
        if automatic and field in BY_HAND and old is not None:
            raise HandGradeTouchedError(
                f"Grading was about to change the {field} of {thing.name}, which a person gave; "
                "it was left as it is. Please report this."
            )
        by = "autograder" if automatic or field.startswith("auto_") else "hand"
        person = find_person() if by == "hand" else ""
        key = _name(thing, field)
        changes.append(Change(key, write_value(old), write_value(new), by, person))
    return changes


def working_as(grader: str) -> AbstractContextManager[None]:
    """Say whose grades those are that are written inside: the log names this person, too.

    Args:
        grader: A name that somebody wrote into a table; "" for whoever runs this process.
    """
    return _setting(_grader, grader)


def signed_in_as(user: str) -> AbstractContextManager[None]:
    """Say who is at a page of this process, which several people share.

    Args:
        user: As the hub names them; "" if nobody knows.
    """
    return _setting(_user, user)


def find_person() -> str:
    """Return who gives grades: as :func:`working_as` says, and who works in this process.

    The latter is whom :func:`signed_in_as` names, else the JupyterHub user, else the account.
    """
    user, grader = _find_user(), _grader.get()
    return user if grader in ("", user) else f"{grader}, entered by {user}"


def _find_user() -> str:
    account = os.getuid()
    try:
        name = pwd.getpwuid(account).pw_name
    except KeyError:  # as in a container that runs under any number
        name = str(account)
    return _user.get() or os.environ.get("JUPYTERHUB_USER") or name


def _name(thing: Row, field: str) -> Key:
    notebook = cell = ""
    submission = thing
    if not isinstance(thing, SubmittedAssignment):
        sheet = thing if isinstance(thing, SubmittedNotebook) else thing.notebook
        submission, notebook = sheet.assignment, sheet.name
        if sheet is not thing:
            cell = thing.cell.name if thing.cell is not None else "?"
    return Key(submission.student.id, submission.assignment.name, notebook, cell, field)


def _announce(session: Session) -> None:
    session.flush()
    pending = session.info.get(_PENDING)
    path = _find_log(session)
    if pending and pending["new"] and path is not None:
        append(path, pending["new"])
        pending["announced"] += pending["new"]
        pending["new"] = []


def _settle(session: Session) -> None:
    session.info.pop(_PENDING, None)


def _take_back(session: Session) -> None:
    pending = session.info.pop(_PENDING, None)
    path = _find_log(session)
    if pending and pending["announced"] and path is not None:
        append(path, [Change(c.key, c.new, c.old, "undone") for c in pending["announced"]])


def _find_log(session: Session) -> Path | None:
    """Return the log beside an SQLite gradebook, or what :func:`set_log` says for others."""
    url = session.get_bind().engine.url
    if url.get_backend_name() == "sqlite":
        return Path(url.database).parent / NAME if url.database else None
    return _elsewhere.get(url.render_as_string(hide_password=True))


_elsewhere: dict[str, Path] = {}


def set_log(url: str, path: Path) -> None:
    """Say where the log of a gradebook on a server is kept.

    Args:
        url: As in ``CourseDirectory.db_url``.
        path: The file.
    """
    from sqlalchemy.engine import make_url

    _elsewhere[make_url(url).render_as_string(hide_password=True)] = path

"""Open a class, one run at a time: its folder as nbgrader lays it out, and its gradebook.

Every release of an assignment is kept there, for a submission is compared with the one that it
came from.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import stat
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from grader.config import FOLDER as OURS
from grader.config import Settings, load_settings
from grader.dates import read_dates_strictly
from grader.errors import CourseError
from grader.fast_imports import import_models
from grader.gradebook.backup import (
    FOLDER,
    back_up,
    demand_sound_gradebook,
    find_file,
    find_remedy,
    has_recent_copy,
)
from grader.gradebook.log import NAME, note_other_changes
from grader.gradebook.seed import keep_seed
from grader.nbgrader_types import CourseDirectory, Gradebook, Row
from grader.paths import Classroom, find_sources, replacing

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
    with _open(root / OURS / "lock") as file:
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


EVERYBODY = "*"
RECENT = timedelta(minutes=5)
"""Grading one learner relies on a backup this young, if the assignment is in it; the log has what
happened since."""


def open_coursedir(settings: Settings, assignment: str, student: str) -> CourseDirectory:
    """Return nbgrader's ``CourseDirectory`` for one assignment.

    Args:
        settings: The course's.
        assignment: Its name.
        student: A learner's id, or a pattern of shell's kind.
    """
    import_models()
    from nbgrader.coursedir import CourseDirectory as StockDirectory

    read_dates_strictly()
    coursedir: CourseDirectory = StockDirectory(**settings.course)
    coursedir.assignment_id = assignment
    coursedir.student_id = student
    return coursedir


def open_gradebook(coursedir: CourseDirectory) -> Gradebook:
    """Return nbgrader's gradebook, with one session that is kept for the whole run."""
    from nbgrader.api import Gradebook as StockGradebook  # of nbgrader alone, all would come along

    gradebook: Gradebook = StockGradebook(coursedir.db_url, coursedir.course_id)
    gradebook.db().expire_on_commit = False  # what was read of the assignment stays known
    return gradebook


def demand_gradebook_with(assignment: str, classroom: Classroom) -> None:
    """Refuse if a class has no sound gradebook with an assignment in it.

    Raises:
        CourseError: If the gradebook is not there or damaged, or has no such assignment.
    """
    coursedir = open_coursedir(load_settings(find_sources(), classroom), assignment, "*")
    demand_sound_gradebook(coursedir.db_url, assignment)
    with open_gradebook(coursedir) as gradebook:
        find_assignment(gradebook, assignment)


def find_assignment(gradebook: Gradebook, name: str) -> Row:
    """Return an assignment of the gradebook.

    Raises:
        CourseError: If it is not in the gradebook, or has no notebook there.
    """
    from nbgrader.api import MissingEntry

    try:
        assignment = gradebook.find_assignment(name)
    except MissingEntry:
        assignment = None
    if assignment is not None and assignment.notebooks:
        return assignment
    others = sorted(str(one.name) for one in gradebook.assignments if one.notebooks)
    if not others:
        remedy = find_remedy(str(gradebook.engine.url), name)
        raise CourseError(f"{name} is not in the gradebook, which is empty; {remedy}.")
    raise CourseError(
        f"{name} is not in the gradebook, which has {', '.join(others)}; if that is its name, run "
        f"`nbgrader generate_assignment {name}` first."
    )


def list_test_cells(assignment: Any) -> dict[str, float]:  # noqa: ANN401
    """Return the cells whose points nbgrader reads from a test's result, and how many there are.

    Args:
        assignment: A row of the gradebook's.
    """
    return {
        cell.name: float(cell.max_score)
        for _, cell, answered in _list_graded(assignment)
        if cell.cell_type == "code" and not answered
    }


def list_texts(assignment: Any) -> dict[str, tuple[str, float]]:  # noqa: ANN401
    """Return the cells that a learner answers and a person grades: notebook and points, by id.

    Args:
        assignment: A row of the gradebook's.
    """
    texts = {
        str(cell.name): (str(notebook), float(cell.max_score))
        for notebook, cell, answered in _list_graded(assignment)
        if answered
    }
    return dict(sorted(texts.items()))


def _list_graded(assignment: Any) -> Iterator[tuple[str, Any, bool]]:  # noqa: ANN401
    """Yield a notebook's name, each cell with points in it, and whether the learner writes it."""
    for notebook in assignment.notebooks:
        answers = {cell.name for cell in notebook.solution_cells}
        for cell in notebook.grade_cells:
            yield notebook.name, cell, cell.name in answers


def select_cells(kind: Row, *columns: Any) -> Any:  # noqa: ANN401  (SQLAlchemy's)
    """Return a question about everybody's grades or comments, which `where` makes narrower.

    Args:
        kind: ``Grade`` or ``Comment``.
        columns: Of it, of its cell, or of the notebook, submission and assignment that it is in.
    """
    # By name: `from nbgrader import api` would import all of nbgrader.
    from nbgrader.api import SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import select

    return (
        select(*columns)
        .select_from(kind)
        .join(kind.cell)
        .join(kind.notebook)
        .join(SubmittedNotebook.notebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
    )


def list_entered(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the learners who have a row in the gradebook for one assignment."""
    from nbgrader.api import Assignment, SubmittedAssignment
    from sqlalchemy import select

    rows = select(SubmittedAssignment.student_id).join(SubmittedAssignment.assignment)
    with gradebook.engine.connect() as connection:
        return set(connection.scalars(rows.where(Assignment.name == assignment)))


def find_folder(coursedir: CourseDirectory, step: str, student: str) -> Path:
    """Return ``<step>/<student>/<assignment>``, as the course lays it out."""
    return Path(coursedir.format_path(step, student, coursedir.assignment_id))


def find_place(coursedir: CourseDirectory, student: str) -> Path:
    """Return where a submission is laid out: on the disk of its place, so moving is one step."""
    target = find_folder(coursedir, coursedir.autograded_directory, student)
    return target.with_name(f".{target.name}.part")


def copy_beside(
    coursedir: CourseDirectory, origin: Path, place: Path, left_out: Collection[str] = ()
) -> None:
    """Copy what stands beside notebooks, over what is there, as nbgrader does it.

    Args:
        coursedir: It says what is ignored.
        origin: The folder with the notebooks.
        place: Where to.
        left_out: Paths, as seen from ``origin``.
    """
    from nbgrader.utils import find_all_files

    for name in find_all_files(str(origin), [*coursedir.ignore, "*.ipynb"]):
        relative = os.path.relpath(name, origin)
        if relative not in left_out:
            target = place / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy(name, target)


def set_permissions(
    coursedir: CourseDirectory, place: Path, permissions: int | None, usual: int
) -> None:
    """Give the files of a folder their permissions, and a group that shares a course its folders.

    Args:
        coursedir: It says whether a group shares the course.
        place: The folder.
        permissions: Digits of an octal number; None for nbgrader's default.
        usual: That default, where no group shares the course.
    """
    shared = coursedir.groupshared
    chosen = permissions if permissions is not None else 664 if shared else usual
    mode = int(str(chosen), 8)
    for folder, _, names in os.walk(place):
        for name in names:
            Path(folder, name).chmod(mode)
        if shared:
            Path(folder).chmod(stat.S_IMODE(Path(folder).stat().st_mode) | 0o2770)


def prepare_gradebook(coursedir: CourseDirectory) -> None:
    """Back up gradebook and seed, watch grades, log what happened behind the log's back.

    Raises:
        CourseError: If the gradebook is damaged or locked, or cannot be copied, or if the secret
            seed is gone.
    """
    from nbgrader.api import Gradebook

    from grader.gradebook.watch import set_log, watch_grades

    root = Path(coursedir.root)
    keep_seed(Classroom(root))
    url = coursedir.db_url
    watch_grades()
    whole = coursedir.student_id == EVERYBODY
    path = find_file(url)
    log = (root if path is None else path.parent) / NAME
    if path is None:
        set_log(url, log)
    if not whole and (path is None or _is_covered(path, coursedir.assignment_id)):
        return
    if path is None or path.exists():
        demand_sound_gradebook(url, coursedir.assignment_id)
        # First: what a copy holds is in the log, and a gradebook that was emptied is not copied.
        with Gradebook(url, coursedir.course_id) as gradebook:
            note_other_changes(gradebook, log)
    if path is not None:
        back_up(path, path.parent / FOLDER)


def _is_covered(gradebook: Path, assignment: str) -> bool:
    return gradebook.exists() and has_recent_copy(gradebook.parent / FOLDER, RECENT, assignment)


def keep_release(root: Path, assignment: str, name: str, data: bytes) -> None:
    """Keep what a class received, unless it is kept already.

    Args:
        root: The class's folder.
        assignment: Its name.
        name: The notebook's, without ``.ipynb``.
        data: The notebook.

    Raises:
        OSError: If it cannot be written.
    """
    kept = _list_release_files(root, assignment, name)
    if any(path.read_bytes() == data for path in kept):
        return
    folder = _find_releases(root, assignment, name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = int(kept[0].stem) + 1 if kept else 1
    with replacing(folder / f"{number:04}.ipynb") as fresh:
        fresh.write_bytes(data)


def list_releases(root: Path, assignment: str, name: str) -> list[bytes]:
    """Return the releases of a notebook that are kept, the newest first.

    Args:
        root: The class's folder.
        assignment: Its name.
        name: The notebook's, without ``.ipynb``.
    """
    return [path.read_bytes() for path in _list_release_files(root, assignment, name)]


def _find_releases(root: Path, assignment: str, name: str) -> Path:
    return root / OURS / "releases" / assignment / name


def _list_release_files(root: Path, assignment: str, name: str) -> list[Path]:
    return sorted(_find_releases(root, assignment, name).glob("[0-9]*.ipynb"), reverse=True)

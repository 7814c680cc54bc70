"""Keep the secret seed, with a copy beside the gradebook's, and bring it back.

The folder of copies and all in it is its owner's alone; nothing of it is ever handed out.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import CourseError
from grader.gradebook.backup import FOLDER, STAMP
from grader.gradebook.log import NAME as LOG
from grader.paths import Classroom

SEED_BITS = 128
SEED_NAME = "secret-seed"
_NEW = "start with a new one by `python -m grader seed --new` (grades may then change)"


def ensure_seed(path: Path) -> int:
    """Return the seed in a file; make both if there is none and nothing was graded.

    Two processes that start at once end up with the same seed.

    Raises:
        CourseError: If the file holds something else than a seed, or is gone.
    """
    if not path.exists():
        _demand_first_use(path)
        draw_seed(path)
    return read_seed(path)


def draw_seed(path: Path) -> None:
    """Draw a seed and write it, unless there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_seed(path, secrets.randbits(SEED_BITS))


def find_copy(path: Path) -> Path:
    """Return where a class's copy of its seed is: with those of the gradebook."""
    return path.parent / FOLDER / path.name


def read_seed(path: Path) -> int:
    """Return the seed in a file.

    Raises:
        CourseError: If the file is missing, or holds something else than a seed.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise CourseError(
            f"The secret seed in {path} cannot be read ({reason}); put the file back from your "
            f"copy, or {_NEW}."
        ) from error
    if not text.isdigit():
        raise CourseError(
            f"{path} should hold the secret seed, one whole number, and does not; put the file "
            f"back from your copy, or {_NEW}."
        )
    return int(text)


def find_seed(start: Path) -> int:
    """Return the seed of the class whose folder contains ``start``.

    nbgrader runs a notebook in ``<class>/autograded/<student>/<assignment>``.

    Raises:
        CourseError: If no folder above holds a seed.
    """
    for folder in (start, *start.parents):
        if (folder / SEED_NAME).is_file():
            return read_seed(folder / SEED_NAME)
    raise CourseError(
        f"There is no {SEED_NAME} above {start.name}/; "
        "`python -m grader weave` makes one in the class's folder."
    )


def write_seed(path: Path, seed: int) -> None:
    """Write a seed that only the owner can read; one that is there stays."""
    # mkstemp gives mode 0600; the link appears complete or not at all, and only once.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{SEED_NAME}-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{seed}\n")
        os.link(name, path)
    except FileExistsError:
        pass  # another process was faster: its seed counts
    finally:
        Path(name).unlink()


def _demand_first_use(path: Path) -> None:
    """Refuse to make a seed where grades were made with one that is gone."""
    root = path.parent
    log, graded = root / LOG, root / "autograded"
    if find_copy(path).is_file():
        remedy = "`python -m grader recover` puts back the copy of it"
    elif (log.is_file() and log.stat().st_size) or next(graded.glob("*/*/*.ipynb"), None):
        remedy = "put the file back from your copy"
    else:
        return
    raise CourseError(f"{path.name} is gone, and grades were made with it; {remedy}, or {_NEW}.")


def keep_seed(classroom: Classroom) -> int:
    """Return the class's seed, and see to it that there is a copy.

    Raises:
        CourseError: If the seed is gone, or its file holds something else.
    """
    path = classroom.seed_file
    seed = ensure_seed(path)
    copy = find_copy(path)
    if not copy.is_file() or copy.read_text(encoding="ascii", errors="replace") != f"{seed}\n":
        copy.parent.mkdir(mode=0o700, exist_ok=True)
        _put_aside(copy)
        write_seed(copy, seed)
    return seed


def bring_back_seed(classroom: Classroom) -> bool:
    """Put the copy in the place of a seed that is gone or damaged; return whether that was done.

    Raises:
        CourseError: If the copy holds something else than a seed.
    """
    path = classroom.seed_file
    copy = find_copy(path)
    if not copy.is_file() or _is_sound(path):
        return False
    seed = read_seed(copy)
    if path.exists():
        path.rename(_name_old(copy))
    write_seed(path, seed)
    return True


def renew_seed(classroom: Classroom) -> Path | None:
    """Start with a new seed, and return where the copy of the old one is, if there was one."""
    path = classroom.seed_file
    copy = find_copy(path)
    copy.parent.mkdir(mode=0o700, exist_ok=True)
    old = _put_aside(copy)
    if path.exists():
        seed, kept = path.read_bytes(), old.read_bytes() if old else b""
        if seed == kept:
            path.unlink()
        else:  # never graded with, or damaged: kept all the same
            old = path.rename(_name_old(copy))
    draw_seed(path)
    keep_seed(classroom)
    return old


def _is_sound(path: Path) -> bool:
    try:
        read_seed(path)
    except CourseError:
        return False
    return True


def _put_aside(copy: Path) -> Path | None:
    return copy.rename(_name_old(copy)) if copy.is_file() else None


def _name_old(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}-{datetime.now(UTC).strftime(STAMP)}")

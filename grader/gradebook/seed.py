"""Keep a copy of the secret seed with those of the gradebook, and bring the one back by the other.

The folder of copies and all in it is its owner's alone; nothing of it is ever handed out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from grader.errors import CourseError
from grader.gradebook.backup import STAMP
from grader.gradebook.seed_file import draw_seed, ensure_seed, find_copy, read_seed, write_seed
from grader.paths import Classroom


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

"""Put a copy in the gradebook's place; whatever was there is kept beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import CourseError
from grader.gradebook.backup import STAMP
from grader.gradebook.sqlite import check_integrity, copy_file, find_companions, remove_companions


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


def _share_alike(fresh: Path, old: Path) -> None:
    """Give a file the owner and the rights of another."""
    owner = old.stat()
    with suppress(PermissionError):  # only root gives files away
        os.chown(fresh, owner.st_uid, owner.st_gid)
    shutil.copymode(old, fresh)

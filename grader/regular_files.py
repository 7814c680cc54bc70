"""Open and read regular files of a learner's, and nothing else that stands under their names.

Links, pipes and devices are not opened for what they are: a link could point at anybody's file,
and a pipe would be waited for. A hard link is a file like any other, but where the kernel lets
people make one to a file that is not theirs (``fs.protected_hardlinks`` is 0), it shows the
instructor's files under a learner's name.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def open_regular(path: Path | str, folder: int | None = None) -> int | None:
    """Return a handle on a file, open for reading, or None if it is no regular file.

    Args:
        path: The file.
        folder: An open folder in which it is, if the path is not to be followed from the root.
    """
    try:
        handle = os.open(path, _FLAGS, dir_fd=folder)
    except (OSError, ValueError):
        return None
    # The checks on the open file leave no moment at which it could be swapped.
    about = os.fstat(handle)
    place = Path(path).parent.stat() if folder is None else os.fstat(folder)
    if stat.S_ISREG(about.st_mode) and not is_of_another(about, place):
        return handle
    os.close(handle)
    return None


def is_of_another(file: os.stat_result, folder: os.stat_result) -> bool:
    """Return whether a file also stands elsewhere, and belongs to another than its folder does.

    Args:
        file: What the system says of the file.
        folder: The same of the folder in which it was found.
    """
    return file.st_nlink > 1 and file.st_uid != folder.st_uid


def read_regular(path: Path, most: int) -> bytes | None:
    """Return a file's bytes, or None if it is no regular file; of a large one, ``most + 1``.

    Args:
        path: The file.
        most: How many bytes are wanted.
    """
    handle = open_regular(path)
    if handle is None:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(most + 1)

"""Collect what was handed in without following a learner's links: ``ExchangeFactory.collect``.

Stock nbgrader copies a submission with the instructor's rights and follows every link in it: a
link to the seed or to somebody's notebook would come back as a file of the learner's. And a pipe
would end the whole run.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

_CHUNK = 1 << 20


class CarefulCollect(ExchangeCollect):  # type: ignore[misc]  # nbgrader ships no types
    """Takes regular files in real folders, and nothing else."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:  # noqa: ANN401
        """Copy a submission as nbgrader does, by way of a private copy of what is safe in it."""
        with tempfile.TemporaryDirectory(prefix="collect-") as place:
            safe = Path(place) / "submission"
            safe.mkdir()
            for left_out in copy_plain(src, safe, self.coursedir.max_dir_size * 1000):
                self.log.warning("Left out, for it is no plain file: %r in %s", left_out, src)
            super().do_copy(str(safe), dest, log)


def copy_plain(source: str, target: Path, most: int) -> Iterator[str]:
    """Copy regular files and real folders, and yield the names of all else.

    Every step is taken from an open folder and refuses links, so nothing that a learner swaps
    meanwhile leads elsewhere.

    Args:
        source: The submission's folder.
        target: An empty folder.
        most: How many bytes are copied in all.
    """
    left = most
    for place, folders, names, handle in os.fwalk(source, follow_symlinks=False):
        here = target / os.path.relpath(place, source)
        folders.sort()
        for name in (*folders, *sorted(names)):
            about = os.stat(name, dir_fd=handle, follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                (here / name).mkdir()
            elif stat.S_ISREG(about.st_mode) and about.st_size <= left:
                left -= about.st_size
                if not _copy(name, handle, here / name, about.st_size):
                    yield name
            else:
                yield name


def _copy(name: str, folder: int, target: Path, size: int) -> bool:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(name, flags, dir_fd=folder)
    except OSError:
        return False
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        return False
    with os.fdopen(handle, "rb") as source, target.open("wb") as copy:
        while size > 0 and (piece := source.read(min(size, _CHUNK))):
            copy.write(piece)
            size -= len(piece)
    os.utime(target, ns=(about.st_atime_ns, about.st_mtime_ns))
    return True

"""Who is still to be graded because of ``--force``, kept on the disk: a stopped run can go on.

What has changed is seen from the graded notebooks. That somebody asked for everything again is
seen nowhere, so it is written down before the first submission is graded, and each is crossed
out when its grades are written.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from grader.config import FOLDER


class Again:
    """The learners whose work on one assignment is to be graded again.

    Args:
        root: The class's folder.
        assignment: The assignment's name.
    """

    def __init__(self, root: Path, assignment: str) -> None:
        self._path = root / FOLDER / f"again-{assignment}"
        self._left: set[str] = set()
        with contextlib.suppress(OSError):
            self._read(self._path.read_text(encoding="ascii", errors="replace"))

    def __contains__(self, student: object) -> bool:
        """Return whether a learner's work is still to be graded again."""
        return student in self._left

    def ask(self, students: Iterable[str]) -> None:
        """Write down who is to be graded again. When this returns, it is on the disk.

        Raises:
            OSError: If it cannot be written.
        """
        self._left.update(students)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with fresh.open("w", encoding="ascii") as file:
            file.write(json.dumps(sorted(self._left)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def cross_out(self, student: str) -> None:
        """Note that a learner's new grades are written."""
        if student not in self._left:
            return
        self._left.discard(student)
        with contextlib.suppress(OSError):  # who is not crossed out is graded once more
            if not self._left:
                self._path.unlink(missing_ok=True)
                return
            with self._path.open("a", encoding="ascii") as file:
                file.write(json.dumps(student) + "\n")

    def _read(self, text: str) -> None:
        first, *others = text.split("\n")
        with contextlib.suppress(ValueError, TypeError):
            self._left = set(json.loads(first))
        for line in others:
            # A line that was cut off names nobody: that one is graded once more.
            with contextlib.suppress(ValueError, TypeError):
                self._left.discard(json.loads(line))

"""Where verdicts wait to be written: a few at a time, first the grades, then the notebooks."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import Any

from grader.batch.messages import Graded
from grader.batch.progress import Failed, Finished, Tell
from grader.batch.staging import discard, settle
from grader.batch.writer import Writer
from grader.errors import CourseError
from grader.terminal import shielded

BATCH = 64
"""Verdicts in one transaction."""

OFTEN = 5.0
"""Seconds after which a smaller batch is written too, so that a killed run loses little."""


class Desk:
    """Collects verdicts and writes them down.

    A grade is in the gradebook before its notebook is in ``autograded/``. Whoever is killed in
    between finds no finished notebook the next time, and grades that submission again: to the
    same grade.

    Args:
        writer: Of the gradebook.
        coursedir: nbgrader's.
        permissions: Of graded files.
        tell: Who hears of it.
    """

    def __init__(
        self,
        writer: Writer,
        coursedir: Any,  # noqa: ANN401
        permissions: int | None,
        tell: Tell,
    ) -> None:
        self._writer, self._coursedir = writer, coursedir
        self._permissions, self._tell = permissions, tell
        self._waiting: deque[tuple[Graded, Path]] = deque()
        self._since = 0.0

    def take(self, graded: Graded, folder: Path) -> None:
        """Take a verdict on what is in a folder; write if it is time to."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((graded, folder))
        self.write_if_due()

    def write_if_due(self) -> None:
        """Write what waits, if there is enough of it or it has waited long enough.

        Raises:
            CourseError: As :meth:`write`.
        """
        if self._waiting and (len(self._waiting) >= BATCH or not self.patience):
            self.write()

    @property
    def patience(self) -> float:
        """Seconds for which nothing has to be written yet."""
        if not self._waiting:
            return OFTEN
        return max(self._since + OFTEN - time.monotonic(), 0.0)

    def write(self) -> None:
        """Write what waits.

        Raises:
            CourseError: If the gradebook or the disk cannot take it.
        """
        from sqlalchemy.exc import SQLAlchemyError

        batch = list(self._waiting)
        if not batch:
            return
        try:
            with shielded():
                before = self._writer.write(
                    [
                        (g, self._coursedir.get_existing_timestamp(str(folder)))
                        for g, folder in batch
                    ]
                )
                for graded, _ in batch:
                    settle(graded, self._coursedir, self._permissions)
                    self._waiting.popleft()
                    self._tell(_report(graded, before.get(graded.student)))
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise CourseError(
                f"{len(self._waiting)} verdicts could not be written down ({reason}); when that "
                "is put right, give the same command again, without --force: all others are kept."
            ) from error

    def give_up(self, student: str, reason: str) -> None:
        """Ask for a person, in the gradebook too."""
        with shielded():
            discard(self._coursedir, student)
            self._writer.flag(student, reason)
            self._tell(Failed(student, reason))


def _report(graded: Graded, before: float | None) -> Finished:
    sheets = graded.sheets
    return Finished(
        graded.student,
        graded.points,
        graded.seconds,
        tuple(repair for sheet in sheets for repair in sheet.repairs),
        tuple(dict.fromkeys(reason for sheet in sheets for reason in sheet.flags.values())),
        " ".join(sheet.unreadable for sheet in sheets if sheet.unreadable),
        before,
    )

"""From submissions to grades: laid out, graded by whoever is free, written down at the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.batch.messages import Context, Job
from grader.batch.retries import Answer, GivenUp, Workers, grade_all
from grader.batch.save import Desk
from grader.batch.select import Choice
from grader.batch.staging import clear_stages, discard, stage


@dataclass(frozen=True)
class Table:
    """Where submissions are laid out to be graded.

    Attributes:
        coursedir: nbgrader's.
        context: The class's.
        keep: Names of the instructor's files that learners may change.
    """

    coursedir: Any  # nbgrader ships no types
    context: Context
    keep: set[str]


def grade_chosen(
    choices: Iterator[Choice],
    table: Table,
    workers: Workers,
    desk: Desk,
    say: Callable[[Choice], None],
    attempts: int,
) -> None:
    """Grade the submissions that were chosen; whatever happens, write down what is graded.

    Args:
        choices: The submissions, graded or not.
        table: Where they are laid out.
        workers: Who grades. They are ended here.
        desk: Writes the verdicts down.
        say: Hears of every choice that can be read.
        attempts: How often a submission is tried.

    Raises:
        CourseError: If nothing can be graded, or nothing can be written down.
    """
    folders: dict[str, Path] = {}  # of those that are being graded
    clear_stages(table.coursedir)

    def draw() -> Iterator[Job]:
        for choice in choices:
            desk.write_if_due()  # looking for what has changed may take long
            if choice.refused:
                desk.give_up(choice.student, choice.refused)
                continue
            say(choice)
            if choice.reason is None:
                continue
            folders[choice.student] = choice.folder
            yield stage(choice, table.coursedir, table.context, table.keep)

    try:
        for verdict in grade_all(draw(), workers, table.context, attempts, lambda: desk.patience):
            if verdict is None:
                desk.write_if_due()
                continue
            folder = folders.pop(verdict.student)
            if isinstance(verdict, GivenUp):
                desk.give_up(verdict.student, verdict.reason)
            else:
                desk.take(verdict, folder)
    finally:
        workers.close()
        desk.write()
        for student in folders:
            discard(table.coursedir, student)


class LateWorkers:
    """Workers that are started when the first submission is there."""

    def __init__(self, start: Callable[[], Workers]) -> None:
        self._start = start
        self._workers: Workers | None = None

    @property
    def size(self) -> int:
        """One before they are started: to see whether there is anything to grade."""
        return self._workers.size if self._workers else 1

    def submit(self, job: Job) -> None:
        """Start them if need be, and hand over a submission."""
        if self._workers is None:
            self._workers = self._start()
        self._workers.submit(job)

    def wait(self, seconds: float) -> Answer | None:
        """Return the next answer, or None if none comes so soon."""
        assert self._workers is not None  # noqa: S101  (something was submitted)
        return self._workers.wait(seconds)

    def close(self) -> None:
        """End them, if they were started."""
        if self._workers is not None:
            self._workers.close()

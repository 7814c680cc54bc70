"""The coordinator: choose what to grade, have it graded, have it written down, say how it goes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.batch.attempts import ATTEMPTS, GivenUp, Workers, grade_all
from grader.batch.course import find_assignment, make_context, open_coursedir, open_gradebook
from grader.batch.desk import Desk
from grader.batch.events import Chosen, Event, Failed, Found, Summary, Tell, Unchanged
from grader.batch.job import Context, Job
from grader.batch.lock import hold_class, hold_server
from grader.batch.plan import Choice, choose
from grader.batch.settings import Settings
from grader.batch.staging import clear_stages, discard, stage
from grader.batch.writer import Writer
from grader.course import Classroom
from grader.errors import CourseError
from grader.seed import ensure_seed

MakeWorkers = Callable[[Context, int], Workers]
"""Starts workers, given the class's context and how many submissions there are at most."""


@dataclass(frozen=True)
class Request:
    """What to grade, and how.

    Attributes:
        assignment: Its name.
        student: A learner's id, or a pattern such as ``*``.
        force: Whether to grade what has not changed too.
        wait: Whether to wait for another run to end.
        only_explain: Whether to say what would be graded, and why, and grade nothing.
        attempts: How often a submission is tried.
    """

    assignment: str
    student: str = "*"
    force: bool = False
    wait: bool = False
    only_explain: bool = False
    attempts: int = ATTEMPTS


def grade_class(
    request: Request,
    classroom: Classroom,
    settings: Settings,
    make_workers: MakeWorkers,
    tell: Tell,
) -> Summary:
    """Grade what was handed in for one assignment.

    Args:
        request: What to grade, and how.
        classroom: The class.
        settings: The course's.
        make_workers: Starts those who grade. Nobody is started if nothing is to be graded.
        tell: Hears of everything as it happens.

    Raises:
        CourseError: If nothing can be graded, or another run is grading the class.
    """
    started = time.monotonic()
    summary = Summary()

    def note(event: Event) -> None:
        summary.count(event)
        tell(event)

    with hold_class(classroom.root, wait=request.wait), contextlib.ExitStack() as stack:
        coursedir = open_coursedir(settings, request.assignment, request.student)
        # After that line, which imports only what is needed of nbgrader.
        from grader.gatekeeper.folders import find_submissions
        from grader.gatekeeper.prepare import open_ledger

        _demand_gradebook(coursedir)
        gradebook = stack.enter_context(open_gradebook(coursedir))
        find_assignment(gradebook, request.assignment)
        if not coursedir.db_url.startswith("sqlite"):
            connection = stack.enter_context(gradebook.engine.connect())
            stack.enter_context(hold_server(connection, wait=request.wait))
        seed = ensure_seed(classroom.seed_file)
        context = make_context(gradebook, coursedir, settings, seed)
        open_ledger(coursedir)
        found = list(find_submissions(coursedir))
        note(Found(len(found), ""))
        try:
            if request.only_explain:
                for choice in choose(found, coursedir, context, force=request.force):
                    note(_say(choice))
            else:
                writer = Writer(gradebook, request.assignment, settings.penalty)
                desk = Desk(writer, coursedir, settings.permissions, note)
                _grade(request, found, coursedir, context, settings, desk, make_workers, note)
        except KeyboardInterrupt:
            summary.stopped = True
    summary.seconds = time.monotonic() - started
    return summary


def _grade(
    request: Request,
    found: list[tuple[str, Path]],
    coursedir: Any,  # noqa: ANN401  (nbgrader ships no types)
    context: Context,
    settings: Settings,
    desk: Desk,
    make_workers: MakeWorkers,
    tell: Tell,
) -> None:
    folders: dict[str, Path] = {}  # of those that are being graded
    keep = set(settings.exclude_overwriting.get(request.assignment, ()))
    clear_stages(coursedir)

    def draw() -> Iterator[Job]:
        for choice in choose(found, coursedir, context, force=request.force):
            if choice.refused:
                desk.give_up(choice.student, choice.refused)
                continue
            tell(_say(choice))
            if choice.reason is None:
                continue
            folders[choice.student] = choice.folder
            yield stage(choice, coursedir, context, keep)

    workers = LateWorkers(lambda: make_workers(context, len(found)))
    try:
        for verdict in grade_all(draw(), workers, context, request.attempts):
            folder = folders.pop(verdict.student)
            if isinstance(verdict, GivenUp):
                desk.give_up(verdict.student, verdict.reason)
            else:
                desk.take(verdict, folder)
    finally:
        workers.close()
        desk.write()
        for student in folders:
            discard(coursedir, student)


def _say(choice: Choice) -> Event:
    if choice.refused:
        return Failed(choice.student, choice.refused)
    return Chosen(choice.student, choice.reason) if choice.reason else Unchanged(choice.student)


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

    def wait(self) -> Any:  # noqa: ANN401
        """Return the next answer."""
        assert self._workers is not None  # noqa: S101  (something was submitted)
        return self._workers.wait()

    def close(self) -> None:
        """End them, if they were started."""
        if self._workers is not None:
            self._workers.close()


def _demand_gradebook(coursedir: Any) -> None:  # noqa: ANN401
    path = coursedir.db_url.removeprefix("sqlite:///").split("?")[0]
    if coursedir.db_url.startswith("sqlite") and not Path(path).exists():
        raise CourseError(
            f"There is no gradebook yet; run `nbgrader generate_assignment "
            f"{coursedir.assignment_id}` first."
        )

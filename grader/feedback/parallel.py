"""Write everybody's feedback, in parallel.

A page takes some ten milliseconds, less than finding out whether it would come out the same. So
every page is made anew, and only what differs is written: also when a person has added a comment
or a point, which no timestamp shows.
"""

from __future__ import annotations

import fnmatch
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.batch.progress import Event, Found, Summary, Tell
from grader.config import Settings
from grader.errors import CourseError
from grader.gradebook.access import find_folder, open_coursedir
from grader.nbgrader_types import CourseDirectory
from grader.paths import Classroom

if TYPE_CHECKING:
    from grader.feedback.writer import FeedbackTask, FeedbackWriter

FEW = 100
"""With fewer pages for each, starting processes takes longer than writing the pages here."""

_CHUNK = 8
_FORKS = get_context("forkserver")


def give_feedback(
    assignment: str,
    student: str,
    classroom: Classroom,
    settings: Settings,
    workers: int | None,
    tell: Tell,
) -> Summary:
    """Write the feedback on what was graded.

    Args:
        assignment: Its name.
        student: A learner's id, or a pattern such as ``*``.
        classroom: The class.
        settings: The course's.
        workers: How many processes write; None for as many as pay.
        tell: Hears of everything as it happens.

    Raises:
        CourseError: If nothing was graded, or the course has feedback of its own.
    """
    if settings.feedback.get("foreign"):
        raise CourseError(
            f"nbgrader_config.py writes feedback with {settings.feedback['foreign']}, which only "
            f"nbgrader itself can run; give `nbgrader generate_feedback {assignment}`."
        )
    started = time.monotonic()
    summary = Summary()

    def note(event: Event) -> None:
        summary.count(event)
        tell(event)

    tasks = list(_find_tasks(open_coursedir(settings, assignment, student)))
    if not tasks:
        raise CourseError(
            f"Nothing of {assignment} by {student!r} is graded in {classroom.root}/; "
            f"run `python -m grader autograde {assignment}` first."
        )
    note(Found(len(tasks)))
    count = workers or min(len(os.sched_getaffinity(0)), 1 + len(tasks) // FEW)
    try:
        with _open_writers(settings, assignment, count) as write:
            for event in write(tasks):
                note(event)
    except KeyboardInterrupt:
        summary.stopped = True
    except (BrokenProcessPool, EOFError, ConnectionError) as error:  # the last two: at its start
        raise CourseError(
            "A process that wrote feedback was ended from outside; what is written is kept. "
            "Give the same command again."
        ) from error
    summary.seconds = time.monotonic() - started
    return summary


def _find_tasks(coursedir: CourseDirectory) -> Iterator[FeedbackTask]:
    from grader.feedback.writer import FeedbackTask

    left_out = set(str(coursedir.student_id_exclude).split(","))
    pattern = find_folder(coursedir, coursedir.autograded_directory, "*")
    root = Path(coursedir.root)
    place = pattern.relative_to(root).parts.index("*")
    for source in sorted(root.glob(str(pattern.relative_to(root)))):
        student = source.relative_to(root).parts[place]
        if student in left_out or not fnmatch.fnmatchcase(student, coursedir.student_id):
            continue
        if any(source.glob("*.ipynb")):
            yield FeedbackTask(
                student, source, find_folder(coursedir, coursedir.feedback_directory, student)
            )


@contextmanager
def _open_writers(settings: Settings, assignment: str, count: int) -> Iterator[Any]:
    """Give a function that turns tasks into events, here or in processes of their own."""
    if count == 1:
        writer = _open_one(settings, assignment)
        try:
            yield lambda tasks: map(writer.write, tasks)
        finally:
            writer.close()
        return
    _FORKS.set_forkserver_preload(["grader.feedback.preload"])
    pool = ProcessPoolExecutor(count, _FORKS, _open_here, (settings, assignment))
    try:
        yield lambda tasks: pool.map(_write_here, tasks, chunksize=_CHUNK)
    finally:
        pool.shutdown(cancel_futures=True)


def _open_one(settings: Settings, assignment: str) -> FeedbackWriter:
    from grader.feedback.preload import FeedbackWriter

    return FeedbackWriter(settings, assignment)


_here: list[FeedbackWriter] = []  # of this process, where it is one of several


def _open_here(settings: Settings, assignment: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides what Ctrl-C means
    _here.append(_open_one(settings, assignment))


def _write_here(task: FeedbackTask) -> Event:
    return _here[0].write(task)

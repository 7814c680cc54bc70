"""Coordinate a run: choose what to grade, have it graded and saved, say how it goes."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.batch.jobs import ATTEMPTS, Context, GivenUp, Job, Workers, grade_all
from grader.batch.progress import Chosen, Event, Failed, Finished, Found, Summary, Tell, Unchanged
from grader.batch.save import SaveQueue, Writer, discard
from grader.batch.select import Choice, NeedsReview, choose, make_context
from grader.config import FOLDER, Settings
from grader.errors import CourseError
from grader.gradebook.access import (
    EVERYBODY,
    copy_beside,
    find_assignment,
    find_folder,
    find_place,
    hold_class,
    hold_server,
    keep_release,
    list_entered,
    open_coursedir,
    open_gradebook,
)
from grader.gradebook.backup import demand_gradebook, explain_damage, find_file
from grader.gradebook.seed import keep_seed
from grader.nbgrader_types import CourseDirectory
from grader.paths import Classroom, read_files, replacing
from grader.roster.class_list import admit
from grader.terminal import deferring_signals

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
    student: str = EVERYBODY
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
    summary = Summary(forced=request.force and not request.only_explain)
    with hold_class(classroom.root, wait=request.wait), contextlib.ExitStack() as stack:
        coursedir = open_coursedir(settings, request.assignment, request.student)
        # After that line, which imports only what is needed of nbgrader.
        from grader.gradebook.access import prepare_gradebook
        from grader.intake.folders import find_submissions

        demand_gradebook(coursedir.db_url, request.assignment)
        stack.enter_context(explain_damage(coursedir.db_url))
        gradebook = stack.enter_context(open_gradebook(coursedir))
        find_assignment(gradebook, request.assignment)
        found = list(find_submissions(coursedir))
        if not found and request.student != EVERYBODY:
            raise CourseError(
                f"There is no submission of {request.student} for {request.assignment}, so "
                "nothing was graded."
            )
        if find_file(coursedir.db_url) is None:
            connection = stack.enter_context(gradebook.engine.connect())
            stack.enter_context(hold_server(connection, wait=request.wait))
        prepare_gradebook(coursedir)
        found, strangers = admit(
            gradebook,
            classroom.root,
            found,
            request.assignment,
            only_look=request.only_explain,
        )
        context = make_context(gradebook, coursedir, settings, keep_seed(classroom))
        again = RegradeQueue(classroom.root, request.assignment)
        waiting = NeedsReview(gradebook, request.assignment)

        def note(event: Event) -> None:
            if isinstance(event, Finished):
                again.cross_out(event.student)
            summary.count(event)
            tell(event)

        def say(choice: Choice) -> None:
            note(_say(choice, waiting))

        entered = list_entered(gradebook, request.assignment)
        choices = choose(
            found, coursedir, context, force=request.force, again=again, entered=entered
        )
        try:
            note(Found(len(found) + len(strangers)))
            _name_strangers(strangers, note)
            if request.only_explain:
                context.demand_judged()
                for choice in choices:
                    say(choice)
            else:
                _keep_releases(classroom.root, context)
                if request.force:
                    with deferring_signals():
                        again.ask(student for student, _ in found)
                writer = Writer(gradebook, coursedir, settings.penalty)
                queue = SaveQueue(writer, coursedir, settings.permissions, note)
                keep = set(settings.exclude_overwriting.get(request.assignment, ()))
                staging = Staging(coursedir, context, keep)
                start = functools.partial(make_workers, context, len(found))
                grade_chosen(choices, staging, start, queue, say, request.attempts)
        except KeyboardInterrupt:
            summary.stopped = True
    summary.seconds = time.monotonic() - started
    return summary


def _name_strangers(strangers: Iterable[tuple[str, str]], note: Tell) -> None:
    """Say of each who is not of the class that nothing is entered, and why."""
    for student, why in strangers:
        note(Failed(student, why))


def _keep_releases(root: Path, context: Context) -> None:
    """Keep what the class received: it is what these submissions come from."""
    for sheet in context.sheets:
        keep_release(root, context.assignment, sheet.name, sheet.released)


def _say(choice: Choice, waiting: NeedsReview) -> Event:
    if choice.refused:
        return Failed(choice.student, choice.refused)
    if choice.reason:
        return Chosen(choice.student, choice.reason)
    look = waiting.list_reasons(choice.student, choice.flags)
    return Unchanged(choice.student, look, outdated=choice.outdated)


@dataclass(frozen=True)
class Staging:
    """Where submissions are laid out to be graded.

    Attributes:
        coursedir: nbgrader's.
        context: The class's.
        keep: Names of the instructor's files that learners may change.
    """

    coursedir: CourseDirectory  # nbgrader ships no types
    context: Context
    keep: set[str]


def stage(choice: Choice, staging: Staging) -> Job:
    """Lay out what stands beside a submission's notebook, and return what a worker needs.

    Files of the learner's come first, then the instructor's over them, as nbgrader does it.

    Args:
        choice: The submission.
        staging: Where.
    """
    from grader.intake import Bounds, load_notebooks
    from grader.sandbox import Limits

    coursedir, context = staging.coursedir, staging.context
    place = find_place(coursedir, choice.student)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    source = find_folder(coursedir, coursedir.source_directory, ".")
    copy_beside(coursedir, choice.folder, place)
    copy_beside(coursedir, source, place, staging.keep)
    limits, bounds = Limits(**context.limits), Bounds(**context.bounds)
    return Job(
        choice.student,
        choice.digest,
        load_notebooks(choice.folder, bounds.notebook_bytes),
        read_files(place, limits.submission_bytes),
        choice.notes,
    )


def clear_stages(coursedir: CourseDirectory) -> None:
    """Remove what a killed run left behind."""
    root = Path(coursedir.root)
    for place in root.glob(str(find_place(coursedir, "*").relative_to(root))):
        shutil.rmtree(place, ignore_errors=True)


def grade_chosen(
    choices: Iterator[Choice],
    staging: Staging,
    start: Callable[[], Workers],
    queue: SaveQueue,
    say: Callable[[Choice], None],
    attempts: int,
) -> None:
    """Grade the submissions that were chosen; whatever happens, write down what is graded.

    Args:
        choices: The submissions, graded or not.
        staging: Where they are laid out.
        start: Starts who grades, once there is something to grade. They are ended here.
        queue: Writes the verdicts down.
        say: Hears of every choice that can be read.
        attempts: How often a submission is tried.

    Raises:
        CourseError: If nothing can be graded, or nothing can be written down.
    """
    folders: dict[str, Path] = {}  # of those that are being graded
    clear_stages(staging.coursedir)

    def draw() -> Iterator[Job]:
        for choice in choices:
            queue.write_if_due()  # looking for what has changed may take long
            if choice.refused:
                queue.give_up(choice.student, choice.refused)
                continue
            say(choice)
            if choice.reason is None:
                continue
            folders[choice.student] = choice.folder
            yield stage(choice, staging)

    jobs, context = draw(), staging.context
    try:
        first = next(jobs, None)
        if first is None:
            return
        every = itertools.chain([first], jobs)
        with contextlib.closing(start()) as workers:
            for verdict in grade_all(every, workers, context, attempts, lambda: queue.patience):
                if verdict is None:
                    queue.write_if_due()
                    continue
                folder = folders.pop(verdict.student)
                if isinstance(verdict, GivenUp):
                    queue.give_up(verdict.student, verdict.reason)
                else:
                    queue.take(verdict, folder)
    finally:
        queue.write()
        for student in folders:
            discard(staging.coursedir, student)


class RegradeQueue:
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
        with replacing(self._path) as fresh, fresh.open("w", encoding="ascii") as file:
            file.write(json.dumps(sorted(self._left)) + "\n")
            file.flush()
            os.fsync(file.fileno())

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

"""The coordinator: choose what to grade, have it graded, have it written down, say how it goes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.batch.events import Chosen, Event, Failed, Finished, Found, Summary, Tell, Unchanged
from grader.batch.flow import LateWorkers, Table, grade_chosen
from grader.batch.messages import Context
from grader.batch.needs_review import Waiting
from grader.batch.regrade_queue import Again
from grader.batch.retries import ATTEMPTS, Workers
from grader.batch.save import Desk
from grader.batch.select import Choice, choose, make_context
from grader.batch.writer import Writer
from grader.config import Settings
from grader.errors import CourseError
from grader.gradebook.access import (
    find_assignment,
    list_entered,
    open_coursedir,
    open_gradebook,
)
from grader.gradebook.integrity import demand_gradebook, explain_damage, find_file
from grader.gradebook.lock import hold_class, hold_server
from grader.gradebook.seed import keep_seed
from grader.paths import Classroom
from grader.signals import shielded

EVERYBODY = "*"

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
        context = make_context(gradebook, coursedir, settings, keep_seed(classroom))
        again = Again(classroom.root, request.assignment)
        waiting = Waiting(gradebook, request.assignment)

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
            note(Found(len(found), ""))
            if request.only_explain:
                for choice in choices:
                    say(choice)
            else:
                if request.force:
                    with shielded():
                        again.ask(student for student, _ in found)
                writer = Writer(gradebook, request.assignment, settings.penalty)
                desk = Desk(writer, coursedir, settings.permissions, note)
                keep = set(settings.exclude_overwriting.get(request.assignment, ()))
                table = Table(coursedir, context, keep)
                workers = LateWorkers(lambda: make_workers(context, len(found)))
                grade_chosen(choices, table, workers, desk, say, request.attempts)
        except KeyboardInterrupt:
            summary.stopped = True
    summary.seconds = time.monotonic() - started
    return summary


def _say(choice: Choice, waiting: Waiting) -> Event:
    if choice.refused:
        return Failed(choice.student, choice.refused)
    if choice.reason:
        return Chosen(choice.student, choice.reason)
    look = waiting.list_reasons(choice.student, choice.flags)
    return Unchanged(choice.student, look, outdated=choice.outdated)

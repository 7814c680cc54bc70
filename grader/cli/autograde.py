"""Run ``python -m grader autograde``: its options, and what it calls."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import fnmatch
import glob
import json
import sys
from typing import TYPE_CHECKING

from grader.cli import add_assignment, add_course, read_count, read_seconds
from grader.errors import CourseError
from grader.paths import find_classroom, find_sources

if TYPE_CHECKING:
    from grader.batch.jobs import Context, Workers
    from grader.batch.progress import Summary
    from grader.batch.run import Request
    from grader.config import Settings
    from grader.paths import Classroom

WARNING = (
    "The sandbox is OFF (--no-sandbox): learners' code ran with all your rights on this machine."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options; ``run`` is set as what the command calls."""
    add_assignment(parser)
    add_course(parser)
    parser.add_argument(
        "--student", default="*", metavar="ID", help="one learner's id, or a pattern (default: *)"
    )
    parser.add_argument("--force", action="store_true", help="grade again what has not changed")
    parser.add_argument(
        "--explain", action="store_true", help="say of each submission why it is graded, or not"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --explain's reasons, but grade nothing"
    )
    parser.add_argument(
        "--wait", action="store_true", help="wait if the class is being graded already"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for machines")
    parser.add_argument(
        "--no-sandbox",
        action="store_true",
        help="do not confine learners' code; only for code that you trust",
    )
    add_workers(parser)
    parser.set_defaults(run=run)


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the options that say who grades, for :func:`make_workers`."""
    workers = parser.add_argument_group("who grades")
    workers.add_argument(
        "--workers",
        type=read_count,
        metavar="N",
        help="processes here (default: one for each core)",
    )
    workers.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler, such as tcp://10.0.0.1:8786"
    )
    workers.add_argument("--scheduler-file", metavar="FILE", help="a Dask scheduler's file")
    workers.add_argument(
        "--attempts", type=read_count, metavar="N", help="tries of a submission (default: 3)"
    )
    workers.add_argument(
        "--patience", type=read_seconds, metavar="S", help="seconds until a worker counts as hung"
    )


def run(arguments: argparse.Namespace) -> int:
    """Grade an assignment.

    Returns:
        0 if all went well and nothing needs a person, 2 if something does, 130 if stopped.

    Raises:
        CourseError: If nothing can be graded.
    """
    from grader.config import load_settings

    classroom = find_classroom(arguments.course)
    settings = load_settings(find_sources(), classroom)
    with contextlib.ExitStack() as stack:
        if _is_certain(arguments, classroom):
            from grader.batch.pool import end_ahead, start_ahead

            stack.callback(end_ahead)
            start_ahead(settings.plugin, sandbox=settings.sandbox and not arguments.no_sandbox)
        from grader.batch.jobs import ATTEMPTS
        from grader.batch.progress import describe_summary, write_report
        from grader.batch.run import Request

        if arguments.no_sandbox:
            settings = dataclasses.replace(settings, sandbox=False)
        if not settings.sandbox:
            print(f"grader: {WARNING}", file=sys.stderr)
        request = Request(
            arguments.assignment,
            arguments.student,
            force=arguments.force,
            wait=arguments.wait,
            only_explain=arguments.dry_run,
            attempts=arguments.attempts or ATTEMPTS,
        )
        explain = arguments.explain or arguments.dry_run
        summary = grade_and_show(
            arguments, request, classroom, settings, as_json=arguments.json, explain=explain
        )
    if arguments.json:
        print(json.dumps({**describe_summary(summary), "sandbox": settings.sandbox}))
    else:
        write_report(summary, request.assignment, sys.stdout)
        if not settings.sandbox:
            print(WARNING)
    return summary.status


def _is_certain(arguments: argparse.Namespace, classroom: Classroom) -> bool:
    """Return whether processes here will grade something, as far as a glance tells."""
    if arguments.dry_run or arguments.wait or arguments.scheduler or arguments.scheduler_file:
        return False
    step, root = arguments.assignment, classroom.root
    students = (folder.parent.name for folder in root.glob(f"submitted/*/{glob.escape(step)}"))
    return any(
        arguments.force or not (root / "autograded" / student / step).exists()
        for student in fnmatch.filter(students, arguments.student)
    )


def grade_and_show(
    arguments: argparse.Namespace,
    request: Request,
    classroom: Classroom,
    settings: Settings,
    *,
    as_json: bool = False,
    explain: bool = False,
) -> Summary:
    """Grade a class, and show how far it is; signals stop it.

    Args:
        arguments: The command line's, for :func:`make_workers`.
        request: What is graded.
        classroom: The class.
        settings: Its configuration.
        as_json: Whether to show it to a program.
        explain: Whether to say of each submission why it is graded.
    """
    from grader.batch.progress import show_progress
    from grader.batch.run import grade_class
    from grader.terminal import stoppable

    with stoppable(), show_progress(request.assignment, as_json=as_json, explain=explain) as tell:
        return grade_class(
            request,
            classroom,
            settings,
            lambda context, most: make_workers(arguments, context, most),
            tell,
        )


def make_workers(arguments: argparse.Namespace, context: Context, most: int) -> Workers:
    """Start those who grade.

    Args:
        arguments: The command line's.
        context: The class's.
        most: How many submissions there are at most; no more processes are started.

    Raises:
        CourseError: If the cluster has no worker to give.
    """
    from grader.batch.jobs import PATIENCE
    from grader.batch.pool import LocalWorkers, count_cores

    patience = arguments.patience or PATIENCE
    if arguments.scheduler or arguments.scheduler_file:
        try:
            from grader.batch.dask_pool import ClusterWorkers
        except ImportError as error:
            raise CourseError(
                "Grading on a cluster needs Dask, which is not installed; "
                "`pip install distributed`."
            ) from error
        return ClusterWorkers(context, arguments.scheduler, arguments.scheduler_file, patience)
    return LocalWorkers(context, min(arguments.workers or count_cores(), most), patience)

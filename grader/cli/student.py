"""Run ``python -m grader student``: map a name to a learner, drop one, bring one back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.paths import Classroom, find_classroom, find_sources

if TYPE_CHECKING:
    from grader.hooks.api import Pipeline


def add_student(parser: argparse.ArgumentParser) -> None:
    """Add what can be done about a learner."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)

    take = commands.add_parser("map", help="take what was handed in under another name")
    take.add_argument("name", help="as the folder in submitted/ is called")
    take.add_argument("student", help="the learner's id")
    take.add_argument(
        "--replace",
        action="store_true",
        help="also where the learner has handed in something; that is kept in set-aside/",
    )
    take.set_defaults(run=run_map)

    drop = commands.add_parser(
        "drop", help="remove a learner; work and grades are kept in dropped/"
    )
    drop.add_argument("student", help="the learner's id")
    drop.set_defaults(run=run_drop)

    restore = commands.add_parser("restore", help="bring back a learner who was dropped")
    restore.add_argument("student", help="the learner's id")
    restore.set_defaults(run=run_restore)

    for command in (take, drop, restore):
        command.add_argument(
            "--course", type=Path, metavar="DIR", help="the class's folder (default: classroom/)"
        )


def run_map(arguments: argparse.Namespace) -> int:
    """Move what was handed in under a name to the learner who it is.

    Returns:
        0.

    Raises:
        CourseError: If it cannot be moved. Then nothing is.
    """
    from grader.gradebook.class_list import read_class_list
    from grader.gradebook.enrolment import map_student

    with _hold(arguments) as (classroom, _, gradebook):
        known = read_class_list(gradebook, classroom.root)
        moved = map_student(
            classroom.root,
            known,
            arguments.name,
            arguments.student,
            replace=arguments.replace,
        )
    for assignment in moved:
        print(f"submitted/{arguments.student}/{assignment}/ has what {arguments.name} handed in.")
    return 0


def run_drop(arguments: argparse.Namespace) -> int:
    """Remove a learner from the class, and keep their work and grades.

    Returns:
        0.

    Raises:
        CourseError: If there is no such learner.
    """
    from grader.gradebook.access import prepare_gradebook
    from grader.gradebook.enrolment import drop_student

    student = arguments.student
    with _hold(arguments) as (classroom, pipeline, gradebook):
        prepare_gradebook(pipeline.coursedir)

        def write_grades(path: Path) -> None:
            from grader.reports.export import write_long
            from grader.reports.results import read_results

            results = read_results(gradebook, classroom, pipeline.plugin, students=[student])
            write_long(results, path, "part")

        place = drop_student(gradebook, classroom.root, student, write_grades)
    where = place.relative_to(classroom.root)
    print(f"{student} left the class; their work and grades are kept in {where}/.")
    print(f"`python -m grader student restore {student}` brings the learner back.")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Bring back a learner who was dropped.

    Returns:
        0.

    Raises:
        CourseError: If nobody of that name was dropped.
    """
    from grader.gradebook.enrolment import restore_student

    with _hold(arguments) as (classroom, _, gradebook):
        again = restore_student(gradebook, classroom.root, arguments.student)
    print(f"{arguments.student} is on the class list again.")
    for assignment in again:
        words = f"python -m grader autograde {assignment} --student {arguments.student}"
        print(f"Grade {assignment} again: `{words}`.")
    return 0


@contextmanager
def _hold(arguments: argparse.Namespace) -> Iterator[tuple[Classroom, Pipeline, Any]]:
    from grader.gradebook import watch_grades
    from grader.gradebook.integrity import demand_sound_gradebook
    from grader.gradebook.lock import hold_class
    from grader.hooks.api import Pipeline

    classroom = find_classroom(arguments.course)
    pipeline = Pipeline(find_sources(), classroom)
    demand_sound_gradebook(pipeline.url, "ASSIGNMENT")
    watch_grades()
    with (
        hold_class(classroom.root, wait=False),
        pipeline.open_gradebook() as gradebook,
    ):
        yield classroom, pipeline, gradebook

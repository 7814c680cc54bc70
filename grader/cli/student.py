"""Run ``python -m grader student``: enter a list, map a name, drop a learner, bring one back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.cli import add_course
from grader.errors import list_some
from grader.paths import Classroom, find_classroom, find_sources

if TYPE_CHECKING:
    from grader.nbgrader_api import Pipeline


def add_student(parser: argparse.ArgumentParser) -> None:
    """Add what can be done about a learner."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)

    enter = commands.add_parser("import", help="enter a class list: all of it, or nothing")
    enter.add_argument("table", type=Path, help="a CSV with id, first_name, last_name, email, …")
    enter.set_defaults(run=run_import)

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

    for command in (enter, take, drop, restore):
        add_course(command)


def run_import(arguments: argparse.Namespace) -> int:
    """Enter the learners of a table; nobody is removed.

    Returns:
        0.

    Raises:
        CourseError: If a row cannot be entered. Then none is.
    """
    from grader.roster.class_list import enter_people, read_class_list
    from grader.roster.class_table import plan_enrolment

    with _hold(arguments, may_be_new=True) as (classroom, _, gradebook):
        plan = plan_enrolment(arguments.table, read_class_list(gradebook, classroom.root))
        enter_people(gradebook, (*plan.new, *plan.changed))
    print(
        f"{arguments.table.name}: {len(plan.new)} new, {len(plan.changed)} changed, {plan.same} as "
        "they were."
    )
    if plan.changed:
        print(f"Changed: {list_some(map(str, plan.changed))}.")
    if plan.absent:
        print(
            f"In the class and not in the table: {list_some(plan.absent)}. They stay; `python -m "
            "grader student drop ID` takes one out."
        )
    if plan.ignored:
        print(f"Columns that were passed over: {list_some(plan.ignored)}.")
    return 0


def run_map(arguments: argparse.Namespace) -> int:
    """Move what was handed in under a name to the learner who it is.

    Returns:
        0.

    Raises:
        CourseError: If it cannot be moved. Then nothing is.
    """
    from grader.roster.class_list import read_class_list
    from grader.roster.enrolment import map_student

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
    from grader.roster.enrolment import drop_student

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
    from grader.roster.enrolment import restore_student

    with _hold(arguments) as (classroom, _, gradebook):
        again = restore_student(gradebook, classroom.root, arguments.student)
    print(f"{arguments.student} is on the class list again.")
    for assignment in again:
        words = f"python -m grader autograde {assignment} --student {arguments.student}"
        print(f"Grade {assignment} again: `{words}`.")
    return 0


@contextmanager
def _hold(
    arguments: argparse.Namespace, *, may_be_new: bool = False
) -> Iterator[tuple[Classroom, Pipeline, Any]]:
    from grader.gradebook.access import hold_class
    from grader.gradebook.backup import FOLDER, demand_sound_gradebook, find_file, list_backups
    from grader.gradebook.watch import watch_grades
    from grader.nbgrader_api import Pipeline

    classroom = find_classroom(arguments.course)
    pipeline = Pipeline(find_sources(), classroom)
    path = find_file(pipeline.url)
    is_there = path is None or path.exists() or bool(list_backups(path.parent / FOLDER))
    if is_there or not may_be_new:
        demand_sound_gradebook(pipeline.url, "ASSIGNMENT")
    watch_grades()
    with (
        hold_class(classroom.root, wait=False),
        pipeline.open_gradebook() as gradebook,
    ):
        yield classroom, pipeline, gradebook

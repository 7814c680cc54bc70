"""Run ``python -m grader late``: show what lateness costs, and enter it."""

from __future__ import annotations

import argparse

from grader.cli import add_course, open_class
from grader.errors import CourseError, list_some, say_count
from grader.nbgrader_types import Gradebook
from grader.paths import find_sources


def add_late(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``late``."""
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="only these")
    parser.add_argument(
        "--yes", action="store_true", help="enter extensions, slip days and penalties"
    )
    add_course(parser)
    parser.set_defaults(run=run_late)


def run_late(arguments: argparse.Namespace) -> int:
    """Print who loses what, and with ``--yes`` enter it.

    Returns:
        0.

    Raises:
        CourseError: If the extensions or the rules cannot be read, or there is no such assignment.
    """
    from grader.config import read_configuration, read_penalty
    from grader.gradebook.access import find_assignment, hold_class, prepare_gradebook
    from grader.gradebook.lateness import enter_lateness, plan_lateness, say_lateness
    from grader.hooks.late_rules import load_rules
    from grader.intake.origins import list_late
    from grader.reports.results import read_excused

    pipeline = open_class(arguments)
    classroom, configuration = pipeline.classroom, read_configuration(find_sources())
    rules = load_rules(configuration)
    with hold_class(classroom.root, wait=False), pipeline.open_gradebook() as gradebook:
        for name in arguments.assignments:
            if find_assignment(gradebook, name).duedate is None:
                raise CourseError(
                    f"{name} has no due date, so nobody is late; `nbgrader db assignment add "
                    f'{name} --duedate="2026-12-01 18:00 UTC"` sets one.'
                )
        excused = read_excused(gradebook, classroom)
        planned = [
            one
            for one in plan_lateness(gradebook, classroom.root, rules, excused)
            if not arguments.assignments or one.assignment in arguments.assignments
        ]
        told = [one for one in planned if one.late or one.changes]
        for one in told:
            print(say_lateness(one))
        marked = {
            name: list_late(classroom.root, name) & _list_untimed(gradebook, name)
            for name in sorted({one.assignment for one in planned})
        }
        for name, students in marked.items():
            if students:
                print(
                    f"{name}: marked LATE by the platform without a time: "
                    f"{list_some(sorted(students))}. Where it is to cost something, write the time "
                    "into a timestamp.txt beside the notebook and grade again."
                )
        if told and read_penalty(configuration) == "none":
            print(
                "No rules for lateness are set, so nobody loses points by it; "
                "AssignLatePenalties.plugin_class of nbgrader_config.py sets them."
            )
        changes = sum(one.changes for one in planned)
        many = say_count(changes, "submission")
        if not told:
            print("Nobody else is late." if any(marked.values()) else "Nobody is late.")
        elif not changes:
            print("The gradebook has it like this already.")
        elif not arguments.yes:
            print(f"Nothing was entered yet; --yes enters what is new, for {many}.")
        else:
            prepare_gradebook(pipeline.coursedir)
            enter_lateness(gradebook, planned)
            print(f"Entered for {many}.")
    return 0


def _list_untimed(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return learners of whom nobody knows when they handed in."""
    rows = gradebook.assignment_submissions(assignment)
    return {str(row.student.id) for row in rows if row.timestamp is None}

"""``python -m grader report`` and ``python -m grader recover``."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.course import Classroom, default_classroom, find_sources

NEEDS_PERSON = 2
"""The exit status of a report with something left for a person."""


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``report``."""
    parser.add_argument("assignment", help="the assignment's name, such as exercise-1")
    _add_course(parser)
    parser.set_defaults(run=run_report)


def add_recover(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``recover``."""
    _add_course(parser)
    parser.add_argument(
        "--force", action="store_true", help="also where the gradebook seems to be in order"
    )
    parser.set_defaults(run=run_recover)


def run_report(arguments: argparse.Namespace) -> int:
    """Print who was graded, and what is left for a person, with the reasons.

    Returns:
        0 if nothing needs a person, and otherwise 2.

    Raises:
        CourseError: If the class has no such assignment.
    """
    from nbgrader.api import MissingEntry

    from grader.errors import CourseError
    from grader.ledger.parts import tally_parts
    from grader.ledger.report import read_report
    from grader.pipeline import Pipeline

    classroom = _find(arguments)
    with Pipeline(find_sources(), classroom).open_gradebook() as gradebook:
        try:
            gradebook.find_assignment(arguments.assignment)
        except MissingEntry:
            raise CourseError(
                f"The gradebook has no {arguments.assignment}; "
                f"run `nbgrader generate_assignment {arguments.assignment}` first."
            ) from None
        rows = list(read_report(gradebook, classroom, arguments.assignment))
    for row in rows:
        print(f"{row.student}: {row.state}, {row.points:g} of {row.max_points:g} points")
        for reason in row.reasons:
            print(f"    {reason}")
        if row.waiting:
            print(f"    A person has to look at: {', '.join(row.waiting)}.")
    print("Part by part:")
    for tally in tally_parts(classroom, arguments.assignment):
        print(f"    {tally}")
    states = [row.state for row in rows]
    counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    print(f"{arguments.assignment}: {', '.join(counts) or 'nothing was handed in'}.")
    return NEEDS_PERSON if any(row.needs_person for row in rows) else 0


def run_recover(arguments: argparse.Namespace) -> int:
    """Bring back a damaged gradebook.

    Returns:
        0, or 2 if some submissions have to be graded again.

    Raises:
        CourseError: If there is nothing to bring back, or no need to.
    """
    from grader.ledger.recover import recover_gradebook

    done = recover_gradebook(_find(arguments), force=arguments.force)
    print(f"The gradebook is {done.backup.name} again, with every grade that was logged since.")
    if done.old is not None:
        print(f"What was there before is kept as {done.old.name}.")
    missing = sorted({f"{c.key.student}, {c.key.assignment}" for c in done.lost})
    for name in missing:
        print(f"Not in the copy, so grade it again with --force: {name}")
    return NEEDS_PERSON if missing else 0


def _find(arguments: argparse.Namespace) -> Classroom:
    return Classroom(arguments.course.resolve()) if arguments.course else default_classroom()


def _add_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--course", type=Path, metavar="DIR", help="the class's folder (default: classroom/)"
    )

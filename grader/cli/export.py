"""``python -m grader export``: its options, and what it calls."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from grader.paths import find_classroom, find_sources

LEVELS = ("assignment", "part", "property")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``export``."""
    parser.add_argument("assignments", nargs="*", help="their names (default: all)")
    parser.add_argument(
        "--course", type=Path, metavar="DIR", help="the class's folder (default: classroom/)"
    )
    parser.add_argument(
        "--student", action="append", default=[], metavar="ID", help="only this learner's"
    )
    parser.add_argument(
        "--by", choices=LEVELS, default="assignment", help="what a line is about, or a column"
    )
    parser.add_argument("--wide", action="store_true", help="one line for each learner")
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="default: grades.csv in the class's folder"
    )
    parser.set_defaults(run=run_export)


def run_export(arguments: argparse.Namespace) -> int:
    """Write the grades of a class.

    Returns:
        0.

    Raises:
        CourseError: If there is no such assignment or learner, or no gradebook.
    """
    from grader.gradebook.integrity import demand_sound_gradebook
    from grader.hooks.api import Pipeline
    from grader.reports.export import write_long, write_wide
    from grader.reports.results import read_results

    classroom = find_classroom(arguments.course)
    pipeline = Pipeline(find_sources(), classroom)
    demand_sound_gradebook(pipeline.url, (arguments.assignments or ["ASSIGNMENT"])[0])
    with pipeline.open_gradebook() as gradebook:
        results = list(
            read_results(
                gradebook,
                classroom,
                pipeline.plugin,
                assignments=arguments.assignments,
                students=arguments.student,
                findings=arguments.by != "assignment",
            )
        )
    to = arguments.to or classroom.root / "grades.csv"
    write = write_wide if arguments.wide else write_long
    count = write(results, to, arguments.by)
    states = Counter(result.state for result in results)
    said = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    print(f"{to}: {count} lines; {said or 'nothing to export'}.")
    return 0

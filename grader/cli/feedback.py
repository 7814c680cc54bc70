"""Run ``python -m grader feedback``: its options, and what it calls."""

from __future__ import annotations

import argparse
import json
import sys

from grader.cli import add_assignment, add_course, read_count
from grader.paths import find_classroom, find_sources


def add_feedback(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``feedback``."""
    add_assignment(parser)
    add_course(parser)
    parser.add_argument(
        "--student", default="*", metavar="ID", help="one learner's id, or a pattern (default: *)"
    )
    parser.add_argument(
        "--workers", type=read_count, metavar="N", help="processes (default: as many as pay)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for machines")
    parser.set_defaults(run=run_feedback)


def run_feedback(arguments: argparse.Namespace) -> int:
    """Write everybody's feedback.

    Returns:
        0 if all of it is there, 2 if somebody's could not be written, 130 if stopped.

    Raises:
        CourseError: If nothing was graded.
    """
    from grader.batch.progress import describe_summary, show_progress, write_report
    from grader.config import load_settings
    from grader.feedback.parallel import give_feedback
    from grader.gradebook.access import demand_gradebook_with
    from grader.terminal import stoppable

    classroom = find_classroom(arguments.course)
    demand_gradebook_with(arguments.assignment, classroom)
    settings = load_settings(find_sources(), classroom)
    name = f"feedback on {arguments.assignment}"
    with stoppable(), show_progress(name, as_json=arguments.json, explain=False) as tell:
        summary = give_feedback(
            arguments.assignment, arguments.student, classroom, settings, arguments.workers, tell
        )
    if arguments.json:
        print(json.dumps(describe_summary(summary)))
    else:
        write_report(summary, name, sys.stdout, "written")
    return summary.status

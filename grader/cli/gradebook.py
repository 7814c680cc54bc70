"""Run ``python -m grader report``, ``recover`` and ``seed``."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import add_assignment, add_course, open_class
from grader.errors import CourseError
from grader.paths import find_classroom, find_sources
from grader.terminal import NEEDS_PERSON

if TYPE_CHECKING:
    from grader.nbgrader_types import Gradebook
    from grader.paths import Classroom
    from grader.plugin import Plugin
    from grader.reports.class_report import ClassReport


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``report``."""
    add_assignment(parser)
    add_course(parser)
    parser.add_argument(
        "--everybody", action="store_true", default=None, help="list each learner of a large class"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with plots")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the statistics as JSON")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a line for each part")
    parser.add_argument(
        "--part", action="append", default=[], metavar="NAME", help="limit all three to this part"
    )
    parser.add_argument(
        "--student",
        action="append",
        default=[],
        metavar="ID",
        help="limit all three to this learner",
    )
    parser.set_defaults(run=run_report)


def add_recover(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``recover``."""
    add_course(parser)
    parser.add_argument(
        "--force", action="store_true", help="also where the gradebook seems to be in order"
    )
    parser.set_defaults(run=run_recover)


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``seed``."""
    add_course(parser)
    parser.add_argument(
        "--new", action="store_true", help="draw a new one: before a term, or where it is lost"
    )
    parser.set_defaults(run=run_seed)


def run_report(arguments: argparse.Namespace) -> int:
    """Print who was graded, and what is left for a person, with the reasons.

    Returns:
        0 if nothing needs a person, and otherwise 2.

    Raises:
        CourseError: If the class has no such assignment, its gradebook cannot be read, or an option
            would do nothing.
    """
    from grader.gradebook.access import find_assignment
    from grader.reports.class_report import read_class

    to_files = arguments.html or arguments.json or arguments.csv
    if (arguments.part or arguments.student) and not to_files:
        raise CourseError(
            "--part and --student limit what --html, --json and --csv write; name one of these "
            "with its file, too."
        )
    pipeline = open_class(arguments, arguments.assignment)
    classroom = pipeline.classroom
    with pipeline.open_gradebook() as gradebook:
        find_assignment(gradebook, arguments.assignment)
        report = read_class(gradebook, classroom, arguments.assignment, pipeline.plugin)
        if to_files:
            _write_statistics(arguments, report, gradebook, classroom, pipeline.plugin)
    for line in report.lines(everybody=arguments.everybody):
        print(line)
    return NEEDS_PERSON if report.needs_person else 0


def _write_statistics(
    arguments: argparse.Namespace,
    report: ClassReport,
    gradebook: Gradebook,
    classroom: Classroom,
    plugin: Plugin,
) -> None:
    """Write what the grades say about class and parts as a page, JSON or CSV."""
    from grader.reports.class_page import render_class
    from grader.reports.class_statistics import COLUMNS, list_rows, make_statistics
    from grader.reports.equal_answers import find_equal_answers
    from grader.reports.results import LEARNER, demand_known, read_results

    everybody = list(
        read_results(
            gradebook, classroom, plugin, assignments=[arguments.assignment], findings=True
        )
    )
    if not everybody:
        raise CourseError("There is nobody in the class yet, so there are no statistics.")
    demand_known(arguments.student, [one.person.id for one in everybody], LEARNER)
    wanted = set(arguments.student or (one.person.id for one in everybody))
    results = [one for one in everybody if one.person.id in wanted]
    found = make_statistics(results, classroom, plugin, arguments.part)
    if arguments.html:
        listed = [  # among everybody: what is common is seen in the whole class alone
            one for one in find_equal_answers(everybody) if wanted & set(one.students)
        ]
        page = render_class(report, found, results, classroom.root, listed)
        arguments.html.write_text(page, encoding="utf-8")
        print(f"{arguments.html}: the report as a page.")
    if arguments.json:
        text = json.dumps(found.to_dict(), indent=1, ensure_ascii=False)
        arguments.json.write_text(text + "\n", encoding="utf-8")
        print(f"{arguments.json}: the statistics.")
    if arguments.csv:
        with arguments.csv.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(list_rows(found))
        print(f"{arguments.csv}: a line for each part.")


def run_recover(arguments: argparse.Namespace) -> int:
    """Bring back a damaged gradebook, and the secret seed if it is lost.

    Returns:
        0, or 2 if some submissions have to be graded again.

    Raises:
        CourseError: If there is nothing to bring back, or no need to.
    """
    from grader.gradebook.access import hold_class
    from grader.gradebook.recover import find_gradebook, is_in_order, recover_gradebook
    from grader.gradebook.seed import bring_back_seed
    from grader.nbgrader_api import Pipeline

    classroom = find_classroom(arguments.course)
    pipeline = Pipeline(find_sources(), classroom)
    with hold_class(classroom.root, wait=False):
        if bring_back_seed(classroom):
            print(f"{classroom.seed_file.name} is again what it was when grades were last made.")
            if is_in_order(find_gradebook(pipeline.coursedir)) and not arguments.force:
                return 0
        done = recover_gradebook(
            pipeline.coursedir, penalty=pipeline.penalty, force=arguments.force
        )
    print(f"The gradebook is {done.backup.name} again, with every grade that was logged since.")
    if done.old is not None:
        print(f"What was there before is kept as {done.old.name}.")
    missing = sorted({f"{c.key.student}, {c.key.assignment}" for c in done.lost})
    for name in missing:
        print(f"Not in the copy, so grade it again with --force: {name}")
    return NEEDS_PERSON if missing else 0


def run_seed(arguments: argparse.Namespace) -> int:
    """Say where the class's secret seed is, or draw a new one. The seed itself is never printed.

    Returns:
        0.

    Raises:
        CourseError: If the seed is gone, or its file holds something else.
    """
    from grader.gradebook.access import hold_class
    from grader.gradebook.seed import keep_seed, renew_seed

    classroom = find_classroom(arguments.course)
    name = classroom.seed_file.name
    with hold_class(classroom.root, wait=False):
        if arguments.new:
            old = renew_seed(classroom)
            print(f"{name} holds a new seed. What was graded will be graded again.")
            if old is not None:
                print(f"The old one is kept as {old.parent.name}/{old.name}.")
        else:
            keep_seed(classroom)
            print(f"{name} holds the class's seed, and a copy of it is in backups/.")
    return 0

"""Run ``python -m grader export``: its options, and what it calls."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import add_course, open_class
from grader.errors import CourseError, list_some, say_count
from grader.terminal import NEEDS_PERSON

if TYPE_CHECKING:
    from grader.lms.platforms.platform import Platform
    from grader.paths import Classroom
    from grader.reports.results import Result
    from grader.roster.class_list import ClassList
    from grader.sheet import Spreadsheet

LEVELS = ("assignment", "part", "property")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``export``."""
    from grader.lms.platforms import PLATFORMS

    parser.add_argument("assignments", nargs="*", help="their names (default: all)")
    add_course(parser)
    parser.add_argument(
        "--student", action="append", default=[], metavar="ID", help="only this learner's"
    )
    parser.add_argument(
        "--by", choices=LEVELS, default="assignment", help="what a line is about, or a column"
    )
    parser.add_argument("--wide", action="store_true", help="one line for each learner")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help="default: grades.csv in the class's folder; a filled table goes beside its original",
    )
    other = parser.add_argument_group("for a platform")
    one = other.add_mutually_exclusive_group()
    for word in _list_tables():
        about = f"fill this {PLATFORMS[word].table}"
        one.add_argument(f"--{word}", dest=word, type=Path, metavar="FILE", help=about)
    one.add_argument(
        "--gradescope", type=Path, metavar="DIR", help="write a results.json for each learner"
    )
    one.add_argument("--lti", type=Path, metavar="FILE", help="write LTI AGS scores as JSON")
    other.add_argument(
        "--column", default="", metavar="NAME", help="the assignment's column in that table"
    )
    parser.set_defaults(run=run_export)


def run_export(arguments: argparse.Namespace) -> int:
    """Write the grades of a class.

    Returns:
        0, or 2 if somebody has no partner on the platform.

    Raises:
        CourseError: If there is no such assignment or learner, or no gradebook.
    """
    from grader.reports.results import read_results
    from grader.roster.class_list import read_class_list

    words = _list_tables()
    kind = next((word for word in words if getattr(arguments, word)), "")
    if arguments.column and not kind:
        *others, last = (f"--{word}" for word in words)
        raise CourseError(
            "--column names a column of a platform's table; name the table, too, with "
            f"{', '.join(others)} or {last}."
        )
    pipeline = open_class(arguments, *arguments.assignments[:1])
    classroom = pipeline.classroom
    detailed = arguments.by != "assignment" or bool(arguments.gradescope)
    with pipeline.open_gradebook() as gradebook:
        results = list(
            read_results(
                gradebook,
                classroom,
                pipeline.plugin,
                assignments=arguments.assignments,
                students=arguments.student,
                findings=detailed,
            )
        )
        known = read_class_list(gradebook, classroom.root)
    if kind:
        return _fill(kind, arguments, results, known)
    if arguments.lti:
        return _write_scores(arguments, results)
    if arguments.gradescope:
        return _write_results(arguments, results)
    return _write_table(arguments, results, classroom)


def _write_table(
    arguments: argparse.Namespace, results: Sequence[Result], classroom: Classroom
) -> int:
    from grader.reports.export import write_long, write_wide

    to = arguments.to or classroom.root / "grades.csv"
    write = write_wide if arguments.wide else write_long
    count = write(results, to, arguments.by)
    states = Counter(result.state for result in results)
    said = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    print(f"{to}: {say_count(count, 'line')}; {said or 'nothing to export'}.")
    return 0


def _list_tables() -> list[str]:
    """Return the platforms that read a table of grades, by their words."""
    from grader.lms.platforms import PLATFORMS

    return [word for word, platform in PLATFORMS.items() if platform.table]


def _fill(
    kind: str, arguments: argparse.Namespace, results: Sequence[Result], known: ClassList
) -> int:
    """Fill a table that a platform exported, and write it beside its original."""
    from grader.lms.fill import collect_results, fill_sheet
    from grader.lms.platforms import PLATFORMS
    from grader.sheet import Spreadsheet

    path: Path = getattr(arguments, kind)
    platform, sheet = PLATFORMS[kind], Spreadsheet.load(path)
    found = collect_results(results)
    names = list(arguments.assignments)
    if not names and platform.several and not arguments.column:
        names = [name for name in found if _has_column(platform, sheet, name)]
    if len(names) != 1 and (not platform.several or arguments.column or not names):
        raise CourseError(f"{path.name} takes the grades of one assignment; name it.")
    status = 0
    for name in names:
        filled = fill_sheet(platform, sheet, name, found[name], known, arguments.column)
        sheet = Spreadsheet(filled.data, path.name)
        for line in filled.lines:
            print(line)
        status = NEEDS_PERSON if filled.needs_person else status
    to: Path = arguments.to or path.with_name(f"{path.stem}-filled{path.suffix}")
    to.write_bytes(sheet.fill({}))
    print(f"{to}: to be imported into {platform.name}.")
    return status


def _has_column(platform: Platform, sheet: Spreadsheet, assignment: str) -> bool:
    try:
        platform.find_column(sheet, assignment, "")
    except CourseError:
        return False
    return True


def _write_scores(arguments: argparse.Namespace, results: Sequence[Result]) -> int:
    from grader.lms.lti import make_scores

    _demand_one(arguments)
    scores, alone = make_scores(results, datetime.now(UTC))
    text = json.dumps(scores, indent=1, ensure_ascii=False)
    arguments.lti.write_text(text + "\n", encoding="utf-8")
    print(f"{arguments.lti}: {say_count(len(scores), 'score')} to be posted to the line item.")
    if alone:
        said = list_some(result.person.id for result in alone)
        print(
            f"No score for {say_count(len(alone), 'learner')} without an id of the platform: "
            f"{said}; "
            "`nbgrader db student add ID --lms-user-id=SUB` gives one."
        )
    return NEEDS_PERSON if alone else 0


def _write_results(arguments: argparse.Namespace, results: Sequence[Result]) -> int:
    from grader.lms.platforms.gradescope import make_results

    _demand_one(arguments)
    count = 0
    for result in results:
        values = make_results(result)
        if values is not None:
            folder = arguments.gradescope / result.person.id
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(values, indent=1, ensure_ascii=False)
            (folder / "results.json").write_text(text + "\n", encoding="utf-8")
            count += 1
    print(f"{arguments.gradescope}: one results.json each, for {say_count(count, 'learner')}.")
    return 0


def _demand_one(arguments: argparse.Namespace) -> None:
    if len(arguments.assignments) != 1:
        raise CourseError("These scores are of one assignment; name it.")

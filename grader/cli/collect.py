"""Run ``python -m grader collect`` and ``return``: a platform's hand-ins in, feedback back."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.cli import add_assignment, add_course, open_class
from grader.errors import CourseError, list_some
from grader.paths import find_classroom, find_sources
from grader.terminal import NEEDS_PERSON


def add_collect(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``collect``."""
    from grader.lms.platforms import PLATFORMS

    parser.add_argument("archive", type=Path, help="the ZIP file, as the platform made it")
    add_assignment(parser)
    parser.add_argument(
        "--table",
        type=Path,
        metavar="FILE",
        help="who is who: the table of grades, as the platform exported it",
    )
    parser.add_argument(
        "--from", dest="platform", choices=list(PLATFORMS), help="default: as the names in it look"
    )
    parser.add_argument(
        "--zone",
        metavar="ZONE",
        help="of the platform's times, such as Europe/Berlin (default: this machine's)",
    )
    add_course(parser)
    parser.set_defaults(run=run_collect)


def add_return(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``return``."""
    add_assignment(parser)
    parser.add_argument(
        "--each", action="store_true", help="an archive for each learner, to be mailed"
    )
    parser.add_argument(
        "--student", action="append", default=[], metavar="ID", help="with --each: only this one's"
    )
    add_course(parser)
    parser.set_defaults(run=run_return)


def run_collect(arguments: argparse.Namespace) -> int:
    """Put the hand-ins of an archive where nbgrader reads them.

    Returns:
        0, or 2 if somebody has no partner or something was left out.

    Raises:
        CourseError: If nothing can be collected.
    """
    from grader.config import load_settings
    from grader.gradebook.access import find_assignment, hold_class
    from grader.intake.decode import Bounds
    from grader.lms.archive import Archive
    from grader.lms.collect import Place, collect_items, recognise
    from grader.lms.platforms import PLATFORMS
    from grader.roster.class_list import read_class_list
    from grader.sheet import Spreadsheet

    pipeline = open_class(arguments, arguments.assignment)
    classroom = pipeline.classroom
    zone = read_zone(arguments.zone)
    sheet = Spreadsheet.load(arguments.table) if arguments.table else None
    chosen = [PLATFORMS[arguments.platform]] if arguments.platform else PLATFORMS.values()
    with hold_class(classroom.root, wait=False), pipeline.open_gradebook() as gradebook:
        assignment = find_assignment(gradebook, arguments.assignment)
        known = read_class_list(gradebook, classroom.root)
        bounds = Bounds(**load_settings(find_sources(), classroom).bounds)
        (classroom.root / "submitted").mkdir(exist_ok=True)
        notebooks = [str(notebook.name) for notebook in assignment.notebooks]
        place = Place(classroom.root, arguments.assignment, notebooks, bounds)
        with Archive(arguments.archive, bounds) as archive:
            platform, items = recognise(chosen, archive, zone, arguments.archive.name)
            done = collect_items(platform, items, archive, place, known, sheet, zone)
    for line in done.lines(known):
        print(line)
    return NEEDS_PERSON if done.needs_person else 0


def run_return(arguments: argparse.Namespace) -> int:
    """Pack everybody's feedback as the platforms take it, or one by one.

    Returns:
        0, or 2 if somebody's feedback is in no archive.

    Raises:
        CourseError: If there is no feedback, or no hand-in came from a platform.
    """
    from grader.lms.send_back import pack_each, pack_for_platforms

    root = find_classroom(arguments.course).root
    each = f"`python -m grader return {arguments.assignment} --each`"
    if arguments.each or arguments.student:
        packed = pack_each(root, arguments.assignment, arguments.student)
        folder = next(iter(packed.archives), root).parent
        print(f"{folder}: {len(packed.archives)} archives, one for each learner.")
    else:
        packed = pack_for_platforms(root, arguments.assignment)
        if not packed.archives:
            raise CourseError(
                f"No hand-in of {arguments.assignment} came from a platform that takes feedback "
                f"back; {each} writes an archive for each learner."
            )
        for path, count in packed.archives.items():
            print(f"{path}: {count} pages, named as the platform wants them back.")
    if packed.alone:
        print(f"In none of them: {list_some(packed.alone)}. {each} has everybody's.")
    return NEEDS_PERSON if packed.alone else 0


def read_zone(name: str | None) -> tzinfo:
    """Return a time zone by its name; this machine's for None.

    Raises:
        CourseError: If there is none of that name.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name is None:
        return datetime.now().astimezone().tzinfo or UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CourseError(
            f"There is no time zone {name}; say one such as Europe/Berlin or UTC."
        ) from error

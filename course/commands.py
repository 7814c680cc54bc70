"""Add this course's commands to ``python -m grader``: ``weave``, ``release`` and ``demo``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.sources import find_pages
from grader.cli import add_course, read_count
from grader.paths import Classroom, default_classroom

if TYPE_CHECKING:
    from rich.progress import TaskID


def add_commands(add: Callable[..., Any]) -> None:
    """Add the commands.

    Args:
        add: As ``argparse``'s ``add_parser``.
    """
    weave = add("weave", help="book + solutions + hidden tests -> nbgrader's source notebooks")
    weave.add_argument(
        "--anew",
        action="append",
        default=[],
        metavar="ASSIGNMENT",
        help="weave this one though it was handed in with other parts; then give `update`",
    )
    add_course(weave, "classroom/ beside the book")
    weave.set_defaults(run=_weave)

    release = add("release", help="the learner's notebooks, one file for each")
    release.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="where to write them"
    )
    release.add_argument(
        "--site",
        default="",
        metavar="URL",
        help="where the course will be: the notebooks get the toolkit there if it is missing",
    )
    release.set_defaults(run=_release)

    demo = add("demo", help="a class of invented learners, from release to grades and feedback")
    add_course(demo, "classroom/demo/ beside the book")
    demo.set_defaults(run=_demo)

    term = add(
        "demo-term", help="an instructor's term: archives of two platforms in, their tables back"
    )
    add_course(term, "classroom/demo-term/ beside the book")
    term.add_argument(
        "--learners", type=read_count, default=300, metavar="N", help="how many (default: 300)"
    )
    term.set_defaults(run=_demo_term)


def _weave(arguments: argparse.Namespace) -> int:
    from course.weave import weave_course
    from course.weave.notebook import find_kept

    classroom = _classroom(arguments)
    for path in weave_course(find_pages(), classroom, anew=arguments.anew):
        print(_show(path))
    for name, others in find_kept(classroom).items():
        print(
            f"{_show(classroom.notebook(name))} stays as it is: it has been handed in, and the "
            f"course has other parts now ({', '.join(others)}). To take them over, give "
            f"`python -m grader weave --anew {name}`, then `python -m grader update {name}`."
        )
    return 0


def _release(arguments: argparse.Namespace) -> int:
    from course.release import release_notebooks

    site = f"{arguments.site.rstrip('/')}/" if arguments.site else ""
    for path in release_notebooks(find_pages(), arguments.output, site):
        print(_show(path))
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from course.demo import run_demo
    from course.demo.table import draw_table

    course = arguments.course or default_classroom().root / "demo"
    classroom = Classroom(course.resolve())
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        bars: dict[str, TaskID] = {}
        for event in run_demo(find_pages(), classroom):
            if isinstance(event, list):
                rows = event
                continue
            phase, done, total = event
            if phase not in bars:
                bars[phase] = progress.add_task(phase, total=total)
            progress.update(bars[phase], completed=done)
    console.print(draw_table(rows))
    console.print(f"Feedback: {_show(classroom.root / 'feedback')}/<learner>/<assignment>/")
    console.print(f"Gradebook: {_show(classroom.root / 'gradebook.db')}")
    return 0


def _demo_term(arguments: argparse.Namespace) -> int:
    from course.demo.term import run_term

    course = arguments.course or default_classroom().root / "demo-term"
    checks = run_term(find_pages(), Classroom(course.resolve()), arguments.learners)
    for check in checks:
        print(
            f"{check.platform}: {check.equal} grades came back equal, {check.blank} learners have "
            f"none on either side, {len(check.other)} differ."
        )
    return 0


def _classroom(arguments: argparse.Namespace) -> Classroom:
    return Classroom(arguments.course.resolve()) if arguments.course else default_classroom()


def _show(path: Path) -> str:
    """Return a path as a person would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)

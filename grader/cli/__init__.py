"""The instructor's command line. Thin: each command imports what it needs and calls it."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.options import read_count
from grader.errors import CourseError
from grader.paths import Classroom, default_classroom, find_classroom, find_sources
from grader.terminal import PIPE_STATUS, has_left, mute, was_cut_short

if TYPE_CHECKING:
    from rich.progress import TaskID

_DISK = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
"""What a disk refuses, which is no fault of the program's."""


def main(words: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        words: The command line behind ``python -m grader``; by default the process's own.

    Returns:
        The exit status: 0 if all went well, 1 with one sentence on stderr if not. If whoever
        read the output left before its end, it is 141, wherever the command was just then.

    Raises:
        OSError: If something failed that neither the course nor the disk can be blamed for.
    """
    arguments = _make_parser().parse_args(words)
    try:
        status = int(arguments.run(arguments))
        sys.stdout.flush()
    except CourseError as error:
        print(f"grader: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        if not has_left():
            raise
        mute()
        return PIPE_STATUS
    except OSError as error:
        if error.errno not in _DISK:
            raise
        where = error.filename or "The disk"
        print(f"grader: {where} cannot be used ({error.strerror}).", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if was_cut_short():
            return PIPE_STATUS
        if has_left():
            mute()  # Ctrl-C ended both
        else:
            print("grader: stopped.", file=sys.stderr)
        return 130
    return PIPE_STATUS if was_cut_short() else status


def _weave(arguments: argparse.Namespace) -> int:
    from course.weave import weave_course
    from course.weave.notebook import find_kept

    classroom = _classroom(arguments)
    for path in weave_course(find_sources(), classroom):
        print(_show(path))
    for name, others in find_kept(classroom).items():
        print(
            f"{_show(classroom.notebook(name))} stays as it is: it has been handed in, and the "
            f"course has other parts now ({', '.join(others)})."
        )
    return 0


def _release(arguments: argparse.Namespace) -> int:
    from course.release import release_notebooks

    for path in release_notebooks(find_sources(), arguments.output):
        print(_show(path))
    return 0


def _feedback(arguments: argparse.Namespace) -> int:
    from grader.cli.feedback import run_feedback
    from grader.gradebook.access import demand_gradebook_with

    demand_gradebook_with(arguments.assignment, find_classroom(arguments.course))
    return run_feedback(arguments)


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
        for event in run_demo(find_sources(), classroom, workers=arguments.workers):
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


def _classroom(arguments: argparse.Namespace) -> Classroom:
    return Classroom(arguments.course.resolve()) if arguments.course else default_classroom()


def _show(path: Path) -> str:
    """Return a path as a person would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _make_parser() -> argparse.ArgumentParser:
    from grader.cli.autograde import add_arguments
    from grader.cli.feedback import add_feedback
    from grader.cli.gradebook import add_recover, add_report, add_seed

    parser = argparse.ArgumentParser(
        prog="python -m grader",
        description="Weave the course's notebooks, release them, grade a class.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    weave = commands.add_parser(
        "weave", help="book + solutions + hidden tests -> nbgrader's source notebooks"
    )
    _add_course(weave)
    weave.set_defaults(run=_weave)

    release = commands.add_parser("release", help="the learner's notebooks, one file for each")
    release.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="where to write them"
    )
    release.set_defaults(run=_release)

    autograde = commands.add_parser(
        "autograde",
        help="grade what was handed in, in parallel (exit status 2: a person is needed)",
    )
    add_arguments(autograde)

    feedback = commands.add_parser(
        "feedback", help="write everybody's feedback (as nbgrader generate_feedback)"
    )
    add_feedback(feedback)
    feedback.set_defaults(run=_feedback)

    report = commands.add_parser(
        "report", help="who was graded, and what is left for a person (exit status 2 if anything)"
    )
    add_report(report)

    recover = commands.add_parser(
        "recover", help="bring back a damaged gradebook: the last good copy, every grade since"
    )
    add_recover(recover)

    seed = commands.add_parser(
        "seed", help="where the secret seed of the hidden tests is; --new draws a new one"
    )
    add_seed(seed)

    demo = commands.add_parser(
        "demo", help="a class of invented learners, from release to grades and feedback"
    )
    _add_course(demo, "classroom/demo")
    demo.add_argument(
        "--workers",
        type=read_count,
        default=2,
        metavar="N",
        help="processes that grade (default: 2)",
    )
    demo.set_defaults(run=_demo)
    return parser


def _add_course(parser: argparse.ArgumentParser, default: str = "classroom") -> None:
    parser.add_argument(
        "--course",
        type=Path,
        metavar="DIR",
        help=f"the class's folder (default: {default}/ beside the book)",
    )

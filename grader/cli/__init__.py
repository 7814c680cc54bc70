"""Run the instructor's commands; each imports what it needs and calls it."""

from __future__ import annotations

import argparse
import contextlib
import errno
import sys
from collections.abc import Callable, Sequence
from typing import Any

from grader.config import read_plugin_name
from grader.errors import CourseError
from grader.paths import find_classroom, find_sources
from grader.plugin import load_plugin
from grader.terminal import PIPE_STATUS, has_left, mute, was_cut_short

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


def _feedback(arguments: argparse.Namespace) -> int:
    from grader.cli.feedback import run_feedback
    from grader.gradebook.access import demand_gradebook_with

    demand_gradebook_with(arguments.assignment, find_classroom(arguments.course))
    return run_feedback(arguments)


def _make_parser() -> argparse.ArgumentParser:
    from grader.cli.autograde import add_arguments
    from grader.cli.collect import add_collect, add_return
    from grader.cli.export import add_export
    from grader.cli.feedback import add_feedback
    from grader.cli.gradebook import add_recover, add_report, add_seed
    from grader.cli.student import add_student

    parser = argparse.ArgumentParser(
        prog="python -m grader",
        description="Weave the course's notebooks, release them, grade a class.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    _add_course_commands(commands.add_parser)

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

    export = commands.add_parser(
        "export", help="take the grades away: as CSV, or into a platform's own table"
    )
    add_export(export)

    collect = commands.add_parser(
        "collect", help="take hand-ins from an archive of Canvas, Moodle, Blackboard or Gradescope"
    )
    add_collect(collect)

    back = commands.add_parser("return", help="pack feedback for the platform, or for each learner")
    add_return(back)

    student = commands.add_parser(
        "student", help="who is in the class: map a name, drop a learner, bring one back"
    )
    add_student(student)

    recover = commands.add_parser(
        "recover", help="bring back a damaged gradebook: the last good copy, every grade since"
    )
    add_recover(recover)

    seed = commands.add_parser(
        "seed", help="where the secret seed of the hidden tests is; --new draws a new one"
    )
    add_seed(seed)
    return parser


def _add_course_commands(add: Callable[..., Any]) -> None:
    """Add the commands of the course that ``nbgrader_config.py`` names, if there is one here."""
    with contextlib.suppress(CourseError):  # what needs a course says that there is none
        load_plugin(read_plugin_name(find_sources())).add_commands(add)

"""Run the instructor's commands, and define the options that several of them have."""

from __future__ import annotations

import argparse
import contextlib
import errno
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.config import read_plugin_name
from grader.errors import CourseError
from grader.paths import find_classroom, find_sources
from grader.plugin import load_plugin
from grader.terminal import PIPE_STATUS, has_left, mute, was_cut_short

if TYPE_CHECKING:
    from grader.nbgrader_api import Pipeline

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
    words = sys.argv[1:] if words is None else words
    try:
        arguments = _parse(words)
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


def _parse(words: Sequence[str]) -> argparse.Namespace:
    """Return what the words say; a help text that nobody reads is a pipe that broke."""
    try:
        return _make_parser(words).parse_args(words)
    except SystemExit as end:
        # argparse drops what it cannot print, and what waits is only tried once all is over.
        sys.stdout.flush()
        if not end.code and has_left():
            raise BrokenPipeError from None
        raise


_COMMANDS: Mapping[str, tuple[str, str]] = {
    "autograde": (
        "autograde:add_arguments",
        "grade what was handed in, in parallel (exit status 2: a person is needed)",
    ),
    "update": (
        "update:add_update",
        "take over what changed in an assignment that was handed in: points, tests, parts",
    ),
    "feedback": (
        "feedback:add_feedback",
        "write everybody's feedback (as nbgrader generate_feedback)",
    ),
    "report": (
        "gradebook:add_report",
        "who was graded, and what is left for a person (exit status 2 if anything)",
    ),
    "texts": (
        "texts:add_texts",
        "grade answers in text question by question, in a table (exit status 2: rows left alone)",
    ),
    "late": (
        "late:add_late",
        "what being late costs: extensions, slip days, penalties; --yes enters it",
    ),
    "export": (
        "export:add_export",
        "take the grades away: as CSV, or into a platform's own table",
    ),
    "collect": (
        "collect:add_collect",
        "take hand-ins from an archive of a learning platform, such as Canvas or Moodle",
    ),
    "return": ("collect:add_return", "pack feedback for the platform, or for each learner"),
    "student": (
        "student:add_student",
        "who is in the class: enter a list, map a name, drop a learner, bring one back",
    ),
    "recover": (
        "gradebook:add_recover",
        "bring back a damaged gradebook: the last good copy, every grade since",
    ),
    "seed": (
        "gradebook:add_seed",
        "where the secret seed of the hidden tests is; --new draws a new one",
    ),
}
"""By name: which function of which module here adds a command's options, and its help."""


def _make_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser. Of the command that is wanted, only its own module is imported."""
    parser = argparse.ArgumentParser(
        prog="python -m grader",
        description="Weave the course's notebooks, release them, grade a class.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    wanted = words[0] if words and words[0] in _COMMANDS else None
    if wanted is None:
        _add_course_commands(commands.add_parser)
    for name, (place, about) in _COMMANDS.items():
        command = commands.add_parser(name, help=about)
        if wanted in (name, None):
            module, _, function = place.partition(":")
            getattr(import_module(f"{__name__}.{module}"), function)(command)
    return parser


def _add_course_commands(add: Callable[..., Any]) -> None:
    """Add the commands of the course that ``nbgrader_config.py`` names, if there is one here."""
    with contextlib.suppress(CourseError):  # what needs a course says that there is none
        load_plugin(read_plugin_name(find_sources())).add_commands(add)


def add_assignment(parser: argparse.ArgumentParser) -> None:
    """Add the name of an assignment, which has to be given."""
    parser.add_argument("assignment", help="the assignment's name, such as exercise-1")


def add_course(parser: argparse.ArgumentParser, default: str = "classroom/") -> None:
    """Add ``--course``: a class's folder, and what to say of the one that is taken without it."""
    parser.add_argument(
        "--course", type=Path, metavar="DIR", help=f"the class's folder (default: {default})"
    )


def read_count(word: str) -> int:
    """Return a whole number, 1 or more.

    Raises:
        argparse.ArgumentTypeError: If the word is none.
    """
    with contextlib.suppress(ValueError):
        if (number := int(word)) >= 1:
            return number
    raise argparse.ArgumentTypeError(f"say a whole number, 1 or more, not {word!r}")


def read_seconds(word: str) -> float:
    """Return a number of seconds, more than 0.

    Raises:
        argparse.ArgumentTypeError: If the word is none.
    """
    with contextlib.suppress(ValueError):
        if 0.0 < (number := float(word)) < math.inf:
            return number
    raise argparse.ArgumentTypeError(f"say a number of seconds, more than 0, not {word!r}")


def open_class(arguments: argparse.Namespace, assignment: str = "ASSIGNMENT") -> Pipeline:
    """Return the class that a command is about, if its gradebook is sound.

    Args:
        arguments: Of the command, with those of :func:`add_course`.
        assignment: Its name, for the command that makes a gradebook.

    Raises:
        CourseError: If there is no such class, or no sound gradebook.
    """
    from grader.gradebook.backup import demand_sound_gradebook
    from grader.nbgrader_api import Pipeline

    classroom = find_classroom(arguments.course)
    pipeline = Pipeline(find_sources(), classroom)
    demand_sound_gradebook(pipeline.url, assignment)
    return pipeline

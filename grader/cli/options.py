"""Add options that several commands have, and read numbers from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_Number = TypeVar("_Number", int, float)


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
    return _read(word, int, lambda number: number >= 1, "a whole number, 1 or more")


def read_seconds(word: str) -> float:
    """Return a number of seconds, more than 0.

    Raises:
        argparse.ArgumentTypeError: If the word is none.
    """
    return _read(
        word,
        float,
        lambda number: 0.0 < number < float("inf"),
        "a number of seconds, more than 0",
    )


def _read(
    word: str, kind: Callable[[str], _Number], fits: Callable[[_Number], bool], wanted: str
) -> _Number:
    try:
        number = kind(word)
    except ValueError:
        pass
    else:
        if fits(number):
            return number
    raise argparse.ArgumentTypeError(f"say {wanted}, not {word!r}")

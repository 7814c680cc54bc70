"""Read numbers from the command line, and say what is wrong with other words."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

_Number = TypeVar("_Number", int, float)


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

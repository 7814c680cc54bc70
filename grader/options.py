"""Words of the command line that stand for numbers, and what is said of those that do not."""

from __future__ import annotations

import argparse


def read_count(word: str) -> int:
    """Return a whole number, 1 or more.

    Raises:
        argparse.ArgumentTypeError: If the word is none.
    """
    try:
        number = int(word)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"say a whole number, 1 or more, not {word!r}")
    return number


def read_seconds(word: str) -> float:
    """Return a number of seconds, more than 0.

    Raises:
        argparse.ArgumentTypeError: If the word is none.
    """
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"say a number of seconds, more than 0, not {word!r}")
    return number

"""Define the error that a person reads, and write lists and counts for its one sentence."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 20
"""Of one kind that are named in full; of more, a number says how many there are."""


class CourseError(Exception):
    """Something about the course is not as it has to be. The command line prints it and stops."""


def list_some(words: Iterable[str], most: int = MOST) -> str:
    """Return words in one line; of very many the first, and how many more there are.

    Example:
        >>> list_some(["ada", "ben"]), list_some(map(str, range(22)))[-17:]
        ('ada, ben', '18, 19 and 2 more')
    """
    said = list(words)
    rest = f" and {len(said) - most} more" if len(said) > most else ""
    return ", ".join(said[:most]) + rest


def say_count(number: int, what: str) -> str:
    """Return a number of things, in words.

    Example:
        >>> say_count(1, "text"), say_count(2, "text")
        ('1 text', '2 texts')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"

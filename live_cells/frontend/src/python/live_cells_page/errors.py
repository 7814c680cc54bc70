"""Say what went wrong in a cell: the learner's own lines, then Python's message, in bounds."""

from __future__ import annotations

import itertools
import linecache
import traceback
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import NamedTuple

MOST_PLACES = 12  # places shown from the start of a traceback, and as many from its end
MOST_REPEATS = 3  # times that one place is shown in a row
LONGEST_MESSAGE = 5_000  # characters


#: what cells were compiled under -> what their reader calls them
labels: dict[str, str] = {}


def name_code(label: str) -> str:
    """Return what a cell's code is compiled under, which warnings and syntax errors show.

    >>> name_code("cell 19"), name_code("the answer to (a)")
    ('<cell 19>', '<the answer to (a)>')
    """
    filename = f"<{label}>"
    labels[filename] = label
    return filename


class Place(NamedTuple):
    """One of the learner's own lines that Python was in."""

    filename: str
    line: int
    function: str


def find_places(trace: TracebackType | None) -> Iterator[Place]:
    """Yield the learner's own lines of a traceback, from the outside in."""
    for frame, line in traceback.walk_tb(trace):
        if frame.f_code.co_filename in labels:
            yield Place(frame.f_code.co_filename, line, frame.f_code.co_name)


def describe_place(place: Place, filename: str) -> Iterator[str]:
    """Yield where a place is and what stands there."""
    where = "this cell" if place.filename == filename else labels[place.filename]
    within = "" if place.function == "<module>" else f", in {place.function}"
    yield f"line {place.line} of {where}{within}"
    if text := linecache.getline(place.filename, place.line).strip():
        yield f"    {cut(text, 200)}"


def describe_places(trace: TracebackType | None, filename: str) -> Iterator[str]:
    """Yield a traceback's places, repeats and long ways left out."""
    groups = [(place, len(list(same))) for place, same in itertools.groupby(find_places(trace))]
    left_out = len(groups) - 2 * MOST_PLACES
    for number, (place, times) in enumerate(groups):
        if left_out > 0 and number == MOST_PLACES:
            yield f"… {left_out} more places are left out"
        if left_out > 0 and MOST_PLACES <= number < MOST_PLACES + left_out:
            continue
        for _ in range(min(times, MOST_REPEATS)):
            yield from describe_place(place, filename)
        if times > MOST_REPEATS:
            yield f"… the same line {times - MOST_REPEATS} more times"


def shorten_error(error: BaseException, filename: str, packages: Sequence[str] = ()) -> str:
    """Return what a learner needs of a traceback: their own lines, then what went wrong.

    Args:
        error: What stopped the cell.
        filename: What the cell's own code was compiled under.
        packages: What there is to import besides the standard library.
    """
    lines = list(describe_places(error.__traceback__, filename))
    if isinstance(error, SyntaxError) and error.filename == filename:
        lines.append(f"line {error.lineno} of this cell")
    # The message itself is Python's own: SyntaxError brings its line and a caret along.
    spoken = traceback.format_exception_only(type(error), error)
    heads = tuple(f'File "{each}"' for each in labels)
    kept = (line.rstrip("\n") for line in spoken if not line.lstrip().startswith(heads))
    lines.append(cut("\n".join(kept), LONGEST_MESSAGE))
    if isinstance(error, ModuleNotFoundError) and packages:
        lines.append(
            f"This page's Python has {', '.join(packages)} and most of the standard library. "
            "Work that needs more can go on in a notebook on your own computer."
        )
    return "\n".join(lines)


def cut(text: str, longest: int) -> str:
    """Return ``text``, its middle left out if it is longer than ``longest``."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - longest // 4]} … {text[-(longest // 4) :]}"

"""What a learner's process can tell the grader, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Marker(Enum):
    """Values that are no data."""

    FUNCTION = "function"
    STUB = "a function whose body is still the stub's"


@dataclass(frozen=True)
class Raised:
    """A call ended with an error; `reason` is its name and text."""

    reason: str


# An array, a text, a tuple of texts, a Refusal, a Marker, `...` or None. The type of `...` has no
# name before Python 3.12's checkers agree on one, so this is `object`.
Value: TypeAlias = object


@dataclass(frozen=True)
class Ready:
    """The process is confined and waits for its cells."""


@dataclass(frozen=True)
class Begin:
    """A cell begins; `place` counts from 0."""

    place: int


@dataclass(frozen=True)
class End:
    """A cell has ended."""

    place: int
    count: int


@dataclass(frozen=True)
class Done:
    """All cells have run."""


@dataclass(frozen=True)
class Output:
    """One output of the current cell: its kind in `wire`, and its texts in order."""

    kind: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """An answer, by its place in the list of declared ones."""

    place: int
    value: Value


@dataclass(frozen=True)
class Result:
    """What a call returned, and after it the raw bytes of arguments that it changed."""

    call: int
    value: Value
    changed: bytes


Message: TypeAlias = Ready | Begin | End | Done | Output | Given | Result

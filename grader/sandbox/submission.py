"""Define what goes into a run and what can come out of it, as plain data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from grader.regular_files import read_regular

__all__ = [
    "AnswerLike",
    "Cell",
    "DeclaredAnswer",
    "Refusal",
    "RemoteError",
    "list_answers",
    "read_files",
]


class AnswerLike(Protocol):
    """Anything with a name and a kind."""

    @property
    def name(self) -> str:
        """The variable that the learner defines."""

    @property
    def kind(self) -> str:
        """One of "matrix", "function", "name", "names" and "text"."""


@dataclass(frozen=True)
class DeclaredAnswer:
    """A declared answer: the only names that leave the sandbox are these."""

    name: str
    kind: str = "matrix"


@dataclass(frozen=True)
class Cell:
    """One code cell. `number` is what messages call it: its place in the learner's notebook."""

    source: str
    number: int


@dataclass(frozen=True)
class Refusal:
    """An answer that exists but cannot leave the sandbox as data; `reason` is one sentence."""

    reason: str


class RemoteError(RuntimeError):
    """A learner's function failed, took too long, or returned something that is not data."""


AnswersLike: TypeAlias = Iterable["AnswerLike | tuple[str, str]"] | Mapping[str, str]


def list_answers(answers: AnswersLike) -> tuple[DeclaredAnswer, ...]:
    """Bring answers in any accepted form into one; a `ValueError` names a repeated one."""
    items = answers.items() if isinstance(answers, Mapping) else answers
    listed = tuple(
        DeclaredAnswer(*item) if isinstance(item, tuple) else DeclaredAnswer(item.name, item.kind)
        for item in items
    )
    names = [answer.name for answer in listed]
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"The answer {name!r} is not the name of a variable.")
        if names.count(name) > 1:
            raise ValueError(f"The answer {name!r} is declared {names.count(name)} times.")
    return listed


def number_cells(cells: Sequence[Cell | str]) -> tuple[Cell, ...]:
    """Give each plain source its place as number, starting at 1."""
    return tuple(
        cell if isinstance(cell, Cell) else Cell(cell, place)
        for place, cell in enumerate(cells, start=1)
    )


def read_files(directory: Path, most: int) -> dict[str, bytes]:
    """Read the regular files below a folder, as relative POSIX path -> content.

    Links, devices, sockets and pipes are left out: a link could point at anybody's file. Files
    are taken in order of their names until `most` bytes are reached; larger ones are left out.
    """
    found: dict[str, bytes] = {}
    left = most
    for folder, folders, names in os.walk(directory, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            content = read_regular(path, left)
            if content is not None and len(content) <= left:
                found[path.relative_to(directory).as_posix()] = content
                left -= len(content)
    return found

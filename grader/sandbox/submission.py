"""Define what goes into a run and what can come out of it, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


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

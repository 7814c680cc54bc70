"""Define what goes into a run and what can come out of it, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


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

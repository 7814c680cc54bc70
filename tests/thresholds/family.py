"""Define a family: answers to one part that differ in one number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Make = Callable[[float], Mapping[str, object]]


@dataclass(frozen=True, eq=False)
class Family:
    """Answers to one part that differ in one number.

    Attributes:
        part: The part's id.
        name: What the number is.
        make: Gives the answers.
        right: A number with which they are right.
        wrong: One with which they are wrong.
        properties: The properties that the family is about; all, if there are none.
        band: How far hidden thresholds may lie from the public one, as a share of it.
    """

    part: str
    name: str
    make: Make
    right: float
    wrong: float
    properties: tuple[str, ...] = ()
    band: float = 0.02

    def __str__(self) -> str:
        return f"{self.part}: {self.name}"

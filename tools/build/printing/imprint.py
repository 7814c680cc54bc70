"""Say what a printed book is: its title, its authors, its version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Imprint:
    """What a book says of itself: its title, in a line what it is about, authors, version."""

    title: str
    subtitle: str
    authors: str
    version: str
    address: str = ""

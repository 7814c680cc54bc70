"""Say what a printed book is: its title, its authors, its version, its licences."""

from __future__ import annotations

import html
from dataclasses import dataclass

LICENCES = "Text and figures: CC BY 4.0. Code: MIT licence."


@dataclass(frozen=True)
class Imprint:
    """What a book says of itself: its title, in a line what it is about, authors, version."""

    title: str
    subtitle: str
    authors: str
    version: str
    address: str = ""

    def write_note(self) -> str:
        """Return the imprint's paragraph as HTML."""
        said = f"Version {html.escape(self.version)}. {LICENCES} "
        if not self.address:
            return said + "It was made from the course’s site, where cells run in the page."
        address = html.escape(self.address)
        return (
            f"{said}The same course, with cells that run in the page, is at "
            f'<a href="{address}">{address}</a>.'
        )

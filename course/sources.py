"""Find the pages that the course is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.paths import Sources


@dataclass(frozen=True)
class Pages(Sources):
    """The folder that holds the pages, ``book/`` and ``solutions/``."""

    @property
    def book(self) -> Path:
        """The folder of chapters."""
        return self.root / "book"

    @property
    def solutions(self) -> Path:
        """The folder of solutions, a page for every chapter that has parts."""
        return self.root / "solutions"

    @property
    def bibliography(self) -> Path:
        """The BibTeX file that citations refer to."""
        return self.book / "references.bib"


def find_pages() -> Pages:
    """Return the pages beside this package, or else those in the current folder.

    Raises:
        CourseError: If there is no ``book`` folder in either.
    """
    for root in (Path(__file__).resolve().parents[1], Path.cwd()):
        if (root / "book").is_dir():
            return Pages(root)
    raise CourseError(
        "There is no book/ folder here, so there is nothing to weave; "
        "run this from the course's root folder."
    )

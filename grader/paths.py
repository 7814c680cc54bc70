"""Where things are: the pages that a course is made of, and the files of one class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError

CLASSROOM = "classroom"
"""The class's folder under the course's root, unless another is named."""


@dataclass(frozen=True)
class Sources:
    """The folder that holds the pages.

    Attributes:
        root: The folder with ``book/`` and ``solutions/`` in it.
    """

    root: Path

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

    @property
    def configuration(self) -> Path:
        """What stock nbgrader commands read."""
        return self.root / "nbgrader_config.py"


@dataclass(frozen=True)
class Classroom:
    """The folder of one class, which nbgrader calls the course directory.

    Attributes:
        root: Holds ``source/``, ``submitted/``, the gradebook and the secret seed.
    """

    root: Path

    @property
    def source(self) -> Path:
        """Where weaving puts the instructor's notebooks."""
        return self.root / "source"

    @property
    def exchange(self) -> Path:
        """Where released and handed-in notebooks change hands."""
        return self.root / "exchange"

    @property
    def seed_file(self) -> Path:
        """The file with the seed of the hidden sequences."""
        return self.root / "secret-seed"

    def notebook(self, assignment: str) -> Path:
        """Return the path of an assignment's source notebook."""
        return self.source / assignment / f"{assignment}.ipynb"


def find_sources() -> Sources:
    """Return the pages beside this package, or else those in the current folder.

    Raises:
        CourseError: If there is no ``book`` folder in either.
    """
    for root in (Path(__file__).resolve().parents[1], Path.cwd()):
        if (root / "book").is_dir():
            return Sources(root)
    raise CourseError(
        "There is no book/ folder here, so there is nothing to weave; "
        "run this from the course's root folder."
    )


def default_classroom() -> Classroom:
    """Return the class's usual folder: ``classroom`` beside the book."""
    return Classroom(find_sources().root / CLASSROOM)


def find_classroom(named: Path | None) -> Classroom:
    """Return a class that is there: the one that was named, or else the usual one.

    Args:
        named: As in ``--course``, or None.

    Raises:
        CourseError: If there is no such folder. None is made.
    """
    classroom = Classroom(named.resolve()) if named else default_classroom()
    if classroom.root.is_dir():
        return classroom
    if named:
        raise CourseError(f"There is no folder {named}; see what --course names.")
    raise CourseError(
        f"There is no {CLASSROOM}/ beside the book yet; run `python -m grader weave` first."
    )

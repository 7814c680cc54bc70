"""Find files: the course's configuration, the folders of one class, and regular files in them.

Links, pipes and devices that stand under a learner's names are not opened for what they are: a link
could point at anybody's file, and a pipe would be waited for. A hard link is a file like any other,
but where the kernel lets people make one to a file that is not theirs (``fs.protected_hardlinks``
is 0), it shows the instructor's files under a learner's name.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError

CLASSROOM = "classroom"
"""The class's folder under the course's root, unless another is named."""

ASIDE = "set-aside"
"""The folder of a class with what was moved out of the way: nothing that was handed in is lost."""


@dataclass(frozen=True)
class Sources:
    """The folder of a course.

    Attributes:
        root: The folder with ``nbgrader_config.py`` in it.
    """

    root: Path

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
    """Return the course whose folder this is, or else the one beside this package.

    Raises:
        CourseError: If there is no ``nbgrader_config.py`` in either.
    """
    for root in (Path.cwd(), Path(__file__).resolve().parents[1]):
        if Sources(root).configuration.is_file():
            return Sources(root)
    raise CourseError(
        "There is no nbgrader_config.py here, so there is no course; "
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


def find_free(place: Path, *, numbered: bool = False, tried: Counter[Path] | None = None) -> Path:
    """Return a path at which nothing is, not even a broken link.

    It is ``grades.csv``, ``grades.1.csv``, ``grades.2.csv`` and so on.

    Args:
        place: The first to try, in a folder that is there.
        numbered: Whether to begin with 1, since the plain name is for something else.
        tried: The numbers that were found to be taken, for who asks often; it is kept up to date.
    """
    numbers = Counter[Path]() if tried is None else tried
    free = place
    while numbered or os.path.lexists(free):
        numbered = False
        numbers[place] += 1
        free = place.with_name(f"{place.stem}.{numbers[place]}{place.suffix}")
    return free


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a place to write to, beside a file, and put what is written there in the file's place.

    Until then, and if writing fails, the file is as it was.

    Args:
        path: The file; its folder is there.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def open_regular(path: Path | str, folder: int | None = None) -> int | None:
    """Return a handle on a file, open for reading, or None if it is no regular file.

    Args:
        path: The file.
        folder: An open folder in which it is, if the path is not to be followed from the root.
    """
    try:
        handle = os.open(path, _FLAGS, dir_fd=folder)
    except (OSError, ValueError):
        return None
    # The checks on the open file leave no moment at which it could be swapped.
    about = os.fstat(handle)
    place = Path(path).parent.stat() if folder is None else os.fstat(folder)
    if stat.S_ISREG(about.st_mode) and not is_of_another(about, place):
        return handle
    os.close(handle)
    return None


def is_of_another(file: os.stat_result, folder: os.stat_result) -> bool:
    """Return whether a file also stands elsewhere, and belongs to another than its folder does.

    Args:
        file: What the system says of the file.
        folder: The same of the folder in which it was found.
    """
    return file.st_nlink > 1 and file.st_uid != folder.st_uid


def read_regular(path: Path, most: int) -> bytes | None:
    """Return a file's bytes, or None if it is no regular file; of a large one, ``most + 1``.

    Args:
        path: The file.
        most: How many bytes are wanted.
    """
    handle = open_regular(path)
    if handle is None:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(most + 1)


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

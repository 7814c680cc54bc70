"""Find the folders that were handed in, and move aside what nbgrader must not touch."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.dates import HOW, UnclearDateError, read_date
from grader.errors import CourseError
from grader.intake.decode import Bounds
from grader.nbgrader_types import CourseDirectory
from grader.paths import ASIDE, find_free, read_regular

TIMESTAMP = "timestamp.txt"
NOTEBOOK = ".ipynb"
NO_DATE = (
    f"The date of the submission, {TIMESTAMP}, could not be read, so it counts as in time; {HOW}."
)
_LONGEST_DATE = 200
_DEEPEST = 16
_FIRST_YEAR = 2011  # of notebooks


@dataclass(frozen=True)
class Hazard:
    """One thing that nbgrader should not meet.

    Attributes:
        path: Where it is.
        sentence: Why, for the learner to read.
    """

    path: Path
    sentence: str


def find_hazards(folder: Path, bounds: Bounds, names: Collection[str] = ()) -> list[Hazard]:
    """Return what beside the notebook cannot be copied safely, or is too much to be read.

    Args:
        folder: ``submitted/<student>/<assignment>``, a real folder.
        bounds: Limits of count and size.
        names: Of the assignment's notebooks, without ``.ipynb``: they are read, whatever there is.
    """
    left = bounds.folder_bytes
    hazards = list(_find_extra_notebooks(folder, bounds, names))
    for number, (entry, depth) in enumerate(_walk(folder, 0)):
        path = Path(entry.path)
        sentence = _judge(entry, depth, bounds)
        about = entry.stat(follow_symlinks=False)
        if sentence is None and stat.S_ISREG(about.st_mode):
            left -= about.st_size
            if left < 0 or number >= bounds.files:
                sentence = f"{show_name(entry.name)} was left out: there are too many files."
        if sentence is None and path == folder / TIMESTAMP and not _holds_date(path):
            sentence = NO_DATE
        if sentence is not None:
            hazards.append(Hazard(path, sentence))
    return hazards


def _find_extra_notebooks(folder: Path, bounds: Bounds, names: Collection[str]) -> Iterator[Hazard]:
    left = bounds.folder_bytes
    others = (
        entry
        for entry in list_entries(folder)
        if is_notebook(entry) and entry.name.removesuffix(NOTEBOOK) not in names
    )
    for number, entry in enumerate(others):
        left -= entry.stat(follow_symlinks=False).st_size
        if number >= bounds.notebooks or left < 0:
            name = show_name(entry.name)
            yield Hazard(Path(entry.path), f"{name} was left out: there are too many notebooks.")


def set_aside(hazards: list[Hazard], folder: Path, aside: Path) -> list[Hazard]:
    """Move hazards out of a submission's folder, and return those that would not move.

    Args:
        hazards: From :func:`find_hazards`.
        folder: The submission's folder.
        aside: Where to move them. It is on the same disk, so that moving is all or nothing.
    """
    stuck = []
    tried = Counter[Path]()  # names that were found to be taken need not be tried again
    for hazard in hazards:
        try:
            aside.mkdir(parents=True, exist_ok=True)
            name = show_name(os.fspath(hazard.path.relative_to(folder)).replace("/", "__"))[:150]
            os.rename(hazard.path, find_free(aside / name, tried=tried))  # noqa: PTH104  (renames links as links)
        except OSError:
            stuck.append(hazard)
    return stuck


def keep_earlier(root: Path, student: str, work: Path) -> None:
    """Move earlier work, in whose place a learner's other work comes, to ``set-aside/``.

    Args:
        root: The class's folder.
        student: The learner's id.
        work: The folder of the submission. Its own name in ``set-aside/`` is that of the folder
            for parts of a submission, so it gets a number.
    """
    aside = root / ASIDE / student
    aside.mkdir(parents=True, exist_ok=True)
    work.rename(find_free(aside / work.name, numbered=True))


def list_entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder, by name; nothing of one that cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def is_notebook(entry: os.DirEntry[str]) -> bool:
    """Return whether something is called like a notebook, and is no folder."""
    return entry.name.endswith(NOTEBOOK) and not entry.is_dir(follow_symlinks=False)


def _walk(folder: Path, depth: int) -> Iterator[tuple[os.DirEntry[str], int]]:
    for entry in list_entries(folder):
        if is_notebook(entry) and depth == 0:
            continue  # not copied by nbgrader; `intake.read` deals with it
        yield entry, depth
        if entry.is_dir(follow_symlinks=False) and depth < _DEEPEST:
            yield from _walk(Path(entry.path), depth + 1)


def _judge(entry: os.DirEntry[str], depth: int, bounds: Bounds) -> str | None:
    name = show_name(entry.name)
    mode = entry.stat(follow_symlinks=False).st_mode
    if name != entry.name:
        return f"A file was left out because of its name: {name}."
    if stat.S_ISLNK(mode):
        return f"{name} is a link and was left out; hand in the file itself."
    if stat.S_ISDIR(mode):
        odd = depth >= _DEEPEST or name.endswith(".ipynb")
        return f"The folder {name} was left out." if odd else None
    if not stat.S_ISREG(mode):
        return f"{name} is neither a file nor a folder and was left out."
    if entry.stat(follow_symlinks=False).st_size > bounds.file_bytes:
        return f"{name} is larger than {bounds.file_bytes // 1_000_000} MB and was left out."
    return None


def _holds_date(path: Path) -> bool:
    data = read_regular(path, _LONGEST_DATE)
    return data is not None and is_date(data.decode("utf-8", "replace"), empty=True)


def is_date(text: str, *, empty: bool = False) -> bool:
    """Say whether a date can be read in one way only, and can be that of a submission.

    Args:
        text: As in ``timestamp.txt``, or in the name of a submission.
        empty: Whether no date counts as one.
    """
    text = text.strip()
    if not text:
        return empty
    try:
        return read_date(text).year >= _FIRST_YEAR
    except UnclearDateError:
        return False


def show_name(name: str) -> str:
    """Return a name that any terminal, page and database can hold."""
    plain = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)


_MOST_NOTES = 20  # more of them nobody reads


@dataclass(frozen=True)
class Submission:
    """What one learner handed in for one assignment.

    Attributes:
        student: The learner's id.
        folder: ``submitted/<student>/<assignment>``; a real folder.
        notes: What had to be moved away, in sentences.
        safe: Whether nbgrader may read the folder.
    """

    student: str
    folder: Path
    notes: tuple[str, ...] = ()
    safe: bool = True


def find_notebooks(coursedir: CourseDirectory) -> list[str]:
    """Return the names of an assignment's notebooks: those that were released.

    Raises:
        CourseError: If none was.
    """
    for step in (coursedir.release_directory, coursedir.source_directory):
        folder = Path(coursedir.format_path(step, ".", coursedir.assignment_id))
        names = sorted(path.stem for path in folder.glob("*.ipynb"))
        if names:
            return names
    raise CourseError(
        f"{coursedir.assignment_id} has not been released, so nothing of it can be graded; run "
        f"`nbgrader generate_assignment {coursedir.assignment_id}` first."
    )


def find_submissions(coursedir: CourseDirectory) -> Iterator[tuple[str, Path]]:
    """Yield learners and folders, as nbgrader finds them, but whatever they are called.

    An id may begin with ".".

    Args:
        coursedir: nbgrader's, with the assignment and the pattern of learners set.
    """
    step, assignment = coursedir.submitted_directory, coursedir.assignment_id
    pattern = re.compile(
        coursedir.format_path(step, "(?P<student>.*)", re.escape(assignment), escape=True),
        re.DOTALL,
    )
    excluded = coursedir.student_id_exclude.split(",")
    wanted = coursedir.format_path(step, coursedir.student_id, assignment)
    for path in sorted(glob.glob(wanted, include_hidden=True)):  # noqa: PTH207  (a pattern as nbgrader's)
        found = pattern.fullmatch(path)
        if found is not None and found["student"] not in excluded:
            yield found["student"], Path(path)


def secure(
    student: str, folder: Path, aside: Path, bounds: Bounds, names: Collection[str] = ()
) -> Submission:
    """Make a submission's folder safe for nbgrader to read; lose nothing.

    Args:
        student: The learner's id.
        folder: ``submitted/<student>/<assignment>``, or something else of that name.
        aside: Where to move what nbgrader should not meet.
        bounds: Limits of count and size.
        names: Of the assignment's notebooks, without ``.ipynb``.
    """
    if show_name(student) != student or os.sep in student:
        note = "The learner's name has characters that no gradebook should hold."
        return Submission(student, folder, (note,), safe=False)
    notes = []
    for place in (folder.parent, folder):
        if place.is_dir() and not place.is_symlink():
            continue
        if os.path.lexists(place):
            kind = "link" if place.is_symlink() else "file"
            hazard = Hazard(place, f"A {kind} was handed in where a folder should be.")
            notes.append(hazard.sentence)
            if set_aside([hazard], place.parent, aside):
                return Submission(student, folder, tuple(notes), safe=False)
        place.mkdir()
    hazards = find_hazards(folder, bounds, names)
    notes += [hazard.sentence for hazard in hazards[:_MOST_NOTES]]
    if len(hazards) > _MOST_NOTES:
        notes.append(f"{len(hazards) - _MOST_NOTES} more files or folders were left out.")
    if not os.path.lexists(folder / TIMESTAMP) and os.path.lexists(aside / TIMESTAMP):
        notes.append(NO_DATE)  # set aside in an earlier run, and still so
    stuck = set_aside(hazards, folder, aside)
    return Submission(student, folder, tuple(notes), safe=not stuck)


def secure_all(
    found: Iterable[tuple[str, Path]],
    coursedir: CourseDirectory,
    bounds: Bounds,
) -> Iterator[Submission]:
    """Secure what was handed in, each when its turn comes.

    Args:
        found: Learners and folders.
        coursedir: nbgrader's.
        bounds: Limits.

    Raises:
        CourseError: If the assignment was never released.
    """
    names = find_notebooks(coursedir)
    for student, folder in found:
        aside = Path(coursedir.root) / ASIDE / show_name(student) / coursedir.assignment_id
        yield secure(student, folder, aside, bounds, names)

"""Pack feedback as a platform takes it, named after what was downloaded; or one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.intake.origins import Origin, read_origins
from grader.lms.archive import write_archive

FOLDER = "returned"
"""Under the class's folder."""


@dataclass(frozen=True)
class Packed:
    """What was packed.

    Attributes:
        archives: Files with how many pages are in each.
        alone: Learners with feedback who are in none of them.
    """

    archives: Mapping[Path, int]
    alone: tuple[str, ...] = ()


def list_pages(root: Path, assignment: str) -> dict[str, list[Path]]:
    """Return pages of feedback by the learner's id.

    Raises:
        CourseError: If there is none.
    """
    pages: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((root / "feedback").glob(f"*/{assignment}/*.html")):
        pages[path.parents[1].name].append(path)
    if not pages:
        raise CourseError(
            f"There is no feedback on {assignment} yet; run `python -m grader feedback "
            f"{assignment}` first."
        )
    return dict(pages)


def pack_for_platforms(root: Path, assignment: str) -> Packed:
    """Write an archive for each platform that takes feedback, with what came from there.

    Args:
        root: The class's folder.
        assignment: Its name.

    Raises:
        CourseError: If there is no feedback.
    """
    pages = list_pages(root, assignment)
    origins: dict[str, list[Origin]] = defaultdict(list)
    for origin in read_origins(root, assignment):
        if origin.reply:
            origins[origin.student].append(origin)
    platforms = sorted({own[0].platform for own in origins.values()})
    archives = {}
    for platform in platforms:
        path = _find_place(root) / f"{assignment}-{platform.lower()}.zip"
        own = {s: o for s, o in origins.items() if o[0].platform == platform and s in pages}
        archives[path] = write_archive(path, _name_pages(own, pages))
    return Packed(archives, tuple(student for student in pages if student not in origins))


def pack_each(root: Path, assignment: str, students: Iterable[str] = ()) -> Packed:
    """Write an archive for each learner, to be mailed or handed over.

    Args:
        root: The class's folder.
        assignment: Its name.
        students: Ids; empty for all that have feedback.

    Raises:
        CourseError: If there is no feedback.
    """
    pages = list_pages(root, assignment)
    wanted = [student for student in pages if student in set(students or pages)]
    folder = _find_place(root) / assignment
    folder.mkdir(exist_ok=True)
    archives = {}
    for student in wanted:
        path = folder / f"{student}.zip"
        archives[path] = write_archive(
            path, ((page.name, page.read_bytes()) for page in pages[student])
        )
    return Packed(archives, tuple(s for s in students if s not in pages))


def _name_pages(
    origins: Mapping[str, Sequence[Origin]], pages: Mapping[str, Sequence[Path]]
) -> Iterator[tuple[str, bytes]]:
    for student in sorted(origins):
        for page in pages[student]:
            yield _find_reply(origins[student], page.stem) + page.name, page.read_bytes()


def _find_reply(origins: Sequence[Origin], notebook: str) -> str:
    """Return how feedback on a notebook begins: as its own file, or as any notebook, or as any."""
    for fits in (f"{notebook}.ipynb", ".ipynb", ""):
        for origin in origins:
            if origin.file.endswith(fits):
                return origin.reply
    return origins[0].reply


def _find_place(root: Path) -> Path:
    place = root / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    return place

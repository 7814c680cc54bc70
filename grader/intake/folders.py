"""Which folders were handed in for an assignment, and under whose name."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.intake.bounds import Bounds
from grader.intake.folder import (
    NO_DATE,
    TIMESTAMP,
    Hazard,
    find_hazards,
    set_aside,
    show_name,
)

ASIDE = "set-aside"
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


def find_notebooks(coursedir: Any) -> list[str]:  # noqa: ANN401  (nbgrader ships no types)
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


def find_submissions(coursedir: Any, step: str | None = None) -> Iterator[tuple[str, Path]]:  # noqa: ANN401
    """Yield learners and folders, as nbgrader finds them, but whatever they are called.

    An id may begin with ".".

    Args:
        coursedir: nbgrader's, with the assignment and the pattern of learners set.
        step: The folder of the class in which to look; by default that of what was handed in.
    """
    step, assignment = step or coursedir.submitted_directory, coursedir.assignment_id
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
    coursedir: Any,  # noqa: ANN401
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

"""Take what was handed in under another name, drop learners who left, and bring them back.

Nothing is deleted: the work of a learner who left lies in ``dropped/``, with their grades.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from pathlib import Path

from grader.errors import CourseError
from grader.intake.folders import keep_earlier, show_name
from grader.nbgrader_types import Gradebook
from grader.paths import ASIDE, find_free
from grader.roster.class_list import DROPPED, ClassList, Person, enter_people, read_class_list

STEPS = ("submitted", "autograded", "feedback")
_PERSON = "student.json"


def map_student(
    root: Path, known: ClassList, name: str, student: str, *, replace: bool = False
) -> list[str]:
    """Move what was handed in under a name to the learner who it is.

    Args:
        root: The class's folder.
        known: Who is in the class.
        name: As the folder in ``submitted/`` is called.
        student: The learner's id.
        replace: Whether to take it where the learner has handed in something already; that is
            kept in ``set-aside/``.

    Returns:
        The assignments that were moved.

    Raises:
        CourseError: If there is no such learner or no such folder, if the name is a learner's
            own, or if something is there already. Then nothing is moved.
    """
    _demand_listed(known, student)
    if name in known.people:
        raise CourseError(f"{name} is on the class list, so what is there is that learner's own.")
    source = _find(root, "submitted", name)
    if not source.is_dir() or source.is_symlink():
        raise CourseError(f"There is no folder submitted/{show_name(name)}, so nothing was moved.")
    target = _find(root, "submitted", student)
    moving = sorted(path.name for path in source.iterdir())
    taken = [one for one in moving if os.path.lexists(target / one)]
    if taken and not replace:
        raise CourseError(
            f"{student} has handed in {', '.join(taken)} already, so nothing was moved; look at "
            f"both folders in submitted/, then --replace takes that of {show_name(name)} and keeps "
            "the other in set-aside/."
        )
    for one in taken:
        keep_earlier(root, student, target / one)
    target.mkdir(parents=True, exist_ok=True)
    for one in moving:
        (source / one).rename(target / one)
    source.rmdir()
    return moving


def drop_student(
    gradebook: Gradebook,
    root: Path,
    student: str,
    write_grades: Callable[[Path], None],
) -> Path:
    """Remove a learner from the class; what they handed in and their grades are kept.

    Args:
        gradebook: nbgrader's, open.
        root: The class's folder.
        student: The learner's id.
        write_grades: Writes their grades to a file.

    Returns:
        Where it is kept.

    Raises:
        CourseError: If there is no such learner.
    """
    known = read_class_list(gradebook, root)
    _demand_listed(known, student)
    place = root / DROPPED / _check(student)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_grades(find_free(place / "grades.csv"))
    person = json.dumps(asdict(known.people[student]), indent=1)
    (place / _PERSON).write_text(person + "\n", encoding="utf-8")
    gradebook.remove_student(student)
    for step in STEPS:
        source = root / step / student
        if source.is_dir():
            source.rename(find_free(place / step))
    return place


def restore_student(gradebook: Gradebook, root: Path, student: str) -> list[str]:
    """Bring a learner back who was dropped, and what they handed in.

    Args:
        gradebook: nbgrader's, open.
        root: The class's folder.
        student: The learner's id.

    Returns:
        The assignments that are there again. They have to be graded again.

    Raises:
        CourseError: If nobody of that name was dropped, or somebody has that id now.
    """
    place = root / DROPPED / _check(student)
    if not place.is_dir():
        raise CourseError(f"Nobody called {student} was dropped, so there is nobody to bring back.")
    if (root / "submitted" / student).exists():
        raise CourseError(
            f"There is a folder submitted/{student} again; move it away, so that what was kept "
            "can take its place."
        )
    try:
        person = Person(**json.loads((place / _PERSON).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        person = Person(student)
    enter_people(gradebook, [replace(person, id=student)])
    for step in STEPS:
        kept = place / step
        if kept.is_dir() and not (root / step / student).exists():
            (root / step).mkdir(exist_ok=True)
            kept.rename(root / step / student)
    aside = root / ASIDE
    aside.mkdir(exist_ok=True)
    place.rename(find_free(aside / f"{student}-restored"))
    submitted = root / "submitted" / student
    return sorted(path.name for path in submitted.iterdir()) if submitted.is_dir() else []


def keep_away(gradebook: Gradebook, root: Path, since: float, alive: Collection[str]) -> list[str]:
    """Remove learners who were dropped after a copy of the gradebook was made, from that copy.

    Args:
        gradebook: nbgrader's, open: the copy.
        root: The class's folder.
        since: When it was made, in seconds since 1970.
        alive: Learners who have grades all the same: somebody entered them again.

    Returns:
        Whom.
    """
    gone = []
    for person in sorted((root / DROPPED).glob(f"*/{_PERSON}")):
        student = person.parent.name
        later = person.stat().st_mtime > since
        if later and student not in alive and student in read_class_list(gradebook, root).people:
            gradebook.remove_student(student)
            gone.append(student)
    return gone


def _find(root: Path, step: str, name: str) -> Path:
    return root / step / _check(name)


def _check(name: str) -> str:
    if name in ("", ".", "..") or os.sep in name:
        raise CourseError(f"{name!r} cannot be the name of a learner's folder.")
    return name


def _demand_listed(known: ClassList, student: str) -> None:
    if student not in known.people:
        near = known.find_nearest(student)
        asked = f"; did you mean {' or '.join(map(str, near))}" if near else ""
        raise CourseError(f"{student} is not on the class list{asked}.")

"""Find notebooks that were handed in where nobody looks for them.

nbgrader reads ``submitted/<learner>/<assignment>/`` and passes over everything else without a
word. Nothing is moved here: whose a notebook is, and for what, is for a person to say.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.intake.folders import NOTEBOOK, is_notebook, list_entries, show_name

_UNPACKED = "__MACOSX"  # archives bring it along


@dataclass(frozen=True)
class Misplaced:
    """Something that was not read because of where it lies, or whose folder it lies in.

    Attributes:
        student: Whose folder it lies in, or "" where nobody can tell.
        sentence: What it is, and where it belongs.
    """

    student: str
    sentence: str


def find_misplaced(
    submitted: Path, assignment: str, assignments: Collection[str]
) -> Iterator[Misplaced]:
    """Yield what was probably handed in for an assignment and is not read.

    Args:
        submitted: The folder with a folder for each learner.
        assignment: Its name.
        assignments: All names of the course's assignments.
    """
    for entry in _list(submitted):
        if not entry.is_dir(follow_symlinks=False):
            if is_notebook(entry) and _concerns(entry, assignment, assignments):
                yield _send("", entry.name, "<learner>", assignment)
            continue
        turned = _match(entry.name, assignments)  # exercise-1/ada instead of ada/exercise-1
        for child in _list(Path(entry.path)):
            if child.name in assignments:
                continue
            if turned is None:
                if _is_read_as_one(child) and _concerns(child, assignment, assignments):
                    yield _send(entry.name, f"{entry.name}/{child.name}", entry.name, assignment)
            elif turned == assignment and _is_read_as_one(child):
                folder = child.is_dir(follow_symlinks=False)
                student = child.name if folder else "<learner>"
                whose = child.name if folder else ""
                yield _send(whose, f"{entry.name}/{child.name}", student, assignment)


def _send(whose: str, place: str, student: str, assignment: str) -> Misplaced:
    sentence = (
        f"submitted/{show_name(place)} was not read; what belongs to {assignment} has to lie in "
        f"submitted/{show_name(student)}/{assignment}/."
    )
    return Misplaced(show_name(whose), sentence)


def _list(folder: Path) -> list[os.DirEntry[str]]:
    found = list_entries(folder)
    return [e for e in found if not e.name.startswith(".") and e.name != _UNPACKED]


def _is_read_as_one(entry: os.DirEntry[str]) -> bool:
    """Say whether it is a notebook, or a folder with one in it."""
    if entry.is_dir(follow_symlinks=False):
        return any(map(is_notebook, _list(Path(entry.path))))
    return is_notebook(entry)


def _concerns(entry: os.DirEntry[str], assignment: str, assignments: Collection[str]) -> bool:
    """Say whether it may be meant for this assignment: its name says no other one."""
    return _match(entry.name.removesuffix(NOTEBOOK), assignments) in (None, assignment)


def _match(name: str, assignments: Collection[str]) -> str | None:
    """Return the assignment that a name means, however it is spelt."""
    return next((known for known in assignments if _spell(known) == _spell(name)), None)


def _spell(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())

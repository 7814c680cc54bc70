"""Read the class list, and refuse hand-ins of whom it lacks, naming those in it who are near.

The class list is the learners whom somebody entered into the gradebook. Where nobody has entered
anybody, there is no list, and grading enters each learner who hands something in, as nbgrader
does. Whom it entered is written down, so that its own entries do not pass for a list.
"""

from __future__ import annotations

import contextlib
import json
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from grader.config import FOLDER
from grader.intake.folders import show_name
from grader.nbgrader_types import Gradebook

DROPPED = "dropped"
"""Under the class's folder: the work of learners who left it."""

_RECORD = "entered-by-grading"
_NEAREST = 3
_LIKE = 80.0  # of 100: as near as "garcia" and "garcla"
_BEGINNING = 5  # letters: with as many, "garciaana" is taken for the beginning of "garciaanamaria"


@dataclass(frozen=True)
class Person:
    """A learner, as the gradebook names them.

    Attributes:
        id: The learner's id.
        first_name: May be "".
        last_name: May be "".
        email: May be "".
        lms_id: Their id on a learning platform; may be "".
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""

    @property
    def name(self) -> str:
        """The first name and the last; may be ""."""
        return f"{self.first_name} {self.last_name}".strip()

    def __str__(self) -> str:
        """Write the id, and the name behind it if there is one."""
        return f"{self.id} ({self.name})" if self.name else self.id


@dataclass(frozen=True)
class ClassList:
    """Who is in a class.

    Attributes:
        people: Everybody in the gradebook, by id.
        is_kept: Whether somebody keeps a list. If so, nobody else is entered.
        removed: Whom grading had entered and somebody removed, and who left the class.
    """

    people: Mapping[str, Person]
    is_kept: bool
    removed: frozenset[str] = frozenset()
    _keys: dict[str, set[str]] = field(default_factory=dict, repr=False)

    def admits(self, student: str) -> bool:
        """Return whether something of this learner's may be entered."""
        return student in self.people or (not self.is_kept and student not in self.removed)

    def find_nearest(self, name: str) -> list[Person]:
        """Return whom a name may mean, the nearest first; at most three.

        A name that differs in case, spaces, accents or punctuation alone means one person, be it
        the id, the full name in either order, or the e-mail address.
        """
        if not self._keys:
            self._keys.update(_index(self.people.values()))
        wanted = squeeze(name)
        if wanted in self._keys:
            return [self.people[student] for student in sorted(self._keys[wanted])][:_NEAREST]
        from rapidfuzz import fuzz, process

        found: dict[str, None] = {}
        near = process.extract(
            wanted, self._keys.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=2 * _NEAREST
        )
        for key in (*(key for key, *_ in near), *self._find_longer_or_shorter(wanted)):
            found.update(dict.fromkeys(sorted(self._keys[key])))
        return [self.people[student] for student in found][:_NEAREST]

    def _find_longer_or_shorter(self, wanted: str) -> Iterator[str]:
        """Yield keys with which a name begins, or that begin with it: one has a second name."""
        for key in sorted(self._keys):
            short, long = sorted((key, wanted), key=len)
            if len(short) >= _BEGINNING and long.startswith(short):
                yield key

    def explain(self, student: str, assignment: str) -> str:
        """Return why nothing of a stranger's is entered, and what to do, in sentences."""
        shown = show_name(student)
        why = "left the class" if student in self.removed else "is not on the class list"
        near = self.find_nearest(student)
        words = f"{shown} {why}, so nothing was entered"
        add = f"`nbgrader db student add {quote(shown)}`"
        if not near or student in self.removed:
            return f"{words}; submitted/{shown}/{assignment}/ waits until {add} enters the learner."
        people = " or ".join(map(str, near))
        take = f"`python -m grader student map {quote(shown)} {quote(near[0].id)}`"
        return f"{words}; if it is {people}, {take} (or the right id) takes it; or else {add}."


def squeeze(name: str) -> str:
    """Return a name as its letters and digits alone, without accents and in small letters.

    Example:
        >>> squeeze("García, Ana")
        'garciaana'
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


def read_class_list(gradebook: Gradebook, root: Path) -> ClassList:
    """Return who is in a class.

    Args:
        gradebook: nbgrader's, open.
        root: The class's folder.
    """
    from nbgrader.api import Student
    from sqlalchemy import select

    columns = (Student.id, Student.first_name, Student.last_name, Student.email)
    with gradebook.engine.connect() as connection:  # the writer's session keeps what it knows
        rows = connection.execute(select(*columns, Student.lms_user_id))
        people = {row[0]: Person(*(value or "" for value in row)) for row in rows}
    entered = _read_entered(root)
    if entered.isdisjoint(people):  # the gradebook that they were entered into is gone
        entered = set()
    kept = any(p.id not in entered or p.name or p.email or p.lms_id for p in people.values())
    removed = frozenset({*entered, *_list_dropped(root)} - set(people))
    return ClassList(people, kept, removed)


def admit(
    gradebook: Gradebook,
    root: Path,
    found: Iterable[tuple[str, Path]],
    assignment: str,
    *,
    only_look: bool = False,
) -> tuple[list[tuple[str, Path]], list[tuple[str, str]]]:
    """Return the hand-ins of learners of the class, and of the others the names and why.

    Args:
        gradebook: nbgrader's, open. Where nobody keeps a list, learners are entered here.
        root: The class's folder.
        found: Names and folders.
        assignment: Its name.
        only_look: Whether to enter nobody.
    """
    known = read_class_list(gradebook, root)
    ours: list[tuple[str, Path]] = []
    strangers: list[tuple[str, str]] = []
    for student, folder in found:
        if known.admits(show_name(student)):
            ours.append((student, folder))
        else:
            strangers.append((show_name(student), known.explain(student, assignment)))
    if not only_look:
        _enter(gradebook, known, root, (student for student, _ in ours))
    return ours, strangers


def enter_people(gradebook: Gradebook, people: Iterable[Person]) -> None:
    """Enter learners, or what is new about them."""
    for one in people:
        gradebook.update_or_create_student(
            one.id,
            first_name=one.first_name or None,
            last_name=one.last_name or None,
            email=one.email or None,
            lms_user_id=one.lms_id or None,
        )


def _enter(gradebook: Gradebook, known: ClassList, root: Path, students: Iterable[str]) -> None:
    """Enter learners who handed in where nobody keeps a list, and write down who they are."""
    from nbgrader.api import Student

    new = [name for name in dict.fromkeys(map(show_name, students)) if name not in known.people]
    if not new:
        return
    gradebook.db.add_all(Student(id=name) for name in new)
    gradebook.db.commit()
    path = root / FOLDER / _RECORD
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.writelines(json.dumps(name) + "\n" for name in new)
        file.flush()
        os.fsync(file.fileno())


def _read_entered(root: Path) -> set[str]:
    entered = set()
    with contextlib.suppress(OSError):
        for line in (root / FOLDER / _RECORD).read_text(encoding="ascii").splitlines():
            with contextlib.suppress(ValueError):  # cut off when a run was killed
                entered.add(str(json.loads(line)))
    return entered


def _list_dropped(root: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):
        yield from (path.name for path in (root / DROPPED).iterdir() if path.is_dir())


def _index(people: Iterable[Person]) -> dict[str, set[str]]:
    """Return ids by all that may stand for them, squeezed."""
    keys = defaultdict(set)
    for person in people:
        first, last, local = person.first_name, person.last_name, person.email.split("@")[0]
        names = (first + last, last + first) if first and last else ()
        for name in (person.id, person.email, local, person.lms_id, *names):
            if key := squeeze(name):
                keys[key].add(person.id)
    return dict(keys)

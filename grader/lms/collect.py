"""Put the hand-ins of a platform's archive where nbgrader reads them."""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from grader.dates import UnclearDateError, read_date
from grader.errors import MOST, CourseError, say_count
from grader.intake.decode import Bounds
from grader.intake.folders import NOTEBOOK, TIMESTAMP, keep_earlier, show_name
from grader.intake.origins import Origin, write_origins
from grader.intake.record import digest_folder
from grader.lms.accounts import Account, Partners, find_partners
from grader.lms.archive import Archive, find_name_fault
from grader.lms.platforms.platform import Item, Platform
from grader.roster.class_list import ClassList, Person
from grader.sheet import Spreadsheet

_VERSION = re.compile(r"(?P<stem>.+)-\d+")  # which Canvas appends to a file handed in again


@dataclass
class Collected:
    """What was collected.

    Attributes:
        platform: Whose archive it was.
        new: Learners whose work is there for the first time.
        replaced: Learners whose earlier work was moved to ``set-aside/``.
        same: Learners whose work was there already.
        older: Learners who have handed in something since.
        late: Learners whom the platform marked as late without saying when they handed in.
        timed: How many hand-ins have a time.
        notes: What was left out, in sentences.
        partners: Who is who.
    """

    platform: str
    partners: Partners
    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    timed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def needs_person(self) -> bool:
        """Whether somebody has no partner, or a file was left out."""
        return bool(self.partners.accounts or self.partners.doubled or self.notes)

    def lines(self, known: ClassList) -> Iterable[str]:
        """Yield what was done, and what is left to do."""
        counts = (
            (len(self.new), "new"),
            (len(self.replaced), "in the place of earlier ones (kept in set-aside/)"),
            (len(self.same), "there already"),
            (len(self.older), "older than what is there, so left out"),
        )
        said = ", ".join(f"{count} {words}" for count, words in counts if count) or "none"
        total = len(self.new) + len(self.replaced) + len(self.same) + len(self.older)
        yield f"{self.platform}: {say_count(total, 'hand-in')}: {said}; {self.timed} with a time."
        if self.late:
            yield f"Marked LATE, without a time: {', '.join(sorted(self.late))}."
        yield from self.notes[:MOST]
        if len(self.notes) > MOST:
            left_out = say_count(len(self.notes) - MOST, "more file")
            yield f"Left out as well: {left_out}."
        yield from self.partners.lines(known, self.platform)


@dataclass(frozen=True)
class Place:
    """Where hand-ins of an assignment go.

    Attributes:
        root: The class's folder.
        assignment: Its name.
        notebooks: Names of its notebooks, without ``.ipynb``.
        bounds: How much is taken.
    """

    root: Path
    assignment: str
    notebooks: Collection[str]
    bounds: Bounds


def recognise(
    platforms: Iterable[Platform], archive: Archive, zone: tzinfo, name: str
) -> tuple[Platform, list[Item]]:
    """Return the platform that an archive comes from, and what is in it.

    Raises:
        CourseError: If it is none's.
    """
    found = [(p, p.find_items(archive.entries, archive.read, zone)) for p in platforms]
    platform, items = max(found, key=lambda pair: len({item.entry for item in pair[1]}))
    if not items:
        known = ", ".join(p.name for p, _ in found)
        raise CourseError(
            f"{name} has no file named as {known} name hand-ins, so nothing was collected; give "
            "the archive as the platform made it."
        )
    return platform, items


def collect_items(
    platform: Platform,
    items: Iterable[Item],
    archive: Archive,
    place: Place,
    known: ClassList,
    sheet: Spreadsheet | None,
    zone: tzinfo,
) -> Collected:
    """Put what was handed in into ``submitted/``, each under its learner.

    Args:
        platform: Whose archive it is.
        items: What is in it.
        archive: The archive, open.
        place: Where it goes.
        known: Who is in the class.
        sheet: The table that the platform exported; None matches by what the archive says.
        zone: Of times that name none.

    Raises:
        CourseError: If the class has no learners, or it is no table of the platform's.
    """
    if not known.people:
        raise CourseError(
            "There is nobody in the class yet, so nobody's work can be recognised; enter the "
            "learners first, as by `nbgrader db student import students.csv`."
        )
    whose: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        whose[item.key].append(item)
    listed = {a.key: a for a in platform.read_accounts(sheet, zone)} if sheet else {}
    accounts = {
        key: listed.get(key) or Account(key, own[0].ids, own[0].names, when=own[0].when)
        for key, own in whose.items()
    }
    # All rows of the table take part: a name is sure only if no other row has it.
    everybody = {**listed, **accounts}
    partners = _keep(find_partners(everybody.values(), list(known.people.values())), whose)
    done = Collected(platform.name, partners)
    done.notes += archive.refused
    origins: dict[str, list[Origin]] = {}
    for key, person in partners.people.items():
        when = whose[key][0].when or accounts[key].when
        taken = _Delivery(place, person, when, done).bring(whose[key], archive, platform.name)
        if taken is not None:
            origins[person.id] = taken
    write_origins(place.root, place.assignment, origins)
    return done


class _Delivery:
    """Brings the files of one learner."""

    def __init__(
        self, place: Place, person: Person, when: datetime | None, done: Collected
    ) -> None:
        self._place, self._student = place, person.id
        self._when, self._done = when, done
        self._target = place.root / "submitted" / person.id / place.assignment

    def bring(self, items: list[Item], archive: Archive, platform: str) -> list[Origin] | None:
        """Write the files and return where they came from; None if nothing was taken."""
        self._target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=".collect-", dir=self._place.root / "submitted"
        ) as fresh:
            folder = Path(fresh) / "work"
            folder.mkdir()
            origins = self._unpack(items, archive, folder, platform)
            if not origins or not self._settle(folder):
                return None
        if any(item.late for item in items) and self._when is None:
            self._done.late.append(self._student)
        return origins

    def _unpack(
        self, items: list[Item], archive: Archive, folder: Path, platform: str
    ) -> list[Origin]:
        origins: list[Origin] = []
        left = self._place.bounds.folder_bytes
        for item in items:
            name = self._rename(item.file)
            target = folder / name
            try:
                data = self._check(item, name, target, archive, len(origins), left)
            except CourseError as error:
                self._done.notes.append(f"{self._student}: {error}")
                continue
            left -= 0 if name.endswith(NOTEBOOK) else len(data)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            late = item.late and self._when is None
            origins.append(
                Origin(self._student, platform, item.key, item.entry, name, item.reply, late)
            )
        if self._when is not None and origins:
            stamp = f"{self._when:%Y-%m-%d %H:%M:%S} UTC"
            (folder / TIMESTAMP).write_text(stamp, encoding="ascii")
            self._done.timed += 1
        return origins

    def _check(
        self, item: Item, name: str, target: Path, archive: Archive, count: int, left: int
    ) -> bytes:
        """Return a file's bytes.

        Raises:
            CourseError: If it is not taken.
        """
        shown = show_name(item.entry)
        if fault := find_name_fault(name):
            raise CourseError(f"{shown} was left out: {fault}.")
        if name == TIMESTAMP:
            raise CourseError(f"{shown} was left out: a learner does not say when it was.")
        if target.exists() or any(parent.is_file() for parent in target.parents):
            raise CourseError(f"{shown} was left out: there is another file of that name.")
        if count >= self._place.bounds.files:
            raise CourseError(f"{shown} was left out: there are too many files.")
        data = archive.read(item.entry)
        if not name.endswith(NOTEBOOK) and len(data) > left:
            raise CourseError(f"{shown} was left out: the files are too large together.")
        return data

    def _rename(self, file: str) -> str:
        """Return the name that a file gets: ``exercise-1-2.ipynb`` is Canvas' exercise-1 again."""
        stem = file.removesuffix(NOTEBOOK)
        if not file.endswith(NOTEBOOK) or stem in self._place.notebooks:
            return file
        found = _VERSION.fullmatch(stem)
        again = found is not None and found["stem"] in self._place.notebooks
        return f"{found['stem']}{NOTEBOOK}" if found and again else file

    def _settle(self, folder: Path) -> bool:
        """Put the work into its place, unless it is there; say which."""
        target, most = self._target, self._place.bounds.notebook_bytes
        if not target.exists():
            folder.rename(target)
            self._done.new.append(self._student)
            return True
        if digest_folder(target, most) == digest_folder(folder, most):
            self._done.same.append(self._student)
            return True
        there = _read_stamp(target)
        if there is not None and self._when is not None and there > self._when:
            self._done.older.append(self._student)
            return False
        keep_earlier(self._place.root, self._student, target)
        folder.rename(target)
        self._done.replaced.append(self._student)
        return True


def _keep(partners: Partners, keys: Mapping[str, object]) -> Partners:
    """Return what concerns the accounts that handed in: the table has others."""
    people = {key: person for key, person in partners.people.items() if key in keys}
    return Partners(
        people,
        tuple(pair for pair in partners.by_name if pair[0].key in keys),
        tuple(account for account in partners.accounts if account.key in keys),
        (),
        tuple(
            (person, several)
            for person, several in partners.doubled
            if any(account.key in keys for account in several)
        ),
    )


def _read_stamp(folder: Path) -> datetime | None:
    try:
        return read_date((folder / TIMESTAMP).read_text(encoding="utf-8", errors="replace"))
    except (OSError, UnclearDateError):
        return None

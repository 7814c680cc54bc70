"""Collect what was handed in without following a learner's links: ``ExchangeFactory.collect``.

Stock nbgrader copies a submission with the instructor's rights and follows every link in it: a
link to the seed or to somebody's notebook would come back as a file of the learner's. And a pipe
would end the whole run, as would a folder whose name has no date in it.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import parse_utc

from grader.intake.folders import Hazard, is_date, set_aside, show_name
from grader.paths import ASIDE, open_regular

_CHUNK = 1 << 20
_NEVER = parse_utc("1970-01-01")
_LEAST = 2  # pieces of a name, besides the learner's: assignment and date


class CarefulCollect(ExchangeCollect):  # type: ignore[misc]  # nbgrader ships no types
    """Takes regular files in real folders, and nothing else."""

    src_records: list[dict[str, Any]]

    def init_src(self) -> None:
        """Find what was handed in; what nbgrader cannot take is set aside, and named."""
        self._set_odd_aside()
        super().init_src()
        found = self.src_records
        if self.coursedir.student_id.startswith("*"):  # which stands for no "." at the beginning
            pattern = self.coursedir.student_id
            self.coursedir.student_id = f".{pattern}"
            super().init_src()
            found += self.src_records
            self.coursedir.student_id = pattern
        self.src_records = [record for record in found if record["username"]]

    def _set_odd_aside(self) -> None:
        coursedir = self.coursedir
        inbound = Path(self.root, coursedir.course_id, "inbound")
        if not coursedir.course_id or not inbound.is_dir():
            return  # nbgrader says so itself
        aside = Path(coursedir.root, ASIDE, "inbound")
        odd = list(find_odd(inbound, coursedir.assignment_id))
        stuck = set_aside(odd, inbound, aside)
        for hazard in odd:
            where = "It was left in the exchange" if hazard in stuck else f"It is in {aside}"
            self.log.warning("Not collected: %s %s.", hazard.sentence, where)

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Return what a folder's name says, and no learner for one that could not be moved away."""
        if find_submission_fault(Path(path), self.coursedir.assignment_id):
            return {"username": "", "filename": Path(path).name, "timestamp": _NEVER}
        record: dict[str, Any] = super()._path_to_record(path)
        return record

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:  # noqa: ANN401
        """Copy a submission as nbgrader does, by way of a private copy of what is safe in it."""
        try:
            with tempfile.TemporaryDirectory(prefix="collect-") as place:
                safe = Path(place) / "submission"
                safe.mkdir()
                for left_out in copy_plain(src, safe, self.coursedir.max_dir_size * 1000):
                    self.log.warning("Left out, for it is no plain file: %r in %s", left_out, src)
                super().do_copy(str(safe), dest, log)
        except OSError as error:  # of one learner's folder, which must not cost the others'
            self.log.error("Not collected: %s (%s). Collect again.", src, error)  # noqa: TRY400


def find_odd(inbound: Path, assignment: str) -> Iterator[Hazard]:
    """Yield what was handed in for an assignment and cannot be collected.

    Args:
        inbound: The exchange's folder of submissions.
        assignment: Its name.
    """
    for path in sorted(inbound.iterdir()):
        if f"+{assignment}+" in f"{path.name}+" and (
            fault := find_submission_fault(path, assignment)
        ):
            yield Hazard(path, fault)


def find_submission_fault(path: Path, assignment: str) -> str:
    """Return why something is no submission in the exchange, as a sentence, or "".

    Args:
        path: Should be a folder called ``<learner>+<assignment>+<date>``, perhaps with
            ``+<random>`` behind it. As for nbgrader, a learner's id may have a "+" in it.
        assignment: Its name.
    """
    name = show_name(path.name)
    student, *rest = path.name.rsplit("+", 3)
    if name != path.name or student in ("", ".", ".."):
        return f"{name} names no learner that could be entered."
    if len(rest) < _LEAST or rest[0] != assignment:
        return f"{name} is not called <learner>+{assignment}+<date>+<random>."
    if not is_date(rest[1]):
        return f"{name} has no date in its name."
    if path.is_symlink() or not path.is_dir():
        return f"{name} is no folder."
    return ""


def copy_plain(source: str, target: Path, most: int) -> Iterator[str]:
    """Copy regular files and real folders, and yield the names of all else.

    Every step is taken from an open folder and refuses links, so nothing that a learner swaps
    meanwhile leads elsewhere.

    Args:
        source: The submission's folder.
        target: An empty folder.
        most: How many bytes are copied in all.
    """
    left = most
    for place, folders, names, handle in os.fwalk(source, follow_symlinks=False):
        here = target / os.path.relpath(place, source)
        folders.sort()
        for name in (*folders, *sorted(names)):
            about = os.stat(name, dir_fd=handle, follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                (here / name).mkdir()
            elif stat.S_ISREG(about.st_mode) and about.st_size <= left:
                left -= about.st_size
                if not _copy(name, handle, here / name, about.st_size):
                    yield name
            else:
                yield name


def _copy(name: str, folder: int, target: Path, size: int) -> bool:
    handle = open_regular(name, folder)
    if handle is None:
        return False
    about = os.fstat(handle)
    with os.fdopen(handle, "rb") as source, target.open("wb") as copy:
        while size > 0 and (piece := source.read(min(size, _CHUNK))):
            copy.write(piece)
            size -= len(piece)
    os.utime(target, ns=(about.st_atime_ns, about.st_mtime_ns))
    return True

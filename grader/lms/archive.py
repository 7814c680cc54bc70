"""Read an archive that holds learners' files, and trust none of it.

Names may lead elsewhere, one name may stand there twice, a link may pass for a file, and a few
bytes may unpack to many. What is refused is named; nothing is unpacked to where its name leads.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from grader.errors import CourseError
from grader.intake.decode import Bounds
from grader.intake.folders import NOTEBOOK, show_name
from grader.paths import replacing

MOST_ENTRIES = 200_000
"""In one archive. Ten thousand learners with twenty files each have so many."""

MOST_BYTES = 8_000_000_000
"""Unpacked, of all files together."""

_DEEPEST = 16
_LONGEST = 255  # bytes of a name that a file system can hold
_ENCRYPTED = 1
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# As every platform packs. Others unpack a megabyte at once, to as many gigabytes as it likes.
_RUBBISH = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}


class Archive:
    """A ZIP file of hand-ins.

    Args:
        path: The file.
        bounds: How much of one file is read.

    Raises:
        CourseError: If it is no archive, or has too many files.
    """

    def __init__(self, path: Path, bounds: Bounds) -> None:
        self._bounds, self._left = bounds, MOST_BYTES
        self.refused: list[str] = []
        try:
            self._zip = zipfile.ZipFile(path)
            infos = self._zip.infolist()
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise CourseError(
                f"{path.name} cannot be read as a ZIP archive ({error}); download it again."
            ) from error
        if len(infos) > MOST_ENTRIES:
            self._zip.close()
            raise CourseError(f"{path.name} has {len(infos)} files, more than any class hands in.")
        self._infos: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._admit(info)

    def __enter__(self) -> Self:
        """Return the archive."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self._zip.close()

    @property
    def entries(self) -> list[str]:
        """The names of files that may be read, in the archive's order."""
        return list(self._infos)

    def read(self, entry: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            CourseError: If it is larger than it may be, or damaged, or locked by a password.
        """
        most = min(self._find_limit(entry), self._left)
        try:
            with self._zip.open(self._infos[entry]) as file:
                data = file.read(most + 1)
        except Exception as error:
            said = str(error) or type(error).__name__
            raise CourseError(f"{show_name(entry)} cannot be unpacked ({said}).") from error
        if len(data) > most:  # whatever the archive promised
            what = "it" if most == self._find_limit(entry) else "the archive"
            raise CourseError(f"{show_name(entry)} was left out: {what} unpacks to too much.")
        self._left -= len(data)
        return data

    def _find_limit(self, entry: str) -> int:
        notebook = entry.endswith(NOTEBOOK)
        return self._bounds.notebook_bytes if notebook else self._bounds.file_bytes

    def _admit(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if info.is_dir() or _RUBBISH & set(name.split("/")) or "/._" in f"/{name}":
            return
        fault = find_name_fault(name) or self._find_fault(info)
        if fault:
            self.refused.append(f"{show_name(name)[:200]} was left out: {fault}.")
        else:
            self._infos[name] = info

    def _find_fault(self, info: zipfile.ZipInfo) -> str:
        if info.filename in self._infos:
            return "the archive has another file of that name"
        mode = info.external_attr >> 16
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            return "it is a link or a device, and no file"
        if info.flag_bits & _ENCRYPTED:
            return "it is locked by a password"
        if info.compress_type not in _PACKED:
            return "it is packed in another way than platforms pack"
        if info.file_size > self._find_limit(info.filename):
            return "it is too large"
        return ""


def find_name_fault(name: str) -> str:
    """Return why a file of this name is not taken from an archive, or "".

    Args:
        name: With folders, as an archive has it.
    """
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in parts[0][1:2]:
        return "its name leads out of the archive"
    if any(part in ("", ".", "..") for part in parts):
        return "its name leads out of the archive"
    if show_name(name) != name:
        return "its name has characters that cannot be shown"
    if len(parts) > _DEEPEST or any(len(part.encode()) > _LONGEST for part in parts):
        return "its name is too long"
    return ""


def write_archive(path: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write a ZIP file, each file with the same date, so that equal files are equal archives.

    Returns:
        How many files are in it.
    """
    count = 0
    with replacing(path) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
            count += 1
    return count

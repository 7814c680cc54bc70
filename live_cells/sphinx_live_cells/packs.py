"""Make packs, the archives that a page fetches when a cell first imports what is in them.

A pack is a package of Pyodide as it was published, a shared library that such packages need, a
wheel of the author's, or the author's files beside the pages. ``packs.json`` describes them:
``file``, ``bytes``, the modules that it ``imports``, the packs that it ``needs`` before it, whether
it is ``inner``, which no cell imports and no author names (another pack needs it, or imports it
for what a cell does), and where it is unpacked ``into`` if not among the modules: ``library`` or
``home``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.parser import Parser
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sphinx_live_cells.optional import find_asked
from sphinx_live_cells.pyodide import (
    CORE,
    HERE,
    OFFICIAL,
    PyodideError,
    Source,
    bring_files,
    keep_folder,
    link,
    list_hashes,
    read_folder,
    read_lock,
    resolve_packages,
)

STANDS_IN = {"ipython"}  # whose modules the page has in its own, small way
OWN = "own"  # what is the book's own: files beside the pages, or a package of this name and more
IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([\w., \t]+)", re.MULTILINE)
LITERAL = re.compile(r"""(['"])([^'"\n]{1,200})\1|^%run[ \t]+(?:-i[ \t]+)?(\S+)""", re.MULTILINE)
EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip's own epoch: the same files give the same archive
# Pyodide's matplotlib would make its list of fonts anew on every page, for ten seconds: the list
# that it ships is of another version of the list.
ADDED = {"matplotlib": ("matplotlib/fontlist.json", HERE / "matplotlib-fontlist.json")}


class Wheel(NamedTuple):
    """A wheel of the author's: its name, the modules that it brings, the packages that it needs."""

    file: Path
    name: str
    modules: list[str]
    needs: list[str]


def list_imports(code: str) -> set[str]:
    r"""Return the modules that a cell imports, in full and by their first names.

    Cells hold magics, so they are read by lines and not parsed.

    >>> sorted(list_imports("%matplotlib inline\nimport numpy as np, os.path\nfrom a.b import c"))
    ['a', 'a.b', 'numpy', 'os', 'os.path']
    """
    found: set[str] = set()
    for statement in IMPORT.findall(code):
        for part in statement.split(" import ")[0].split(","):
            name = part.split(" as ")[0].strip().rstrip(".")
            if name and not name.startswith("."):
                found |= {name, name.split(".")[0]}
    return found


def find_packages(codes: Iterable[str], packages: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the packages of Pyodide that bring what the cells import.

    >>> find_packages(["import sklearn.svm, PIL"], read_lock()["packages"])
    ['pillow', 'scikit-learn']
    """
    imported = set[str]().union(*map(list_imports, codes))
    found = {name for name, package in packages.items() if imported & {*package["imports"]}}
    return sorted(found - STANDS_IN)


def make_book_packs(
    target: Path,
    codes: Mapping[str, Sequence[str]],
    root: Path,
    *,
    packages: Sequence[str] = (),
    wheels: Sequence[str] = (),
    files: Sequence[str] = (),
    pyodide: str = "",
) -> None:
    """Make the packs that a book's cells need, and those that its author names.

    Args:
        target: The folder that they are laid out in.
        codes: Page -> the code of its cells.
        root: The book's root, from which wheels, files and folders are named.
        packages: Packages to have besides those that the cells import.
        wheels: Wheels of the author's.
        files: Patterns of the book's own files that no cell names.
        pyodide: A folder with Pyodide's files: what is there is not fetched.

    Raises ``PyodideError`` if something cannot be had.
    """
    cells = [*chain.from_iterable(codes.values())]
    make_packs(
        target,
        sorted({*find_packages(cells, read_lock()["packages"]), *packages}),
        [root / wheel for wheel in wheels],
        find_named(codes, root) | find_files(files, root),
        [*([read_folder(root / pyodide)] if pyodide else []), OFFICIAL],
        cells=cells,
    )


def make_packs(
    target: Path,
    names: Sequence[str],
    wheels: Sequence[Path] = (),
    files: Mapping[str, Path] | None = None,
    sources: Sequence[Source] = (OFFICIAL,),
    keep: Path | None = None,
    cells: Sequence[str] = (),
) -> dict[str, Any]:
    """Lay out Pyodide and the packs of a book in a folder; return what ``packs.json`` says.

    Args:
        target: What is in it already and no longer wanted goes.
        names: Packages of Pyodide; all that they need comes along.
        wheels: Pure Python packages of the author's; one takes the place of Pyodide's own.
        files: Path in the page's own folder -> file of the book.
        sources: Where what is not kept is fetched from.
        keep: The folder that keeps what was fetched; the user's own cache by default.
        cells: The code that may ask packages for what they import only then.

    Raises ``PyodideError`` if something cannot be had.
    """
    lock = read_lock()
    python = lock["info"]["python"]
    described = {f"{OWN}-{wheel.name}": wheel for wheel in (read_wheel(w, python) for w in wheels)}
    brought = {key.removeprefix(f"{OWN}-") for key in described}
    needed = sorted({need for wheel in described.values() for need in wheel.needs})
    wanted = resolve_asked([*names, *needed], cells, lock["packages"], brought)
    listed = {name: lock["packages"][name] for name in wanted}
    asked = {str(canonicalize_name(name)) for name in names}
    own = {name: f"{OWN}-{name}" for name in brought}
    kept = bring_files(keep or keep_folder(), list_hashes(listed.values()), sources)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    packs: dict[str, Any] = {}
    for name, package in listed.items():
        needs = [str(canonicalize_name(need)) for need in package["depends"]]
        needs = [own.get(need, need) for need in needs]
        file = place_package(name, kept / package["file_name"], target)
        packs[name] = {**describe(file, package["imports"]), "needs": needs}
        if name not in asked:
            packs[name]["inner"] = True
        if package["package_type"] == "shared_library":
            packs[name]["into"] = "library"
    for key, wheel in described.items():
        link(wheel.file, target / wheel.file.name)
        needs = [own.get(need, need) for need in wheel.needs]
        packs[key] = {**describe(wheel.file, wheel.modules), "needs": needs}
    if files:
        packs[OWN] = {**describe(zip_files(files, target), []), "needs": [], "into": "home"}
    for name in CORE:
        link(kept / name, target / name)
    (target / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    (target / "packs.json").write_text(json.dumps(packs, indent=1) + "\n", encoding="utf-8")
    return packs


def resolve_asked(
    names: Sequence[str],
    cells: Sequence[str],
    packages: Mapping[str, Mapping[str, Any]],
    brought: set[str],
) -> list[str]:
    """Return the packages and all that they need, and what they import only when a cell asks.

    What came because a cell asks for it may itself be asked for more.
    """
    wanted = resolve_packages(names, packages, brought)
    while more := {*find_asked(cells, brought.union(wanted))} - brought.union(wanted):
        wanted = resolve_packages([*wanted, *sorted(more)], packages, brought)
    return wanted


def place_package(name: str, file: Path, target: Path) -> Path:
    """Put a package into the folder as it is, or with what has to be added; return its place."""
    if name not in ADDED:
        link(file, target / file.name)
        return target / file.name
    inside, replacement = ADDED[name]
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != inside:
                new.writestr(entry, old.read(entry), compresslevel=9)
        new.writestr(zipfile.ZipInfo(inside, EARLIEST), replacement.read_bytes())
    return write_named(name, made.getvalue(), target)


def zip_files(files: Mapping[str, Path], target: Path) -> Path:
    """Put the book's own files into one archive; return its place."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EARLIEST)
            archive.writestr(info, files[name].read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return write_named(OWN, made.getvalue(), target)


def write_named(name: str, content: bytes, target: Path) -> Path:
    """Write an archive under a name made from its content."""
    file = target / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}.zip"
    file.write_bytes(content)
    return file


def describe(file: Path, modules: Iterable[str]) -> dict[str, Any]:
    """Return what a page has to know of an archive."""
    return {"file": file.name, "bytes": file.stat().st_size, "imports": sorted(modules)}


def read_wheel(wheel: Path, python: str) -> Wheel:
    """Return what a wheel says of itself, in a page with this version of Python.

    Raises ``PyodideError`` for a file that is no wheel for every Python.
    """
    if not wheel.is_file() or not wheel.name.endswith("-none-any.whl"):
        raise PyodideError(
            f"{wheel} is not a wheel of pure Python (NAME-VERSION-py3-none-any.whl), which the "
            "pages could load: build one, or correct live_cells_wheels."
        )
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        inside = next(name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(inside).decode())
    tops = {name.split("/")[0] for name in names if name.endswith(".py")}
    needs = sorted(set(list_needs(metadata.get_all("Requires-Dist", []), python)))
    modules = sorted(top.removesuffix(".py") for top in tops)
    return Wheel(wheel, str(canonicalize_name(metadata["Name"])), modules, needs)


def list_needs(requirements: Iterable[str], python: str) -> Iterator[str]:
    """Yield the packages that a wheel needs in the page, whose Python is not the builder's.

    >>> machine, old = "platform_machine == 'x86_64'", "python_version < '3.11'"
    >>> named = ["NumPy>2", f"greenlet; {machine}", f"tomli; {old}", "a; extra == 'b'"]
    >>> list(list_needs(named, "3.12.7"))
    ['numpy']
    """
    page = {
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "platform_machine": "wasm32",
        "platform_release": "",
        "platform_version": "",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "posix",
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_version": python,
        "extra": "",
    }
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(page):
            yield str(canonicalize_name(requirement.name))


def find_named(codes: Mapping[str, Iterable[str]], root: Path) -> dict[str, Path]:
    """Return path -> file of the book's own files that the cells of its pages name.

    A cell names a data file by a string with its path, from the folder of its page as in a
    notebook, and a module by importing it. What lies outside the book's root is not taken.

    Args:
        codes: Page, by its path from the root without an ending -> the code of its cells.
        root: The book's root.
    """
    root = root.resolve()
    found: dict[str, Path] = {}
    for page, cells in codes.items():
        folder = (root / page).parent
        for code in cells:
            named = [literal or ran for _, literal, ran in LITERAL.findall(code)]
            modules = [name.replace(".", "/") for name in list_imports(code)]
            named += [f"{module}{end}" for module in modules for end in (".py", "/__init__.py")]
            for name in named:
                file = Path(os.path.normpath(folder / name))
                if "\0" in name or not file.is_relative_to(root) or not file.is_file():
                    continue
                whole = file.parent.rglob("*.py") if file.name == "__init__.py" else [file]
                found |= {each.relative_to(root).as_posix(): each for each in whole}
    return found


def find_files(patterns: Sequence[str], root: Path) -> dict[str, Path]:
    """Return path -> file of the book's own files that the patterns name.

    Raises ``PyodideError`` for a pattern that names nothing.
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        files = [file for file in sorted(root.glob(pattern)) if file.is_file()]
        if not files:
            raise PyodideError(
                f"live_cells_files names {pattern}, and {root} has no such file: correct the "
                "setting, or put the file there."
            )
        found |= {file.relative_to(root).as_posix(): file for file in files}
    return found

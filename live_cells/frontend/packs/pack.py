"""Trim installed packages to what a page needs and compile them; runs inside Pyodide, under Node.

Python starts from compiled modules, so the page neither downloads sources it will not read nor
compiles them. An error shows the lines of cells alone; what misses the others is ``f??``, which
says that they are not in the page.
"""

from __future__ import annotations

import _imp
import fnmatch
import importlib.metadata
import io
import py_compile
import site
import zipfile
from collections.abc import Sequence
from pathlib import Path

SITE = Path(site.getsitepackages()[0])
EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip's own epoch: the same files give the same archive


def list_files(distributions: list[str]) -> list[Path]:
    """Return every installed file of the named distributions, relative to site-packages."""
    found: set[Path] = set()
    for name in distributions:
        files = importlib.metadata.distribution(name).files or []
        found |= {Path(file) for file in files if (SITE / file).is_file()}
    return sorted(found)


def list_modules(distributions: list[str]) -> list[str]:
    """Return the names by which the distributions' own modules are imported."""
    tops = {file.parts[0] for file in list_files(distributions) if file.suffix == ".py"}
    return sorted(top.removesuffix(".py") for top in tops)


def is_wanted(file: Path, drop: Sequence[str]) -> bool:
    """Tell whether ``file`` belongs in the pack."""
    name = file.as_posix()
    if ".dist-info/" in name:
        return name.endswith("/METADATA") or "/licen" in name.lower()
    if file.suffix == ".pyc" or name.startswith(".."):
        return False
    return not matches(name, drop)


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Tell whether a file's name matches one of the patterns; ``*`` matches ``/`` too."""
    return any(fnmatch.fnmatchcase(name, pattern.replace("**/", "*")) for pattern in patterns)


def compile_module(file: Path, name: str, optimize: int = 0) -> bytes:
    """Return the bytecode of ``file``, good for any later time stamp of it.

    ``optimize`` 2 leaves out docstrings and assertions.
    """
    target = Path("/tmp/compiled.pyc")
    py_compile.compile(
        str(file),
        cfile=str(target),
        dfile=f"/lib/python/{name}",
        doraise=True,
        optimize=optimize,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    return target.read_bytes()


def write_zip(content: dict[str, bytes]) -> bytes:
    """Return a zip archive of name -> bytes; the same content gives the same archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(content):
            info = zipfile.ZipInfo(name, EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content[name], compresslevel=9)
    return buffer.getvalue()


def make_pack(
    distributions: list[str],
    drop: Sequence[str] = (),
    undocumented: Sequence[str] = (),
    extra: dict[str, bytes] | None = None,
) -> bytes:
    """Return a zip of the distributions, to be unpacked over site-packages.

    Modules that match ``undocumented`` lose their docstrings, which are half of their size.
    """
    content: dict[str, bytes] = {}
    for file in list_files(distributions):
        name = file.as_posix()
        if not is_wanted(file, drop):
            continue
        if file.suffix != ".py":
            content[name] = (SITE / file).read_bytes()
        else:
            content[name + "c"] = compile_module(
                SITE / file, name, optimize=2 if matches(name, undocumented) else 0
            )
    return write_zip(content | (extra or {}))


def list_frozen() -> set[str]:
    """Return the files of the standard library that are never read: Python carries them itself."""
    names = [name.replace(".", "/") for name in _imp._frozen_module_names()]
    return {f"{name}{end}" for name in names for end in (".py", "/__init__.py")}


def make_library(drop: Sequence[str]) -> bytes:
    """Return Python's standard library, compiled, without the modules that a page cannot use."""
    content: dict[str, bytes] = {}
    frozen = list_frozen()
    source = Path("/tmp/module.py")
    with zipfile.ZipFile("/lib/python312.zip") as archive:
        for name in archive.namelist():
            if name.endswith("/") or name in frozen or matches(name, drop):
                continue
            if name.endswith(".py"):
                source.write_bytes(archive.read(name))
                content[name + "c"] = compile_module(source, name, optimize=2)
            else:
                content[name] = archive.read(name)
    return write_zip(content)


def make_f2py_notice() -> dict[str, bytes]:
    """Return a module in the place of numpy.f2py, which ``from numpy import *`` imports."""
    text = '"""f2py compiles Fortran. A page has no compiler, so nothing of it is here."""\n'
    return {"numpy/f2py/__init__.py": text.encode()}


def make_font_cache() -> dict[str, bytes]:
    """Return matplotlib's list of fonts, which takes seconds to make in a browser.

    Pyodide's matplotlib 3.8.4 reads it from beside its modules, but the one it ships is of another
    version (390, not 330), so every page would make its own.
    """
    from matplotlib import font_manager

    manager = font_manager.fontManager
    manager.afmlist = []  # fonts of PDF and PostScript, which the pack leaves out
    target = Path("/tmp/fontlist.json")
    font_manager.json_dump(manager, str(target))
    return {"matplotlib/fontlist.json": target.read_bytes()}

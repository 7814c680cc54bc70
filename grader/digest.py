"""Digest the code that a module imports: ours by its bytes, other people's by version.

With it, what was graded by other code is graded again. The modules are found by following the
imports, so that none is forgotten where it is renamed, split or added. Data that lies beside them,
such as the weights of a model, decides too, and counts.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^()]*\)|[^\n#]+)|import[ \t]+([^\n#;]+))",
    re.MULTILINE,
)
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")


@cache
def digest_imports(*roots: str, own: tuple[str, ...]) -> str:
    """Return a digest of modules, all they import in turn, the data beside them, and Python.

    Args:
        roots: The modules to begin with.
        own: Top packages whose files count; of all others the version does.

    Raises:
        ModuleNotFoundError: If one of the roots is not there.
    """
    summary = hashlib.sha256(platform.python_version().encode())
    files, others = follow_imports(roots, own)
    for name, path in sorted(files.items()):
        summary.update(f"{name}\n".encode() + path.read_bytes())
    for path in find_data(files.values()):
        summary.update(f"{path.parent.name}/{path.name}\n".encode() + path.read_bytes())
    for name in sorted(others):
        try:
            summary.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:  # installed under another name, or a module by itself
            summary.update(f"{name}\n".encode())
    return summary.hexdigest()[:32]


def follow_imports(
    roots: Collection[str], own: Collection[str]
) -> tuple[dict[str, Path], set[str]]:
    """Return the files of our own modules that are reached, by name, and others' top packages.

    Args:
        roots: The modules to begin with.
        own: Our top packages.

    Raises:
        ModuleNotFoundError: If one of the roots is not there.
    """
    files: dict[str, Path] = {}
    others: set[str] = set()
    ahead = list(roots)
    for root in roots:
        if _find_file(root) is None:
            raise ModuleNotFoundError(f"There is no module {root} to digest.", name=root)
    seen: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        top, _, rest = name.partition(".")
        if top not in own:
            if top not in sys.stdlib_module_names:
                others.add(top)
            continue
        path = _find_file(name)
        if path is None:
            continue  # a name that a module defines, and no module
        files[name] = path
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        if rest:
            ahead.append(name.rpartition(".")[0])
        ahead += _list_imports(path.read_text(encoding="utf-8"), package)
    return files, others


def find_data(modules: Iterable[Path]) -> list[Path]:
    """Return the files in the packages of modules that are neither code nor hidden.

    Args:
        modules: Files; one that is in no package has no data of its own.
    """
    folders = {path.parent for path in modules}
    return sorted(
        path
        for folder in folders
        if (folder / "__init__.py").is_file()
        for path in folder.iterdir()
        if path.suffix not in (".py", ".pyc") and not path.name.startswith(".") and path.is_file()
    )


def _list_imports(source: str, package: str) -> Iterator[str]:
    for start, names, plain in _IMPORT.findall(source):
        if plain:
            for part in plain.split(","):
                yield from _NAME.findall(part)[:1]
            continue
        dots = len(start) - len(start.lstrip("."))
        above = package.split(".")[: len(package.split(".")) - dots + 1] if dots else []
        module = ".".join([*above, *filter(None, [start.lstrip(".")])])
        if not module:
            continue
        yield module
        for part in names.strip("()").split(","):
            for name in _NAME.findall(part.partition("#")[0])[:1]:
                yield f"{module}.{name}"


def _find_file(name: str) -> Path | None:
    """Return where a module of ours is, without importing any package of it."""
    top, *rest = name.split(".")
    spec = find_spec(top)
    if spec is None or not spec.origin:
        return None
    if not spec.submodule_search_locations:
        return None if rest else Path(spec.origin)
    path = Path(next(iter(spec.submodule_search_locations)), *rest)
    found = (path / "__init__.py", path.with_suffix(".py"))
    return next((one for one in found if one.is_file()), None)

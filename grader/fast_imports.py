"""Import the parts of nbgrader, nbformat and nbconvert that grading needs, and nothing else.

``import nbgrader`` loads the server extensions of JupyterLab, and with them some 1,500 modules:
two to four seconds, the time of twenty submissions. ``import nbformat`` loads what validates
notebooks and, for that, compiles a grammar of internationalised addresses, for a second. Models,
utilities and the parser of Markdown need none of that. Each package itself stays as it is: whoever
imports it later gets all of it.

What grading needs of nbformat has its names here: whoever took them from nbformat itself, before
anything else did, would import all of it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder

_PARTS: dict[str, dict[str, object]] = {}
"""Modules that were imported before the package that they are in, by its name and theirs in it."""


@contextmanager
def importing_parts(*packages: str) -> Iterator[None]:
    """Let modules of some packages be imported without what the packages import of themselves.

    Args:
        packages: By name, the outer ones first. What was imported before stays as it is.
    """
    shells: dict[str, types.ModuleType] = {}
    try:
        for name in packages:
            spec = None if name in sys.modules else importlib.util.find_spec(name)
            if spec is not None and spec.submodule_search_locations is not None:
                shell = shells[name] = sys.modules[name] = types.ModuleType(name)
                shell.__path__ = list(spec.submodule_search_locations)
        yield
    finally:
        for name, shell in shells.items():
            del sys.modules[name]
            _PARTS.setdefault(name, {}).update(
                (key, part)
                for key, part in vars(shell).items()
                if sys.modules.get(f"{name}.{key}", shell) is part
            )


class _Wholes(MetaPathFinder):
    """Gives packages, once they are imported themselves, the parts that came before them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a package's own spec, whose loader begins with the parts."""
        spec = PathFinder.find_spec(name, path, target) if name in _PARTS else None
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def fill(module: types.ModuleType) -> None:
                vars(module).update(_PARTS[name])
                run(module)

            vars(spec.loader)["exec_module"] = fill
        return spec


sys.meta_path.insert(0, _Wholes())


class _Deferred(types.ModuleType):
    """Stands for a module of functions, each of which imports the module when it is called."""

    def __getattr__(self, name: str) -> Callable[..., object]:
        """Return a function that calls the module's own one."""
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*words: object, **options: object) -> object:
            function: Callable[..., object] = getattr(importlib.import_module(self.__name__), name)
            return function(*words, **options)

        return call


@contextmanager
def deferring(name: str) -> Iterator[None]:
    """Let others have functions of a module that is imported when one of them is called.

    Args:
        name: Of the module. If it was imported before, that one is used.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = _Deferred(name)
    try:
        yield
    finally:
        del sys.modules[name]


with importing_parts("nbformat", "nbformat.v4"):
    from nbformat.notebooknode import NotebookNode, from_dict
    from nbformat.v4.nbjson import reads as read_json
    from nbformat.v4.nbjson import writes as write_json

__all__ = ["NotebookNode", "from_dict", "import_models", "read_json", "write_json"]


def import_models(*, database: bool = True) -> None:
    """Import what grading needs of nbgrader, unless it is there already.

    Args:
        database: Whether the gradebook is needed. Workers do without.
    """
    if "nbgrader" in sys.modules:
        return
    # Archives are unpacked by what imports all of setuptools; grading unpacks none.
    with importing_parts("nbgrader", "nbgrader.auth"), deferring("setuptools.archive_util"):
        with deferring("tornado.log"):  # which imports asyncio
            importlib.import_module("nbgrader.utils")
        if database:
            # Of its two kinds one speaks with a JupyterHub, and imports what asks web servers.
            base = importlib.import_module("nbgrader.auth.base")
            vars(sys.modules["nbgrader.auth"])["Authenticator"] = base.Authenticator
            importlib.import_module("nbgrader.coursedir")
            importlib.import_module("nbgrader.api")

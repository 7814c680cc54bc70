"""Import nbgrader's models without its web server.

``import nbgrader`` loads the server extensions of JupyterLab, and with them some 1,500 modules:
two to four seconds, the time of twenty submissions. Its models, its course directory and its
utilities need none of them. The package itself stays as it is: whoever imports it later gets all
of it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

_NEEDED = ("nbgrader.utils", "nbgrader.coursedir", "nbgrader.api")
_GRAMMAR = "rfc3987_syntax"
"""Compiles a grammar of internationalised addresses when it is imported, for a second. jsonschema
does without where it is missing, and nothing in a notebook's schema is such an address."""


def import_models(*, database: bool = True) -> None:
    """Import what grading needs of nbgrader, unless it is there already.

    Args:
        database: Whether the gradebook is needed. Workers do without.
    """
    with _without(_GRAMMAR):
        importlib.import_module("nbformat")
    if "nbgrader" in sys.modules:
        return
    spec = importlib.util.find_spec("nbgrader")
    if spec is None or spec.submodule_search_locations is None:
        return  # the import that needs it says what is missing
    shell = types.ModuleType("nbgrader")
    shell.__path__ = list(spec.submodule_search_locations)
    sys.modules["nbgrader"] = shell
    try:
        for name in _NEEDED if database else _NEEDED[:1]:
            importlib.import_module(name)
    finally:
        del sys.modules["nbgrader"]


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Let an optional module seem not to be installed while others are imported."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # the import system's own mark
    try:
        yield
    finally:
        del sys.modules[name]

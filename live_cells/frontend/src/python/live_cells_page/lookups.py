"""Answer what a notebook's commands ask about: an object, the names that are bound, a folder."""

from __future__ import annotations

import builtins
import contextlib
import glob
import inspect
import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

WIDTH = 60  # characters of a value in the table of ``%whos``
PROVIDED = {"display", "input"}  # what a page's cells find without binding it


class Lookups:
    """What can be asked about the Python of a page."""

    def __init__(self, namespace: dict[str, Any], packages: Sequence[str]) -> None:
        """Remember what the cells have bound, and what there is to import."""
        self.namespace = namespace
        self.packages = packages

    def list_functions(self) -> dict[str, Any]:
        """Return the functions by the commands that call them."""
        return {
            "%pwd": lambda _: str(Path.cwd()),
            "%cd": change_folder,
            "%ls": list_folder,
            "%who": self.list_names,
            "%whos": self.describe_names,
            "%pip": self.refuse_install,
            "?": self.explain_name,
        }

    def list_own(self) -> Iterator[tuple[str, Any]]:
        """Yield what the cells have bound, by name."""
        for name in sorted(self.namespace):
            if not name.startswith("_") and name not in PROVIDED:
                yield name, self.namespace[name]

    def list_names(self, line: str) -> None:
        """Print the names that the cells have bound."""
        del line
        print(*(name for name, _ in self.list_own()), sep="  ")

    def describe_names(self, line: str) -> None:
        """Print the names that the cells have bound, each with its type and its value."""
        del line
        rows = [("Variable", "Type", "Value"), ("--------", "----", "-----")]
        rows += [(name, type(value).__name__, shorten(value)) for name, value in self.list_own()]
        first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
        for name, kind, value in rows:
            print(f"{name:{first}}  {kind:{second}}  {value}")

    def refuse_install(self, line: str) -> None:
        """Say what there is, for nothing can be installed; an import that lacks it says so, too."""
        del line
        there = " and ".join(
            filter(None, [", ".join(self.packages), "most of the standard library"])
        )
        print(f"Nothing is installed in a page. Its Python has {there}.")

    def explain_name(self, name: str, marks: int) -> None:
        """Print what is known of an object: its signature, its text; with two marks its code.

        What comes compiled has no code in the page, and that is said.
        """
        first, *rest = name.split(".")
        try:
            found = self.namespace[first] if first in self.namespace else vars(builtins)[first]
            for part in rest:
                found = getattr(found, part)
        except (KeyError, AttributeError):
            print(f"There is no object named {name} yet: run the cell that makes it.")
            return
        print(*describe_object(name, found, whole=marks > 1), sep="\n")


def change_folder(line: str) -> None:
    """Go to another folder, or home where none is named, and say which it is."""
    os.chdir(Path(" ".join(shlex.split(line)) or "~").expanduser())
    print(Path.cwd())


def list_folder(line: str) -> None:
    """Print what lies in a folder, or which files match a pattern.

    Raises ``FileNotFoundError`` for a path that is not there and a pattern that nothing matches.
    """
    words = [word for word in shlex.split(line) if not word.startswith("-")]
    paths = [path for word in words or ["."] for path in find_paths(word)]
    for path in paths:
        if not path.is_dir():
            print(path)
            continue
        if len(paths) > 1:
            print(f"{path}:")
        print(*(f"{each.name}{'/' * each.is_dir()}" for each in sorted(path.iterdir())), sep="  ")


def find_paths(word: str) -> list[Path]:
    """Return the path that is named, or those that match where it is a pattern."""
    named = Path(word).expanduser()
    # unlike Path.glob this takes a pattern from the root, and leaves hidden files out
    matching = glob.glob(str(named))  # noqa: PTH207
    found = [named] if named.exists() else sorted(map(Path, matching))
    if not found:
        raise report_missing(word)
    return found


def report_missing(path: str) -> FileNotFoundError:
    """Return the error that says which file the page's Python lacks."""
    return FileNotFoundError(f"This page's Python has no file {path!r}: write it first.")


def shorten(value: object) -> str:
    """Return a value in one short line.

    >>> shorten([0, 1]), len(shorten("x" * 900))
    ('[0, 1]', 60)
    """
    told = value.__name__ if isinstance(value, ModuleType) else repr(value)
    text = " ".join(told[: 10 * WIDTH].split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def describe_object(name: str, found: object, *, whole: bool) -> Iterator[str]:
    """Yield the lines that say what an object is."""
    if callable(found):
        with contextlib.suppress(TypeError, ValueError):  # some that are written in C have none
            yield f"Signature: {name}{inspect.signature(found)}"
    else:
        yield f"Value:     {shorten(found)}"
    yield f"Type:      {type(found).__name__}"
    missing = False
    if whole:
        source: Any = found
        try:
            code = inspect.getsource(source).rstrip()
        except TypeError:  # it is not written in Python
            pass
        except OSError:  # a package that came as bytecode
            missing = True
        else:
            yield f"Source:\n{code}"
            return
    yield f"Docstring: {inspect.getdoc(found) or 'none'}"
    if missing:
        yield "Source:    not in this page"

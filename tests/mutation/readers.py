"""Find the functions that read what is worked out when a module is imported."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.mutants import Mutant

Function = tuple[str, int]
"""The file of a function, and its first line."""


class Readers:
    """The functions of this course and of its bank, by the names that they mention."""

    def __init__(self) -> None:
        self.functions: list[tuple[Function, set[str]]] = []
        self.derived: list[tuple[set[str], set[str]]] = []
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and name.split(".")[0] in ("circuits", "tests") and file.endswith(".py"):
                self._read(file, ast.parse(Path(file).read_text(encoding="utf-8")).body)

    def _read(self, file: str, body: list[ast.stmt]) -> None:
        """Take down what the statements of a module, or of a class, make of what they mention."""
        for node in body:
            if isinstance(node, ast.ClassDef):
                self._read(file, node.body)
            elif isinstance(node, ast.FunctionDef):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.FunctionDef | ast.Lambda):
                        self.functions.append(((file, _first_line(inner)), _mention(inner)))
                arguments = node.args
                early = [*node.decorator_list, *arguments.defaults, *arguments.kw_defaults]
                said = set().union(*(_mention(part) for part in early if part))
                self.derived.append(({node.name}, said))
            elif not isinstance(node, ast.Import | ast.ImportFrom):
                self.derived.append((name_targets(node), _mention(node)))
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Lambda):
                        self.functions.append(((file, _first_line(inner)), _mention(inner)))

    def find(self, mutant: Mutant) -> set[Function] | None:
        """Return which functions may see a change of what is worked out on import.

        None if that cannot be told, so that all of them may.
        """
        names = name_targets(mutant.statement)
        if not names:
            return None
        size = 0
        while size < len(names):
            size = len(names)
            names = names.union(*(made for made, said in self.derived if said & names))
        return {function for function, said in self.functions if said & names}


def name_targets(node: ast.stmt) -> set[str]:
    """Return the names that a statement assigns to."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    return {
        name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
    }


def _mention(node: ast.AST) -> set[str]:
    return set(_list_mentioned(node))


def _list_mentioned(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value  # as getattr() and mock.patch.object() name it


def _first_line(node: ast.FunctionDef | ast.Lambda) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])

"""Read a cell for the names it binds and the names it uses."""

from __future__ import annotations

import ast
import functools
import keyword
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from live_cells_magics import blank_magics

#: what binds names in broken code besides an assignment: ``def f(x``, ``imprt numpy as np``
BINDING_WORDS = re.compile(
    r"\b(?:def|class|as|del|global)\s+(?P<one>\w+)"
    r"|\bfor\s+(?P<loop>[\w\s,()]+?)\s+in\b"
    r"|\bimport\s+(?P<modules>[\w\s,.]+)"
)
#: the targets of an assignment in broken code: ``(W_V, W_out) = (1``, ``W[0, 1 += 1``
TARGETS = re.compile(r"^(?P<targets>[^=#]*?)(?:[-+*/%@&|^]|//|\*\*|<<|>>)?=(?!=)")
WITHIN = re.compile(r"\[[^]]*\]?|\.\s*\w+|:.*")  # not the names that a target is about
CALL = re.compile(r"\w\s*\(")  # ``f(x=1`` binds nothing

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Names(NamedTuple):
    """The names a cell binds or changes at its top level, and all it uses.

    Its functions use some of these *late*, whenever they are called. Code that is *broken*, no
    Python, may be about any name.
    """

    bound: frozenset[str]
    used: frozenset[str]
    late: frozenset[str] = frozenset()
    broken: bool = False


@functools.lru_cache(maxsize=512)  # every run reads every cell of the page again
def read_names(code: str) -> Names:
    """Return the names of ``code``; one that does not parse binds what its lines seem to bind."""
    code = blank_magics(code)
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(frozenset(guess_bound(code)), frozenset(), broken=True)
    used = {name for node in ast.walk(tree) for name in find_used_here(node)}
    return Names(frozenset(find_bound(tree.body)), frozenset(used), frozenset(find_late(tree)))


def guess_bound(code: str) -> Iterator[str]:
    """Yield the names that broken code seems to bind, so that a check does not pass it over."""
    for line in re.split(r"[\n;]", code):
        for found in BINDING_WORDS.finditer(line):
            named = re.findall(r"(?<![\w.])\w+", " ".join(filter(None, found.groups())))
            yield from (name for name in named if not keyword.iskeyword(name))
        targets = TARGETS.match(line)
        if targets is not None and not CALL.search(targets["targets"]):
            yield from re.findall(r"\b[^\W\d]\w*", WITHIN.sub(" ", targets["targets"]))


def find_used_here(node: ast.AST) -> Iterator[str]:
    """Yield the name that a node reads; ``x += 1`` reads ``x`` too."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def find_late(node: ast.AST) -> Iterator[str]:
    """Yield the names that functions within ``node`` use and do not bind themselves."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        within = list(ast.walk(node))
        own = {each.arg for each in within if isinstance(each, ast.arg)}
        own |= {name for each in within for name in find_bound_here(each) if each is not node}
        yield from {name for each in within for name in find_used_here(each)} - own
        return
    for child in ast.iter_child_nodes(node):
        yield from find_late(child)


def find_bound(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield names that the statements bind, not looking into functions and classes."""
    for statement in statements:
        yield from find_bound_here(statement)


def find_bound_here(node: ast.AST) -> Iterator[str]:
    """Yield names that one node binds or changes (``W[0] = 1``), and those bound within it."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, COMPREHENSIONS):  # its own variables stay within
        yield from (each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).split(".")[0]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif not isinstance(node, ast.Lambda):
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield from find_owner(node)
        for child in ast.iter_child_nodes(node):
            yield from find_bound_here(child)


def find_owner(node: ast.AST) -> Iterator[str]:
    """Yield ``a`` for ``a[0].b``."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id

"""Read a cell for the names it binds and the names it finds bound elsewhere.

What a function finds outside of it, Python's own table of scopes says (``symtable``); in which
order the cell itself binds and reads its names, a walk over its statements.
"""

from __future__ import annotations

import ast
import functools
import itertools
import keyword
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from live_cells_page.magics import TIMED, name_file, read_as_python

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

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Function = ast.FunctionDef | ast.AsyncFunctionDef
Scopes = dict[tuple[str, int], set[str]]  # name and line of a function -> global names it reads


class Names(NamedTuple):
    """The names a cell binds or changes at its top level, and those it needs bound before.

    Its functions read some names *late*, whenever they are called. Code that is *broken*, no
    Python, may be about any name. What it *imports* may come from files that a cell has written; of
    the names that it binds, some are nothing but *imported*.
    """

    bound: frozenset[str]
    used: frozenset[str]
    late: frozenset[str] = frozenset()
    broken: bool = False
    imports: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=512)  # every run reads every cell of the page again
def read_names(code: str) -> Names:
    """Return the names of ``code``; one that does not parse binds what its lines seem to bind."""
    code = read_as_python(code)
    try:
        tree = ast.parse(code)
        scopes = read_scopes(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(frozenset(guess_bound(code)), frozenset(), broken=True)
    walk = Walk(scopes)
    walk.follow(tree.body)
    late = frozenset().union(*scopes.values())
    imports = frozenset(map(name_file, find_imported_files(tree)))
    bound = frozenset(find_bound(tree.body)) - {TIMED}
    brings = [isinstance(each, ast.Import | ast.ImportFrom) for each in tree.body]
    imported = frozenset(find_bound(itertools.compress(tree.body, brings)))
    imported -= {*find_bound(itertools.compress(tree.body, (not each for each in brings)))}
    return Names(bound, frozenset(walk.used), late, imports=imports, imported=imported)


def find_imported_files(tree: ast.Module) -> Iterator[str]:
    """Yield the files that the imports of a cell would be found in, if a cell had written them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"{alias.name}.py" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield f"{node.module}.py"


def guess_bound(code: str) -> Iterator[str]:
    """Yield the names that broken code seems to bind, so that a check does not pass it over."""
    for line in re.split(r"[\n;]", code):
        for found in BINDING_WORDS.finditer(line):
            named = re.findall(r"(?<![\w.])\w+", " ".join(filter(None, found.groups())))
            yield from (name for name in named if not keyword.iskeyword(name))
        targets = TARGETS.match(line)
        if targets is not None and not CALL.search(targets["targets"]):
            yield from re.findall(r"\b[^\W\d]\w*", WITHIN.sub(" ", targets["targets"]))


def read_scopes(code: str) -> Scopes:
    """Return the global names that each function of ``code`` reads, those within it included."""
    scopes: Scopes = {}
    tables = [symtable.symtable(code, "<cell>", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        if table.get_type() == "function" and not is_comprehension(table):
            found = scopes.setdefault((table.get_name(), table.get_lineno()), set())
            found |= find_globals(table)
    return scopes


def is_comprehension(table: symtable.SymbolTable) -> bool:
    """Tell a comprehension, which runs where it stands, from a function."""
    return table.get_name() in {"listcomp", "setcomp", "dictcomp", "genexpr"}


def find_globals(table: symtable.SymbolTable) -> set[str]:
    """Return the global names that a scope and all scopes within it read."""
    found = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_global() and symbol.is_referenced()
    }
    return found.union(*map(find_globals, table.get_children()))


class Walk(ast.NodeVisitor):
    """Follows a cell's statements in their order: which names are read that it has not bound yet?

    What a branch may leave out does not count as bound after it. A function reads its names when it
    is called; until a cell calls something, its functions' names *wait*. Visiting a statement tells
    whether what stands after it is reached.
    """

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.bound: set[str] = set()
        self.used: set[str] = set()
        self.waiting: set[str] = set()

    def follow(self, statements: Sequence[ast.stmt]) -> bool:
        """Follow statements as far as they are reached; return whether their end is."""
        return all(self.visit(statement) is not False for statement in statements)

    def try_out(self, statements: Sequence[ast.AST]) -> tuple[bool, set[str]]:
        """Follow what may not be reached; return whether its end is, and what is bound there."""
        before = self.bound
        self.bound = set(before)
        reached = all(self.visit(each) is not False for each in statements)
        self.bound, after = before, self.bound
        return reached, after

    def branch(self, ways: Sequence[Sequence[ast.AST]]) -> bool:
        """Follow each of several ways; bound after them is what all that go on have bound.

        A name that only some of them bind may be as it was before, so it is read as well.
        """
        ends = [bound for reached, bound in map(self.try_out, ways) if reached]
        if ends:
            sure = set.intersection(*ends)
            self.used |= set.union(*ends) - sure - self.bound
            self.bound |= sure
        return bool(ends)

    def use(self, names: set[str]) -> None:
        """Note names that are read."""
        self.used |= names - self.bound

    def call(self) -> None:
        """Something is called: it may be any function that the cell has defined by now."""
        self.use(self.waiting)

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        """Visit what is there."""
        for node in nodes:
            if node is not None:
                self.visit(node)

    # Statements.

    def visit_If(self, node: ast.If) -> bool:
        self.visit(node.test)
        return self.branch([node.body, node.orelse])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.try_out([node.target, *node.body])
        self.try_out(node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self.try_out(node.body)
        self.try_out(node.orelse)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            self.visit_all([item.context_expr, item.optional_vars])
        self.call()
        if any("suppress" in ast.unparse(item.context_expr) for item in node.items):
            return self.branch([node.body, []])
        return self.follow(node.body)

    visit_AsyncWith = visit_With

    def visit_Try(self, node: ast.Try | ast.TryStar) -> bool:
        """A handler starts with what was bound before."""
        self.visit_all(handler.type for handler in node.handlers)
        handlers = [[*store(handler.name), *handler.body] for handler in node.handlers]
        goes_on = self.branch([[*node.body, *node.orelse], *handlers])
        return self.follow(node.finalbody) and goes_on

    visit_TryStar = visit_Try

    def visit_Match(self, node: ast.Match) -> bool:
        """Without a pattern that takes all, none of the ways may be gone."""
        self.visit(node.subject)
        ways = [[case.pattern, *filter(None, [case.guard]), *case.body] for case in node.cases]
        return self.branch([*ways, []])

    def visit_FunctionDef(self, node: Function) -> None:
        """What stands in the head is read now; the body's names wait."""
        arguments = node.args
        annotated = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        self.visit_all([*node.decorator_list, *arguments.defaults, *arguments.kw_defaults])
        self.visit_all(each.annotation for each in annotated)
        self.visit_all(each.annotation for each in (arguments.vararg, arguments.kwarg) if each)
        self.visit_all([node.returns])
        self.waiting |= self.scopes.get((node.name, node.lineno), set()) - {node.name}
        if node.decorator_list:
            self.call()
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """The body is a scope of its own, which runs at once."""
        self.visit_all([*node.decorator_list, *node.bases, *node.keywords])
        self.try_out(node.body)
        if node.decorator_list:
            self.call()
        self.bound.add(node.name)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.bound |= set(find_bound([node]))

    visit_ImportFrom = visit_Import

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit_all([node.value, *node.targets])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_all([node.annotation, node.value])
        if node.value is not None:
            self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.use({node.target.id})
        self.visit_all([node.value, node.target])
        self.call()

    def visit_Raise(self, node: ast.Raise | ast.Break | ast.Continue) -> bool:
        self.generic_visit(node)
        return False

    visit_Break = visit_Continue = visit_Raise

    # Expressions.

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
            return
        self.use({node.id})
        if isinstance(node.ctx, ast.Del):
            self.bound.discard(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit_all([node.value, node.target])

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.visit_all([node.pattern, *store(node.name)])

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self.visit_all(store(node.name))

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_all([*node.args.defaults, *node.args.kw_defaults])
        self.waiting |= self.scopes.get(("lambda", node.lineno), set())

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        self.call()

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """What stands after the first may not be reached."""
        self.visit(node.values[0])
        self.try_out(node.values[1:])

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self.try_out([node.body])
        self.try_out([node.orelse])

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        """A comprehension's variables stay within it."""
        self.try_out([*node.generators, node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self.try_out([*node.generators, node.key, node.value])

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit_all([node.iter, node.target, *node.ifs])


def store(name: str | None) -> list[ast.AST]:
    """Return a node that binds ``name``, if there is one."""
    return [] if name is None else [ast.Name(name, ast.Store())]


def find_bound(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield names that the statements bind, not looking into functions and classes."""
    for statement in statements:
        yield from find_bound_here(statement)


def find_bound_here(node: ast.AST) -> Iterator[str]:
    """Yield names that one node binds or changes (``W[0] = 1``), and those bound within it."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, Comprehension):  # its own variables stay within
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

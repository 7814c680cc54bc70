"""Find the expressions of a module that take part in a verdict."""

from __future__ import annotations

import ast
from dataclasses import dataclass

# These words open the names of functions that only say, show or name something.
_TALK = ("say", "show", "compare", "describe", "diagnose", "advise", "ask", "headline", "name")
_TALK_FUNCTIONS = {"worst", "_locate", "pattern", "wanted", "looks_at", "shown", "diagnosis"}
# These arguments and variables hold what is said, shown or named, or what no grade is based on.
_TALK_NAMES = {
    "__all__", "next_step", "question", "diagnosis", "comparison", "sentence", "label",
    "failing", "worst", "praise", "array_of", "_QUESTIONS", "names",
    "ALIKE", "PUBLIC_SEED", "PUBLIC_SIZES",
}  # fmt: skip
_TALK_CALLS = {"Judgement", "Problem", "ValueError", "TypeError"}  # from the second argument on
# Of these tables only whole rows are left out: a width of 17 for 16 changes nothing.
_SIZES = {
    "HEAD_SHAPES", "RANK_PAIRS", "READ_SHAPES", "HIDDEN_SIZES", "EMBEDDING_SHAPES",
    "PATTERN_LENGTHS", "PERIODS", "LINE_SHAPES", "COPIER_SHAPES", "CIRCUIT_SHAPES", "CUT_SHAPES",
    "MIXTURE_SHAPES", "ROTARY_SHAPES", "REGRESSIONS", "HALVES", "_COUNTS",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Place:
    """What can be changed, the function that holds it ("" for the module), and its statement."""

    node: ast.expr | ast.stmt
    function: str
    statement: ast.stmt
    condition: bool = False


def find_places(tree: ast.Module) -> list[Place]:
    """Return every expression and step that takes part in a verdict, from top to bottom."""
    finder = _Finder()
    finder.visit(tree)
    return finder.places


def _talks(name: str) -> bool:
    return name.strip("_").startswith(_TALK) or name in _TALK_FUNCTIONS


def _is_named(node: ast.expr) -> bool:
    """Whether something stands beside its name."""
    first = node.elts[0] if isinstance(node, ast.Tuple) else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str)


class _Finder(ast.NodeVisitor):
    def __init__(self) -> None:
        self.places: list[Place] = []
        self.function = ""
        self.statement: ast.stmt | None = None

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.stmt):
            self.statement = node
        elif isinstance(node, ast.JoinedStr):
            return  # a sentence
        elif isinstance(node, ast.List) and node.elts and all(map(_is_named, node.elts)):
            return  # mistakes, each with its name
        elif isinstance(node, ast.expr) and self.statement is not None:
            self.places.append(Place(node, self.function, self.statement))
        super().visit(node)

    def visit_If(self, node: ast.If) -> None:
        self._decide(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._decide(test)
        self.generic_visit(node)

    def _decide(self, test: ast.expr) -> None:
        """Take down a condition that is a plain value; others are found where they stand."""
        if self.statement is not None and not isinstance(test, ast.Compare | ast.BoolOp):
            self.places.append(Place(test, self.function, self.statement, condition=True))

    def visit_Continue(self, node: ast.Continue) -> None:
        self.places.append(Place(node, self.function, node))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.places.append(Place(node, self.function, node))
        self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        if _talks(node.name):
            return
        outside = self.function
        self.function = f"{outside}.{node.name}".strip(".")
        for child in node.body:
            self.visit(child)
        self.function = outside

    visit_ClassDef = visit_FunctionDef

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Pass over it."""

    visit_ImportFrom = visit_Import

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else a docstring
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._assign(node, node.targets, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._assign(node, [node.target], node.value)

    def _assign(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr | None) -> None:
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        if value is None or names & _TALK_NAMES:
            return
        if names & _SIZES:
            self.places.append(Place(value, self.function, node))
            return
        if isinstance(targets[0], ast.Subscript):
            self.places.append(Place(node, self.function, node))
            self.visit(targets[0])
        self.visit(value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not (isinstance(node.value, ast.Name) and node.value.id == "Literal"):  # else a type
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if _talks(called):
            return
        self.visit(node.func)
        for argument in node.args[:1] if called in _TALK_CALLS else node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in _TALK_NAMES:
                self.visit(keyword.value)

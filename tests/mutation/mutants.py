"""Make mutants: copies of a module's syntax tree that differ in one place."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.mutation.places import find_places

ROOT = Path(__file__).parents[2]

MODULES = (
    "circuits.behaviours.first_head",
    "circuits.behaviours.copying",
    "circuits.behaviours.functions.calls",
    "circuits.behaviours.grafting",
    "circuits.behaviours.lines",
    "circuits.behaviours.functions.measurement_cases",
    "circuits.behaviours.head_scores",
    "circuits.behaviours.mixtures",
    "circuits.behaviours.functions.model_cases",
    "circuits.behaviours.rotary",
    "circuits.behaviours.heads.selection",
    "circuits.behaviours.stand_ins",
    "circuits.behaviours.heads.targets",
    "circuits.diagnosis.directions.values",
    "circuits.reports.examination",
    "circuits.judging",
    "circuits.judging.answers",
    "circuits.judging.matrix_names",
    "circuits.judging.reporting",
    "circuits.sequences",
    "circuits.tasks.heads.attention",
    "circuits.tasks.heads.judgements",
    "circuits.tasks.copying.copying",
    "circuits.tasks.functions.circuit_search",
    "circuits.tasks.functions.function",
    "circuits.tasks.whole_model.grafting",
    "circuits.tasks.functions.measuring",
    "circuits.tasks.matrix_names",
    "circuits.tasks.heads.note",
    "circuits.tasks.copying.position_copy",
    "circuits.tasks.copying.products",
    "circuits.tasks.heads.rotary",
    "circuits.tasks.functions.rotary_functions",
    "circuits.tasks.whole_model.earlier_heads",
    "circuits.tasks.whole_model.move_found",
    "circuits.tasks.whole_model.gain",
    "circuits.tasks.whole_model.mixture",
    "circuits.tasks.whole_model.rest",
    "circuits.tasks.whole_model.unembedding",
    "circuits.trials",
)
"""The criteria of all chapters; none of their mutants survives without a reason."""

ONLY = {
    "circuits.diagnosis.directions.values": ("", "expand"),
    "circuits.judging.reporting": ("", "write_report"),
    "circuits.sequences": ("draw_pairs", "draw_iid", "_open_with_bos"),
}
"""Of a module that does other things, too, the functions that decide; "" is the module's level."""

EXCEPT = {
    "circuits.behaviours.grafting": ("measure_match", "measure_text", "turn_scores"),
    "circuits.behaviours.functions.measurement_cases": ("Measurement._write_call",),
    "circuits.behaviours.rotary": (
        "read_places",
        "draw_values.draw",
        "compare_constant",
        "score_by_distance",
    ),
    "circuits.tasks.heads.attention": ("Attention._hand_over", "Attempt.replay"),
    "circuits.tasks.heads.judgements": ("_list_positions",),
    "circuits.tasks.functions.circuit_search": ("_show", "_tell"),
    "circuits.tasks.functions.measuring": ("_overflow", "_find_code"),
    "circuits.tasks.heads.rotary": ("RotaryAttempt.replay", "RotaryLatest.examine.search"),
    "circuits.tasks.functions.rotary_functions": ("_probe_streams",),
    "circuits.tasks.whole_model.move_found": ("_hand_over",),
    "circuits.tasks.whole_model.gain": ("_find_gain",),
}
"""Of a module that decides, the functions that do not: what they return is said, shown or drawn."""

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.MatMult: ast.Add,
}
_OPPOSITE = {
    "min": "max", "max": "min", "any": "all", "all": "any", "argmin": "argmax",
    "argmax": "argmin", "minimum": "maximum", "isfinite": "isreal",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change in one place.

    Attributes:
        module: The dotted name of the module.
        function: The function that holds the change; empty at the level of the module.
        statement: The statement that holds the change.
        change: The expression before and after, and which of several alike.
        original: The whole module as it is.
        node: The part of it that is changed.
        after: What takes its place.
    """

    module: str
    function: str
    statement: ast.stmt
    change: str
    original: ast.Module
    node: ast.AST
    after: ast.expr | ast.stmt

    @property
    def key(self) -> str:
        """A name that stays when lines move."""
        return f"{self.module} | {self.function or 'module'} | {self.change}"

    @property
    def number(self) -> int:
        """A number that stays when others come and go: of the key, and of the statement's text."""
        said = f"{self.key} | {ast.unparse(self.statement)}"
        return int.from_bytes(sha256(said.encode()).digest()[:4], "big")

    @property
    def is_of_class(self) -> bool:
        """Whether the change stands in a class, outside of its functions."""
        return self.function.split(".")[-1].lstrip("_")[:1].isupper()

    def make_tree(self) -> ast.Module:
        """Return the whole mutated module."""
        # deepcopy takes what its memo holds for the copy of ``node``.
        changed = {id(self.node): ast.copy_location(self.after, self.node)}
        return ast.fix_missing_locations(deepcopy(self.original, changed))


def find_path(module: str) -> Path:
    """Return the file of a module of ours."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def make_mutants(module: str) -> list[Mutant]:
    """Return all mutants of a module."""
    tree = ast.parse(find_path(module).read_text(encoding="utf-8"))
    mutants, seen = [], Counter[str]()
    for place in find_places(tree):
        if place.function not in ONLY.get(module, (place.function,)):
            continue
        if place.function in EXCEPT.get(module, ()):
            continue
        changes = _decide() if place.condition else change_node(place.node)
        for after in changes:
            before = f"if {ast.unparse(place.node)}" if place.condition else ast.unparse(place.node)
            change = " ".join(f"{before} -> {ast.unparse(after)}".split())
            seen[place.function + change] += 1
            if seen[place.function + change] > 1:
                change += f" ({seen[place.function + change]})"
            mutants.append(
                Mutant(module, place.function, place.statement, change, tree, place.node, after)
            )
    return mutants


def _decide() -> Iterator[ast.expr]:
    """Yield what could stand in the place of a condition that is a plain value."""
    yield ast.Constant(True)
    yield ast.Constant(False)


def change_node(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    """Yield what could stand in the place of an expression or a step."""
    for kind, change in _CHANGES:
        if isinstance(node, kind):
            yield from change(node)


def _change_comparison(node: ast.Compare) -> Iterator[ast.expr]:
    if len(node.ops) == 1:
        for operator in _COMPARE[type(node.ops[0])]:
            yield ast.Compare(node.left, [operator()], node.comparators)
    yield ast.Constant(True)
    yield ast.Constant(False)


def _change_logic(node: ast.BoolOp) -> Iterator[ast.expr]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for index in range(len(node.values)):
        rest = [*node.values[:index], *node.values[index + 1 :]]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _change_sign(node: ast.UnaryOp) -> Iterator[ast.expr]:
    yield node.operand


def _change_arithmetic(node: ast.BinOp) -> Iterator[ast.expr]:
    if type(node.op) in _ARITHMETIC:
        yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)


def _change_constant(node: ast.Constant) -> Iterator[ast.expr]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value > 0:
            yield ast.Constant(value - 1)
    elif isinstance(value, float):
        # Finer changes are for test_criteria.py, which has the binding numbers literally.
        changed = [value * 10, value / 10] if value else [1.0, -1.0]
        yield from (ast.Constant(new) for new in changed)


def _change_name(node: ast.Name) -> Iterator[ast.expr]:
    if node.id in _OPPOSITE:
        yield ast.Name(_OPPOSITE[node.id], node.ctx)


def _change_attribute(node: ast.Attribute) -> Iterator[ast.expr]:
    if node.attr in _OPPOSITE:
        yield ast.Attribute(node.value, _OPPOSITE[node.attr], node.ctx)


def _change_collection(node: ast.Tuple | ast.Set | ast.List) -> Iterator[ast.expr]:
    plain = all(isinstance(element, ast.Constant | ast.Tuple) for element in node.elts)
    for index in range(len(node.elts)) if plain and len(node.elts) > 1 else ():
        rest = [*node.elts[:index], *node.elts[index + 1 :]]
        yield ast.Set(rest) if isinstance(node, ast.Set) else type(node)(rest, node.ctx)


def _change_choice(node: ast.IfExp) -> Iterator[ast.expr]:
    yield node.body
    yield node.orelse


def _leave_out(node: ast.stmt) -> Iterator[ast.stmt]:
    yield ast.Pass()


_CHANGES: tuple[tuple[type[ast.AST], Callable[..., Iterator[ast.expr | ast.stmt]]], ...] = (
    (ast.AugAssign, _leave_out),
    (ast.Assign, _leave_out),
    (ast.Continue, _leave_out),
    (ast.Compare, _change_comparison),
    (ast.BoolOp, _change_logic),
    (ast.UnaryOp, _change_sign),
    (ast.BinOp, _change_arithmetic),
    (ast.Constant, _change_constant),
    (ast.Name, _change_name),
    (ast.Attribute, _change_attribute),
    (ast.Tuple, _change_collection),
    (ast.Set, _change_collection),
    (ast.List, _change_collection),
    (ast.IfExp, _change_choice),
)

"""Rewrite a module so that it tells, while it runs as before, which mutants make a difference.

Beside each expression that a mutant changes stands the changed one, and both are worked out. A
mutant touches a probe only if in one place, once, the two differ: where they never do, the probe
runs as it would without the mutant. What cannot be worked out twice, such as a call that draws at
random, counts as different whenever it is reached.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy

import numpy as np

from tests.mutation.mutants import Mutant

WATCH = "__watch__"
"""The name under which a rewritten module holds its :class:`Watch`."""

# These return the same whenever they are called, and change nothing.
_FUNCTIONS = {
    "abs", "all", "any", "bool", "dict", "float", "frozenset", "int", "isinstance", "len", "list",
    "max", "min", "range", "round", "set", "slice", "sorted", "str", "sum", "tuple", "zip",
}  # fmt: skip
_METHODS = {
    "all", "any", "argmax", "argmin", "astype", "copy", "endswith", "get", "item", "items", "keys",
    "max", "mean", "min", "ravel", "replace", "reshape", "round", "split", "startswith", "strip",
    "sum", "swapaxes", "tolist", "tobytes", "upper", "values",
}  # fmt: skip
_KINDS = (
    ast.Attribute, ast.BinOp, ast.BoolOp, ast.Compare, ast.Constant, ast.Dict, ast.FormattedValue,
    ast.GeneratorExp, ast.IfExp, ast.JoinedStr, ast.List, ast.ListComp, ast.Name, ast.Set,
    ast.SetComp, ast.Slice, ast.Starred, ast.Subscript, ast.Tuple, ast.UnaryOp,
)  # fmt: skip
_NO_VALUE = (ast.Starred, ast.Slice, ast.GeneratorExp, ast.FormattedValue, ast.JoinedStr)


class Watch:
    """Take down the mutants that make a difference."""

    def __init__(self) -> None:
        self.seen: set[object] = set()
        self.begun: dict[int, tuple[int, ...]] = {}
        self.count = 0

    def begin(self, *numbers: int) -> int:
        """Begin an expression; what never ends it raises, and its mutants may not."""
        self.count += 1
        self.begun[self.count] = numbers
        return self.count

    def give_up(self) -> None:
        """Take down the mutants of what was begun and never ended."""
        for numbers in self.begun.values():
            self.seen.update(numbers)
        self.begun.clear()

    def reach(self, *numbers: int) -> bool:
        """Take mutants down whatever their values are; return True."""
        self.seen.update(numbers)
        return True

    def see(
        self,
        token: int,
        value: object,
        truth: bool,
        names: Callable[[], tuple[object, ...]],
        *others: tuple[int, Callable[[], object]],
    ) -> object:
        """Return ``value``, and take down each mutant whose value is another one.

        Args:
            token: What :meth:`begin` returned, before the value was worked out.
            value: Of the expression as it is.
            truth: Whether it is only asked if it is true.
            names: Gives what the expression reads, to tell what can be read once only.
            others: Mutants, and what gives their values.
        """
        self.begun.pop(token, None)
        open_ones = [other for other in others if other[0] not in self.seen]
        if open_ones:
            try:
                once = any(hasattr(type(read), "__next__") for read in names())
            except NameError:  # it is not there yet
                once = True
            for number, compute in open_ones:
                if once or self._differs(value, truth, compute):
                    self.seen.add(number)
        return value

    def pair(
        self,
        compute: Callable[[object, object], object],
        truth: bool,
        left: object,
        right: object,
        *others: tuple[int, Callable[[object, object], object]],
    ) -> object:
        """Return ``compute(left, right)``, and take down each mutant that gives another value."""
        token = self.begin(*(number for number, _ in others))
        value = compute(left, right)
        self.begun.pop(token, None)
        for number, other in others:
            if number not in self.seen and self._differs(value, truth, lambda: other(left, right)):  # noqa: B023
                self.seen.add(number)
        return value

    def choose(self, body: int, orelse: int, condition: object) -> bool:
        """Return whether a condition holds, and take down the mutant that does not ask it."""
        holds = bool(condition)
        self.seen.add(orelse if holds else body)
        return holds

    def operand(self, number: int, ends_on: bool, last: bool, value: object) -> object:
        """Return an operand of ``and`` or ``or``; taken down if it is the one that decides."""
        if last or bool(value) is ends_on:
            self.seen.add(number)
        return value

    @staticmethod
    def _differs(value: object, truth: bool, compute: Callable[[], object]) -> bool:
        try:
            with np.errstate(all="ignore"):
                other = compute()
                return bool(value) is not bool(other) if truth else not is_same(value, other)
        except BaseException:  # noqa: BLE001 - a mutant may raise anything
            return True


def is_same(one: object, other: object) -> bool:
    """Whether no program could tell two values apart."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic) and isinstance(other, np.ndarray | np.generic):
        alike = (one.dtype, one.shape) == (other.dtype, other.shape) and one.dtype != object
        return alike and one.tobytes() == other.tobytes()
    if isinstance(one, int | float | complex | str | bytes | slice):
        return repr(one) == repr(other)
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return False


def find_watched(tree: ast.Module, mutants: Sequence[Mutant]) -> list[bool]:
    """Return of each mutant whether it changes what runs, and not what is worked out on import."""
    late = {id(node) for each in ast.walk(tree) if _is_late(each) for node in ast.walk(each)}
    return [id(m.node) in late or bool(m.function and not m.is_of_class) for m in mutants]


def _is_late(node: ast.AST) -> bool:
    return isinstance(node, ast.Lambda)


def rewrite(tree: ast.Module, mutants: Sequence[tuple[int, Mutant]]) -> ast.Module:
    """Change a module so that it tells by number which of its mutants make a difference.

    Args:
        tree: The module, of which every mutant's node is a part.
        mutants: Those that change what runs, with their numbers.
    """
    parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    rewriter = _Rewriter(tree)
    for number, mutant in mutants:
        node = mutant.node
        whole = _widen(node, parents) if isinstance(node, ast.expr) else None
        table = rewriter.alone if whole is None else rewriter.whole
        table[id(whole or node)].append((number, mutant))
    rewriter.visit(tree)
    return ast.fix_missing_locations(tree)


def forget_caches(tree: ast.Module) -> ast.Module:
    """Let no function of a module remember its results, or it would run in one probe alone.

    Not the one that draws trials: it takes its time, and tests call it with seeds of their own.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name != "draw_trials":
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            kept = [d for d in node.decorator_list if "lru_cache" not in ast.unparse(d)]
            node.decorator_list = kept
            node.lineno = first  # by which a function is known, and it began with a decorator
    return tree


def _is_pure(node: ast.AST) -> bool:
    """Whether an expression can be worked out twice, and the second time for nothing."""
    if isinstance(node, ast.Call):
        return (
            _is_known(node.func)
            and all(map(_is_pure, [node.func, *node.args]))
            and all(
                keyword.arg not in (None, "out") and _is_pure(keyword.value)
                for keyword in node.keywords
            )
        )
    if isinstance(node, ast.comprehension):
        return all(map(_is_pure, [node.iter, *node.ifs]))
    if not isinstance(node, _KINDS):
        return False
    loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    return loads and all(
        _is_pure(child)
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, ast.expr_context | ast.operator | ast.cmpop | ast.boolop)
        and not isinstance(child, ast.unaryop)
        and not (isinstance(node, ast.comprehension) and child is node.target)
    )


def _is_known(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _FUNCTIONS
    if not isinstance(function, ast.Attribute):
        return False
    said = ast.unparse(function).split(".")
    if said[0] == "np":
        return said[1] not in ("random", "errstate", "fromiter")
    return function.attr in _METHODS


def _widen(node: ast.expr, parents: dict[int, ast.AST]) -> ast.expr | None:
    """Return the largest expression around a node that can be worked out twice, or None."""
    found: ast.expr | None = None
    at: ast.AST = node
    while isinstance(at, ast.expr | ast.keyword | ast.comprehension):
        if isinstance(at, ast.expr):
            if not _is_pure(at):
                break
            if not _has_no_value(at) and not _binds(parents[id(at)], at):
                found = at
        at = parents[id(at)]
    return found


def _has_no_value(node: ast.expr) -> bool:
    """Whether a node is a part of an expression, and none by itself."""
    sliced = isinstance(node, ast.Tuple) and any(isinstance(n, ast.Slice) for n in node.elts)
    return sliced or isinstance(node, _NO_VALUE)


def _binds(parent: ast.AST, node: ast.expr) -> bool:
    """Whether a node has to stay what it is: a decorator, a target, or what is called."""
    if isinstance(parent, ast.FunctionDef | ast.ClassDef):
        return True
    return isinstance(parent, ast.Call) and parent.func is node


class _Rewriter(ast.NodeTransformer):
    def __init__(self, tree: ast.Module) -> None:
        self.alone: dict[int, list[tuple[int, Mutant]]] = defaultdict(list)
        self.whole: dict[int, list[tuple[int, Mutant]]] = defaultdict(list)
        self.truth = {id(asked) for node in ast.walk(tree) for asked in _find_asked(node)}

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt]:  # type: ignore[override]
        whole = self.whole.get(id(node))
        if whole and isinstance(node, ast.expr):
            return self._see(node, whole)
        alone = self.alone.get(id(node))
        if not alone:
            return super().visit(node)  # type: ignore[no-any-return]
        if isinstance(node, ast.expr):
            return self._see_alone(node, alone)
        inside = super().visit(node)
        numbers = [ast.Constant(number) for number, _ in alone]
        told = ast.copy_location(ast.Expr(_call("reach", *numbers)), node)
        return [told, inside]

    def _see(self, node: ast.expr, mutants: list[tuple[int, Mutant]]) -> ast.expr:
        others: list[ast.expr] = []
        for number, mutant in mutants:
            # deepcopy takes what its memo holds for the copy of the mutant's node.
            changed = deepcopy(node, {id(mutant.node): mutant.after})
            others.append(ast.Tuple([ast.Constant(number), _delay(changed)], ast.Load()))
        bound = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _stores(n)}
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - bound
        read = ast.Tuple([ast.Name(name, ast.Load()) for name in sorted(names)], ast.Load())
        truth = ast.Constant(id(node) in self.truth)
        return ast.copy_location(
            _call("see", _begin(mutants), node, truth, _delay(read), *others), node
        )

    def _see_alone(self, node: ast.expr, mutants: list[tuple[int, Mutant]]) -> ast.expr:
        truth = ast.Constant(id(node) in self.truth)
        told: list[int] = []
        constants = [m for m in mutants if isinstance(m[1].after, ast.Constant)]
        others = [m for m in mutants if not isinstance(m[1].after, ast.Constant)]
        two = _split(node)
        if isinstance(node, ast.IfExp) and len(others) == 2:
            body, orelse = (ast.Constant(number) for number, _ in others)
            inside = self.generic_visit(node)
            assert isinstance(inside, ast.IfExp)
            inside.test = _call("choose", body, orelse, inside.test)
            result: ast.expr = inside
        elif isinstance(node, ast.BoolOp) and len(others) == 1 + len(node.values):
            told.append(others[0][0])
            ends_on = ast.Constant(isinstance(node.op, ast.Or))
            inside = self.generic_visit(node)
            assert isinstance(inside, ast.BoolOp)
            inside.values = [
                _call("operand", ast.Constant(number), ends_on, ast.Constant(last), value)
                for (number, _), value, last in zip(
                    others[1:],
                    inside.values,
                    [*[False] * (len(inside.values) - 1), True],
                    strict=True,
                )
            ]
            result = inside
        elif two:
            left, right = (self.visit(side) for side in two)
            pairs = [
                ast.Tuple([ast.Constant(number), _compute(mutant.after)], ast.Load())
                for number, mutant in others
            ]
            result = _call("pair", _compute(node), truth, left, right, *pairs)
        else:
            told += [number for number, _ in others]
            result = super().visit(node)
        result = ast.copy_location(result, node)
        if constants:
            nothing = _delay(ast.Tuple([], ast.Load()))
            changed = [
                ast.Tuple([ast.Constant(number), _delay(deepcopy(m.after))], ast.Load())
                for number, m in constants
            ]
            result = ast.copy_location(
                _call("see", _begin(constants), result, truth, nothing, *changed), node
            )
        if told:
            reached = _call("reach", *(ast.Constant(number) for number in told))
            result = ast.copy_location(ast.BoolOp(ast.And(), [reached, result]), node)
        return result


def _find_asked(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the parts of a node of which it matters only whether they are true."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield from _list_asked(node.test)
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield from _list_asked(test)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _list_asked(node.operand)


def _list_asked(test: ast.expr) -> Iterator[ast.expr]:
    yield test
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _list_asked(value)


def _split(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.BinOp):
        return node.left, node.right
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return node.left, node.comparators[0]
    return None


def _compute(node: ast.AST) -> ast.expr:
    """Return a function of the two sides of a comparison or of a sum."""
    one, two = ast.Name("a", ast.Load()), ast.Name("b", ast.Load())
    changed: ast.expr
    if isinstance(node, ast.BinOp):
        changed = ast.BinOp(one, node.op, two)
    else:
        assert isinstance(node, ast.Compare)
        changed = ast.Compare(one, node.ops, [two])
    arguments = ast.arguments([], [ast.arg("a"), ast.arg("b")], None, [], [], None, [])
    return ast.Lambda(arguments, changed)


def _begin(mutants: Sequence[tuple[int, Mutant]]) -> ast.Call:
    return _call("begin", *(ast.Constant(number) for number, _ in mutants))


def _delay(node: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), node)


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _call(method: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(
        ast.Attribute(ast.Name(WATCH, ast.Load()), method, ast.Load()), list(arguments), []
    )

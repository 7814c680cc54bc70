"""Put a mutated module in the place of the real one, in a process that is thrown away after."""

from __future__ import annotations

import ast
import importlib
import sys
import warnings
from functools import cached_property
from types import FunctionType, ModuleType

import circuits.exercises
from tests.mutation.mutants import Mutant, find_path


def patch(mutant: Mutant) -> None:
    """Let every function of the module do what its mutant does."""
    exchange(mutant.module, mutant.make_tree())


def exchange(name: str, tree: ast.Module) -> None:
    """Let every function of a module do what another version of it does.

    Other modules hold the functions, classes and constants under names of their own, so
    functions get the mutant's code, classes the mutant's methods and constants, and constants of
    the module are replaced wherever they were imported. The table of parts is built anew, since
    its tasks were made before.
    """
    module = sys.modules[name]
    before = dict(vars(module))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # True[0] deserves one
        code = compile(tree, str(find_path(name)), "exec")
    exec(code, vars(module))
    for name, was in before.items():
        now = vars(module)[name]
        if now is was or name.startswith("__"):
            continue
        if isinstance(was, FunctionType) and isinstance(now, FunctionType):
            _take_over(was, now)
            setattr(module, name, was)
        elif isinstance(was, type) and isinstance(now, type):
            _take_over_class(was, now)
            setattr(module, name, was)
        else:
            _replace_everywhere(module, name, was, now)
    _rebuild_table()


def _take_over(was: FunctionType, now: FunctionType) -> None:
    was.__code__ = now.__code__
    was.__defaults__ = now.__defaults__
    was.__kwdefaults__ = now.__kwdefaults__
    cells = zip(was.__closure__ or (), now.__closure__ or (), strict=True)
    for name, (old, new) in zip(now.__code__.co_freevars, cells, strict=True):
        if name != "__class__":  # super() asks it, for objects of the class as it was
            old.cell_contents = new.cell_contents


def _take_over_class(was: type, now: type) -> None:
    for name, new in vars(now).items():
        old = vars(was).get(name)
        if not name.startswith("__") and isinstance(new, bool | int | float | str | tuple):
            setattr(was, name, new)
        for pick in (lambda x: x, lambda x: x.fget, lambda x: x.func, lambda x: x.__func__):
            kinds = (FunctionType, property, cached_property, staticmethod, classmethod)
            if not isinstance(old, kinds) or not isinstance(new, kinds):
                break
            try:
                first, second = pick(old), pick(new)
            except AttributeError:
                continue
            if isinstance(first, FunctionType) and isinstance(second, FunctionType):
                _take_over(first, second)
                break


def _rebuild_table() -> None:
    table = circuits.exercises.PARTS
    for name in [name for name in sys.modules if name.startswith("circuits.exercises.")]:
        importlib.reload(sys.modules[name])
    table.update(importlib.reload(circuits.exercises).PARTS)
    circuits.exercises.PARTS = table


def _replace_everywhere(module: ModuleType, name: str, was: object, now: object) -> None:
    for other in list(sys.modules.values()):
        name_of_other = getattr(other, "__name__", "")
        if other is module or not name_of_other.startswith(("circuits", "tests")):
            continue
        if name in vars(other) and vars(other)[name] is was:
            setattr(other, name, now)

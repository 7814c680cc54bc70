"""Run one cell the way a notebook would, and tell the page what came out.

This module lives inside the page's Python (Pyodide) and knows nothing of the browser: whoever
starts it hands over ``emit``, a function that takes one message as a dict. It also runs under
plain CPython, which is how it is tested.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import linecache
import sys
import types
from collections.abc import Iterable

import live_cells_ipython
from live_cells_errors import shorten_error
from live_cells_figures import close_figures, show_open_figures
from live_cells_magics import drop_magics
from live_cells_output import Emit, Outlet, Stream


def split_last_expression(code: str, filename: str) -> tuple[types.CodeType, types.CodeType | None]:
    """Compile ``code``; if it ends in an expression that is to be shown, apart from the rest."""
    tree = ast.parse(code, filename)
    last = tree.body[-1] if tree.body else None
    silent = code.rstrip().endswith(";")
    if not isinstance(last, ast.Expr) or silent:
        return compile(tree, filename, "exec", dont_inherit=True), None
    tree.body.pop()
    shown = compile(ast.Expression(last.value), filename, "eval", dont_inherit=True)
    return compile(tree, filename, "exec", dont_inherit=True), shown


class Runner:
    """The Python of one page: a namespace, and how a cell runs in it."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.outlet = Outlet(emit)
        self.stdout = Stream("stdout", lambda: self.outlet)
        self.stderr = Stream("stderr", lambda: self.outlet)
        self.module = types.ModuleType("__main__")
        self.forget(())

    def run(self, code: str, label: str) -> bool:
        """Run ``code``, known to the reader as cell ``label``; return whether it went well."""
        filename = f"<cell {label}>"
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        self.outlet = Outlet(self.emit)
        live_cells_ipython.outlets[:] = [self.outlet]
        sys.modules["__main__"] = self.module
        with contextlib.redirect_stdout(self.stdout), contextlib.redirect_stderr(self.stderr):
            good = self.attempt(code, filename)
            # What was drawn before an error is shown too, below the error, as in a notebook.
            return self.finish(filename) and good

    def forget(self, names: Iterable[str]) -> None:
        """Take names away; what a cell finds from the start is there again."""
        for name in names:
            self.module.__dict__.pop(name, None)
        found = {"display": live_cells_ipython.display, "input": refuse_input}
        for name, value in ({"__builtins__": builtins} | found).items():
            self.module.__dict__.setdefault(name, value)

    def attempt(self, code: str, filename: str) -> bool:
        """Run the cell's code; say what stopped it, if anything did."""
        try:
            self.execute(code, filename)
        except BaseException as error:  # noqa: BLE001 - a cell may raise anything
            self.explain(error, filename)
            return False
        return True

    def finish(self, filename: str) -> bool:
        """Show the figures that the cell left open, and what it printed last."""
        try:
            show_open_figures(self.outlet.show, again=False)
        except BaseException as error:  # noqa: BLE001 - drawing runs the learner's mathematics
            close_figures()
            self.explain(error, filename)
            return False
        finally:
            self.outlet.send()
        return True

    def execute(self, code: str, filename: str) -> None:
        namespace = self.module.__dict__
        body, shown = split_last_expression(drop_magics(code), filename)
        exec(body, namespace)
        value = None if shown is None else eval(shown, namespace)
        if value is not None:
            namespace["_"] = value
            self.outlet.show(value)

    def explain(self, error: BaseException, filename: str) -> None:
        """Say what stopped the cell."""
        if isinstance(error, KeyboardInterrupt):
            name, text = "Stopped", "Stopped. Everything computed before is still there."
        elif isinstance(error, SystemExit):
            name, text = "SystemExit", "The cell asked Python to exit; Python is still there."
        else:
            name, text = type(error).__name__, shorten_error(error, filename)
        self.outlet.fail(name, text)


def refuse_input(prompt: object = "") -> str:
    """Say that a cell in a page cannot wait for typing."""
    raise RuntimeError("input() cannot ask in this page: assign the value in the cell instead.")

"""Run one cell the way a notebook would, and tell the page what came out.

This module lives inside the page's Python (Pyodide) and knows nothing of the browser: whoever
starts it hands over ``emit``, a function that takes one message as a dict. It also runs under
plain CPython, which is how it is tested.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import inspect
import io
import linecache
import sys
import tokenize
import types
from collections.abc import Iterable, Sequence
from typing import Any

import live_cells_ipython
from live_cells_errors import shorten_error
from live_cells_figures import close_figures, show_open_figures
from live_cells_magics import drop_magics
from live_cells_output import Emit, Outlet, Stream


def split_last_expression(code: str, filename: str) -> tuple[types.CodeType, types.CodeType | None]:
    """Compile ``code``; if it ends in an expression that is to be shown, apart from the rest."""
    tree = ast.parse(code, filename)
    last = tree.body[-1] if tree.body else None
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    if not isinstance(last, ast.Expr) or ends_in_semicolon(code):
        return compile(tree, filename, "exec", flags, dont_inherit=True), None
    tree.body.pop()
    shown = compile(ast.Expression(last.value), filename, "eval", flags, dont_inherit=True)
    return compile(tree, filename, "exec", flags, dont_inherit=True), shown


def ends_in_semicolon(code: str) -> bool:
    """Tell whether the last token of valid ``code`` is a semicolon: IPython's sign for silence.

    >>> ends_in_semicolon("1 + 1; # quiet"), ends_in_semicolon("1 + 1  # done;")
    (True, False)
    """
    passed_over = (tokenize.ENDMARKER, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT)
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    last = next((token for token in reversed(tokens) if token.type not in passed_over), None)
    return last is not None and last.string == ";"


class Runner:
    """The Python of one page: a namespace, and how a cell runs in it."""

    def __init__(self, emit: Emit, packages: Sequence[str] = ()) -> None:
        self.emit = emit
        self.packages = packages  # what there is to import besides the standard library
        self.awaited: asyncio.Future[object] | None = None
        self.cancelled = False
        self.outlet = Outlet(emit)
        self.stdout = Stream("stdout", lambda: self.outlet)
        self.stderr = Stream("stderr", lambda: self.outlet)
        self.module = types.ModuleType("__main__")
        self.forget(())

    async def run(self, code: str, label: str) -> bool:
        """Run ``code``, known to the reader as ``label``; return whether it went well."""
        filename = f"<cell {label}>"
        self.cancelled = False
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        self.outlet = Outlet(self.emit)
        live_cells_ipython.outlets[:] = [self.outlet]
        sys.modules["__main__"] = self.module
        with contextlib.redirect_stdout(self.stdout), contextlib.redirect_stderr(self.stderr):
            good = await self.attempt(code, filename)
            # What was drawn before an error is shown too, below the error, as in a notebook.
            return self.finish(filename) and good

    def forget(self, names: Iterable[str]) -> None:
        """Take names away; what a cell finds from the start is there again."""
        for name in names:
            self.module.__dict__.pop(name, None)
        found = {"display": live_cells_ipython.display, "input": refuse_input}
        for name, value in ({"__builtins__": builtins} | found).items():
            self.module.__dict__.setdefault(name, value)

    def cancel(self) -> None:
        """Stop the cell if it awaits something; whatever else it does is interrupted elsewhere."""
        if self.awaited is not None:
            self.cancelled = True
            self.awaited.cancel()

    async def attempt(self, code: str, filename: str) -> bool:
        """Run the cell's code; say what stopped it, if anything did."""
        try:
            await self.execute(code, filename)
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

    async def execute(self, code: str, filename: str) -> None:
        body, shown = split_last_expression(drop_magics(code), filename)
        await self.evaluate(body)
        value = None if shown is None else await self.evaluate(shown)
        if value is not None:
            self.module.__dict__["_"] = value
            self.outlet.show(value)

    async def evaluate(self, code: types.CodeType) -> object:
        """Run compiled code, which may ``await`` at its top level; return its value."""
        value: Any = eval(code, self.module.__dict__)
        if not code.co_flags & inspect.CO_COROUTINE:
            return value
        self.awaited = asyncio.ensure_future(value)
        try:
            return await self.awaited
        finally:
            self.awaited = None

    def explain(self, error: BaseException, filename: str) -> None:
        """Say what stopped the cell."""
        interrupted = isinstance(error, asyncio.CancelledError) and self.cancelled
        if interrupted or isinstance(error, KeyboardInterrupt):
            name, text = "Stopped", "Stopped. Everything computed before is still there."
        elif isinstance(error, SystemExit):
            name, text = "SystemExit", "The cell asked Python to exit; Python is still there."
        else:
            name, text = type(error).__name__, shorten_error(error, filename, self.packages)
        self.outlet.fail(name, text)


def refuse_input(prompt: object = "") -> str:
    """Say that a cell in a page cannot wait for typing."""
    raise RuntimeError("input() cannot ask in this page: assign the value in the cell instead.")

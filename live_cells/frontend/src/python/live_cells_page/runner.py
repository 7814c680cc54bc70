"""Run one cell the way a notebook would, and tell the page what came out.

This module lives inside the page's Python (Pyodide) and knows nothing of the browser: whoever
starts it hands over ``emit``, a function that takes one message as a dict. It also runs under
plain CPython, which is how it is tested.
"""

from __future__ import annotations
import __future__ as future

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
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from live_cells_page import ipython
from live_cells_page.commands import Clock, make_commands
from live_cells_page.errors import name_code, shorten_error
from live_cells_page.figures import close_figures, show_open_figures
from live_cells_page.magics import translate
from live_cells_page.names import Names, read_names
from live_cells_page.output import Emit, Outlet, Stream

IMPORTS = (ast.Import, ast.ImportFrom)


class Part(NamedTuple):
    """A piece of a cell that runs as a whole."""

    body: types.CodeType
    names: Names
    imports: bool  # it is one statement, which imports


def split_at_imports(code: str, filename: str) -> Iterator[Part]:
    """Yield the parts of a cell, compiled one by one: a failing import may leave some of them out.

    The last part is an expression where the cell ends in one that is to be shown. Without an import
    there is no other cut. Code that is no Python fails before anything of it runs.
    """
    tree = ast.parse(code, filename)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    compile(tree, filename, "exec", flags, dont_inherit=True)  # what only the compiler finds wrong
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            flags |= sum(getattr(future, alias.name).compiler_flag for alias in statement.names)
    last = tree.body.pop() if ends_in_expression(tree, code) else None
    imports = any(isinstance(statement, IMPORTS) for statement in tree.body)
    for statements in [[each] for each in tree.body] if imports else [tree.body]:
        part = ast.Module(statements, [])
        source = "\n".join(ast.unparse(each) for each in statements) if imports else ""
        body = compile(part, filename, "exec", flags, dont_inherit=True)
        yield Part(
            body, read_names(source), bool(statements) and isinstance(statements[0], IMPORTS)
        )
    if isinstance(last, ast.Expr):
        shown = compile(ast.Expression(last.value), filename, "eval", flags, dont_inherit=True)
        yield Part(shown, read_names(ast.unparse(last)), False)


def ends_in_expression(tree: ast.Module, code: str) -> bool:
    """Tell whether a cell ends in an expression that is to be shown."""
    return bool(tree.body) and isinstance(tree.body[-1], ast.Expr) and not ends_in_semicolon(code)


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

    def __init__(
        self, emit: Emit, packages: Sequence[str] = (), ask: Callable[[], str | None] | None = None
    ) -> None:
        """Make a Python; ``ask`` waits for what the reader answers, None where it was stopped."""
        self.emit = emit
        self.ask = ask
        self.clock = Clock()
        self.packages = packages  # what there is to import besides the standard library
        self.awaited: asyncio.Future[object] | None = None
        self.cancelled = False
        self.stopped = False  # by the reader, in the last run
        self.missing: set[str] = (
            set()
        )  # names that the last run could not import, or build on those
        self.outlet = Outlet(emit)
        self.stdout = Stream("stdout", lambda: self.outlet)
        self.stderr = Stream("stderr", lambda: self.outlet)
        self.module = types.ModuleType("__main__")
        self.forget(())

    async def run(self, code: str, label: str) -> bool:
        """Run ``code``, known to the reader as ``label``; return whether it went well."""
        filename = name_code(label)
        self.stopped = False
        self.missing = set()
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        self.outlet = Outlet(self.emit)
        ipython.outlets[:] = [self.outlet]
        sys.modules["__main__"] = self.module
        with contextlib.redirect_stdout(self.stdout), contextlib.redirect_stderr(self.stderr):
            good = await self.attempt(code, filename)
            self.cancelled = False
            # What was drawn before an error is shown too, below the error, as in a notebook.
            return self.finish(filename) and good

    def forget(self, names: Iterable[str]) -> None:
        """Take names away; what a cell finds from the start is there again."""
        for name in names:
            self.module.__dict__.pop(name, None)
        namespace = self.module.__dict__
        found = {"display": ipython.display, "input": self.ask_reader}
        found |= make_commands(namespace, self.clock, self.packages)
        for name, value in ({"__builtins__": builtins} | found).items():
            namespace.setdefault(name, value)

    def ask_reader(self, prompt: object = "") -> str:
        """Wait for a line that the reader types, as ``input`` does.

        Raises ``RuntimeError`` where the page cannot wait, ``KeyboardInterrupt`` if it is stopped.
        """
        if self.ask is None:
            raise RuntimeError(
                "input() cannot ask on this visit: reload the page and run the cell again, "
                "or assign the value in the cell instead."
            )
        self.outlet.send()
        self.emit({"type": "ask", "prompt": str(prompt)})
        answer = self.ask()
        if answer is None:
            raise KeyboardInterrupt
        print(f"{prompt}{answer}")
        return answer

    def cancel(self) -> None:
        """Stop the cell: what it awaits, or else before what it does next.

        Whatever it does just now is interrupted elsewhere. A cell may be stopped before it began.
        """
        self.cancelled = True
        if self.awaited is not None:
            self.awaited.cancel()

    async def attempt(self, code: str, filename: str) -> bool:
        """Run the cell's code; say what stopped it, if anything did."""
        self.clock.started = None
        try:
            await self.execute(code, filename)
            self.clock.stop()
        except BaseException as error:  # noqa: BLE001 - a cell may raise anything
            self.explain(error, filename)
            self.missing = set()  # nobody knows what came after the error
            return False
        return not self.missing

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
        """Run the cell's code. An import that fails takes along only what needs its names."""
        value = None
        for part in split_at_imports(translate(code), filename):
            if part.names.used & self.missing:
                self.missing |= part.names.bound
                continue
            try:
                value = await self.evaluate(part.body)
            except ImportError as error:
                if not part.imports:
                    raise
                self.explain(error, filename)
                self.missing |= part.names.bound
        if value is not None:
            self.module.__dict__["_"] = value
            self.outlet.show(value)

    async def evaluate(self, code: types.CodeType) -> object:
        """Run compiled code, which may ``await`` at its top level; return its value."""
        if self.cancelled:
            raise KeyboardInterrupt
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
            self.stopped = True
            name, text = "Stopped", "Stopped. Everything computed before is still there."
        elif isinstance(error, SystemExit):
            name, text = "SystemExit", "The cell asked Python to exit; Python is still there."
        else:
            name, text = type(error).__name__, shorten_error(error, filename, self.packages)
        self.outlet.fail(name, text)

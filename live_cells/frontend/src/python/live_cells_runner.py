"""Run one cell the way a notebook would, and tell the page what came out.

This module lives inside the page's Python (Pyodide) and knows nothing of the browser: whoever
starts it hands over ``emit``, a function that takes one message as a dict. It also runs under
plain CPython, which is how it is tested.
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import io
import linecache
import pprint
import sys
import time
import traceback
import types
from collections.abc import Callable
from typing import Any

from live_cells_magics import drop_magics

Emit = Callable[[dict[str, Any]], None]

LONGEST_STREAM = 200_000  # characters a cell may print before the rest is dropped
CUT = "\n… the rest of what this cell prints is cut.\n"
BATCH_SECONDS = 0.05  # printed text waits at most so long before the page gets it
REPR_WIDTH = 79  # containers wider than this are laid out over several lines

#: how to ask an object for one kind of output, in the order a page prefers them
REPRESENTATIONS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "text/latex": "_repr_latex_",
}


class Stream(io.TextIOBase):
    """One of stdout and stderr: sends what is written on to the page, in batches, up to a limit.

    A loop that prints a million lines must not send the page a million messages.
    """

    def __init__(self, name: str, emit: Emit) -> None:
        self.name = name
        self.emit = emit
        self.room = LONGEST_STREAM
        self.waiting: list[str] = []
        self.sent_at = time.monotonic()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(text) <= self.room:
            self.waiting.append(text)
            self.room -= len(text)
        elif self.room >= 0:
            self.waiting.append(text[: self.room] + CUT)
            self.room = -1  # said once
        if self.waiting and time.monotonic() - self.sent_at > BATCH_SECONDS:
            self.send()
        return len(text)

    def send(self) -> None:
        """Send what waits; called at the end of a cell and before anything else is shown."""
        if self.waiting:
            self.emit({"type": "stream", "name": self.name, "text": "".join(self.waiting)})
        self.waiting = []
        self.sent_at = time.monotonic()


def describe(value: object) -> dict[str, Any]:
    """Return ``value`` as a bundle of MIME type -> text, as Jupyter would."""
    bundle: dict[str, Any] = {}
    own = getattr(value, "_repr_mimebundle_", None)
    if own is not None and not isinstance(value, type):
        made = own()
        bundle.update(made[0] if isinstance(made, tuple) else made)
    for mimetype, method in REPRESENTATIONS.items():
        if mimetype in bundle or isinstance(value, type):
            continue
        represent = getattr(value, method, None)
        content = represent() if callable(represent) else None
        if content is not None:
            bundle[mimetype] = content
    if "text/plain" not in bundle:
        bundle["text/plain"] = describe_plainly(value)
    return {mimetype: encode(content) for mimetype, content in bundle.items()}


def describe_plainly(value: object) -> str:
    """Return ``repr(value)``, long containers laid out over several lines."""
    text = repr(value)
    if len(text) > REPR_WIDTH and isinstance(value, dict | list | set | tuple):
        return pprint.pformat(value, width=REPR_WIDTH, sort_dicts=False)
    return text


def encode(content: object) -> object:
    """Return bytes as base64, as notebooks keep them; everything else unchanged."""
    return base64.b64encode(content).decode() if isinstance(content, bytes) else content


def describe_figure(figure: Any) -> dict[str, Any]:
    """Return a matplotlib figure as a PNG with a text alternative made from its labels."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", dpi=100)
    words = [figure.get_suptitle()] if hasattr(figure, "get_suptitle") else []
    for axes in figure.axes:
        names = [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
        words.append(", ".join(name for name in names if name))
    text = "; ".join(word for word in words if word)
    return {
        "image/png": encode(buffer.getvalue()),
        "text/plain": f"Figure: {text}" if text else "Figure without a title",
    }


def split_last_expression(code: str, filename: str) -> tuple[types.CodeType, types.CodeType | None]:
    """Compile ``code``; if it ends in an expression that is to be shown, apart from the rest."""
    tree = ast.parse(code, filename)
    last = tree.body[-1] if tree.body else None
    silent = code.rstrip().endswith(";")
    if not isinstance(last, ast.Expr) or silent:
        return compile(tree, filename, "exec"), None
    tree.body.pop()
    shown = ast.Expression(last.value)
    return compile(tree, filename, "exec"), compile(shown, filename, "eval")


def shorten_error(error: BaseException, filename: str) -> str:
    """Return what a learner needs of a traceback: their own lines, then what went wrong."""
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        if not frame.filename.startswith("<cell"):
            continue
        place = "this cell" if frame.filename == filename else f"the cell {frame.filename[6:-1]}"
        within = "" if frame.name == "<module>" else f", in {frame.name}"
        lines.append(f"line {frame.lineno} of {place}{within}")
        if frame.line:
            lines.append(f"    {frame.line}")
    if isinstance(error, SyntaxError) and error.filename == filename:
        lines.append(f"line {error.lineno} of this cell")
    # The message itself is Python's own: SyntaxError brings its line and a caret along.
    spoken = traceback.format_exception_only(type(error), error)
    lines += [line.rstrip("\n") for line in spoken if not line.lstrip().startswith('File "<cell')]
    return "\n".join(lines)


class Runner:
    """The Python of one page: a namespace, and how a cell runs in it."""

    def __init__(self, emit: Emit) -> None:
        self.send_on = emit
        self.streams = (Stream("stdout", emit), Stream("stderr", emit))
        self.module = types.ModuleType("__main__")
        self.module.__dict__.update(
            {"__builtins__": builtins, "display": self.display, "input": refuse_input}
        )

    def emit(self, message: dict[str, Any]) -> None:
        """Send a message, after whatever was printed before it."""
        for stream in self.streams:
            stream.send()
        self.send_on(message)

    def display(self, *values: object) -> None:
        """Show each value as a notebook's ``display`` does."""
        for value in values:
            self.emit({"type": "display", "data": describe(value)})

    def run(self, code: str, label: str) -> bool:
        """Run ``code``, known to the reader as cell ``label``; return whether it went well."""
        filename = f"<cell {label}>"
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        self.streams = (Stream("stdout", self.send_on), Stream("stderr", self.send_on))
        sys.modules["__main__"] = self.module
        with (
            contextlib.redirect_stdout(self.streams[0]),
            contextlib.redirect_stderr(self.streams[1]),
        ):
            try:
                self.execute(code, filename)
            except KeyboardInterrupt:
                self.fail("Stopped", "Stopped. Everything computed before is still there.")
                return False
            except SystemExit:
                self.fail("SystemExit", "The cell asked Python to exit; Python is still there.")
                return False
            except BaseException as error:  # noqa: BLE001 - a cell may raise anything
                self.fail(type(error).__name__, shorten_error(error, filename))
                return False
            finally:
                for stream in self.streams:
                    stream.send()
        return True

    def execute(self, code: str, filename: str) -> None:
        namespace = self.module.__dict__
        body, shown = split_last_expression(drop_magics(code), filename)
        exec(body, namespace)
        value = None if shown is None else eval(shown, namespace)
        if value is not None:
            namespace["_"] = value
            self.display(value)
        self.show_figures()

    def fail(self, name: str, text: str) -> None:
        self.emit({"type": "error", "name": name, "text": text})

    def show_figures(self) -> None:
        """Show and close matplotlib's open figures, if the cell drew any."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            self.emit({"type": "display", "data": describe_figure(pyplot.figure(number))})
        pyplot.close("all")


def refuse_input(prompt: object = "") -> str:
    """Say that a cell in a page cannot wait for typing."""
    raise RuntimeError("input() cannot ask in this page: assign the value in the cell instead.")

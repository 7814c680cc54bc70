"""Capture what a cell prints, shows and raises: IPython's shell without a kernel.

Outputs are bounded, coalesced, and sent on as they come.
"""

from __future__ import annotations

import builtins
import os
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from . import wire

_FLUSH_BYTES, _FLUSH_SECONDS = 8192, 0.05


class OutputBuffer:
    """Collects one cell's outputs and sends each on as a frame, up to a number of bytes."""

    def __init__(self) -> None:
        self.send: Any = None  # called with a frame's payload; None between cells
        self.left = 0  # bytes of the notebook
        self._cell = 0
        self._stream, self._texts, self._size, self._sent = "", [], 0, 0.0  # type: ignore[var-annotated]
        self._lock = threading.RLock()
        self._owner = 0

    def open(self, send: Any, most: int) -> None:  # noqa: ANN401
        """Begin a cell whose outputs may have `most` bytes."""
        self.send, self._cell, self._owner = send, most, os.getpid()

    def close(self) -> None:
        """End the cell; what threads print from now on is dropped."""
        self.flush()
        self.send = None

    def write(self, stream: str, text: str) -> None:
        """Take text of a stream; neighbouring texts of one stream become one output."""
        if os.getpid() != self._owner:  # a forked child must not write into the channel
            os.write(1 if stream == "stdout" else 2, text.encode("utf-8", "replace"))
            return
        with self._lock:
            if stream != self._stream:
                self.flush()
                self._stream = stream
            if self._size <= min(self._cell, self.left):
                self._texts.append(text)
                self._size += len(text)
            if self._size >= _FLUSH_BYTES or time.monotonic() - self._sent > _FLUSH_SECONDS:
                self.flush()

    def flush(self) -> None:
        """Send the text that waits."""
        with self._lock:
            text, stream = "".join(self._texts), self._stream
            self._texts, self._size, self._sent = [], 0, time.monotonic()
            if text:
                self._emit(wire.STREAM, [stream, text])

    def show(self, kind: int, fields: list[str]) -> None:
        """Send any other output, after the text before it."""
        with self._lock:
            self.flush()
            self._emit(kind, fields)

    def _emit(self, kind: int, fields: list[str]) -> None:
        most = min(self._cell, self.left)
        if self.send is None or most <= 0 or os.getpid() != self._owner:
            return
        payload = wire.pack_texts(fields)
        if len(payload) > most:
            name, kept = (fields[0], fields[-1]) if kind == wire.STREAM else ("stdout", "")
            kept = kept.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
            kind, payload = wire.STREAM, wire.pack_texts([name, kept + wire.CUT])
            self._cell = 0
        self._cell -= len(payload)
        self.left -= len(payload)
        self.send(bytes([kind]) + payload)


class Stream:
    """What `sys.stdout` and `sys.stderr` are in a cell."""

    encoding, errors, closed = "utf-8", "replace", False

    def __init__(self, sink: OutputBuffer, name: str) -> None:
        self._sink, self.name = sink, name

    def write(self, text: str) -> int:
        """Take a text; return its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._sink.write(self.name, text)
        return len(text)

    def writelines(self, texts: list[str]) -> None:
        """Take several texts."""
        for text in texts:
            self.write(text)

    def flush(self) -> None:
        """Send what waits."""
        self._sink.flush()

    def fileno(self) -> int:
        """Give the process's own stream, whose output is added at the cell's end."""
        return 1 if self.name == "stdout" else 2

    def isatty(self) -> bool:
        """A cell is no terminal."""
        return False

    def readable(self) -> bool:
        """Nothing can be read here."""
        return False

    def writable(self) -> bool:
        """Text can be written."""
        return True

    def seekable(self) -> bool:
        """There is no position to seek."""
        return False


def list_bundle(data: Mapping[str, Any]) -> list[str]:
    """Give the representations that may leave, as mime type, text, mime type, text, ..."""
    fields = []
    for mime in wire.MIME_TYPES:
        value = data.get(mime)
        if isinstance(value, bytes):
            value = b64encode(value).decode()
        if isinstance(value, str):
            fields += [mime, value]
    return fields


def show(shell: InteractiveShell | None, kind: int, data: Mapping[str, Any]) -> None:
    """Send a rich output to the shell's sink."""
    if isinstance(shell, CapturingShell):
        shell.sink.show(kind, list_bundle(data))


class CapturingDisplayHook(DisplayHook):
    """The value of a cell's last line becomes an output."""

    def write_output_prompt(self) -> None:
        """Write nothing: the number travels with the cell."""

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        """Send the representations."""
        del md_dict
        show(self.shell, wire.EXECUTE, format_dict)

    def finish_displayhook(self) -> None:
        """Finish without the terminal's empty line."""
        self._is_active = False


class CapturingPublisher(DisplayPublisher):
    """What `display(...)` and figures publish becomes an output."""

    def publish(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        source: object = None,
        *,
        transient: object = None,
        update: bool = False,
        **more: object,
    ) -> None:
        """Send the representations; an update is shown as one more output."""
        del metadata, source, transient, update, more
        show(self.shell, wire.DISPLAY, data)

    def clear_output(self, wait: bool = False) -> None:
        """Keep everything: a grader wants to see it."""


class CapturingShell(InteractiveShell):
    """The interactive shell that learners know, with its outputs sent to a sink."""

    sink: OutputBuffer

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.sink.show(wire.ERROR, [etype.__name__, _say(evalue), "\n".join(stb)])

    def system_piped(self, cmd: str) -> None:
        """Run `!command`, its output as text of the cell."""
        command = self.var_expand(cmd, depth=1)  # type: ignore[no-untyped-call]
        with subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None  # noqa: S101
            while chunk := os.read(process.stdout.fileno(), 65536):
                self.sink.write("stdout", chunk.decode("utf-8", "replace"))
        self.user_ns["_exit_code"] = process.returncode

    system = system_piped

    def ask_exit(self) -> None:
        """Go on after `exit()`: the cells that follow may hold answers."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept `%matplotlib` and `%gui` lines that ask for a window; there is none."""


def refuse_input(prompt: object = "") -> NoReturn:
    """Stand in for `input`."""
    __tracebackhide__ = True
    del prompt
    raise RuntimeError(
        "input() cannot ask anybody while a notebook is graded: write the value into the code."
    )


def _say(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (a learner's exception may fail to print)
        return "(an error that cannot be printed)"


def replace_input() -> None:
    """Let `input` say at once that nobody answers."""
    builtins.input = refuse_input

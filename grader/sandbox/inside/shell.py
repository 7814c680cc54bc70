"""Capture what a cell prints, shows and raises: IPython's shell without a kernel."""

from __future__ import annotations

import builtins
import os
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from . import wire
from .output_buffer import OutputBuffer


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

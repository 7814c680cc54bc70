"""Fork one confined process for each submission, and run the learner's cells in it.

The warm interpreter that forks holds nothing of value: no submission passes through it, no answer,
no hidden test. The grader sends it a few bytes of settings and two open sockets; it forks, and goes
on waiting. Each forked process reads its submission from its own channel, runs each cell, hands out
the answers, then takes calls.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import gc
import io
import json
import os
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from traitlets.config import Config

from . import confine, wire
from .shell import CapturingDisplayHook, CapturingPublisher, CapturingShell, OutputBuffer, Stream
from .shell import replace_input as _replace_input
from .wire import pack_value, refuse, unpack_arguments

_HIGH = 200  # the channel's place, out of the way of code that closes the first few files


_FAILS = "import sys; sys.stdout.write(1)"


def warm_up(*statements: str) -> CapturingShell:
    """Make the shell once, before any fork, and run statements in it."""
    shell = CapturingShell.instance(
        displayhook_class=CapturingDisplayHook,
        display_pub_class=CapturingPublisher,
        # No database of commands, and no thread that writes it.
        config=Config({"HistoryManager": {"enabled": False}}),
    )
    shell.sink = OutputBuffer()
    shell.colors = "nocolor"
    # The whole path of a cell, its outputs and its errors; _FAILS fails inside of what prints, as
    # a cell does that prints without end.
    run_unseen(
        shell, "import numpy", "print('', end='')", "numpy.eye(2)", "1 / 0", _FAILS, "%time 1",
        *statements,
    )  # fmt: skip
    return shell


def run_unseen(shell: CapturingShell, *sources: str) -> None:
    """Run cells that leave no output, no name and no number behind."""
    with contextlib.redirect_stdout(Stream(shell.sink, "stdout")):
        for source in sources:
            shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
    shell.reset(new_session=True)  # type: ignore[no-untyped-call]  # takes its time
    shell.execution_count = 1


class Learner:
    """One submission's run, from its first cell to the last call of its functions."""

    def __init__(
        self, channel: socket.socket, shell: CapturingShell, limits: Mapping[str, float]
    ) -> None:
        self.channel, self.shell, self.limits = channel, shell, limits
        self.busy = False  # whether an interrupt has something to stop
        self.last: dict[int, bytes] = {}
        self.raw = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (lives as long as we do)
        fcntl.fcntl(self.raw, fcntl.F_SETFL, os.O_APPEND)  # so that emptying it leaves no gap

    def run_cells(self, sources: list[str], names: list[str]) -> None:
        """Run every cell, and after each send the answers that are new or changed."""
        self.shell.sink.left = int(self.limits["notebook_output_bytes"])
        for place, source in enumerate(sources):
            self._send(wire.BEGIN, struct.pack("<I", place))
            with contextlib.suppress(KeyboardInterrupt):
                self._run_cell(source)
            with contextlib.suppress(KeyboardInterrupt):
                self._send_answers(names)
            self.busy = False
            count = min(self.shell.execution_count - 1, 0xFFFFFFFF)
            self._send(wire.END, struct.pack("<II", place, max(count, 0)))
        self._send(wire.DONE, b"")

    def _run_cell(self, source: str) -> None:
        signal.signal(signal.SIGINT, self._interrupt)  # a cell before may have set its own
        self.shell.sink.open(
            lambda payload: self._send(wire.OUTPUT, payload), int(self.limits["output_bytes"])
        )
        _put_streams(self.shell.sink)  # a cell before may have closed or replaced them
        try:
            self.busy = True
            self.shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001  (a cell may break the shell that runs it)
            said = wire.cut_text(str(error))
            self.shell.sink.show(wire.ERROR, [type(error).__name__, said, said])
        finally:
            self._collect_raw()
            self.shell.sink.close()

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        __tracebackhide__ = True
        del signum, frame
        if self.busy:
            raise KeyboardInterrupt("This ran longer than is allowed and was stopped.")

    def _collect_raw(self) -> None:
        """Add what reached the process's own output past `sys.stdout`, such as `os.system`."""
        with contextlib.suppress(OSError, ValueError):
            size = self.raw.seek(0, io.SEEK_END)
            if size:
                self.raw.seek(0)
                text = self.raw.read(int(self.limits["output_bytes"]) + 1)
                self.raw.truncate(0)
                self.shell.sink.write("stdout", (text or b"").decode("utf-8", "replace"))

    def _send_answers(self, names: list[str]) -> None:
        for place, name in enumerate(names):
            if name not in self.shell.user_ns:
                continue
            try:
                packed = pack_value(self.shell.user_ns[name], int(self.limits["answer_bytes"]))
            except KeyboardInterrupt:
                packed = refuse("took too long to be read")
            if self.last.get(place) != packed:
                self.last[place] = packed
                self._send(wire.ANSWER, struct.pack("<H", place) + packed)

    def answer_call(self, payload: bytes, names: list[str]) -> None:
        """Call a function; send its result, and those arguments that it changed in place."""
        call, place = struct.unpack_from("<IH", payload)
        arguments = unpack_arguments(payload[6:])
        before = [arg.copy() if isinstance(arg, np.ndarray) else None for arg in arguments]
        signal.signal(signal.SIGINT, self._interrupt)
        try:
            self.busy = True
            value = self.shell.user_ns[names[place]](*arguments)
            packed = pack_value(value, int(self.limits["answer_bytes"]))
        except BaseException as error:  # noqa: BLE001  (KeyboardInterrupt and SystemExit too)
            said = wire.cut_text(f"{type(error).__name__}: {error}")
            packed = bytes([wire.RAISED]) + wire.pack_texts([said])
        self.busy = False
        changed = b"".join(
            struct.pack("<B", at) + now.tobytes()
            for at, (now, was) in enumerate(zip(arguments, before, strict=True))
            if isinstance(now, np.ndarray)
            and was is not None
            and now.nbytes == was.nbytes
            and now.tobytes() != was.tobytes()
        )
        self._send(wire.RESULT, struct.pack("<II", call, len(packed)) + packed + changed)

    def _send(self, kind: bytes, payload: bytes) -> None:
        """Send a whole frame: an interrupt waits, or what follows would be read as its rest."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.channel.sendall(wire.frame(kind, payload))
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def serve(channel: socket.socket, shell: CapturingShell, limits: Mapping[str, float]) -> None:
    """Read the submission from the channel, run it, and answer calls until it is closed."""
    channel = _move_channel(channel)
    channel.sendall(wire.frame(wire.READY, b""))
    learner = Learner(channel, shell, limits)
    _replace_streams(learner)
    reader = channel.makefile("rb")
    job: dict[str, Any] = {}
    while not job:
        kind, payload = _read_frame(reader)
        if kind == wire.FILE:
            _write_file(payload)
        else:
            job = json.loads(payload)
    sys.path.append("")  # last, so that a file numpy.py beside the notebook hides nothing
    _replace_input()
    learner.run_cells(job["cells"], job["names"])
    while True:
        kind, payload = _read_frame(reader)
        if not kind:
            return
        learner.answer_call(payload, job["names"])


def _move_channel(channel: socket.socket) -> socket.socket:
    """Put the channel out of the way and close everything else that was inherited."""
    os.dup2(channel.detach(), _HIGH, inheritable=False)
    os.closerange(3, _HIGH)
    os.closerange(_HIGH + 1, 1024)
    return socket.socket(fileno=_HIGH)


def _replace_streams(learner: Learner) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for standard in (1, 2):
        os.dup2(learner.raw.fileno(), standard)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    _put_streams(learner.shell.sink)


def _put_streams(sink: OutputBuffer) -> None:
    sys.stdout, sys.stderr = Stream(sink, "stdout"), Stream(sink, "stderr")


def _read_frame(reader: io.BufferedReader) -> tuple[bytes, bytes]:
    header = reader.read(wire.HEADER.size)
    if len(header) < wire.HEADER.size:
        return b"", b""
    kind, size = wire.HEADER.unpack(header)
    return kind, reader.read(size)


def _write_file(payload: bytes) -> None:
    """Write one file of the working copy: two bytes of length, the path, the content."""
    (length,) = struct.unpack_from("<H", payload)
    path = Path(payload[2 : 2 + length].decode("utf-8", "surrogateescape"))
    with contextlib.suppress(OSError):  # a name that no file system takes is no reason to stop
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(payload[2 + length :])


_PRIVATE = ("/home/learner", "/tmp", "/dev/shm")  # noqa: S108  (these are the mount points)
_PUBLIC_PROC = "/sandbox/proc"
_MOST_HANDLES = 2 + len(confine.GAUGES)
_warm: set[str] = set()


def main(handle: int, *statements: str) -> None:
    """Run statements, and serve on the inherited socket `handle` until the grader closes it."""
    control = socket.socket(fileno=handle)
    shell = warm_up(*statements)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # watchdogs are reaped by the kernel
    _freeze()
    control.sendall(wire.GREETING)
    while True:
        message, handles, _, _ = socket.recv_fds(control, 1 << 16, _MOST_HANDLES)
        if not message:
            os._exit(0)  # nothing here has to be put away
        settings = json.loads(message)
        _warm_up(shell, settings["warm"])
        if os.fork() == 0:
            control.close()
            channel, status = (socket.socket(fileno=handle) for handle in handles[:2])
            _guard(settings, shell, channel, status, confine.Gauges(handles[2:]))
        for inherited in handles:
            os.close(inherited)


def _freeze() -> None:
    """Take what is warm out of the collector's sight, so that its memory stays shared."""
    gc.collect()
    gc.freeze()


def _warm_up(shell: CapturingShell, statements: list[str]) -> None:
    """Run statements of the grader's own that import and prepare what cells are about to use."""
    new = [statement for statement in statements if statement not in _warm]
    if new:
        _warm.update(new)
        run_unseen(shell, *new)
        _freeze()


def _guard(
    settings: Mapping[str, object],
    shell: CapturingShell,
    channel: socket.socket,
    status: socket.socket,
    gauges: confine.Gauges,
) -> None:
    """Be the watchdog: set up the namespaces, fork the learner's process, watch it, exit."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    limits: Mapping[str, float] = settings["limits"]  # type: ignore[assignment]
    try:
        if settings["sandbox"]:
            confine.enter_namespaces()
        else:
            confine.adopt_orphans()
        process = os.fork()
        if process == 0:
            status.close()
            _become_learner(settings, limits, shell, channel)
        channel.close()
        confine.watch(process, status, limits, gauges, sandbox=bool(settings["sandbox"]))
    except BaseException as error:  # noqa: BLE001  (the grader must hear of it in any case)
        status.sendall(f"failed: {type(error).__name__}: {error}".encode()[:500])
    finally:
        os._exit(0)


def _become_learner(
    settings: Mapping[str, object],
    limits: Mapping[str, float],
    shell: CapturingShell,
    channel: socket.socket,
) -> None:
    try:
        os.setsid()
        confine.be_the_first_victim()
        if settings["sandbox"]:
            confine.mount_private(_PRIVATE, int(limits["disk_bytes"]), _PUBLIC_PROC)
        os.chdir(str(settings["home"]))
        os.nice(10)  # the watchdog and the grader come first on a busy machine
        confine.limit_resources(limits)
        if settings["sandbox"]:
            confine.drop_capabilities()
            confine.filter_system_calls(base64.b64decode(str(settings["filter"])))
        serve(channel, shell, limits)
    except BaseException as error:  # noqa: BLE001
        print(f"{type(error).__name__}: {error}", file=sys.__stderr__, flush=True)
        os._exit(70)
    os._exit(0)

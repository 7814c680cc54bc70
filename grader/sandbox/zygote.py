"""Start the warm interpreter once, and fork a confined process from it for each submission."""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import IO

from grader.plugin import Packages

from .bubblewrap import HOME, SandboxUnavailable, build_command, list_environment, write_start
from .kernel import ControlGroup, build_filter, make_control_group
from .limits import MIB, Limits

_START_SECONDS = 60
_END_SECONDS = 2
_CREDENTIALS = struct.Struct("3i")  # process, user, group
# What a control group leaves to the interpreter and the watchdogs, beside what a run may take. The
# watchdog, which can say why, is to be the first to end a run.
_SPARE_MEMORY, _SPARE_TASKS = 512 * MIB, 32


def start_interpreter(
    packages: Packages, errors: IO[bytes] | int = subprocess.DEVNULL, home: str | None = None
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start the warm interpreter, and return it with the line to it; do not wait until it is warm.

    Belongs to the thread that starts it: bubblewrap ends it when that thread ends.

    Args:
        packages: What it holds.
        errors: Where it says what goes wrong.
        home: Its folder outside of bubblewrap, where that was asked for.
    """
    line, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    with inner, tempfile.TemporaryFile() as filtered:
        handle = inner.fileno()
        if home is None:
            try:
                filtered.write(build_filter(outer=True))
            except (ImportError, OSError, RuntimeError) as error:
                reason = f"system calls cannot be filtered ({error}); pip install pyseccomp"
                raise SandboxUnavailable(reason) from error
            filtered.seek(0)
            command, environment = build_command(handle, filtered.fileno(), packages), {}
        else:
            paths = [*filter(None, sys.path), str(Path(__file__).parent)]
            command = [sys.executable, "-I", "-B", "-c", write_start(handle, paths, packages)]
            environment = list_environment(home)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            env=environment,
            pass_fds=(handle, filtered.fileno()),
            process_group=0,  # Ctrl-C goes to a terminal's whole group; ours decides what it means
        )
    return process, line


class Zygote:
    """A warm interpreter inside bubblewrap, or without it where that was asked for.

    Args:
        sandbox: Whether it is inside bubblewrap.
        packages: What it holds.
        line: To one that another process of ours has started, and that nobody else forks from.
    """

    def __init__(
        self,
        *,
        sandbox: bool = True,
        packages: Packages | None = None,
        line: socket.socket | None = None,
    ) -> None:
        self.sandbox, self.packages = sandbox, packages or Packages()
        self.owner = os.getpid()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the zygote)
        self._folder = None if sandbox else tempfile.TemporaryDirectory(prefix="grader-")
        self._group: ControlGroup | None = None
        self._running: set[socket.socket] = set()
        self._process: subprocess.Popen[bytes] | None = None
        if line is None:
            home = self._folder.name if self._folder else None
            self._process, line = start_interpreter(self.packages, self._errors, home)
        self._control = line
        process = self._hear_greeting()
        if not process or not self.alive:  # a greeting may have waited longer than who sent it
            self.close()
            raise SandboxUnavailable(self.explain() or "the interpreter in it did not start")
        if sandbox:
            self._group = make_control_group(process)

    def _hear_greeting(self) -> int:
        """Wait until the interpreter can fork, and give its number as we see it; 0 if it fails."""
        from .inside.wire import GREETING  # with NumPy, which starting one does without

        if not select.select([self._control], [], [], _START_SECONDS)[0]:
            return 0
        space = socket.CMSG_SPACE(_CREDENTIALS.size)
        greeting, about, _, _ = self._control.recvmsg(len(GREETING), space)
        if greeting != GREETING:
            return 0
        # It has another number inside; the kernel says who it is that speaks.
        numbers = {kind: _CREDENTIALS.unpack(data) for _, kind, data in about}
        return int(numbers[socket.SCM_CREDENTIALS][0])

    def fork(self, limits: Limits, warm: Iterable[str]) -> tuple[socket.socket, socket.socket]:
        """Fork a process; give the channel to it and the line to its watchdog.

        `warm` names modules to import before this and every later fork.
        """
        settings = {
            "limits": asdict(limits),
            "sandbox": self.sandbox,
            "warm": sorted(warm),
            "home": HOME if self._folder is None else tempfile.mkdtemp(dir=self._folder.name),
            "filter": base64.b64encode(build_filter(outer=False) if self.sandbox else b"").decode(),
        }
        channel, inner_channel = socket.socketpair()
        status, inner_status = socket.socketpair()
        self._running.add(status)
        with inner_channel, inner_status:
            handles = [inner_channel.fileno(), inner_status.fileno()]
            if self._group:
                runs = len(self._running)
                self._group.limit(
                    _SPARE_MEMORY + runs * limits.memory_together,
                    _SPARE_TASKS + runs * (limits.processes + 2),
                )
                handles += self._group.gauges
            socket.send_fds(self._control, [json.dumps(settings).encode()], handles)
        return channel, status

    def forget(self, status: socket.socket) -> None:
        """Note that nothing is left of the process whose watchdog spoke on this line."""
        self._running.discard(status)

    @property
    def adopted(self) -> bool:
        """Whether another process started it, so that nothing here can say what ails it."""
        return self._process is None

    @property
    def alive(self) -> bool:
        """Whether it can still fork, for this process."""
        if self.owner != os.getpid():
            return False
        if self._process is not None:
            return self._process.poll() is None
        # After its greeting it says nothing: what can be read is that it hung up.
        return self._control.fileno() >= 0 and not select.select([self._control], [], [], 0)[0]

    def explain(self) -> str:
        """Give the last thing that the interpreter said about itself."""
        with contextlib.suppress(OSError, ValueError):
            self._errors.seek(0)
            lines = self._errors.read(4096).decode("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def close(self) -> None:
        """End the interpreter and everything that was forked from it."""
        if self.owner != os.getpid():
            self._control.close()
            return
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)  # whoever else has the line open
            select.select([self._control], [], [], _END_SECONDS)
        self._control.close()
        if self._process is not None:
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._group is not None:
            self._group.remove()
        if self._folder is not None:
            self._folder.cleanup()


class _Held(threading.local):
    def __init__(self) -> None:
        self.zygotes: dict[tuple[bool, Packages], Zygote] = {}


_held = _Held()


def get_zygote(*, sandbox: bool, packages: Packages | None = None) -> Zygote:
    """Give this thread's zygote, started when first needed and again if it died."""
    packages = packages or Packages()
    zygote = _held.zygotes.get((sandbox, packages))
    if zygote is None or not zygote.alive:
        if zygote is not None:
            zygote.close()
        zygote = _held.zygotes[sandbox, packages] = Zygote(sandbox=sandbox, packages=packages)
        atexit.register(zygote.close)
    return zygote


def adopt_zygote(line: socket.socket, packages: Packages) -> None:
    """Let this thread fork from an interpreter that was started for it, unless that has failed.

    Args:
        line: To the interpreter.
        packages: What it holds.
    """
    try:
        _held.zygotes[True, packages] = Zygote(packages=packages, line=line)
    except (SandboxUnavailable, OSError):  # one of this thread's own will say why
        line.close()


def end_sandboxes() -> None:
    """End this thread's zygotes, in a process that does not end as Python's do."""
    for zygote in _held.zygotes.values():
        zygote.close()
    _held.zygotes.clear()

"""Fork one confined process for each submission from a warm interpreter.

It holds nothing of value: no submission passes through it (each forked process reads its own
from its own channel), no answer, no hidden test. The grader sends it a few bytes of settings
and two open sockets; it forks, and goes on waiting.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping

from . import confine, runner, wire
from .shell import CapturingShell

_PRIVATE = ("/home/learner", "/tmp", "/dev/shm")  # noqa: S108  (these are the mount points)
_PUBLIC_PROC = "/sandbox/proc"
_MOST_HANDLES = 2 + len(confine.GAUGES)
_warm: set[str] = set()


def main(handle: int) -> None:
    """Serve on the inherited socket `handle` until the grader closes it."""
    control = socket.socket(fileno=handle)
    shell = runner.warm_up()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # watchdogs are reaped by the kernel
    _freeze()
    control.sendall(wire.GREETING)
    while True:
        message, handles, _, _ = socket.recv_fds(control, 1 << 16, _MOST_HANDLES)
        if not message:
            return
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
        runner.run_unseen(shell, *new)
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
        runner.serve(channel, shell, limits)
    except BaseException as error:  # noqa: BLE001
        print(f"{type(error).__name__}: {error}", file=sys.__stderr__, flush=True)
        os._exit(70)
    os._exit(0)

"""Watch over one submission from outside its namespaces, and end it when it takes too much.

The warden is forked from the zygote before the learner's process. No learner's code ever runs
in it, and the learner's process can neither see nor signal it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

INTERRUPT = b"i"
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LOOK_EVERY = 0.04  # seconds; one look costs a third of a millisecond


def watch(
    learner: int, status: socket.socket, limits: Mapping[str, float], *, sandbox: bool
) -> None:
    """Wait for the learner's process to end, then report `reason:exit status` and return.

    On the way, pass interrupts on, count processes and memory, and kill it when the grader
    hangs up. Killing it kills its whole process namespace: nothing outlives it.
    """
    handle, line = os.pidfd_open(learner), status.fileno()
    reason = "ended"
    # In a sandbox, whatever appears from now on is the learner's.
    most = len(_list_names()) + int(limits["processes"]) if sandbox else None
    while True:
        ready = select.select([handle, line], [], [], _LOOK_EVERY)[0]
        if handle in ready:
            break
        if line in ready:
            if status.recv(1) == INTERRUPT:
                os.kill(learner, signal.SIGINT)
            else:
                os.kill(learner, signal.SIGKILL)
                break
        tasks, memory = measure(learner, most)
        if tasks > limits["processes"] or memory > limits["memory_together"]:
            reason = "processes" if tasks > limits["processes"] else "memory"
            os.kill(learner, signal.SIGKILL)
            break
    code = os.waitstatus_to_exitcode(os.waitpid(learner, 0)[1])
    if not sandbox:
        sweep(learner)
    with contextlib.suppress(OSError):
        status.sendall(f"{reason}:{code}".encode())


def measure(learner: int, most: int | None = None) -> tuple[int, int]:
    """Count the tasks below a process, itself included, and their resident bytes.

    Where more than `most` processes can be seen, only their number is given: reading a thousand
    entries would take too long while a bomb goes off.
    """
    names = _list_names()
    if most is not None and len(names) > most:
        return len(names), 0
    table = _list_processes(names)
    below = _descend(table, learner)
    return (
        sum(table[process][1] for process in below),
        sum(table[process][2] for process in below) * _PAGE,
    )


def sweep(learner: int) -> None:
    """Kill what is left below this warden. In a sandbox the kernel does so by itself."""
    for _ in range(100):
        left = _descend(_list_processes(_list_names()), os.getpid()) - {os.getpid(), learner}
        if not left:
            return
        for process in left:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(process, 0)


def _list_names() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208


def _list_processes(names: list[str]) -> dict[int, tuple[int, int, int]]:
    """Read process -> (parent, threads, resident pages)."""
    table = {}
    for name in names:
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The name in brackets is the learner's to choose: count from the last bracket.
            fields = Path("/proc", name, "stat").read_bytes().rpartition(b")")[2].split()
            table[int(name)] = (int(fields[1]), int(fields[17]), int(fields[21]))
    return table


def _descend(table: Mapping[int, tuple[int, int, int]], root: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for process, (parent, _, _) in table.items():
        children.setdefault(parent, []).append(process)
    below, ahead = set(), [root]
    while ahead:
        process = ahead.pop()
        if process in table and process not in below:
            below.add(process)
            ahead += children.get(process, [])
    return below

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
_LOOK_EVERY = 0.1


def watch(learner: int, status: socket.socket, limits: Mapping[str, float]) -> None:
    """Wait for the learner's process to end, then report `reason:exit status` and return.

    On the way, pass interrupts on, count processes and memory, and kill it when the grader
    hangs up. Killing it kills its whole process namespace: nothing outlives it.
    """
    handle = os.pidfd_open(learner)
    reason = "ended"
    while True:
        ready = select.select([handle, status], [], [], _LOOK_EVERY)[0]
        if handle in ready:
            break
        if status in ready:
            if status.recv(1) == INTERRUPT:
                os.kill(learner, signal.SIGINT)
            else:
                os.kill(learner, signal.SIGKILL)
                break
        tasks, memory = measure(learner)
        if tasks > limits["processes"] or memory > limits["memory_together"]:
            reason = "processes" if tasks > limits["processes"] else "memory"
            os.kill(learner, signal.SIGKILL)
            break
    code = os.waitstatus_to_exitcode(os.waitpid(learner, 0)[1])
    sweep(learner)
    with contextlib.suppress(OSError):
        status.sendall(f"{reason}:{code}".encode())


def measure(learner: int) -> tuple[int, int]:
    """Count the tasks below a process, itself included, and their resident bytes."""
    table = _list_processes()
    below = _descend(table, learner)
    return (
        sum(table[process][1] for process in below),
        sum(table[process][2] for process in below) * _PAGE,
    )


def sweep(learner: int) -> None:
    """Kill what is left below this warden. In a sandbox the kernel has already done so."""
    for _ in range(100):
        left = _descend(_list_processes(), os.getpid()) - {os.getpid(), learner}
        if not left:
            return
        for process in left:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(process, 0)


def _list_processes() -> dict[int, tuple[int, int, int]]:
    """Read process -> (parent, threads, resident pages) for all that can be seen."""
    table = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208  (names are all that is needed)
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                # The name in brackets is the learner's to choose: count from the last bracket.
                fields = Path("/proc", entry, "stat").read_bytes().rpartition(b")")[2].split()
                table[int(entry)] = (int(fields[1]), int(fields[17]), int(fields[21]))
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

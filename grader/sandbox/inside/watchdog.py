"""Watch over one submission from outside its namespaces, and end it when it takes too much.

The watchdog is forked from the zygote before the learner's process. No learner's code ever runs
in it, and the learner's process can neither see nor signal it.

Memory is counted by the kernel where the grader could make a control group: then buffers of
sockets and pipes, page tables and whatever else the kernel keeps for the learner's processes
count too. Elsewhere it is what the processes have mapped, and open files are counted instead.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERRUPT, ASK = b"i", b"?"
WAITED = struct.Struct("<cQ")
"""The answer to `ASK`: a "w", and for how many nanoseconds the learner's first thread waited for a
processor since it began. No last word begins with a "w"."""

GAUGES = ("usage", "stat", "kills")
"""What the grader opens of a control group for the watchdog to read, in this order."""

_LOOK_EVERY = 0.04  # seconds; one look costs a third of a millisecond
_KIB = 1024
_COUNTS = re.compile(
    rb"^(PPid|Threads|VmRSS|VmSwap|VmPTE|MemAvailable|MemTotal):\s+(\d+)", re.MULTILINE
)
_SCARCE = 16  # a machine of which less than one part in so many is free is about to run out


@dataclass(frozen=True)
class Use:
    """What a learner's processes take: tasks, open files, and bytes of memory."""

    tasks: int
    files: int = 0
    memory: int = 0


class Gauges:
    """What a control group says of the memory in it since this object was made."""

    def __init__(self, handles: Sequence[int]) -> None:
        self._files = dict(zip(GAUGES, handles, strict=True)) if handles else {}
        if self._files:
            self._base, self._kills = self._read_usage(), self._read_kills()

    def __bool__(self) -> bool:
        return bool(self._files)

    def measure(self, most: float) -> int:
        """Give the bytes in use. What is more than `most` is told without files in the cache."""
        used = self._read_usage() - self._base
        if used > most:
            counts = self._read_counts("stat")
            # Of the group and all below it; version 1 says so in the names.
            names = ("inactive_file", "active_file")
            used -= sum(counts.get(f"total_{n}".encode(), counts.get(n.encode(), 0)) for n in names)
        return used

    def has_killed(self) -> bool:
        """Tell whether the kernel ended a process because the group's memory was used up."""
        return bool(self._files) and self._read_kills() > self._kills

    def _read(self, name: str) -> bytes:
        return os.pread(self._files[name], 1 << 14, 0)

    def _read_usage(self) -> int:
        return int(self._read("usage"))

    def _read_kills(self) -> int:
        return self._read_counts("kills").get(b"oom_kill", 0)

    def _read_counts(self, name: str) -> dict[bytes, int]:
        pairs = (line.split() for line in self._read(name).splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def watch(
    learner: int,
    status: socket.socket,
    limits: Mapping[str, float],
    gauges: Gauges,
    *,
    sandbox: bool,
) -> None:
    """Wait for the learner's process to end, then report `reason:exit status` and return.

    On the way, pass interrupts on, count processes, memory and open files, say how long it waited
    for a processor, and kill it when the grader hangs up. Killing it kills its whole process
    namespace: nothing outlives it.
    """
    handle, line = os.pidfd_open(learner), status.fileno()
    reason = "ended"
    # In a sandbox, whatever appears from now on is the learner's.
    most = len(_list_names()) + int(limits["processes"]) if sandbox else None
    free = 0 if gauges else read_free_memory()[0]
    while True:
        ready = select.select([handle, line], [], [], _LOOK_EVERY)[0]
        if handle in ready:
            break
        # Before an interrupt is passed on: the cell that took too much is the one that ends.
        excess = find_excess(measure(learner, limits, gauges, most), limits)
        if not excess and not gauges:
            excess = find_scarcity(free, limits["memory_together"])
        if excess or gauges.has_killed():
            reason = excess or "memory"
            os.kill(learner, signal.SIGKILL)
            break
        if line in ready:
            order = status.recv(1)
            if order == INTERRUPT:
                os.kill(learner, signal.SIGINT)
            elif order == ASK:
                status.sendall(WAITED.pack(b"w", read_waiting(learner)))
            else:
                os.kill(learner, signal.SIGKILL)
                break
    code = os.waitstatus_to_exitcode(os.waitpid(learner, 0)[1])
    if gauges.has_killed():
        reason = "memory"
    if not sandbox:
        sweep(learner)
    with contextlib.suppress(OSError):
        status.sendall(f"{reason}:{code}".encode())


def read_waiting(process: int) -> int:
    """Give how long a process was ready and did not run, in nanoseconds; 0 if nobody says."""
    try:
        return int(Path("/proc", str(process), "schedstat").read_bytes().split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def find_excess(use: Use, limits: Mapping[str, float]) -> str:
    """Name what is used beyond its limit, if anything is."""
    if use.tasks > limits["processes"]:
        return "processes"
    if use.memory > limits["memory_together"]:
        return "memory"
    return "files" if use.files > limits["open_files_together"] else ""


def find_scarcity(free: int, most: float) -> str:
    """Say "machine" if its memory is nearly used up, by more than a run may take, since then.

    `free` is how much there was when the run began. This run need not be the one that took it.
    """
    now, total = read_free_memory()
    return "machine" if now < total / _SCARCE and free - now > most else ""


def read_free_memory() -> tuple[int, int]:
    """Give the machine's available memory and all its memory, in bytes."""
    counts = _read_counts(Path("/proc/meminfo"))
    return counts[b"MemAvailable"] * _KIB, counts[b"MemTotal"] * _KIB


def measure(
    learner: int, limits: Mapping[str, float], gauges: Gauges, most: int | None = None
) -> Use:
    """Count what a process and all below it use.

    Where more than `most` processes can be seen, only their number is given: reading a thousand
    entries would take too long while a bomb goes off.
    """
    names = _list_names()
    if most is not None and len(names) > most:
        return Use(len(names))
    table = _list_processes(names)
    below = _descend(table, learner)
    if gauges:
        memory = gauges.measure(limits["memory_together"])
    else:
        memory = sum(table[process][2] for process in below)
    files = sum(_count_files(process, int(limits["open_files"])) for process in below)
    return Use(sum(table[process][1] for process in below), files, memory)


def sweep(learner: int) -> None:
    """Kill what is left below this watchdog. In a sandbox the kernel does so by itself."""
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
    """Read process -> (parent, threads, bytes mapped, swapped out or in page tables)."""
    table = {}
    for name in names:
        with contextlib.suppress(OSError, KeyError):
            counts = _read_counts(Path("/proc", name, "status"))
            memory = sum(counts.get(part, 0) for part in (b"VmRSS", b"VmSwap", b"VmPTE"))
            table[int(name)] = (counts[b"PPid"], counts[b"Threads"], memory * _KIB)
    return table


def _read_counts(path: Path) -> dict[bytes, int]:
    """Read lines such as "VmRSS:  12 kB" or "Threads: 3". No name in them can begin a line."""
    return {name: int(count) for name, count in _COUNTS.findall(path.read_bytes())}


def _count_files(process: int, most: int) -> int:
    """Count a process's open files; the `most` it may have if the kernel does not say."""
    folder = Path("/proc", str(process), "fd")
    try:
        # The size is the number since Linux 6.2. Before, it is 0.
        return folder.stat().st_size or len(list(folder.iterdir()))
    except FileNotFoundError:
        return 0
    except OSError:  # a process may forbid it
        return most


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

"""Hold one submission to its limits: lock its process in, and watch it from outside.

A process is locked in before any of a learner's code runs, and nothing of that can be undone.

The watchdog is forked from the zygote before the learner's process, outside its namespaces, and
ends it when it takes too much. No learner's code ever runs in it, and the learner's process can
neither see nor signal it. Memory is counted by the kernel where the grader could make a control
group: then buffers of sockets and pipes, page tables and whatever else the kernel keeps for the
learner's processes count too. Elsewhere it is what the processes have mapped, and open files are
counted instead.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import select
import signal
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NEW_NAMESPACES = (
    0x02000000  # cgroup
    | 0x04000000  # host name
    | 0x08000000  # System V and POSIX queues
    | 0x10000000  # users
    | 0x20000000  # processes, from the next fork on
    | 0x40000000  # network, with not even a loopback interface up
)
_NEW_MOUNTS = 0x00020000
_NOSUID, _NODEV = 2, 4
_BIND = 4096 | 16384  # with what is mounted below
_PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 22, 24, 36, 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, _SECCOMP_MODE_FILTER = 47, 4, 2
_LAST_CAPABILITY = 40
NOBODY = 65534
_PENDING_SIGNALS = 1024  # and timers, which the kernel keeps as such

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _demand(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def enter_namespaces() -> None:
    """Leave the outer sandbox's namespaces, but for its mounts; the next fork is process 1."""
    _demand(_libc.unshare(NEW_NAMESPACES), "new namespaces")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {NOBODY} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {NOBODY} 1")


def adopt_orphans() -> None:
    """Become the parent of children's orphans: without a sandbox, that is how they are found."""
    _demand(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "adoption of orphans")


def be_the_first_victim() -> None:
    """Let the kernel end this process and its children before all others when memory runs out."""
    Path("/proc/self/oom_score_adj").write_text("1000")


def mount_private(folders: tuple[str, ...], size: int, public_proc: str) -> None:
    """Cover each folder with an empty file system in memory that only this submission sees.

    `/proc` is covered too, by a folder with the few files in it that speak of the machine alone.
    The others tell of the watchdog, of the sandbox's command line and of the mounts, whose names
    are the instructor's own folders; and through some of them a process reaches into another.
    """
    _demand(_libc.unshare(_NEW_MOUNTS), "own mounts")
    options = f"size={size},nr_inodes=4096,mode=700".encode()
    for folder in folders:
        result = _libc.mount(b"tmpfs", folder.encode(), b"tmpfs", _NOSUID | _NODEV, options)
        _demand(result, f"private {folder}")
    result = _libc.mount(public_proc.encode(), b"/proc", None, _BIND, None)
    _demand(result, "another /proc")


def drop_capabilities() -> None:
    """Give up all capabilities, for this process and for all that it may ever start."""
    _demand(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    for capability in range(_LAST_CAPABILITY + 1):
        # A kernel that knows fewer capabilities refuses the last ones: nothing is lost by that.
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _demand(
        _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient capabilities"
    )
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3 of the interface, this process
    _demand(_libc.capset(header, (ctypes.c_uint32 * 6)()), "no capabilities")


def limit_resources(limits: Mapping[str, float]) -> None:
    """Set the kernel's limits, hard ones, on this process and its children."""
    cpu = int(limits["cpu_seconds"])
    bounds = {
        resource.RLIMIT_AS: int(limits["memory"]),
        resource.RLIMIT_NPROC: int(limits["processes"]),
        resource.RLIMIT_NOFILE: int(limits["open_files"]),
        resource.RLIMIT_FSIZE: int(limits["file_bytes"]),
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: _PENDING_SIGNALS,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_CPU: cpu,
    }
    for which, most in bounds.items():
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def filter_system_calls(program: bytes) -> None:
    """Load a seccomp filter, given as the kernel's own instructions of eight bytes each."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    _demand(
        _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(described), 0, 0),
        "filter of system calls",
    )


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

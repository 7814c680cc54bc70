"""Lock the process in before any of a learner's code runs. Everything here is irreversible."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Mapping
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

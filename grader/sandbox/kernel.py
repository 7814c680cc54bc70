"""Hold a sandbox by the kernel: the system calls that it may make, and a group for its memory.

Calls are listed, and all else is refused. Two filters are made of the list. The outer one is
bubblewrap's and holds for the warm interpreter, which has to make namespaces. The inner one is
loaded by each submission's process just before its first cell, and allows no new namespace, no
mount and no capability any more. A refused call fails with "not implemented", as on an older
kernel, so that programs fall back or say so.

Some calls are allowed for some of their arguments alone. Those are lists of what is allowed too,
and compare 32 bits: the kernel takes no more of these arguments, so that a filter which compares
64 lets a forbidden number pass with a bit set above it (CVE-2019-10063).

A control group bounds memory and processes of one sandbox. Nothing else counts all memory: what
waits in sockets and pipes, for instance, is in no process. Two versions are in use. Version 2 has
one tree; a group below our own can be made where that tree was delegated to us, as by
`systemd-run --user --scope --property=Delegate=yes`. Version 1 has a tree for each kind of
resource, and only root can make groups in it. Where neither is to be had there is no group, and the
watchdog counts what it can see.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import itertools
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FILES = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 open openat openat2
creat close close_range lseek stat fstat lstat newfstatat statx access faccessat faccessat2
readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir rename renameat
renameat2 link linkat unlink unlinkat symlink symlinkat chmod fchmod fchmodat fchmodat2 umask
truncate ftruncate fallocate fadvise64 fsync fdatasync flock dup dup2 dup3 utime utimes
utimensat futimesat statfs fstatfs getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
sendfile copy_file_range
"""
_WAITING = """
poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
epoll_pwait2 eventfd eventfd2 pipe pipe2 signalfd signalfd4 timerfd_create timerfd_settime
timerfd_gettime
"""
# Not memfd_create, shmget or userfaultfd: memory that no limit of ours counts, and a favourite
# helper of kernel exploits.
_MEMORY = "munmap mprotect mremap madvise brk msync mincore membarrier rseq"
# Not ptrace, process_vm_readv, pidfd_getfd, setns, keyctl, bpf, perf_event_open or io_uring.
_PROCESSES = """
fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill getpid getppid gettid
getpgid setpgid getpgrp getsid setsid set_tid_address set_robust_list get_robust_list futex
futex_waitv sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min getpriority setpriority prlimit64 getrlimit
setrlimit getrusage times prctl arch_prctl pidfd_open pidfd_send_signal restart_syscall uname
sysinfo getcpu capget getuid geteuid getgid getegid getresuid getresgid getgroups getrandom
"""
_SIGNALS_AND_TIME = """
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
alarm pause setitimer getitimer clock_gettime clock_getres clock_nanosleep nanosleep
gettimeofday time timer_create timer_settime timer_gettime timer_delete timer_getoverrun
"""
# Pairs of sockets, and no way from one pair to another. Not bind, listen and connect: data waits
# in a listener's queue after its sender is gone, 200 kB for each of 4,096 connections, and takes
# neither a file number nor memory of any process. Not sendmsg: it hands over open files, which
# then are nobody's, and the kernel counts them for all runs of the grader's account together.
_PAIRS = "getsockname getpeername getsockopt sendto recvfrom recvmsg recvmmsg shutdown"
_ALLOWED = (_FILES, _WAITING, _MEMORY, _PROCESSES, _SIGNALS_AND_TIME, _PAIRS)
# What the watchdogs and a submission's process need before the latter is locked in.
_ONLY_OUTSIDE = "unshare mount capset"

_NEW_NAMESPACES = 0x7E020080  # CLONE_NEW*, time's included
_WORD = 0xFFFFFFFF  # the 32 bits of an argument that the kernel takes
_CHOICES: dict[str, tuple[int, int, tuple[int, ...]]] = {
    # Families of sockets. Some others reach out of any namespace.
    "socketpair": (0, _WORD, (socket.AF_UNIX,)),
    # What files are asked when they are opened: whether they are a terminal, its size, how many
    # bytes wait; not to block, to close on exec. No other, not even for a terminal: TIOCSTI and
    # TIOCLINUX type into it.
    "ioctl": (1, _WORD, (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
    # Copies, flags and locks of files. Not F_SETPIPE_SZ: a pipe of 1 MB instead of 64 kB.
    "fcntl": (1, _WORD, (*range(8), 36, 37, 38, 1030, 1032)),
    # Nothing but time-outs: not SO_SNDBUF, for 8 MB in a socket instead of 200 kB, no filters.
    "setsockopt": (2, _WORD, (20, 21, 66, 67)),
    # Private memory, or a file shared between processes, but no memory without a file that is
    # shared: it stays when no process has it mapped any more, and is then counted nowhere. Nor
    # huge pages, which the kernel counts apart.
    "mmap": (3, 0x4002F, (0x02, 0x22, 0x01, 0x03)),
}
"""Call -> which argument, the bits of it that are looked at, and what they may be."""


@functools.cache
def build_filter(*, outer: bool) -> bytes:
    """Compile a filter into the kernel's instructions.

    Raises `ImportError` or `OSError` where pyseccomp or the libseccomp under it is missing.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    names = " ".join(_ALLOWED) + (" " + _ONLY_OUTSIDE if outer else "")
    for name in names.split():
        try:
            number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        except (OSError, ValueError):
            continue  # another architecture, or a libseccomp older than the call
        if number >= 0:  # below zero: it does not exist on this architecture
            rules.add_rule(seccomp.ALLOW, number)
    # Threads and forks, but no namespaces. clone3 hides its flags, so it is not on the list;
    # the C library then falls back to clone.
    no_namespace = seccomp.Arg(0, seccomp.MASKED_EQ, _NEW_NAMESPACES, 0)
    rules.add_rule(seccomp.ALLOW, "clone", no_namespace)
    for call, (place, bits, choices) in _CHOICES.items():
        for choice in choices:
            allowed = seccomp.Arg(place, seccomp.MASKED_EQ, bits, choice)
            rules.add_rule(seccomp.ALLOW, call, allowed)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


_OURS = "grader-sandbox"
_LEAF = "grader-itself"  # in version 2, a group with groups below it holds no process
_PATIENCE = 50  # hundredths of a second
_MAKING = 60.0  # seconds
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Version:
    """How the files of a version are called; `gauges` in the order of the watchdog's."""

    memory: tuple[str, ...]
    tasks: str
    gauges: tuple[str, str, str]


# Memory with swap cannot be less than memory, so it is set before and after.
VERSIONS = {
    1: Version(
        ("memory.memsw.limit_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
        "pids.max",
        ("memory.usage_in_bytes", "memory.stat", "memory.oom_control"),
    ),
    2: Version(("memory.max",), "pids.max", ("memory.current", "memory.stat", "memory.events")),
}


class ControlGroup:
    """A group for one process and all that it starts from then on."""

    def __init__(self, version: int, folders: Mapping[str, Path]) -> None:
        self._version, self._folders = VERSIONS[version], dict(folders)
        self._limits: tuple[int, int] | None = None
        memory = self._folders["memory"]
        self._files = [(memory / name).open("rb") for name in self._version.gauges]
        self.gauges = [file.fileno() for file in self._files]
        """Handles of the files that the watchdog reads, to be passed on."""
        if version == 2:
            _write(memory / "memory.swap.max", "0")

    def add(self, process: int) -> None:
        """Move a process into the group; what it has already is not counted. Raises `OSError`."""
        for folder in set(self._folders.values()):
            (folder / "cgroup.procs").write_text(str(process))

    def limit(self, memory: int, tasks: int) -> None:
        """Let the kernel stop what takes more bytes, or has more processes and threads."""
        if self._limits == (memory, tasks):
            return
        self._limits = memory, tasks
        for name in self._version.memory:
            _write(self._folders["memory"] / name, str(memory))
        if "pids" in self._folders:
            _write(self._folders["pids"] / self._version.tasks, str(tasks))

    def remove(self) -> None:
        """Remove the group once it is empty; if it does not become so, a later grader will."""
        for file in self._files:
            file.close()
        for folder in set(self._folders.values()):
            for _ in range(_PATIENCE):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:  # the last processes may still be dying
                    time.sleep(0.01)


def make_control_group(process: int, mounts: str = "", groups: str = "") -> ControlGroup | None:
    """Make a group and move a process into it; nothing where we may not, or cannot count memory.

    `mounts` and `groups` are read from `/proc/self/mountinfo` and `/proc/self/cgroup`.
    """
    mounts = mounts or Path("/proc/self/mountinfo").read_text()
    groups = groups or Path("/proc/self/cgroup").read_text()
    name = f"{_OURS}-{os.getpid()}-{next(_numbers)}"
    for version, parents in _find_parents(mounts, groups):
        made: dict[str, Path] = {}
        try:
            for controller, parent in parents.items():
                _sweep(parent)
                made[controller] = parent / name
                made[controller].mkdir(exist_ok=True)
            group = ControlGroup(version, made)
            group.add(process)
        except OSError:
            for folder in made.values():
                with contextlib.suppress(OSError):
                    folder.rmdir()
        else:
            return group
    return None


def _find_parents(mounts: str, groups: str) -> Iterator[tuple[int, dict[str, Path]]]:
    """Yield each version's groups to make ours in, by what they count: memory, and perhaps pids."""
    own = {}
    for line in groups.splitlines():
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    tops: dict[str, Path] = {}
    trees: dict[str, Path] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, point = (word.encode().decode("unicode_escape") for word in before.split()[3:5])
        kind, *_, options = after.split()
        names = {"cgroup": set(options.split(",")) & set(own), "cgroup2": {""}}.get(kind, set())
        for name in names & set(own):
            below = os.path.relpath(own[name], root)
            if not below.startswith(".."):
                tops.setdefault(name, Path(point))
                trees.setdefault(name, Path(point, below))
    if "" in trees and (parent := _find_delegated(trees[""], tops[""])):
        yield 2, dict.fromkeys(("memory", "pids"), parent)
    if "memory" in trees:
        yield 1, {name: trees[name] for name in ("memory", "pids") if name in trees}


def _find_delegated(own: Path, top: Path) -> Path | None:
    """Return the group of version 2 that ours are made in, if it was delegated to us.

    `own` is the one that we are in, `top` the highest that we see. A group that divides memory
    among others holds no process, so that all processes in it are moved to one of the others.
    """
    if own.name == _LEAF:
        return own.parent
    try:
        if "memory" not in (own / "cgroup.controllers").read_text().split():
            return None
        # systemd marks what it delegates. The top that a container sees is the container's own.
        if own != top and os.getxattr(own, "user.delegate") != b"1":
            return None
        if "memory" not in (own / "cgroup.subtree_control").read_text().split():
            if not (own / "cgroup.type").exists():
                return None  # the machine's own top, which is for the machine to divide
            leaf = own / _LEAF
            leaf.mkdir(exist_ok=True)
            for process in (own / "cgroup.procs").read_text().split():
                _write(leaf / "cgroup.procs", process)
            (own / "cgroup.subtree_control").write_text("+memory +pids")
    except OSError:
        return None
    return own


def _sweep(parent: Path) -> None:
    """Remove groups whose grader was killed before it could: here, and beside here.

    The next grader is often in another group, as each login and each job of a service has one. A
    group that is a minute old is no longer being made by a grader in some container, whose
    number means nothing here.
    """
    old = time.time() - _MAKING
    for folder in itertools.chain(parent.glob(f"{_OURS}-*"), parent.parent.glob(f"*/{_OURS}-*")):
        owner = folder.name.removeprefix(f"{_OURS}-").partition("-")[0]
        with contextlib.suppress(OSError):
            if not Path("/proc", owner).exists() and folder.stat().st_mtime < old:
                folder.rmdir()


def _write(path: Path, text: str) -> None:
    """Write a setting that this kernel may not have, or not take: the watchdog looks as well."""
    with contextlib.suppress(OSError):
        path.write_text(text)

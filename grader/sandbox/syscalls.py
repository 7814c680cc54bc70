"""List the system calls that the sandbox may make; all else is refused.

Two filters are made of it. The outer one is bubblewrap's and holds for the warm interpreter,
which has to make namespaces. The inner one is loaded by each submission's process just before
its first cell, and allows no new namespace, no mount and no capability any more. A refused call
fails with "not implemented", as on an older kernel, so that programs fall back or say so.

Some calls are allowed for some of their arguments alone. Those are lists of what is allowed too,
and compare 32 bits: the kernel takes no more of these arguments, so that a filter which compares
64 lets a forbidden number pass with a bit set above it (CVE-2019-10063).
"""

from __future__ import annotations

import errno
import functools
import socket
import tempfile

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

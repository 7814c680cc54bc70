"""Measure whole commands: wall time, CPU time of all processes that they start, peak memory."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Self

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans come to this process, and with them their times
_INNER = "INNER-SECONDS "


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
        wall: Seconds.
        cpu: Seconds of user and system time, of all processes.
        memory: Peak resident memory of the command's own process, in bytes.
        inner: Seconds that the command says its work took, or 0.
    """

    wall: float
    cpu: float
    memory: int
    inner: float = 0.0

    def share(self, count: int) -> Cost:
        """Return one submission's share of the times."""
        return replace(self, wall=self.wall / count, cpu=self.cpu / count, inner=self.inner / count)


@dataclass(frozen=True)
class StockRatio:
    """One line of the table.

    Attributes:
        what: What was compared.
        stock: Seconds of each round.
        ours: Seconds of each round.
        goal: The ratio to stay below, or None.
    """

    what: str
    stock: tuple[float, ...]
    ours: tuple[float, ...]
    goal: float | None

    @classmethod
    def compare(
        cls,
        what: str,
        pairs: Sequence[tuple[Cost, Cost]],
        field: str,
        goal: float | None,
        factor: float = 1.0,
    ) -> Self:
        """Return the line about one of the costs, each times a factor, of theirs and ours."""
        theirs, ours = (
            tuple(getattr(pair[side], field) * factor for pair in pairs) for side in (0, 1)
        )
        return cls(what, theirs, ours, goal)

    @property
    def ratio(self) -> float:
        """Median of the rounds' ratios, ours to stock."""
        return median(ours / stock for ours, stock in zip(self.ours, self.stock, strict=True))

    def format(self) -> str:
        """Return a row of a Markdown table."""
        goal = f"1/{1 / self.goal:.0f}" if self.goal else ""
        times = f"{median(self.stock):.3f} | {median(self.ours):.3f}"
        return f"| {self.what} | {times} | 1/{1 / self.ratio:.1f} | {goal} |"


def measure(command: list[str], folder: Path) -> Cost:
    """Run a command to its end.

    Args:
        command: Its words.
        folder: Where to run it.

    Raises:
        RuntimeError: If it fails; exit status 2 means that a person has to look, and is no failure.
    """
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    group = _make_group()
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=(lambda: _join(group)) if group else None,
    )
    assert process.stdout is not None  # noqa: S101
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime + _reap()
    if group:
        cpu = int((group / "cpuacct.usage").read_text()) / 1e9
        with contextlib.suppress(OSError):
            group.rmdir()
    if process.returncode not in (0, 2):
        raise RuntimeError(f"{' '.join(command)} failed:\n{said[-3000:]}")
    inner = [line for line in said.splitlines() if line.startswith(_INNER)]
    seconds = float(inner[-1].removeprefix(_INNER)) if inner else 0.0
    return Cost(wall, cpu, usage.ru_maxrss * 1024, seconds)


def tell_seconds(seconds: float) -> None:
    """Say how long the work took, apart from its preparation; for :func:`measure` to read."""
    print(f"{_INNER}{seconds}")


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def describe_load() -> str:
    """Return the machine's load, the mean of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _make_group() -> Path | None:
    """Return a control group that counts CPU time, or None where none can be made.

    Sandboxed processes that are killed hand their times to nobody: only a group counts them.
    """
    for top in ("cpuacct", "cpu,cpuacct"):
        group = Path("/sys/fs/cgroup", top, f"bench-{os.getpid()}-{time.monotonic_ns()}")
        with contextlib.suppress(OSError):
            group.mkdir()
            return group
    return None


def _join(group: Path) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))


def _reap() -> float:
    """Wait for all that the command left behind, and return its CPU time."""
    spent, until = 0.0, time.monotonic() + 10
    while time.monotonic() < until:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if pid:
            spent += usage.ru_utime + usage.ru_stime
        else:
            time.sleep(0.01)
    return spent

"""Workers on this machine: a process for each core."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from grader.batch.messages import Context, Job
from grader.batch.retries import PATIENCE, Answer
from grader.batch.worker import grade, warm_up

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

_FORKS = get_context("forkserver")


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass
class _Worker:
    process: ForkServerProcess
    line: Connection
    job: Job | None = None
    since: float = 0.0


class LocalWorkers:
    """Processes that grade one submission at a time each. A dead or hung one is replaced.

    Args:
        context: The class's.
        count: How many processes.
        patience: Seconds after which a process counts as hung.
    """

    def __init__(self, context: Context, count: int, patience: float = PATIENCE) -> None:
        self.size = count
        self._context, self._patience = context, patience
        _FORKS.set_forkserver_preload(["grader.batch.preload"])
        self._workers = [self._start() for _ in range(count)]

    @property
    def pids(self) -> list[int]:
        """The processes that grade now."""
        return [worker.process.pid for worker in self._workers if worker.process.pid]

    def submit(self, job: Job) -> None:
        """Hand over a submission to a process that has none."""
        place, worker = next((i, w) for i, w in enumerate(self._workers) if w.job is None)
        if not worker.process.is_alive():  # it died while it had nothing to do
            worker = self._replace(place)
        worker.job, worker.since = job, time.monotonic()
        try:
            worker.line.send(job)
        except OSError:  # it died just now; wait() finds that out
            worker.process.kill()

    def wait(self, seconds: float) -> Answer | None:
        """Return the next answer, or None if none comes so soon.

        The answer of a dead or hung process says so.
        """
        until = time.monotonic() + seconds
        while True:
            busy = {worker.line: place for place, worker in enumerate(self._workers) if worker.job}
            hung = min(self._workers[place].since for place in busy.values()) + self._patience
            left = max(min(until, hung) - time.monotonic(), 0.0)
            ready = wait(list(busy), timeout=left)
            for line in ready:
                return self._take(busy[line])  # type: ignore[index]
            now = time.monotonic()
            for place in busy.values():
                if now - self._workers[place].since >= self._patience:
                    return self._give_up(place, f"no answer within {self._patience:g} s")
            if now >= until:
                return None

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.line.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()

    def _start(self) -> _Worker:
        ours, theirs = _FORKS.Pipe()
        process = _FORKS.Process(target=_serve, args=(theirs, self._context), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _take(self, place: int) -> Answer:
        worker = self._workers[place]
        try:
            kind, value = worker.line.recv()
        except (EOFError, OSError):
            worker.process.join(5)
            return self._give_up(place, f"its worker ended ({worker.process.exitcode})")
        job, worker.job = worker.job, None
        assert job is not None  # noqa: S101  (only busy workers are asked)
        if kind == "graded":
            return Answer(job, value)
        return Answer(job, fault=str(value), fatal=kind == "refused")

    def _give_up(self, place: int, fault: str) -> Answer:
        job = self._workers[place].job
        assert job is not None  # noqa: S101
        self._replace(place)
        return Answer(job, fault=fault)

    def _replace(self, place: int) -> _Worker:
        old = self._workers[place]
        old.line.close()
        old.process.kill()
        old.process.join()
        self._workers[place] = self._start()
        return self._workers[place]


def answer(job: Job, context: Context) -> tuple[str, object]:
    """Grade a submission and say how it went: "graded", "failed" or "refused", and what."""
    from grader.sandbox import SandboxUnavailable

    try:
        return "graded", grade(job, context)
    except SandboxUnavailable as error:
        return "refused", str(error)
    except Exception as error:  # noqa: BLE001  (one submission must not end the others)
        return "failed", f"{type(error).__name__}: {error}"[:500]


def _serve(line: Connection, context: Context) -> None:
    """Grade what comes until the line is closed, as it is when the coordinator ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides what Ctrl-C means
    broken = ""
    try:
        warm_up(context)
    except Exception as error:  # noqa: BLE001  (no submission's fault, so none is blamed)
        broken = f"A worker could not start: {type(error).__name__}: {error}"
    try:
        while True:
            job = line.recv()
            line.send(("refused", broken) if broken else answer(job, context))
    except (EOFError, OSError):
        return

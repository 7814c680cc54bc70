"""Grade on this machine: a worker process for each core.

Kept pools do not do it; tried in November 2026: pebble's breaks when an idle worker is killed, and
drops healthy work when the forkserver is; loky's fails all work with one worker, and knows no
time-outs; a local Dask cluster takes 1.7 s of CPU to start, more than a submission, and ends no
worker that hangs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.util import get_temp_dir
from types import ModuleType
from typing import TYPE_CHECKING

from grader.batch.jobs import PATIENCE, Context, Job, Reply
from grader.batch.worker import grade, warm_up
from grader.errors import CourseError
from grader.plugin import FIRST, load_plugin

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

_FORKS = get_context("forkserver")
_OURS = "grader.batch.preload"
_PAUSES = (0.0, 0.1, 0.3, 1.0, 3.0)
"""Seconds before each try to start a worker: a forkserver that was killed takes time to be gone."""

_LONGEST_FOLDER = 107 - len("/pymp-12345678/listener-12345678")
"""Bytes, so that the path of a socket in it fits where Linux keeps it."""

_GOODBYE = 2.0  # seconds in which workers that have nothing to do may end by themselves


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass
class _Worker:
    process: ForkServerProcess
    line: Connection
    job: Job | None = None
    since: float = 0.0
    ended: bool = False


class LocalWorkers:
    """Processes that grade one submission at a time each. A dead or hung one is replaced.

    Whether a worker lives is read from the line to it and from nothing else. What
    `multiprocessing` says comes from the server that workers are forked from: once that is
    gone, it calls all of them dead and kills none.

    Args:
        context: The class's.
        count: How many processes.
        patience: Seconds after which a process counts as hung.
    """

    def __init__(self, context: Context, count: int, patience: float = PATIENCE) -> None:
        self.size = count
        self._context, self._patience = context, patience
        _choose_imports(context.plugin)
        self._workers: list[_Worker] = []
        self._ahead: subprocess.Popen[bytes] | None
        line: socket.socket | None
        self._ahead, line = _ahead.pop(context.plugin, (None, None))
        try:
            self._workers.append(self._start(line))
            while len(self._workers) < count:
                self._workers.append(self._start())
        except BaseException:
            self.close()
            raise
        finally:
            if line:
                line.close()

    @property
    def pids(self) -> list[int]:
        """The processes that grade now."""
        return [worker.process.pid for worker in self._workers if worker.process.pid]

    def submit(self, job: Job) -> None:
        """Hand over a submission to a process that has none."""
        place, worker = next((i, w) for i, w in enumerate(self._workers) if w.job is None)
        try:
            worker.line.send(job)
        except OSError as error:  # it died or hung while it had nothing to do
            worker.ended = not isinstance(error, BlockingIOError)
            worker = self._replace(place)
            with contextlib.suppress(OSError):  # this one, too; wait() finds that out
                worker.line.send(job)
        worker.job, worker.since = job, time.monotonic()

    def wait(self, seconds: float) -> Reply | None:
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
        """End all processes; one that has nothing to do removes what it made."""
        until = time.monotonic() + _GOODBYE
        for worker in self._workers:
            worker.line.close()
            if worker.job:
                _kill(worker)
        for worker in self._workers:
            worker.process.join(max(until - time.monotonic(), 0.0))
            worker.process.kill()
            worker.process.join()
        self._workers.clear()
        if self._ahead:
            self._ahead.kill()
            self._ahead.wait()

    def _start(self, ahead: socket.socket | None = None) -> _Worker:
        for pause in _PAUSES:
            time.sleep(pause)
            ours, theirs = _FORKS.Pipe()
            words = (theirs, self._context, ahead)
            process = _FORKS.Process(target=_serve, args=words, daemon=True)
            try:
                with _without_program():
                    process.start()
            except (EOFError, OSError) as error:  # the server was ended, or cannot fork
                ours.close()
                reason = str(error)
                # Perhaps by a module of the course's; in a worker, warm_up() can say which.
                _FORKS.set_forkserver_preload([_OURS])
            else:
                _limit_blocking(ours, self._patience)
                return _Worker(process, ours)
            finally:
                theirs.close()
        raise CourseError(
            f"No process that grades could be started, {len(_PAUSES)} times in a row ({reason}); "
            "what is graded is kept. See what ends processes here, and give the same command again."
        )

    def _take(self, place: int) -> Reply:
        worker = self._workers[place]
        try:
            kind, value = worker.line.recv()
        except BlockingIOError:  # it stopped in the middle of its answer
            return self._give_up(place, f"no answer within {self._patience:g} s")
        except (EOFError, OSError):
            worker.ended = True
            worker.process.join(5)
            return self._give_up(place, f"its worker ended ({worker.process.exitcode})")
        job, worker.job = worker.job, None
        assert job is not None  # noqa: S101  (only busy workers are asked)
        if kind == "graded":
            return Reply(job, value)
        return Reply(job, fault=str(value), fatal=kind == "refused")

    def _give_up(self, place: int, fault: str) -> Reply:
        job = self._workers[place].job
        assert job is not None  # noqa: S101
        self._replace(place)
        return Reply(job, fault=fault)

    def _replace(self, place: int) -> _Worker:
        old = self._workers[place]
        _kill(old)
        old.line.close()
        old.process.join()
        self._workers[place] = self._start()
        return self._workers[place]


_ahead: dict[str, tuple[subprocess.Popen[bytes], socket.socket]] = {}
"""By a course's plugin: the first worker's warm interpreter, and the line to it."""


def start_ahead(plugin: str, *, sandbox: bool) -> None:
    """Start what takes time to import what it needs, beside what is imported here.

    That is the process that workers are forked from, and the first worker's warm interpreter.
    Without this they are started with the first worker. If they cannot be, that says why.

    Args:
        plugin: The course's, by name.
        sandbox: Whether learners' code is confined.
    """
    _choose_imports(plugin)
    with contextlib.suppress(OSError):
        forkserver.ensure_running()
    if sandbox:
        from grader.sandbox.zygote import start_interpreter

        with contextlib.suppress(Exception):  # whatever it is, a worker meets it, too
            _ahead[plugin] = start_interpreter(load_plugin(plugin).packages)


def end_ahead() -> None:
    """End what was started ahead and no worker has taken, as where nothing was graded."""
    while _ahead:
        _, (process, line) = _ahead.popitem()
        line.close()
        process.kill()
        process.wait()


def _choose_imports(plugin: str) -> None:
    _shorten_sockets()
    # What judging imports is an attribute that a course may do without.
    judging = getattr(load_plugin(plugin), "preload", ())
    if isinstance(judging, str):
        raise CourseError(
            f"The plugin {plugin or FIRST} has `preload = {judging!r}`, which is no tuple of "
            f"modules' names; write `preload = ({judging!r},)`."
        )
    _FORKS.set_forkserver_preload([_OURS, *judging])


def _shorten_sockets() -> None:
    """Let the server's socket lie where its path is short enough, as Python does from 3.14 on.

    A folder for scraps that lies deep, as a batch system gives to a job, leaves no room for it.
    """
    if len(os.fsencode(tempfile.gettempdir())) <= _LONGEST_FOLDER:
        return
    given, tempfile.tempdir = tempfile.tempdir, "/tmp"  # noqa: S108 - get_temp_dir makes its own
    try:
        get_temp_dir()  # keeps to what it has once made
    finally:
        tempfile.tempdir = given


@contextlib.contextmanager
def _without_program() -> Iterator[None]:
    """Let a worker start without importing the program that starts it: JupyterLab, perhaps."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _limit_blocking(line: Connection, seconds: float) -> None:
    """Let a large job, or half an answer, wait no longer for a worker that hangs."""
    limit = struct.pack("@ll", int(seconds), int(seconds % 1 * 1e6))
    with socket.socket(fileno=os.dup(line.fileno())) as end:
        for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            end.setsockopt(socket.SOL_SOCKET, direction, limit)


def _kill(worker: _Worker) -> None:
    """End a process, if it still holds its line: then its number is its own."""
    if worker.process.pid and not worker.ended:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.process.pid, signal.SIGKILL)


def answer(job: Job, context: Context) -> tuple[str, object]:
    """Grade a submission and say how it went: "graded", "failed" or "refused", and what.

    Refused is what no other submission would be spared: without a sandbox, or by a course that
    does not judge all that earns points.
    """
    from grader.sandbox import SandboxUnavailable

    try:
        try:
            context.demand_judged()
        except CourseError as error:
            return "refused", str(error)
        return "graded", grade(job, context)
    except SandboxUnavailable as error:
        return "refused", str(error)
    except Exception as error:  # noqa: BLE001  (one submission must not end the others)
        return "failed", f"{type(error).__name__}: {error}"[:500]


def _serve(line: Connection, context: Context, ahead: socket.socket | None = None) -> None:
    """Grade what comes until the line is closed, as it is when the coordinator ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides what Ctrl-C means
    from grader.sandbox.zygote import adopt_zygote, end_sandboxes

    broken = ""
    try:
        warm_up(context)
        if ahead is not None:
            adopt_zygote(ahead, load_plugin(context.plugin).packages)
    except Exception as error:  # noqa: BLE001  (no submission's fault, so none is blamed)
        broken = f"A worker could not start: {type(error).__name__}: {error}"
    try:
        while True:
            job = line.recv()
            line.send(("refused", broken) if broken else answer(job, context))
    except (EOFError, OSError):
        pass
    end_sandboxes()

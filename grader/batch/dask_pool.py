"""Grade on many machines: the workers of a Dask cluster that is already running.

Dask moves the data, finds the workers and notices when one is gone. A submission travels as
bytes and comes back as data. The class's context goes with every submission: packed, it is some
ten kilobytes, less than a notebook. Kept in the cluster instead, it would be with one worker, and
if that one hangs, all others wait for it. It holds the seed, so the cluster is trusted: across a
network, use Dask's TLS.
"""

from __future__ import annotations

import contextlib
import pickle
import time
import zlib
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any

from distributed import Client, KilledWorker, get_worker

from grader.batch.jobs import PATIENCE, Context, Job, Reply
from grader.batch.pool import answer
from grader.errors import CourseError

_CONNECT_SECONDS = 30
_BEAT = 0.2  # seconds for which nothing else is looked at
_EVERY = 2.0  # seconds between two looks at who is in the cluster


class ClusterWorkers:
    """Whoever is connected to a Dask scheduler now.

    Each of Dask's workers should have one thread (``--nthreads 1``): a sandbox belongs to the
    thread that started it, and Python code gains nothing from a second one.

    Args:
        context: The class's.
        address: The scheduler's, such as ``tcp://10.0.0.1:8786``, or None.
        scheduler_file: Dask's file with the address, or None.
        patience: Seconds after which a submission is given to another worker.

    Raises:
        CourseError: If no scheduler answers, or it has no worker, or if the course does not judge
            all that earns points: a worker that says so may only have another course.
    """

    def __init__(
        self,
        context: Context,
        address: str | None = None,
        scheduler_file: str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        context.demand_judged()
        try:
            self._client: Any = Client(  # type: ignore[no-untyped-call]
                address,
                scheduler_file=scheduler_file,
                timeout=_CONNECT_SECONDS,
                set_as_default=False,
            )
            self._client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            where = address or scheduler_file
            raise CourseError(
                f"The Dask scheduler at {where} has no worker to give within "
                f"{_CONNECT_SECONDS} s ({type(error).__name__}); start one with "
                "`dask worker ADDRESS --nthreads 1`."
            ) from error
        self._context = zlib.compress(pickle.dumps(context))
        self._patience = patience
        self._running: dict[Any, tuple[Job, float]] = {}
        self._avoid: dict[str, set[str]] = {}  # by learner: workers that failed with them
        self._refusing: set[str] = set()  # workers that cannot confine learners' code, or judge it
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._threads: dict[str, int] = {}
        self._asked = -_EVERY

    @property
    def size(self) -> int:
        """One for each thread of the cluster, and one more so that nobody waits for us."""
        return max(1, sum(self._list_workers().values())) + 1

    def submit(self, job: Job) -> None:
        """Hand over a submission, to a worker that has not failed with it before."""
        avoided = self._avoid.get(job.student, set()) | self._refusing
        others = sorted(set(self._list_workers()) - avoided) if avoided else None
        future = self._client.submit(
            _answer, job, self._context, pure=False, workers=others or None,
            allow_other_workers=bool(others),
        )  # fmt: skip
        self._running[future] = (job, time.monotonic())
        future.add_done_callback(self._done.put)

    def wait(self, seconds: float) -> Reply | None:
        """Return the next answer, or None if none comes so soon.

        Where a worker died or hung, the answer says so.
        """
        until = time.monotonic() + seconds
        while True:
            try:
                future = self._done.get(timeout=_BEAT)
            except Empty:
                if self._client.status not in ("running", "connecting"):
                    raise CourseError(
                        "The connection to the Dask scheduler was lost; what was graded is kept. "
                        "Start it again and give the same command."
                    ) from None
            else:
                if future in self._running:
                    return self._take(future)
            now = time.monotonic()
            for future, (_, since) in self._running.items():
                if now - since >= self._patience:
                    return self._abandon(future)
            if now >= until:
                return None

    def close(self) -> None:
        """Drop what is being graded, and leave the cluster as it was."""
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._running), force=True)
        self._client.close()

    def _list_workers(self) -> dict[str, int]:
        """Return the workers' addresses and threads; asked for now and then, for they change."""
        if time.monotonic() - self._asked >= _EVERY:
            self._threads = dict(self._client.nthreads())
            self._asked = time.monotonic()
        return self._threads

    def _take(self, future: Any) -> Reply:  # noqa: ANN401
        job, _ = self._running.pop(future)
        try:
            kind, value, worker = future.result(timeout=_CONNECT_SECONDS)
        except KilledWorker:
            # Dask has given it to one worker after the other, and all of them ended.
            return Reply(job, fault="every worker that took it ended", final=True)
        except Exception as error:  # noqa: BLE001  (anything may come back from elsewhere)
            return Reply(job, fault=f"its worker failed ({type(error).__name__})")
        if kind == "graded":
            return Reply(job, value)
        self._avoid.setdefault(job.student, set()).add(worker)
        if kind == "refused":
            self._refusing.add(worker)
        nobody = bool(self._refusing) and set(self._list_workers()) <= self._refusing
        return Reply(job, fault=str(value), fatal=nobody)

    def _abandon(self, future: Any) -> Reply:  # noqa: ANN401
        """Take a submission away from a worker that does not answer, and shun that worker."""
        job, _ = self._running.pop(future)
        with contextlib.suppress(Exception):
            for address, keys in self._client.processing().items():
                if future.key in keys:
                    self._avoid.setdefault(job.student, set()).add(address)
            self._client.cancel([future], force=True)
        return Reply(job, fault=f"no answer within {self._patience:g} s")


@lru_cache(maxsize=2)
def _unpack(context: bytes) -> Context:
    unpacked: Context = pickle.loads(zlib.decompress(context))  # noqa: S301  (the coordinator's)
    return unpacked


def _answer(job: Job, context: bytes) -> tuple[str, object, str]:
    """Grade in one of Dask's workers, and say in which."""
    kind, value = answer(job, _unpack(context))
    return kind, value, str(get_worker().address)

"""Retry a submission whose worker dies, hangs or answers nonsense, so that none is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from grader.batch.messages import Context, Graded, Job, find_fault
from grader.errors import CourseError

ATTEMPTS = 3
"""How often a submission is tried before a person is asked. One that brings down what runs it
three times will do so a fourth time."""

PATIENCE = 600.0
"""Seconds after which a worker counts as hung. The sandbox ends every honest run far earlier."""


@dataclass(frozen=True)
class Reply:
    """A worker's reply: what became of a job.

    Attributes:
        job: The submission.
        value: What the worker returned.
        fault: Why nothing was returned, as a phrase, or None.
        fatal: Whether every other submission would fare the same.
        final: Whether there is no use in trying this one again.
    """

    job: Job
    value: object = None
    fault: str | None = None
    fatal: bool = False
    final: bool = False


@dataclass(frozen=True)
class GivenUp:
    """A submission that no worker could grade.

    Attributes:
        student: The learner's id.
        reason: One sentence.
    """

    student: str
    reason: str


class Workers(Protocol):
    """Those who grade: processes of this machine, or a cluster."""

    @property
    def size(self) -> int:
        """How many submissions they take at once."""

    def submit(self, job: Job) -> None:
        """Hand over a submission. There is room for it."""

    def wait(self, seconds: float) -> Reply | None:
        """Return the next answer, from whichever worker has one; None if none comes so soon."""

    def close(self) -> None:
        """End, at once; what is still being graded is dropped."""


def grade_all(
    jobs: Iterable[Job],
    workers: Workers,
    context: Context,
    attempts: int,
    patience: Callable[[], float],
) -> Iterator[Graded | GivenUp | None]:
    """Grade submissions as they come, and yield verdicts as they come, or None to say that none is.

    No more jobs are drawn than there are workers for, so memory does not grow with the class.

    Args:
        jobs: The submissions.
        workers: Who grades.
        context: The class's.
        attempts: How often a submission is tried.
        patience: Returns the seconds after which a None is yielded if no verdict has come.

    Raises:
        CourseError: If no submission can be graded, as without a sandbox.
    """
    source = iter(jobs)
    again: deque[Job] = deque()
    tried: dict[str, int] = {}  # by learner, of those being graded
    more = True
    while True:
        while len(tried) - len(again) < workers.size and (again or more):
            job = again.popleft() if again else next(source, None)
            if job is None:
                more = False
                break
            tried[job.student] = tried.get(job.student, 0) + 1
            workers.submit(job)
        if not tried:
            return
        answer = workers.wait(patience())
        if answer is None:
            yield None
            continue
        job, fault = answer.job, answer.fault
        if answer.fatal:
            raise CourseError(fault or "Nothing can be graded here.")
        if fault is None:
            fault = find_fault(answer.value, job, context)
        if fault is None and isinstance(answer.value, Graded):
            del tried[job.student]
            yield answer.value
        elif tried[job.student] < attempts and not answer.final:
            again.append(job)
        else:
            count = tried.pop(job.student)
            times = "" if answer.final else f" {count} times, the last time"
            yield GivenUp(job.student, f"Grading failed{times}: {fault}.")

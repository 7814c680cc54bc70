"""Grade a class of invented learners fast: equal notebooks are graded once."""

from __future__ import annotations

import dataclasses

from grader.batch.jobs import Context, Graded, Job, Reply
from grader.batch.worker import grade


class Replayed:
    """Workers that answer with what they found the first time they saw the same notebook."""

    size = 2

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[bytes, Graded] = {}
        self._jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        """Keep a submission."""
        self._jobs.append(job)

    def wait(self, seconds: float) -> Reply:
        """Return the reply, with the verdict for this learner's name and digest."""
        del seconds  # it is never waited for
        job = self._jobs.pop(0)
        data = next(iter(job.notebooks.values())) or b""
        if data not in self._known:
            self._known[data] = grade(job, self._context)
        known = self._known[data]
        return Reply(job, dataclasses.replace(known, student=job.student, digest=job.digest))

    def close(self) -> None:
        """Nothing is left to end."""

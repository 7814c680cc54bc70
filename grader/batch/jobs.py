"""Hand submissions to the workers, and take verdicts back, so that none is lost.

All that goes to and fro is plain data, so that a worker needs no shared disk and no gradebook. A
submission whose worker dies, hangs or answers nonsense is tried again.
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.errors import CourseError
from grader.plugin import demand_judged, load_plugin


@dataclass(frozen=True)
class SourceCell:
    """One graded cell as the instructor wrote it, from the gradebook.

    Attributes:
        kind: "code" or "markdown".
        locked: Whether learners cannot change it; then ``source`` counts, hidden tests included.
        checksum: nbgrader's, of the cell as it was released.
        source: Its text.
        points: The most it can earn, or None if it earns none.
    """

    kind: str
    locked: bool
    checksum: str | None
    source: str
    points: float | None


@dataclass(frozen=True)
class Sheet:
    """One notebook of an assignment.

    Attributes:
        name: Without ``.ipynb``.
        released: The notebook that the class received, as JSON.
        cells: Graded cells by ``grade_id``.
        kernelspec: As JSON, or None.
        earlier: What the class received before the assignment was changed, the newest first.
    """

    name: str
    released: bytes
    cells: Mapping[str, SourceCell]
    kernelspec: str | None
    earlier: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Context:
    """All that a worker has to know, the same for every submission of a run.

    Attributes:
        assignment: Its name.
        plugin: The course's, by name; see ``grader.plugin.load_plugin``.
        sheets: Its notebooks.
        seed: Draws the hidden sequences. It stays in the worker's trusted process.
        limits: Bounds of one run, by name; see ``grader.sandbox.Limits``.
        bounds: Bounds of what is read, by name; see ``grader.intake.Bounds``.
        sandbox: Whether learners' code is confined.
        lines: Of one cell's output that are kept, -1 for all.
        traceback: Lines of a traceback that are kept, -1 for all.
        tests: The cells whose points come from a test, and how many there are; workers refuse
            what the course does not judge.
        fingerprint: Digests of what decides a verdict, by what it is.
    """

    assignment: str
    plugin: str
    sheets: tuple[Sheet, ...]
    seed: int = field(repr=False)
    limits: Mapping[str, Any] = field(default_factory=dict)
    bounds: Mapping[str, int] = field(default_factory=dict)
    sandbox: bool = True
    lines: int = 1000
    traceback: int = 100
    tests: Mapping[str, float] = field(default_factory=dict)
    fingerprint: Mapping[str, str] = field(default_factory=dict)

    def demand_judged(self) -> None:
        """Refuse to grade what has points that nobody would give.

        Raises:
            CourseError: If the course does not judge one of the tests.
        """
        demand_judged(load_plugin(self.plugin), self.assignment, self.tests)


@dataclass(frozen=True)
class Job:
    """One submission.

    Attributes:
        student: The learner's id.
        digest: Of all files that were handed in.
        notebooks: By file name: the bytes, or None for what is no regular file.
        files: What stands beside the cells, by path.
        notes: What intake moved away, in sentences.
    """

    student: str
    digest: str
    notebooks: Mapping[str, bytes | None]
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class GradedSheet:
    """What one notebook earned.

    Attributes:
        name: Without ``.ipynb``.
        notebook: The graded notebook, as nbgrader writes it.
        scores: By ``grade_id``; None where a person gives the points.
        comments: By ``grade_id`` of answers; None for no comment.
        flags: Why a person should look, by ``grade_id``; "" stands for the whole notebook.
        repairs: What intake put right.
        unreadable: Why nothing could be read, or "".
        ended: What ended the learner's code early, or "".
    """

    name: str
    notebook: str
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]
    flags: Mapping[str, str] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    unreadable: str = ""
    ended: str = ""


@dataclass(frozen=True)
class Graded:
    """A verdict on one submission.

    Attributes:
        student: The learner's id.
        digest: Of what was graded: the job's.
        sheets: One for each notebook of the assignment.
        seconds: Wall time in the worker.
    """

    student: str
    digest: str
    sheets: tuple[GradedSheet, ...]
    seconds: float

    @property
    def points(self) -> float:
        """What the tests gave, all notebooks together."""
        return sum(score or 0.0 for sheet in self.sheets for score in sheet.scores.values())


LARGEST = 64 * 1024 * 1024
"""Characters of one graded notebook. Outputs are limited to 2 MiB, so an honest one is smaller."""


def find_answer_fault(answer: object, job: Job, context: Context) -> str | None:
    """Return what is wrong with a worker's answer, as a phrase, or None."""
    try:
        return _find(answer, job, context)
    except (TypeError, ValueError, AttributeError, KeyError):
        return "something that is no verdict came back"  # the right type, filled with nonsense


def _find(answer: object, job: Job, context: Context) -> str | None:
    if not isinstance(answer, Graded):
        return f"a {type(answer).__name__} came back instead of a verdict"
    if answer.student != job.student or answer.digest != job.digest:
        return "a verdict on another submission came back"
    if [sheet.name for sheet in answer.sheets] != [sheet.name for sheet in context.sheets]:
        return "a verdict on other notebooks came back"
    for graded, sheet in zip(answer.sheets, context.sheets, strict=True):
        fault = _find_in_sheet(graded, sheet)
        if fault is not None:
            return fault
    return None


def _find_in_sheet(graded: GradedSheet, sheet: Sheet) -> str | None:
    wanted = {name for name, cell in sheet.cells.items() if cell.points is not None}
    if set(graded.scores) != wanted:
        return "points for other cells came back"
    for name, score in graded.scores.items():
        if score is not None and not _is_possible(score, sheet.cells[name].points or 0.0):
            return f"{score!r} points for {name} came back"
    if not set(graded.comments) <= set(sheet.cells):
        return "comments on other cells came back"
    if len(graded.notebook) > LARGEST:
        return "a notebook that is too large came back"
    try:
        finished = json.loads(graded.notebook)["metadata"]["grader"]["finished"]
    except (ValueError, KeyError, TypeError):
        return "a notebook that cannot be read came back"
    return None if finished is True else "an unfinished notebook came back"


def _is_possible(score: object, most: float) -> bool:
    return isinstance(score, float) and math.isfinite(score) and 0.0 <= score <= most


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
            fault = find_answer_fault(answer.value, job, context)
        if fault is None and isinstance(answer.value, Graded):
            del tried[job.student]
            yield answer.value
        elif tried[job.student] < attempts and not answer.final:
            again.append(job)
        else:
            count = tried.pop(job.student)
            times = "" if answer.final else f" {count} times, the last time"
            yield GivenUp(job.student, f"Grading failed{times}: {fault}.")

"""Show how far grading is: a bar in a terminal, plain lines elsewhere, JSON for machines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TextIO, TypeAlias

from grader.terminal import NEEDS_PERSON, stop_when_left


@dataclass(frozen=True)
class Found:
    """How many submissions there are."""

    submissions: int


@dataclass(frozen=True)
class Unchanged:
    """Nothing changed since this submission was graded.

    Attributes:
        student: The learner's id.
        look: Why a person should look, in sentences; empty if somebody has.
        outdated: Whether another version of the toolkit graded it, or one that is not known.
    """

    student: str
    look: tuple[str, ...] = ()
    outdated: bool = False


@dataclass(frozen=True)
class Chosen:
    """This submission is graded now, or would be; why."""

    student: str
    reason: str


@dataclass(frozen=True)
class Finished:
    """This submission has its grades in the gradebook.

    Attributes:
        student: The learner's id.
        points: What the tests gave.
        seconds: That it took in the worker.
        repairs: What was put right, in sentences.
        look: Why a person should look, in sentences.
        unreadable: Why nothing could be read, or "".
        before: What the tests had given in an earlier run, or None if there was none.
    """

    student: str
    points: float
    seconds: float
    repairs: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    unreadable: str = ""
    before: float | None = None


@dataclass(frozen=True)
class Failed:
    """This submission could not be graded; a person has to look."""

    student: str
    reason: str


Event: TypeAlias = Found | Unchanged | Chosen | Finished | Failed
Tell: TypeAlias = Callable[[Event], None]


@dataclass
class Summary:
    """How a run went.

    Attributes:
        found: Submissions.
        graded: With grades in the gradebook, those below included.
        unchanged: Not graded again.
        outdated: Of these, graded by another version of the toolkit.
        repaired: In which something was put right.
        flagged: At which a person should look, other than to read text answers.
        unreadable: Of which nothing could be read.
        failed: That could not be graded.
        stopped: Whether the run was stopped before its end.
        forced: Whether all were to be graded again.
        attention: Learners and reasons, for a person: flagged, unreadable and failed ones, also
            those of an earlier run at which nobody has looked since.
        changed: Learners to whom the tests give other points than in an earlier run: what they
            gave then, and what they give now.
        seconds: Wall time.
    """

    found: int = 0
    graded: int = 0
    unchanged: int = 0
    outdated: int = 0
    repaired: int = 0
    flagged: int = 0
    unreadable: int = 0
    failed: int = 0
    stopped: bool = False
    forced: bool = False
    attention: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, float, float]] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, event: Event) -> None:
        """Take an event into account."""
        match event:
            case Found(submissions):
                self.found = submissions
            case Unchanged(student, look, outdated):
                self.unchanged += 1
                self.outdated += outdated
                self.attention.extend((student, reason) for reason in look)
            case Failed(student, reason):
                self.failed += 1
                self.attention.append((student, reason))
            case Finished():
                self.graded += 1
                self.repaired += bool(event.repairs)
                self.unreadable += bool(event.unreadable)
                self.flagged += bool(event.look and not event.unreadable)
                self.attention.extend((event.student, reason) for reason in event.look)
                if event.before is not None and event.before != event.points:
                    self.changed.append((event.student, event.before, event.points))

    @property
    def left(self) -> int:
        """Submissions that the run did not come to."""
        return max(self.found - self.graded - self.unchanged - self.failed, 0)

    @property
    def waiting(self) -> int:
        """Submissions that need a person."""
        return len({student for student, _ in self.attention})

    @property
    def status(self) -> int:
        """The exit status: 0 if nothing needs a person, 2 if something does, 130 if stopped."""
        if self.stopped:
            return 130
        return NEEDS_PERSON if self.attention else 0


BURST = 1.0
"""Seconds within which results count as written at one time."""


class Throughput:
    """Counts results and knows their rate, as soon as there are enough of them.

    Results come in bursts, because grades are written a few at a time. The first burst has the
    start of the run in it, and the last one may not be over. So what counts is what came from
    the end of the first burst to the end of the last but one.

    Rich's own rate will not do: of bursts at 2 a second it says 1,000 after the first and 3.8 after
    the second, for it counts from the first result.

    Args:
        clock: Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done = 0
        self._began = self._last = clock()
        self._first: tuple[float, int] | None = None
        self._latest: tuple[float, int] | None = None

    def count(self) -> None:
        """Count a result that came just now."""
        now = self._clock()
        if self._done and now - self._began > BURST:
            self._end_burst()
            self._began = now
        elif not self._done:
            self._began = now
        self._done += 1
        self._last = now

    @property
    def rate(self) -> float | None:
        """Results a second, or None while too little is known."""
        if self._first is None or self._latest is None:
            return None
        (start, before), (end, after) = self._first, self._latest
        return (after - before) / (end - start)

    def _end_burst(self) -> None:
        ended = self._last, self._done
        if self._first is None:
            self._first = ended
        else:
            self._latest = ended


_EVERY = 10.0  # seconds between two plain lines


@contextmanager
def show_progress(assignment: str, *, as_json: bool, explain: bool) -> Iterator[Tell]:
    """Give the function that shows an event.

    Args:
        assignment: Its name.
        as_json: One JSON object a line on stdout.
        explain: Say of each submission why it is graded or not.
    """
    if as_json:
        yield stop_when_left(_write_json)
    elif sys.stdout.isatty():
        with _show_bar(assignment, explain=explain) as tell:
            yield tell
    else:
        yield stop_when_left(PlainLines(sys.stdout, explain=explain))


def _write_json(event: Event) -> None:
    line = {"event": type(event).__name__.lower(), **asdict(event)}
    print(json.dumps(line), flush=True)


class PlainLines:
    """Says now and then how far it is, and at once what needs a person.

    Args:
        out: Where to write.
        explain: Say of each submission why it is graded or not.
        every: Seconds between two lines.
    """

    def __init__(self, out: TextIO, *, explain: bool, every: float = _EVERY) -> None:
        self._out, self._explain, self._every = out, explain, every
        self._summary, self._throughput = Summary(), Throughput()
        self._last = time.monotonic()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        self._summary.count(event)
        if isinstance(event, Finished | Failed):
            self._throughput.count()
        said = say_why(event) if self._explain else ""
        if said:
            self._say(said)
        if isinstance(event, Failed):
            self._say(f"{event.student}: {event.reason}")
        elif isinstance(event, Finished) and time.monotonic() - self._last >= self._every:
            self._last = time.monotonic()
            self._say(self._tell_rate())

    def _tell_rate(self) -> str:
        now, rate = self._summary, self._throughput.rate
        done = now.graded + now.failed + now.unchanged
        known = f": {rate:.1f} a second, about {now.left / rate:.0f} s left" if rate else ""
        return f"{done} of {now.found}{known}, {now.failed} failed"

    def _say(self, line: str) -> None:
        print(line, file=self._out, flush=True)


@contextmanager
def _show_bar(assignment: str, *, explain: bool) -> Iterator[Tell]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    summary, throughput = Summary(), Throughput()
    with Progress(*columns) as progress:
        bar = progress.add_task(assignment, total=None, rate="", note="")

        def tell(event: Event) -> None:
            summary.count(event)
            if explain and (said := say_why(event)):
                progress.console.print(said, markup=False, highlight=False)
            if isinstance(event, Failed):
                progress.console.print(f"{event.student}: {event.reason}", markup=False)
            done = summary.graded + summary.failed
            current = event.student if isinstance(event, Chosen) else ""
            if isinstance(event, Finished | Failed):
                throughput.count()
            progress.update(
                bar,
                total=summary.found,
                completed=done + summary.unchanged,
                rate=f"{throughput.rate:.1f}/s" if throughput.rate else "",
                note=f"{summary.failed} failed  {current}",
            )

        yield tell


def say_why(event: Event) -> str:
    """Return why a submission is graded or not, or "" for other events."""
    match event:
        case Chosen(student, reason):
            return f"{student}: graded, because {reason}"
        case Unchanged(student, outdated=True):
            return f"{student}: not graded again, nothing has changed but the toolkit"
        case Unchanged(student):
            return f"{student}: not graded again, nothing has changed"
    return ""


def write_report(summary: Summary, what: str, out: TextIO, done: str = "graded") -> None:
    """Write how a run went, and what needs a person, each with its reason.

    Args:
        summary: Of the run.
        what: What was worked on.
        out: Where to write.
        done: What was done to a submission.
    """
    counts = [
        (summary.graded, done),
        (summary.unchanged, "unchanged"),
        (summary.repaired, "repaired"),
        (summary.flagged, "flagged"),
        (summary.unreadable, "unreadable"),
        (summary.failed, "failed"),
    ]
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    said = said or (f"nothing {done} yet" if summary.left else "nothing to do")
    rate = f" ({summary.graded / summary.seconds:.1f} a second)" if summary.graded else ""
    print(f"{what}: {said}, in {summary.seconds:.1f} s{rate}.", file=out)
    if summary.outdated:
        print(
            f"{summary.outdated} of the unchanged were graded by another version of the toolkit "
            "and keep their points; --force grades them again.",
            file=out,
        )
    if summary.changed:
        print("The tests give these other points than before (each change is logged):", file=out)
        for student, before, points in summary.changed:
            print(f"  {student}: {before:.4g} before, {points:.4g} now", file=out)
    if summary.attention:
        print("A person should look at these:", file=out)
        for student, reason in summary.attention:
            print(f"  {student}: {reason}", file=out)
        print(f"{summary.waiting} of {summary.found} need a person.", file=out)
    if summary.stopped:
        same = "the same command without --force" if summary.forced else "the same command again"
        print(
            f"Stopped. What is {done} is kept; {summary.left} are left. Give {same} to go on.",
            file=out,
        )


def describe_summary(summary: Summary) -> dict[str, object]:
    """Return a summary as a last line of JSON."""
    return {"event": "summary", **asdict(summary), "left": summary.left, "status": summary.status}

"""Show how far grading is: a bar in a terminal, plain lines elsewhere, JSON for machines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TextIO

from grader.batch.events import Chosen, Event, Failed, Finished, Summary, Tell, Unchanged
from grader.batch.throughput import Pace
from grader.terminal import stop_when_left

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
        self._summary, self._pace = Summary(), Pace()
        self._last = time.monotonic()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        self._summary.count(event)
        if isinstance(event, Finished | Failed):
            self._pace.count()
        said = say_why(event) if self._explain else ""
        if said:
            self._say(said)
        if isinstance(event, Failed):
            self._say(f"{event.student}: {event.reason}")
        elif isinstance(event, Finished) and time.monotonic() - self._last >= self._every:
            self._last = time.monotonic()
            self._say(self._tell_rate())

    def _tell_rate(self) -> str:
        now, rate = self._summary, self._pace.rate
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
    summary, pace = Summary(), Pace()
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
                pace.count()
            progress.update(
                bar,
                total=summary.found,
                completed=done + summary.unchanged,
                rate=f"{pace.rate:.1f}/s" if pace.rate else "",
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


def describe(summary: Summary) -> dict[str, object]:
    """Return a summary as a last line of JSON."""
    return {"event": "summary", **asdict(summary), "left": summary.left, "status": summary.status}

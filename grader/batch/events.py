"""What the coordinator says while it works: small frozen facts, for a person or for a machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Found:
    """How many submissions there are, and who grades."""

    submissions: int
    workers: str


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
            case Found(submissions, _):
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
        return 2 if self.attention else 0

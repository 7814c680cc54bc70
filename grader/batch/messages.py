"""What travels: submissions and the class's context to the workers, verdicts back.

All of it is plain data, so that a worker needs no shared disk and no gradebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    """

    name: str
    released: bytes
    cells: Mapping[str, SourceCell]
    kernelspec: str | None


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
    fingerprint: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One submission.

    Attributes:
        student: The learner's id.
        digest: Of all files that were handed in.
        notebooks: By file name: the bytes, or None for what is no regular file.
        files: What stands beside the cells, by path.
        notes: What the gatekeeper moved away, in sentences.
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
        repairs: What the gatekeeper put right.
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

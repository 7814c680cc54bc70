"""What the gatekeeper says about a submission."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode

RECORD = "grader"
"""The key of a repaired notebook's metadata under which the rest of grading finds this."""


@dataclass(frozen=True)
class Repair:
    """One thing that was put right.

    Attributes:
        sentence: What was done, for the learner to read.
        grade_id: The graded cell that it is about, or "".
        look: Whether a person should look, because the learner may have meant something else.
    """

    sentence: str
    grade_id: str = ""
    look: bool = False


@dataclass(frozen=True)
class Repaired:
    """A notebook that nbgrader can grade. It need not have been broken.

    Attributes:
        notebook: In format 4.5, with every graded cell of the assignment exactly once.
        repairs: In the order in which they were made.
        recognised: How many graded cells were found in what was handed in.
    """

    notebook: NotebookNode
    repairs: tuple[Repair, ...] = ()
    recognised: int = 0


@dataclass(frozen=True)
class Unreadable:
    """A submission that a person has to look at.

    Attributes:
        reason: One sentence or two, for the learner and the instructor.
    """

    reason: str

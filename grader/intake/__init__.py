"""Read what was handed in before nbgrader does, and trust none of it.

`read_submission` gives a notebook that nbgrader can grade, or says why there is none. The original
is never written to. In order: `folders` finds what was handed in, `decode` gives plain cells within
bounds, `reference` the notebook that they are compared with, `match` finds which is which, `repair`
writes them down anew and says what was put right. `read` calls them, `record` notes what grading
needs to know in the notebook, `origins` remembers which file was whose, and `misplaced` finds what
lies where nobody looks.
"""

from grader.intake.decode import Bounds
from grader.intake.read import load_notebooks, read_notebook, read_submission
from grader.intake.reference import Reference, make_reference
from grader.intake.repair import Repair, Repaired, Unreadable, blank

__all__ = [
    "Bounds",
    "Reference",
    "Repair",
    "Repaired",
    "Unreadable",
    "blank",
    "load_notebooks",
    "make_reference",
    "read_notebook",
    "read_submission",
]

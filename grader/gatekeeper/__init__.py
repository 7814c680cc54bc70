"""The gatekeeper: reads what was handed in before nbgrader does, and trusts none of it.

`read_folder` gives a notebook that nbgrader can grade, or says why there is none. The original
is never written to. In order: `bounds` says how much is read, `decode` gives JSON values,
`formats` plain cells, `match` finds which is which, `rebuild` writes them down anew, `describe`
says what was put right.
"""

from grader.gatekeeper.bounds import Bounds
from grader.gatekeeper.outcome import Repair, Repaired, Unreadable
from grader.gatekeeper.reading import read_folder, read_notebook
from grader.gatekeeper.rebuild import blank
from grader.gatekeeper.reference import Reference, make_reference, read_reference

__all__ = [
    "Bounds",
    "Reference",
    "Repair",
    "Repaired",
    "Unreadable",
    "blank",
    "make_reference",
    "read_folder",
    "read_notebook",
    "read_reference",
]

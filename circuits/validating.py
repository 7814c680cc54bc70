"""Let ``nbgrader validate`` fail where a check is not right.

A check never raises, and nbgrader calls a cell that raised nothing a success. But it tells the
kernel which of its commands runs the notebook. While it validates, a report that is not right
writes itself to stderr, which counts as failed and is printed; the text of a right one is its
points, which is how nbgrader reads a score. Anywhere else nothing changes.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from circuits.report import Report


def is_validating() -> bool:
    """Return whether this is a kernel in which ``nbgrader validate`` runs a notebook."""
    return os.environ.get("NBGRADER_EXECUTION") == "validate"


def show_to_nbgrader(report: Report, shown: dict[str, object]) -> dict[str, object]:
    """Return what is shown of a report; if it is not right, write it to stderr first.

    nbgrader goes by a cell's first output, so the order counts.

    Args:
        report: The report.
        shown: What is shown of it otherwise, by MIME type.
    """
    if report.status == "right":
        return {**shown, "text/plain": repr(float(report.points))}
    sys.stderr.write(f"{report}\n")
    return shown

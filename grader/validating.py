"""Make ``nbgrader validate`` tell the truth.

A check never raises, and nbgrader calls a cell that raised nothing a success. It also says
which command runs the notebook (``NBGRADER_EXECUTION``) and lets the configuration load an
IPython extension in the kernel. This is that extension: while validating, a report that is
not right goes to stderr as well, which nbgrader counts as failed and prints.
"""

from __future__ import annotations

import os
import sys
from typing import Protocol

from circuits.report import Report

VALIDATING = "validate"
"""The value of ``NBGRADER_EXECUTION`` while ``nbgrader validate`` runs a notebook."""


class Events(Protocol):
    """IPython's registry of callbacks."""

    def register(self, event: str, function: object) -> None:
        """Call the function at each event of this name."""


class Shell(Protocol):
    """What is used of IPython's shell."""

    events: Events


class CellResult(Protocol):
    """What is used of IPython's record of a cell that ran."""

    result: object


def load_ipython_extension(shell: Shell) -> None:
    """Watch the results of cells, if this kernel runs for ``nbgrader validate``."""
    if os.environ.get("NBGRADER_EXECUTION") == VALIDATING:
        shell.events.register("post_run_cell", tell_the_truth)


def tell_the_truth(result: CellResult) -> None:
    """Write a report that is not right to stderr."""
    report = result.result
    if isinstance(report, Report) and report.status != "right":
        sys.stderr.write(f"{report}\n")

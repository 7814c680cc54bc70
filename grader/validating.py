"""Make ``nbgrader validate`` tell the truth.

A check never raises, and nbgrader calls a cell that raised nothing a success. But it says which
of its commands runs the notebook (``NBGRADER_EXECUTION``), and its configuration can load an
IPython extension in the kernel. This is that extension: while validating, a report that is not
right goes to stderr before it is shown, which nbgrader counts as failed, and prints.
"""

from __future__ import annotations

import os
import sys
from typing import Protocol

from circuits.report import Report

VALIDATING = "validate"
"""The value of ``NBGRADER_EXECUTION`` while ``nbgrader validate`` runs a notebook."""


class MimebundleFormatter(Protocol):
    """IPython's registry of what shows a value in all its forms."""

    def for_type(self, kind: type, function: object) -> object:
        """Show values of this type by this function."""


class DisplayFormatter(Protocol):
    """What is used of IPython's display formatter."""

    mimebundle_formatter: MimebundleFormatter


class Shell(Protocol):
    """What is used of IPython's shell."""

    display_formatter: DisplayFormatter


def load_ipython_extension(shell: Shell) -> None:
    """Watch the reports that cells show, if this kernel runs for ``nbgrader validate``."""
    if os.environ.get("NBGRADER_EXECUTION") == VALIDATING:
        shell.display_formatter.mimebundle_formatter.for_type(Report, tell_the_truth)


def tell_the_truth(
    report: Report, include: object = None, exclude: object = None
) -> dict[str, object]:
    """Return what is shown of a report; if it is not right, write it to stderr first.

    nbgrader takes the first output of a cell that decides the grade, so the order counts. It
    takes a result for points, and warns of text at length: so the text of a right one is its
    points. Nobody sees it, for nbgrader prints only what failed.
    """
    del include, exclude  # IPython's protocol
    shown = report._repr_mimebundle_()
    if report.status == "right":
        return {**shown, "text/plain": repr(float(report.points))}
    sys.stderr.write(f"{report}\n")
    return shown

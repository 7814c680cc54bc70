"""Grade ordinary courses of nbgrader: run their tests beside the learner's code, in the sandbox.

A course without a judge of its own has tests in its notebooks, released and hidden: cells that
fail, or whose last line is a number of points. Name this plugin in ``nbgrader_config.py``::

    c.SandboxedExecute.plugin = "grader.classic:PLUGIN"

A course that needs more packages names a plugin of its own, ``Classic(installed=("pandas", ...))``.
The points are those that nbgrader gives. A test that did not run to its end earns none; nbgrader,
which looks at outputs alone, would give it all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.digest import digest_imports
from grader.plugin import Explanation, Packages, Part, PlainReport, Plugin, TestRun, Trust, Verdict

_LONGEST = 300
"""Characters of an error that are shown; a learner may have made it up."""


class Classic:
    """A course whose tests run inside; see :class:`grader.plugin.Plugin`.

    Args:
        installed: Distributions that its notebooks import, besides IPython.
    """

    trust: Trust = "inside"
    drawing = ""

    def __init__(self, installed: tuple[str, ...] = ("numpy", "matplotlib")) -> None:
        self.packages = Packages(installed=(*installed, "ipython"))

    def list_parts(self, assignment: str) -> Sequence[Part]:
        """Return none: the parts are the tests in the notebooks."""
        del assignment
        return ()

    def find_owner(self, grade_id: str) -> str:
        """Return "": nobody keeps a list of all cells."""
        del grade_id
        return ""

    def prepare(self, seed: int) -> None:
        """Do nothing: there is nothing to draw."""

    def judge(self, part: Part, answers: Mapping[str, object], seed: int) -> Verdict:
        """Return what a test's outputs are worth, as nbgrader reads them."""
        del seed
        run, most = answers.get(part.test_id), float(part.points)
        if not isinstance(run, TestRun) or not run.finished:
            said = "The test did not run to its end."
            return _say(part, 0.0, "malformed", said, stopped=True)
        points = _read_points(run, most)
        if points == most:
            return _say(part, points, "right", "The test passed.")
        if points:
            return _say(part, points, "wrong", f"The test gives {points:g} of {most:g} points.")
        return _say(part, 0.0, "wrong", f"The test failed{_describe_error(run)}.")

    def explain(self, report: Mapping[str, Any]) -> Explanation:
        """Return nothing beyond the report."""
        del report
        return Explanation()

    def digest(self) -> str:
        """Return a digest of this module; the tests themselves are the assignment's."""
        return digest_imports("grader.classic", own=("grader",))

    def add_commands(self, add: Callable[..., Any]) -> None:
        """Add none."""


def _read_points(run: TestRun, most: float) -> float:
    """Return the points of a test cell.

    Raises:
        ValueError: If the cell gives more points than there are.
    """
    from nbgrader.utils import determine_grade

    from grader.fast_imports import from_dict

    about = {"grade": True, "solution": False, "points": most}
    cell = {"cell_type": "code", "metadata": {"nbgrader": about}, "outputs": list(run.outputs)}
    points, _ = determine_grade(from_dict(cell))  # type: ignore[no-untyped-call]
    return float(points)


def _describe_error(run: TestRun) -> str:
    errors = [output for output in run.outputs if output["output_type"] == "error"]
    if not errors:
        return ": something was written to the error stream"
    name, text = str(errors[-1]["ename"]), " ".join(str(errors[-1]["evalue"]).split())
    return f" with {name}: {text}"[:_LONGEST] if text else f" with {name}"[:_LONGEST]


def _say(
    part: Part, points: float, status: str, headline: str, *, stopped: bool = False
) -> Verdict:
    most = float(part.points)
    report = PlainReport(part.id, points, most, status, headline)
    return Verdict(part.id, points, most, report, stopped=stopped)


PLUGIN: Plugin = Classic()

"""Judge an answer on sequences nobody has seen: the template of hidden tests calls it.

``nbgrader`` reads the score from the test cell's last expression, so :func:`score` returns one
plain float and leaves nothing on stderr, whatever the learner's objects do.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path

from circuits.exercises import get_checked_part
from course.judge import draw_hidden_trials, grade_part
from grader.gradebook.seed import find_seed
from grader.grading.grade_notebook import scale_points

__all__ = ["score"]


def score(part_id: str, namespace: Mapping[str, object]) -> float:
    """Return the points that a part earns, and print why.

    They are out of as many as the part's test cell has, in the notebook that is being graded. The
    table of parts may have other points by now, and nbgrader refuses more than the cell has.

    Args:
        part_id: The part's id in the table.
        namespace: The notebook's ``globals()``.

    Returns:
        A plain float from 0 to the cell's points.

    Raises:
        CourseError: If the class has no secret seed.
    """
    trials = draw_hidden_trials(find_seed(Path.cwd()))
    test_id = get_checked_part(part_id).test_id
    said = io.StringIO()
    # A word on stderr would cost all points, and a learner's function may say one.
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        verdict = grade_part(part_id, namespace, trials)
        released = _find_points(Path.cwd(), test_id)
        if released is not None:
            verdict = scale_points(verdict, released)
        words = str(verdict.report)
    print(words)
    return float(verdict.points)


def _find_points(folder: Path, test_id: str) -> float | None:
    """Return the points of a test cell in the notebook that nbgrader runs in a folder.

    nbgrader writes it there before it runs it, with the points that the gradebook has.

    Args:
        folder: Where the notebook runs.
        test_id: The ``grade_id`` of the test cell.

    Returns:
        The points, or None if no notebook there has such a cell with any.
    """
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            for cell in json.loads(path.read_bytes())["cells"]:
                about = cell["metadata"].get("nbgrader", {})
                if about.get("grade_id") == test_id and about.get("grade"):
                    points = float(about["points"])
                    return points if math.isfinite(points) and points >= 0 else None
    return None

"""What stands between BEGIN and END HIDDEN TESTS: judge on sequences nobody has seen.

``nbgrader`` reads the score from the test cell's last expression, so :func:`score` returns one
plain float and leaves nothing on stderr, whatever the learner's objects do.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path

from course.judge import draw_hidden_trials, grade_part
from grader.gradebook.seed import find_seed

__all__ = ["score"]


def score(part_id: str, namespace: Mapping[str, object]) -> float:
    """Return the points that a part earns, and print why.

    Args:
        part_id: The part's id in the table.
        namespace: The notebook's ``globals()``.

    Returns:
        A plain float from 0 to the part's points.

    Raises:
        CourseError: If the class has no secret seed.
    """
    trials = draw_hidden_trials(find_seed(Path.cwd()))
    said = io.StringIO()
    # A word on stderr would cost all points, and a learner's function may say one.
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        verdict = grade_part(part_id, namespace, trials)
        words = str(verdict.report)
    print(words)
    return verdict.points

"""Make the classes that the benchmark grades, and the limit that it compares with."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import sqlite3
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from course.demo.replay import grade_replayed
from course.sources import find_pages
from grader.paths import Classroom
from tools.bench.measure import tell_seconds

ASSIGNMENT = "exercise-1"

STOCK = """c = get_config()
c.CourseDirectory.course_id = "transformer-circuits"
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = ""
"""
"""nbgrader as it comes, with what the course's notebooks need."""


def make_class(root: Path, count: int) -> Classroom:
    """Return a class in which invented learners have handed in the assignment.

    Args:
        root: A folder that does not exist yet.
        count: How many; beyond the 15 of the demo they are copies under other names.
    """
    # Late: the process whose memory is measured needs none of these.
    from course.demo.learners import LEARNERS
    from course.demo.run import DUE, write_hand_ins
    from course.weave import weave_course
    from grader.nbgrader_api import Pipeline

    classroom = Classroom(root)
    sources = find_pages()
    weave_course(sources, classroom)
    pipeline = Pipeline(sources, classroom)
    pipeline.generate(ASSIGNMENT)
    learners = LEARNERS[: min(count, len(LEARNERS))]
    notebooks = write_hand_ins(classroom, ASSIGNMENT, learners)
    for number in range(count):
        learner = learners[number % len(learners)]
        name = learner.id if number < len(learners) else f"{learner.id}-{number:05}"
        when = DUE + timedelta(hours=learner.hours)
        pipeline.hand_in(ASSIGNMENT, name, notebooks[learner.id], when)
    (root / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
    return classroom


@dataclasses.dataclass(frozen=True)
class Limit:
    """What no grading can undercut, in seconds of a warm interpreter.

    Attributes:
        graded: A bare ``exec`` of the cells that grading runs, and the hidden tests.
        everything: The same with all code cells: also checks, and given cells that only draw.
    """

    graded: float
    everything: float


def time_bare(classroom: Classroom) -> Limit:
    """Return the limit for ada's notebook, with the cells that our grading picks."""
    from nbformat import read

    from course.judge import draw_hidden_trials, grade_part
    from course.plugin import PLUGIN
    from grader.gradebook.seed import ensure_seed
    from grader.grading.plan import make_plan
    from grader.intake.decode import Bounds
    from grader.intake.read import load_notebooks, read_submission
    from grader.intake.reference import make_reference
    from grader.intake.repair import Repaired

    trials = draw_hidden_trials(ensure_seed(classroom.seed_file))
    released = classroom.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    reference = make_reference(read(released, as_version=4), PLUGIN.find_owner)  # type: ignore[no-untyped-call]
    folder = classroom.root / "submitted" / "ada" / ASSIGNMENT
    # Only what intake took for given and unchanged may be left out.
    notebooks = load_notebooks(folder, Bounds().notebook_bytes)
    found = read_submission(notebooks, ASSIGNMENT, reference)
    if not isinstance(found, Repaired):
        sys.exit(f"ada's notebook cannot be read: {found.reason}")
    plan = make_plan(found.notebook, PLUGIN.list_parts(ASSIGNMENT), PLUGIN.drawing)
    names, graded = _run([cell.source for cell in plan.cells])
    every = [cell.source for cell in found.notebook.cells if cell.cell_type == "code"]
    _, everything = _run(every)
    started = time.perf_counter()
    for part_id in plan.tests:
        grade_part(part_id, names, trials)
    tests = time.perf_counter() - started
    return Limit(graded + tests, everything + tests)


def _run(cells: list[str]) -> tuple[dict[str, object], float]:
    """Return what cells define, and the seconds that they take."""
    names: dict[str, object] = {}
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile(cell, "cell", "exec"), names)  # noqa: S102  (our own invented learner)
    return names, time.perf_counter() - started


def replay(root: Path) -> None:
    """Grade a class of any size; each of the 15 different notebooks is run once."""
    tell_seconds(grade_replayed(find_pages(), Classroom(root), ASSIGNMENT).seconds)


def demand_whole_gradebook(classroom: Classroom, count: int) -> None:
    """Check the gradebook of a graded class: in order, and every copy has its original's points.

    Args:
        classroom: From :func:`make_class`, graded.
        count: How many have handed in.

    Raises:
        RuntimeError: If something is missing or damaged.
    """
    with closing(sqlite3.connect(classroom.root / "gradebook.db")) as database:
        [state] = database.execute("PRAGMA integrity_check").fetchone()
        rows = database.execute(
            "SELECT s.student_id, SUM(COALESCE(g.auto_score, 0)), COUNT(g.id)"
            " FROM submitted_assignment s JOIN submitted_notebook n ON n.assignment_id = s.id"
            " JOIN grade g ON g.notebook_id = n.id GROUP BY s.student_id"
        ).fetchall()
    found = {student: (points, cells) for student, points, cells in rows}
    wrong = [name for name, grade in found.items() if grade != found[name.split("-")[0]]]
    if state != "ok" or len(found) != count or wrong:
        raise RuntimeError(f"{state}: {len(found)} of {count} are there, {len(wrong)} are wrong")

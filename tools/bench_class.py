"""The classes that the benchmark grades, and the limit that it compares with."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench_measure import tell_seconds

from grader.batch.attempts import Answer
from grader.batch.grade import grade
from grader.batch.job import Context, Graded, Job
from grader.course import Classroom, find_sources

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
    from grader.demo.learners import LEARNERS
    from grader.demo.run import DUE
    from grader.demo.submissions import write_submission
    from grader.pipeline import Pipeline
    from grader.weave import weave_course
    from grader.weave.notebook import write_notebook

    classroom = Classroom(root)
    sources = find_sources()
    weave_course(sources, classroom)
    pipeline = Pipeline(sources, classroom)
    pipeline.generate(ASSIGNMENT)
    release = _read(root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    source = _read(classroom.notebook(ASSIGNMENT))
    learners = LEARNERS[: min(count, len(LEARNERS))]
    notebooks = [write_notebook(write_submission(one, release, source)) for one in learners]
    for number in range(count):
        place = number % len(learners)
        learner = learners[place]
        name = learner.id if number < len(learners) else f"{learner.id}-{number:05}"
        when = DUE + timedelta(hours=learner.hours)
        pipeline.hand_in(ASSIGNMENT, name, notebooks[place], when)
    (root / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
    return classroom


def time_bare(classroom: Classroom) -> float:
    """Return the seconds of a bare ``exec`` of ada's cells, and of the hidden tests on them."""
    from circuits.exercises import PARTS
    from grader.seed import ensure_seed
    from grader.verdict import draw_hidden_trials, grade_part

    trials = draw_hidden_trials(ensure_seed(classroom.seed_file))
    folder = classroom.root / "submitted" / "ada" / ASSIGNMENT
    notebook = json.loads((folder / f"{ASSIGNMENT}.ipynb").read_bytes())
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    parts = [p for p in PARTS.values() if p.assignment == ASSIGNMENT and p.grading == "auto"]
    started = time.perf_counter()
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile(cell, "cell", "exec"), names)  # noqa: S102  (our own invented learner)
    for part in parts:
        grade_part(part.id, names, trials)
    return time.perf_counter() - started


class Replayed:
    """Workers that answer with what they found the first time they saw the same notebook."""

    size = 2

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[bytes, Graded] = {}
        self._jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        """Keep a submission."""
        self._jobs.append(job)

    def wait(self) -> Answer:
        """Answer, with the verdict for this learner's name and digest."""
        job = self._jobs.pop(0)
        data = next(iter(job.notebooks.values())) or b""
        if data not in self._known:
            self._known[data] = grade(job, self._context)
        known = self._known[data]
        return Answer(job, dataclasses.replace(known, student=job.student, digest=job.digest))

    def close(self) -> None:
        """Nothing is left to end."""


def replay(root: Path) -> None:
    """Grade a class of any size; each of the 15 different notebooks is run once."""
    from grader.batch.run import Request, grade_class
    from grader.batch.settings import load_settings

    classroom = Classroom(root)
    settings = load_settings(find_sources(), classroom)
    summary = grade_class(
        Request(ASSIGNMENT),
        classroom,
        settings,
        lambda context, most: Replayed(context),
        lambda event: None,
    )
    if summary.left or summary.failed:
        sys.exit(f"only {summary.graded} of {summary.found} were graded")
    tell_seconds(summary.seconds)


def _read(path: Path) -> Any:  # noqa: ANN401  (nbformat's node)
    import nbformat

    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]

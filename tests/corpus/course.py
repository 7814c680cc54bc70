"""A class with marks in all that learners must not see, and batches of its submissions."""

from __future__ import annotations

import copy
import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from course.sources import Pages
from course.weave import weave_course
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom
from tests.corpus.case import EXERCISE, WARMUP, Case, Desk

MARK = "canary-"
"""What every mark begins with. No attack has the word in one piece."""

HONEST = "honest"
SUFFIX = ".case"
"""How the names of students end that hand in a case."""


@dataclass(frozen=True)
class Course:
    """A class's folder.

    Attributes:
        classroom: Its folders.
        token: Random, in its marks and in the names of what attacks leave behind.
    """

    classroom: Classroom
    token: str

    @property
    def root(self) -> Path:
        return self.classroom.root

    @property
    def secrets(self) -> list[str]:
        """What no learner may see: marks in answers, tests and neighbours, and the seed."""
        return [f"{MARK}{self.token}", self.classroom.seed_file.read_text().strip()]

    def read_release(self, assignment: str) -> dict[str, Any]:
        path = self.root / "release" / assignment / f"{assignment}.ipynb"
        notebook: dict[str, Any] = json.loads(path.read_text())
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])  # a file has a list of lines
        return notebook

    def copy_to(self, root: Path) -> Course:
        shutil.copytree(self.root, root)
        return Course(Classroom(root), self.token)


def build_course(root: Path, sources: Pages) -> Course:
    """Weave and release two assignments without their prose and figures, which cost time."""
    course = Course(Classroom(root), secrets.token_hex(6))
    weave_course(sources, course.classroom)
    pipeline = Pipeline(sources, course.classroom)
    for assignment in (EXERCISE, WARMUP):
        path = course.classroom.notebook(assignment)
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [
            cell
            for cell in notebook.cells
            if "nbgrader" in cell.metadata or cell.source.startswith("import numpy")
        ]
        for cell in notebook.cells:
            for words, name in (("SOLUTION", "answer"), ("HIDDEN TESTS", "test")):
                cell.source = cell.source.replace(
                    f"### BEGIN {words}", f"### BEGIN {words}\n# {MARK}{course.token}-{name}"
                )
        nbformat.write(notebook, path)
        pipeline.generate(assignment)
    (root / "token").write_text(course.token)
    return course


def open_course(root: Path) -> Course:
    """Return a course that was built before."""
    return Course(Classroom(root), (root / "token").read_text())


def name_students(cases: Sequence[Case]) -> list[tuple[str, Case | None]]:
    """Return honest, case, honest, case, ..., honest: names that nbgrader takes in this order."""
    names: list[tuple[str, Case | None]] = [(f"000-{HONEST}", None)]
    for number, case in enumerate(cases):
        names.append((f"{2 * number + 1:03}-{case.name}{SUFFIX}", case))
        names.append((f"{2 * number + 2:03}-{HONEST}", None))
    return names


def hand_in(course: Course, cases: Sequence[Case], assignment: str) -> None:
    """Put the cases, each between two honest submissions, where nbgrader collects."""
    release = course.read_release(assignment)
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    for student, case in name_students(cases):
        folder = course.root / "submitted" / student / assignment
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text(stamp)
        desk = Desk(folder, assignment, copy.deepcopy(release), course.token)
        if case is None:
            desk.write_all()
            desk.cells[-1]["source"] += f"\n# {MARK}{course.token}-neighbour"
        else:
            case.prepare(desk)
        desk.hand_in()

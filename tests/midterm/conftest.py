"""A class that version 1.0.0 made, unpacked, and what an instructor can see of it.

Commands only, nothing imported: an instructor who updates in mid-term has nothing else.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ARCHIVE = Path(__file__).with_name("class-1.0.0.tar.xz")
CONFIGURATION = Path(__file__).with_name("nbgrader_config-1.0.0.txt")
"""What stood beside the book then, as an instructor may have kept it with settings of their own."""

COURSE = Path(__file__).resolve().parents[2]

_GRADES = """
SELECT submitted_assignment.student_id, base_cell.name,
       auto_score, manual_score, extra_credit, needs_manual_grade
FROM grade
JOIN base_cell ON grade.cell_id = base_cell.id
JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN assignment ON submitted_assignment.assignment_id = assignment.id
WHERE assignment.name = ?
"""
_COMMENTS = """
SELECT submitted_assignment.student_id, base_cell.name, auto_comment, manual_comment
FROM comment
JOIN base_cell ON comment.cell_id = base_cell.id
JOIN submitted_notebook ON comment.notebook_id = submitted_notebook.id
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN assignment ON submitted_assignment.assignment_id = assignment.id
WHERE assignment.name = ?
"""


@dataclass(frozen=True)
class Grade:
    """One row of the gradebook."""

    auto: float | None
    manual: float | None
    extra: float | None
    waiting: bool

    @property
    def points(self) -> float:
        """What it counts, as nbgrader adds it up."""
        given = self.auto if self.manual is None else self.manual
        return (given or 0.0) + (self.extra or 0.0)


@dataclass(frozen=True)
class RunningClass:
    """A class in mid-term, and the commands that an instructor gives in it."""

    root: Path

    def grader(self, *words: str, status: tuple[int, ...] = (0,)) -> str:
        """Run a command of ours, and return what it said."""
        return run([sys.executable, "-m", "grader", *words, "--course", str(self.root)], status)

    def autograde(self, assignment: str, *options: str) -> list[dict[str, Any]]:
        """Grade with our command, and return the events that it tells, the summary last."""
        said = self.grader("autograde", assignment, "--json", "--workers", "1", *options)
        return [json.loads(line) for line in said.splitlines()]

    def nbgrader(self, *words: str, folder: Path = COURSE) -> str:
        """Run a command of nbgrader's with the configuration of a folder; return what it said."""
        program = str(Path(sys.executable).with_name("nbgrader"))
        return run([program, *words, "--course-dir", str(self.root)], (0,), folder)

    def read_grades(self, assignment: str) -> dict[tuple[str, str], Grade]:
        """Return the grades of an assignment, by learner and cell."""
        return {
            (student, cell): Grade(auto, manual, extra, bool(waiting))
            for student, cell, auto, manual, extra, waiting in self._ask(_GRADES, assignment)
        }

    def read_comments(self, assignment: str) -> dict[tuple[str, str], tuple[str | None, ...]]:
        """Return the comments of an assignment, by learner and cell."""
        return {
            (student, cell): tuple(comments)
            for student, cell, *comments in self._ask(_COMMENTS, assignment)
        }

    def change(self, statement: str) -> None:
        """Change the gradebook behind everybody's back."""
        with closing(sqlite3.connect(self.root / "gradebook.db")) as database, database:
            database.execute(statement)

    def read_folder(self, name: str, student: str, assignment: str) -> dict[str, bytes]:
        """Return the files of one learner in a step's folder, by name."""
        folder = self.root / name / student / assignment
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def _ask(self, question: str, assignment: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.root / "gradebook.db")) as database:
            return database.execute(question, (assignment,)).fetchall()


def run(words: list[str], status: tuple[int, ...], folder: Path = COURSE) -> str:
    """Run a command in a folder, and return what it said.

    Raises:
        AssertionError: If it ended with another status; with all it said.
    """
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in status, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def as_it_was(tmp_path_factory: pytest.TempPathFactory) -> RunningClass:
    """The class as version 1.0.0 left it. Not to be changed."""
    place = tmp_path_factory.mktemp("midterm")
    with tarfile.open(ARCHIVE) as packed:
        # It keeps the rights of the secret seed; Python before 3.11.4 knows none and keeps all.
        packed.extractall(place, **({"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}))
    return RunningClass(place / "class-1.0.0")


@pytest.fixture
def running(as_it_was: RunningClass, tmp_path: Path) -> RunningClass:
    """A copy of the class, to be gone on with."""
    return _copy(as_it_was, tmp_path)


@pytest.fixture(scope="module")
def graded(as_it_was: RunningClass, tmp_path_factory: pytest.TempPathFactory) -> RunningClass:
    """A copy in which our command has graded both assignments. Not to be changed."""
    gone_on = _copy(as_it_was, tmp_path_factory.mktemp("graded"))
    for assignment in ("warmup", "exercise-3"):
        told = gone_on.autograde(assignment)
        (gone_on.root / f"{assignment}.told.json").write_text(json.dumps(told))
    return gone_on


def _copy(origin: RunningClass, place: Path) -> RunningClass:
    shutil.copytree(origin.root, place / "class")
    return RunningClass(place / "class")

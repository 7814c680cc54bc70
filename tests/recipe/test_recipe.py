"""A part of a new kind takes four files: the recipe of CONTRIBUTING, followed in a copy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
TABLE = "circuits/exercises/exercise_3.py"
TASK = "circuits/tasks/read_out.py"
PAGES = {"book/exercise-3.md": "chapter.md", "solutions/exercise-3.md": "solution.md"}
COPIED = ("circuits", "course", "grader", "book", "solutions", "nbgrader_config.py")

CHECK = """
import json
import numpy as np
from circuits import check, toy_stream
stream = toy_stream()
right = stream.content[1:] @ stream.u_cont
answers = [..., right, right.tolist(), 0.01 * right, -right, right.T, right[:, :40], None]
reports = [check("ex3c", answer) for answer in answers]
print(json.dumps([(report.status, report.points, report.diagnosis) for report in reports]))
"""


def read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course in which the four files of the recipe have been changed."""
    copy = tmp_path_factory.mktemp("course")
    for source in filter(Path.exists, (ROOT / name for name in COPIED)):
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.ipynb", "_build")
            shutil.copytree(source, copy / source.name, ignore=ignored)
        else:
            shutil.copy(source, copy / source.name)
    (copy / TASK).write_text(read("read_out.py"), encoding="utf-8")
    table = (copy / TABLE).read_text(encoding="utf-8")
    imported = "from circuits.tasks.read_out import ReadOut\n\nD_HEAD = 4"
    table = table.replace("\nD_HEAD = 4", imported, 1).rstrip()
    (copy / TABLE).write_text(f"{table.removesuffix(')')}{read('row.txt')})\n", encoding="utf-8")
    for page, section in PAGES.items():
        with (copy / page).open("a", encoding="utf-8") as file:
            file.write(f"\n{read(section)}")
    return copy


def run(course: Path, *arguments: str) -> str:
    """Run Python in the copy, whose packages come before ours."""
    path = os.pathsep.join([str(course), str(ROOT)])
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=course,
        env={**os.environ, "PYTHONPATH": path},
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_part_is_checked_right_and_wrong(course: Path) -> None:
    assert json.loads(run(course, "-c", CHECK)) == [
        ["unattempted", 0.0, "missing"],
        ["right", 2.0, None],
        ["right", 2.0, None],
        ["right", 2.0, None],
        ["wrong", 0.0, "wrong-components"],
        ["malformed", 0.0, "transposed"],
        ["malformed", 0.0, "wrong-shape"],
        ["malformed", 0.0, "returned-none"],
    ]


def test_a_new_part_passes_the_tests_that_hold_for_every_part(course: Path) -> None:
    code = f"""
import sys
import pytest
import circuits
from tests import bank
from tests.bank import case
right = case.right("ex3c", "canonical", {{"W_U": RIGHT}})
bank.CASES = (*bank.CASES, right, *(WRONG))
bank.PART_IDS = (*bank.PART_IDS, "ex3c")
sys.exit(pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", "-k", "ex3c",
                      {str(ROOT / "tests/circuits/test_bad_input.py")!r}]))
"""
    code = code.replace("RIGHT", "circuits.toy_stream().content[1:] @ circuits.toy_stream().u_cont")
    wrong = 'case.wrong("ex3c", str(k), {"W_U": -k * right.answers["W_U"]}, "wrong-components")'
    said = run(course, "-c", code.replace("WRONG", f"{wrong} for k in (1, 2)"))
    assert " passed" in said
    assert " failed" not in said


@pytest.mark.slow
@pytest.mark.nbgrader
def test_a_new_part_is_woven_released_and_graded(course: Path) -> None:
    run(course, "-m", "grader", "weave")
    run(course, "-m", "nbgrader", "generate_assignment", "exercise-3")
    released = course / "classroom/release/exercise-3/exercise-3.ipynb"
    assert "stream.content[1:]" not in released.read_text(encoding="utf-8")
    for learner, answer in {
        "right": "stream.content[1:] @ u_cont",
        "wrong": "-v[[0] * 64]",
    }.items():
        notebook = nbformat.read(released, as_version=4)
        stub = next(cell for cell in notebook.cells if cell.source.startswith("W_U = ..."))
        stub.source = f"W_U = {answer}"
        folder = course / "classroom/submitted" / learner / "exercise-3"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "exercise-3.ipynb")
    graded = run(course, "-m", "grader", "autograde", "exercise-3", "--json", "--workers", "1")
    events = [json.loads(line) for line in graded.splitlines()]
    points = {e["student"]: e["points"] for e in events if e.get("event") == "finished"}
    assert points == {"right": 2.0, "wrong": 0.0}

"""nbgrader's own example assignment: the points are nbgrader's, and the machine is safe."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from nbgrader.api import Gradebook

from grader.classic import PLUGIN
from grader.config import find_own_programs
from grader.plugin import TestPart, TestRun, list_tested_parts

CONFIGURATION = """
from pathlib import Path

from grader.config import find_own_programs

find_own_programs()
c = get_config()
c.SandboxedExecute.plugin = "grader.classic:PLUGIN"
c.SandboxedExecute.limits = {"cell_seconds": 3.0}
c.CourseDirectory.root = str(Path("classroom").resolve())
"""
HOOKS = Path(__file__).parents[2] / "nbgrader_config.json"
SQUARES = """def squares(n):
    if n < 1:
        raise ValueError("n must be at least 1")
    return [i ** 2 for i in range(1, n + 1)]"""
SUM = "def sum_of_squares(n):\n    return sum(squares(n))"
RIGHT = {"squares": SQUARES, "sum_of_squares": SUM}
LEARNERS = {
    "right": RIGHT,
    "untouched": {},
    "one-short": {**RIGHT, "squares": SQUARES.replace("n + 1", "n")},
    "no-error": {**RIGHT, "squares": "def squares(n):\n    return [i**2 for i in range(1, n + 1)]"},
    "alone": {**RIGHT, "sum_of_squares": "def sum_of_squares(n):\n    return n*(n+1)*(2*n+1)//6"},
    "half": {"squares": SQUARES},
    "no-syntax": {**RIGHT, "squares": "def squares(n:\n    return"},
    "raises": {**RIGHT, "sum_of_squares": f"{SUM}\n1 / 0"},
    "loud": {**RIGHT, "squares": f"import sys\nprint('x', file=sys.stderr)\n{SQUARES}"},
    "renamed": {"squares": SQUARES.replace("squares", "quadrate"), "sum_of_squares": SUM},
}
STOCK_POINTS = {
    "right": 3.0, "untouched": 0.0, "one-short": 1.5, "no-error": 2.0, "alone": 2.5, "half": 2.0,
    "no-syntax": 0.0, "raises": 3.0, "loud": 3.0, "renamed": 0.0,
}  # fmt: skip
"""Of the tests, as stock nbgrader gives them; the slow test below asks it again."""


def run(folder, *command):
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )


def hand_in(root, student, answers):
    released = root / "release" / "ps1" / "problem1.ipynb"
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        cell.source = answers.get(about.get("grade_id"), cell.source)
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "problem1.ipynb")


@pytest.fixture(scope="module")
def ps1(tmp_path_factory):
    """The class of nbgrader's quickstart: ps1 released, and handed in by ten learners."""
    find_own_programs()
    place = tmp_path_factory.mktemp("classic")
    made = run(place, "nbgrader", "quickstart", "course")
    assert made.returncode == 0, made.stderr
    course = place / "course"
    made = run(course, "nbgrader", "generate_assignment", "ps1")
    assert made.returncode == 0, made.stderr
    for student, answers in LEARNERS.items():
        hand_in(course, student, answers)
    return course


def grade_here(ps1, place, *command):
    """Grade a copy of the class with our plugin."""
    shutil.copytree(ps1, place / "classroom")
    (place / "classroom" / "nbgrader_config.py").unlink()
    (place / "nbgrader_config.py").write_text(CONFIGURATION)
    shutil.copy(HOOKS, place)
    return run(place, *command)


@pytest.fixture(scope="module")
def graded(ps1, tmp_path_factory):
    place = tmp_path_factory.mktemp("graded")
    done = grade_here(ps1, place, "grader", "autograde", "ps1", "--workers", "1")
    assert done.returncode in (0, 2), done.stdout + done.stderr
    return place


def read_points(root):
    """Return what the tests gave, cell by cell; no number where a person gives points."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            (one.student.id, grade.name): grade.auto_score
            for one in gradebook.assignment_submissions("ps1")
            for own in one.notebooks
            if own.name == "problem1"
            for grade in own.grades
        }


def add_up(points):
    totals = dict.fromkeys(LEARNERS, 0.0)
    for (student, _), given in points.items():
        totals[student] += given or 0.0
    return totals


@pytest.mark.nbgrader
def test_the_points_are_those_that_stock_nbgrader_gives(graded):
    assert add_up(read_points(graded / "classroom")) == STOCK_POINTS


@pytest.mark.slow
@pytest.mark.nbgrader
def test_stock_nbgrader_gives_these_points_cell_by_cell(ps1, graded, tmp_path):
    stock = Path(shutil.copytree(ps1, tmp_path / "stock"))
    done = run(stock, "nbgrader", "autograde", "ps1")
    assert done.returncode == 0, done.stderr
    points = read_points(stock)
    assert add_up(points) == STOCK_POINTS
    ours = read_points(graded / "classroom")
    assert {key: given or 0.0 for key, given in ours.items()} == {
        key: given or 0.0 for key, given in points.items()
    }


@pytest.mark.nbgrader
def test_reports_and_feedback_say_how_much_the_points_can_be_trusted(graded):
    report = run(graded, "grader", "report", "ps1")
    assert "which can fake its own score" in report.stdout, report.stderr
    assert "correct_squares 6 of 10 right" in report.stdout
    told = run(graded, "grader", "feedback", "ps1")
    assert told.returncode == 0, told.stdout + told.stderr
    page = graded / "classroom" / "feedback" / "one-short" / "ps1" / "problem1.html"
    said = page.read_text(encoding="utf-8")
    assert "tests that ran together with your code" in said
    assert "The test failed with AssertionError" in said


@pytest.mark.nbgrader
def test_whoever_fakes_a_score_or_breaks_out_reaches_nobody_else(ps1, tmp_path):
    course = Path(shutil.copytree(ps1, tmp_path / "start"))
    shutil.rmtree(course / "submitted")
    fake = "import os\nclass Yes(list):\n    __eq__ = lambda *a: True\ndef squares(n):\n"
    fake += "    if n < 1: raise ValueError\n    return Yes()"
    attack = "import glob\nprint('found', len(glob.glob('/tmp/**/gradebook.db', recursive=True)))\n"
    hand_in(course, "anna", RIGHT)
    hand_in(course, "faker", {**RIGHT, "squares": fake})
    hand_in(
        course, "ender", {**RIGHT, "sum_of_squares": f"{SUM}\nos = __import__('os')\nos._exit(0)"}
    )
    hand_in(course, "waiter", {**RIGHT, "sum_of_squares": f"{SUM}\nwhile True: pass"})
    hand_in(course, "looker", {**RIGHT, "squares": attack + SQUARES})
    done = grade_here(course, tmp_path, "nbgrader", "autograde", "ps1")
    assert done.returncode == 0, done.stderr
    points = read_points(tmp_path / "classroom")
    totals = {student: 0.0 for student, _ in points}
    for (student, _), given in points.items():
        totals[student] += given or 0.0
    # What had passed before the process ended stays; what was not run to its end earns nothing.
    assert totals == {"anna": 3.0, "faker": 2.5, "ender": 2.0, "waiter": 3.0, "looker": 3.0}
    graded = tmp_path / "classroom" / "autograded" / "looker" / "ps1" / "problem1.ipynb"
    assert "found 0" in graded.read_text()


def judge(run_, points=2.0):
    return PLUGIN.judge(TestPart("t", points), {"t": run_}, 0)


def test_a_test_that_was_not_run_to_its_end_earns_nothing():
    assert judge(TestRun(finished=False)).points == 0.0
    assert PLUGIN.judge(TestPart("t", 2.0), {}, 0).points == 0.0
    assert judge(TestRun(finished=True)).points == 2.0


@pytest.mark.parametrize(
    ("output", "points"),
    [
        (new_output("error", ename="E", evalue="", traceback=[]), 0.0),
        (new_output("stream", name="stderr", text="x"), 0.0),
        (new_output("stream", name="stdout", text="x"), 2.0),
        (new_output("execute_result", {"text/plain": "0.5"}), 0.5),
    ],
)
def test_outputs_are_worth_what_nbgrader_says(output, points):
    assert judge(TestRun(finished=True, outputs=(output,))).points == points


def test_the_parts_are_the_tests_that_the_class_received():
    (part,) = list_tested_parts(PLUGIN, "ps1", {"t": 2.0})
    assert (part.test_id, part.points, part.grading) == ("t", 2.0, "auto")

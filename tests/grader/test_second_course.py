"""The grader grades a course that is not ours, where ours is not even installed."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.plugin import load_plugin

TESTS = Path(__file__).parents[1]
PLUGIN = "second_course:PLUGIN"
CONFIGURATION = """
from pathlib import Path

from grader.hooks.feedback import FeedbackExporter
from grader.config import find_own_programs

find_own_programs()
c = get_config()
c.SandboxedExecute.plugin = "second_course:PLUGIN"
c.CourseDirectory.root = str(Path("classroom").resolve())
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = []
"""
RIGHT = {"total": "total = sum(range(1, 11))", "double": "def double(x):\n    return 2 * x"}
LEARNERS = {
    "ann": (RIGHT, 5.0),
    "bob": ({**RIGHT, "total": "total = 54"}, 3.0),
    "eve": (
        {
            "total": "class Right(float):\n    __eq__ = lambda *a: True\ntotal = Right(1)",
            "double": "import gc, os\ndef double(x):\n    os._exit(0)",
        },
        0.0,
    ),
    "ida": ({}, 0.0),
    "mal": (
        {
            "total": "import sys, types\nfor m in ('grader', 'second_course'):\n"
            "    sys.modules[m] = types.ModuleType(m)\ntotal = 'import os; os.abort()'",
            "double": "double = lambda x: 2 * x\nraise SystemExit",
        },
        3.0,
    ),
}


def write_notebook(path, answers=None):
    """Write the source notebook, or what a learner made of it."""
    cells = []
    for name in ("total", "double"):
        stub = f"# {name}\n### BEGIN SOLUTION\n{RIGHT[name]}\n### END SOLUTION"
        cells.append(make_cell((answers or {}).get(name, stub), name, solution=True))
        hidden = "### BEGIN HIDDEN TESTS\nraise AssertionError\n### END HIDDEN TESTS"
        cells.append(make_cell(hidden, f"{name}-test", grade=True, locked=True, points=1))
    cells[1].metadata.nbgrader.points, cells[3].metadata.nbgrader.points = 2, 3
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def make_cell(source, grade_id, **about):
    about = {"grade": False, "solution": False, "locked": False, "task": False, **about}
    cell = new_code_cell(source, id=grade_id)
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **about}
    return cell


def run(course, *command):
    """Run a command in the course's folder, where neither circuits nor our course can be found."""
    (course / "site").mkdir(exist_ok=True)
    (course / "site" / "sitecustomize.py").write_text(
        "import sys\nsys.modules['circuits'] = sys.modules['course'] = None\n"
    )
    places = os.pathsep.join(map(str, [course / "site", TESTS]))
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=course,
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, released and handed in."""
    course = tmp_path_factory.mktemp("second")
    (course / "nbgrader_config.py").write_text(CONFIGURATION)
    write_notebook(course / "classroom" / "source" / "sums" / "sums.ipynb")
    made = run(course, "nbgrader", "generate_assignment", "sums")
    assert made.returncode == 0, made.stderr
    for student, (answers, _) in LEARNERS.items():
        handed_in = course / "classroom" / "submitted" / student / "sums" / "sums.ipynb"
        write_notebook(handed_in, {"total": "# total", "double": "# double", **answers})
    return course


@pytest.mark.nbgrader
def test_another_course_goes_the_whole_way(course):
    graded = run(course, "grader", "autograde", "sums", "--workers", "1")
    assert graded.returncode == 0, graded.stdout + graded.stderr
    assert run(course, "grader", "feedback", "sums").returncode == 0
    exported = run(course, "nbgrader", "export", "--to", "grades.csv")
    assert exported.returncode == 0, exported.stderr
    with (course / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {student: points for student, (_, points) in LEARNERS.items()}
    page = (course / "classroom" / "feedback" / "bob" / "sums" / "sums.html").read_text()
    assert "total, Add up" in page
    assert "It is wrong." in page
    report = run(course, "grader", "report", "sums")
    assert "total  1 of 5 right" in report.stdout, report.stdout


@pytest.mark.nbgrader
def test_what_the_course_does_not_judge_is_refused_and_never_scored(course):
    config = course / "nbgrader_config.py"
    other = CONFIGURATION.replace("second_course:PLUGIN", "empty_course:PLUGIN")
    (course / "site" / "empty_course.py").write_text(
        "from second_course import SecondCourse\n"
        "class Empty(SecondCourse):\n    def list_parts(self, assignment): return ()\n"
        "PLUGIN = Empty()\n"
    )
    config.write_text(other)
    try:
        refused = [
            run(course, "grader", "autograde", "sums", *words)
            for words in (
                ["--force"],
                ["--dry-run"],
                ["--force", "--scheduler", "tcp://127.0.0.1:1"],
            )
        ]
    finally:
        config.write_text(CONFIGURATION)
    for said in refused:
        assert said.returncode == 1
        assert "total-test, double-test of sums cannot be graded" in said.stderr
        assert said.stderr.count("\n") == 1


def test_its_own_plugin_is_found_by_name(monkeypatch):
    monkeypatch.syspath_prepend(str(TESTS))
    assert load_plugin(PLUGIN).find_owner("double-test") == "sums"

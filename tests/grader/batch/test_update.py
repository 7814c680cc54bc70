"""``python -m grader update``: an assignment changes after hand-in, and nobody is blamed."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from grader.cli import main
from grader.grading import grade_notebook
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom, Sources

from .conftest import InThisProcess

pytestmark = pytest.mark.nbgrader

TESTS = Path(__file__).parents[2]

CONFIGURATION = """
from pathlib import Path

from grader.config import find_own_programs

find_own_programs()
c = get_config()
c.SandboxedExecute.plugin = "second_course:PLUGIN"
c.SandboxedExecute.sandbox = False  # the answers are the test's own
c.CourseDirectory.root = str(Path(__file__).parent / "classroom")
c.GenerateAssignment.exporter_class = "grader.hooks.generate.KeepingExporter"
"""


def make_cell(source, grade_id, **about):
    make = new_markdown_cell if "points" in about and about.get("solution") else new_code_cell
    cell = make(source, id=grade_id)
    about = {"grade": False, "solution": False, "locked": False, "task": False, **about}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **about}
    return cell


def write_source(classroom, *, total, double=None, why=3):
    """Write the source of ``sums``: a text, and parts of so many points."""
    cells = [make_cell("", "why", grade=True, solution=True, points=why)]
    for name, points in (("total", total), ("double", double)):
        if points:
            cells.append(make_cell(f"# {name}", name, solution=True))
            cells.append(make_cell("pass", f"{name}-test", grade=True, locked=True, points=points))
    path = classroom.root / "source" / "sums" / "sums.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def hand_in(classroom, student, **answers):
    notebook = nbformat.read(classroom.root / "release" / "sums" / "sums.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = classroom.root / "submitted" / student / "sums" / "sums.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class that has ``sums`` with two points for the total, graded; ann's text by hand."""
    course = tmp_path_factory.mktemp("sums")
    with pytest.MonkeyPatch.context() as patch:
        make_class(course, patch)
    return course


def make_class(course, patch, more=""):
    """Make that class in a folder, with more lines in its configuration."""
    enter(course, patch)
    (course / "nbgrader_config.py").write_text(CONFIGURATION + more)
    classroom = Classroom(course / "classroom")
    write_source(classroom, total=2)
    pipeline = Pipeline(Sources(course), classroom)
    pipeline.generate("sums")
    hand_in(classroom, "ann", total="total = 55", why="Because.")
    hand_in(classroom, "bob", total="total = 54")
    assert main(["autograde", "sums"]) == 0
    with pipeline.open_gradebook() as book:
        grade = book.find_grade("why", "sums", "sums", "ann")
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        book.db.commit()
    return pipeline


def enter(course, patch):
    """Go to a course, whose plugin lies here, and grade in this process."""
    from grader.cli import autograde

    patch.syspath_prepend(str(TESTS))
    patch.chdir(course)
    patch.setattr(autograde, "make_workers", lambda _, context, most: InThisProcess(context))


@pytest.fixture
def course(graded, tmp_path, monkeypatch):
    shutil.copytree(graded, tmp_path / "sums")
    enter(tmp_path / "sums", monkeypatch)
    return tmp_path / "sums"


def open_gradebook(course):
    return Gradebook(f"sqlite:///{course / 'classroom' / 'gradebook.db'}")


def read_record(course, student):
    path = course / "classroom" / "autograded" / student / "sums" / "sums.ipynb"
    return json.loads(path.read_text())["metadata"]["grader"]


def test_points_and_parts_change_and_the_report_says_whose_points_and_why(course, capsys):
    classroom = Classroom(course / "classroom")
    write_source(classroom, total=4, double=3, why=6)
    assert main(["update", "sums", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "double-test: it is new and counts 3 points." in said
    assert "nothing was changed" in said

    assert main(["update", "sums"]) == 2  # a person is asked again
    said = capsys.readouterr().out
    assert "ann: 6 points, before 4\n" in said
    assert "total-test: 4 points, before 2 (it counts 4 points, before 2)" in said
    assert "why: 2 points given by hand stay, and a person is asked again" in said
    assert "bob:" not in said
    assert "1 of 2 learners keep the points that they had." in said
    for student in ("ann", "bob"):
        record = read_record(course, student)
        assert record["repairs"] == []
        assert "Added since: double" in record["changes"]
    with open_gradebook(course) as book:
        assert book.find_submission("sums", "ann").max_score == 13.0
        assert book.find_grade("double-test", "sums", "sums", "bob").auto_score == 0.0

    # Who has the new version is compared with that one; the others stay as they are.
    hand_in(classroom, "eve", total="total = 55", double="double = lambda x: 2 * x")
    assert main(["autograde", "sums"]) == 0
    assert read_record(course, "eve")["changes"] == ""
    assert main(["update", "sums"]) == 0
    assert "sums is as it was released; nothing was changed." in capsys.readouterr().out


def test_a_part_that_has_gone_takes_its_points_along_and_they_stay_in_the_log(course, capsys):
    classroom = Classroom(course / "classroom")
    write_source(classroom, total=None, double=3)
    with pytest.raises(Exception, match="`python -m grader update sums`"):
        Pipeline(Sources(course), classroom).generate("sums")
    assert (classroom.root / "release" / "sums" / "sums.ipynb").is_file()

    assert main(["update", "sums"]) == 0
    said = capsys.readouterr().out
    assert "total-test: 2 points are gone (it counts no longer, and had 2 points)" in said
    with open_gradebook(course) as book:
        assert book.find_submission("sums", "ann").score == 2.0
    log = (classroom.root / "grades.log").read_text()
    assert '"cell": "total-test", "field": "auto_score", "old": 2.0, "new": null' in log


def test_an_update_that_is_stopped_goes_on_and_still_knows_what_was_before(
    course, monkeypatch, capsys
):
    def stop(*_, **__):
        raise KeyboardInterrupt

    write_source(Classroom(course / "classroom"), total=4)
    with monkeypatch.context() as patch:
        patch.setattr(grade_notebook, "Execution", stop)
        assert main(["update", "sums"]) == 130
    assert main(["update", "sums"]) == 0
    assert "ann: 6 points, before 4\n" in capsys.readouterr().out

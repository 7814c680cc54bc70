"""The whole way with real nbgrader: weave, generate, hand in, autograde, feedback."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from traitlets.config import Config

from circuits.exercises import ASSIGNMENTS, PARTS
from course.weave.notebook import write_notebook
from grader.errors import CourseError
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom
from tests.programs import run_python

pytestmark = [pytest.mark.slow, pytest.mark.nbgrader]

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def stock(sources, pipeline, tmp_path_factory):
    """A copy of the class, run by nbgrader's own Execute: tests and answers in one kernel.

    Whom nbgrader itself enters would count as the list of a class that goes on with ours.
    """
    root = tmp_path_factory.mktemp("stock") / "class"
    shutil.copytree(pipeline.classroom.root, root, symlinks=True)
    changes = Config()
    steps = Autograde.class_traits()["autograde_preprocessors"].default()
    changes.Autograde.autograde_preprocessors = steps
    changes.Autograde.exporter_class = NotebookExporter
    return Pipeline(sources, Classroom(root), changes)


def grade(pipeline, assignment, student, notebook):
    pipeline.hand_in(assignment, student, notebook, NOW)
    pipeline.autograde(assignment, student)
    with pipeline.open_gradebook() as gradebook:
        (submitted,) = gradebook.find_submission(assignment, student).notebooks
        return {g.name: (g.auto_score, g.max_score, g.needs_manual_grade) for g in submitted.grades}


def reference_of(pipeline, assignment):
    return pipeline.classroom.notebook(assignment).read_text()


def release_of(pipeline, assignment):
    folder = pipeline.classroom.root / "release" / assignment
    return (folder / f"{assignment}.ipynb").read_text()


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
@pytest.mark.parametrize("path", ["pipeline", "stock"])
def test_the_reference_solutions_score_all_and_the_untouched_release_none(
    path, assignment, request
):
    run = request.getfixturevalue(path)
    grades = grade(run, assignment, f"ref-{path}", reference_of(run, assignment))
    for name, (score, most, by_hand) in grades.items():
        part = PARTS[name.removesuffix("-test")]
        assert most == part.points
        assert (score, by_hand) == ((None, True) if part.grading == "hand" else (most, False))
    blank = grade(run, assignment, f"blank-{path}", release_of(run, assignment))
    assert {(score, by_hand) for score, _, by_hand in blank.values()} == {(0.0, False)}
    assert blank.keys() == grades.keys()


def test_with_the_texts_read_the_reference_has_a_hundred_percent(pipeline):
    grade(pipeline, "exercise-1", "ada", reference_of(pipeline, "exercise-1"))
    with pipeline.open_gradebook() as gradebook:
        text = gradebook.find_grade("ex1c-text", "exercise-1", "exercise-1", "ada")
        text.manual_score = text.max_score
        gradebook.db.commit()
        submission = gradebook.find_submission("exercise-1", "ada")
        assert submission.score == submission.max_score == 17.0


def test_feedback_shows_the_reports_and_no_hidden_test(pipeline):
    notebook = nbformat.reads(reference_of(pipeline, "exercise-3"), as_version=4)
    (answer,) = [cell for cell in notebook.cells if cell.id == "ex3a"]
    answer.source += "\nW_Q_1 = W_K_1"
    grades = grade(pipeline, "exercise-3", "grace", write_notebook(notebook))
    assert grades["ex3a-test"][0] < grades["ex3a-test"][1]
    assert grades["ex3b-test"][0] == grades["ex3b-test"][1]  # follow-through
    html = pipeline.give_feedback("exercise-3", "grace").read_text()
    assert PARTS["ex3a"].properties[0].claim in html
    assert "W_Q_1 = W_K_1" in re.sub(r"<[^>]+>", "", html)
    seed = pipeline.classroom.seed_file.read_text().strip()
    for words in ("HIDDEN TESTS", "course.hidden", "globals()", seed, "Traceback (most"):
        assert words not in re.sub(r"<[^>]+>", "", html)


def test_an_answer_before_a_crash_counts_and_nothing_is_lost_after_it(pipeline):
    notebook = nbformat.reads(reference_of(pipeline, "exercise-1"), as_version=4)
    (answer,) = [cell for cell in notebook.cells if cell.id == "ex1b"]
    answer.source = "import os\nos._exit(3)"
    grades = grade(pipeline, "exercise-1", "crash", write_notebook(notebook))
    assert grades["ex1a-test"][0] == grades["ex1a-test"][1]
    assert grades["ex1b-test"][0] == 0.0
    assert set(grades) == {"ex1a-test", "ex1b-test", "ex1c-test", "ex1c-text", "ex1d-test"}


class Commands:
    """Stock nbgrader commands, run from the course's root."""

    def __init__(self, sources, classroom):
        self.sources, self.classroom = sources, classroom

    def __call__(self, *words, cwd=None):
        folder = str(Path(sys.executable).parent)
        options = [
            f"--CourseDirectory.root={self.classroom.root}",
            f"--Exchange.root={self.classroom.exchange}",
            f"--Exchange.cache={self.classroom.root / 'cache'}",
        ]
        ran = subprocess.run(
            [f"{folder}/nbgrader", *words, *options],
            cwd=cwd or self.sources.root,
            env={**os.environ, "NBGRADER_LOG": "", "USER": "ada"},
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr


def test_the_stock_commands_work_from_the_root(sources, woven, tmp_path):
    shutil.copytree(woven.root, tmp_path / "class")
    classroom = Classroom(tmp_path / "class")
    run = Commands(sources, classroom)
    name = "exercise-3"

    def demand(*words, cwd=None):
        status, said = run(*words, cwd=cwd)
        assert status == 0, said
        return said

    demand("generate_assignment", name)
    demand("release_assignment", name)
    desk = tmp_path / "desk"
    desk.mkdir()
    # A learner's own machine has no nbgrader_config.py: the options say all that it needs.
    course = "--CourseDirectory.course_id=transformer-circuits"
    demand("fetch_assignment", name, course, cwd=desk)
    assert (desk / name / f"{name}.ipynb").read_text() == (
        classroom.root / "release" / name / f"{name}.ipynb"
    ).read_text()
    shutil.copy(classroom.notebook(name), desk / name / f"{name}.ipynb")
    demand("submit", name, course, cwd=desk)
    demand("collect", name)
    demand("autograde", name)
    demand("generate_feedback", name)
    demand("export", "--to", str(tmp_path / "grades.csv"))
    header, row = (tmp_path / "grades.csv").read_text().splitlines()[:2]
    grades = dict(zip(header.split(","), row.split(","), strict=True))
    assert (grades["assignment"], float(grades["score"]), float(grades["max_score"])) == (
        name,
        11,
        11,
    )


def test_without_source_notebooks_the_remedy_is_named(sources):
    script = (
        "import sys; sys.argv = ['nbgrader', 'generate_assignment', 'exercise-1']\n"
        "from pathlib import Path\nfrom grader.config import remind_to_weave\n"
        "import logging; logging.basicConfig()\n"
        "remind_to_weave(Path('nowhere/classroom'))"
    )
    ran = run_python(script)
    assert "classroom/source is empty" in ran.stderr
    assert "python -m grader weave" in ran.stderr


def test_what_grading_refuses_is_a_sentence_and_no_traceback(pipeline, monkeypatch):
    def refuse(*_):
        raise CourseError("No sandbox is to be had here.")

    monkeypatch.setattr("grader.hooks.autograde.grade_class", refuse)
    pipeline.hand_in("exercise-1", "ada", reference_of(pipeline, "exercise-1"), NOW)
    with pytest.raises(CourseError, match="exercise-1, ada") as refused:
        pipeline.autograde("exercise-1", "ada")
    assert "[ERROR] No sandbox is to be had here." in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_what_nobody_expected_shows_where_it_was_raised(pipeline, monkeypatch):
    monkeypatch.setattr("grader.hooks.autograde.grade_class", lambda *_: 1 / 0)
    pipeline.hand_in("exercise-1", "ada", reference_of(pipeline, "exercise-1"), NOW)
    with pytest.raises(CourseError, match=r"(?s)nbgrader failed.*Traceback.*ZeroDivisionError"):
        pipeline.autograde("exercise-1", "ada")

"""The invented class: everybody hands in something, and it is graded as they deserve."""

import io

import nbformat
import pytest
from rich.console import Console

from circuits.exercises import PARTS
from course.demo import run_demo
from course.demo.learners import LEARNERS, Learner
from course.demo.submissions import find_answer, write_submission
from course.demo.table import Row, draw_table
from course.release import release_notebook
from course.weave import build_notebook
from grader.config import read_configuration
from grader.errors import CourseError
from grader.paths import Classroom


@pytest.fixture(scope="module")
def notebooks(sources):
    source = build_notebook("exercise-2", sources)
    release = release_notebook(build_notebook("exercise-2", sources), read_configuration(sources))
    return release, source


def test_the_class_is_large_and_varied_enough():
    assert len(LEARNERS) >= 12
    assert len({learner.id for learner in LEARNERS}) == len(LEARNERS)
    assert any(learner.hours > 0 for learner in LEARNERS)
    for learner in LEARNERS:
        assert {*learner.then, *learner.instead, *learner.blank} <= set(PARTS)


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.id)
def test_a_submission_is_the_release_with_answers(learner, notebooks):
    release, source = notebooks
    written = write_submission(learner, release, source)
    nbformat.validate(written)
    assert [cell.id for cell in written.cells] == [cell.id for cell in release.cells]
    for before, after in zip(release.cells, written.cells, strict=True):
        about = before.metadata.get("nbgrader", {})
        if not about.get("solution") or about["grade_id"] in learner.blank:
            assert after == before
        else:
            assert after.source != before.source
            assert "SOLUTION" not in after.source


def test_an_answer_is_what_stands_between_the_markers():
    assert find_answer("x = ...\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION") == "x = 1"


def test_a_folder_with_somebodys_files_is_left_alone(sources, tmp_path):
    (tmp_path / "gradebook.db").write_text("precious")
    with pytest.raises(CourseError, match="did not make"):
        next(run_demo(sources, Classroom(tmp_path)))
    assert (tmp_path / "gradebook.db").read_text() == "precious"


def test_the_table_shows_everybody():
    rows = [
        Row(Learner("ada", "right"), {"exercise-3": 11.0}, {"exercise-3": 11.0}, late=False),
        Row(Learner("otto", "late"), {"exercise-3": 5.5}, {"exercise-3": 11.0}, late=True),
    ]
    screen = io.StringIO()
    Console(file=screen, width=100).print(draw_table(rows))
    for words in ("ada", "100%", "otto", "50%", "late", "of 11"):
        assert words in screen.getvalue()


@pytest.mark.slow
@pytest.mark.nbgrader
def test_a_small_class_gets_the_grades_it_deserves(sources, tmp_path):
    chosen = tuple(x for x in LEARNERS if x.id in ("ada", "blaise", "grace", "joan", "otto"))
    classroom = Classroom(tmp_path / "demo")
    *_, rows = run_demo(sources, classroom, chosen, ("exercise-3",))
    grades = {row.learner.id: row.points["exercise-3"] for row in rows}
    assert grades == {"ada": 11, "blaise": 0, "grace": 6, "joan": 9, "otto": 11}
    assert [row.learner.id for row in rows if row.late] == ["otto"]
    for learner in chosen:
        page = classroom.root / "feedback" / learner.id / "exercise-3" / "exercise-3.html"
        assert "Feedback on exercise-3" in page.read_text(encoding="utf-8")
    next(run_demo(sources, classroom, chosen, ("exercise-3",)))  # what a demo made may go


@pytest.mark.slow
@pytest.mark.nbgrader
def test_a_head_that_was_made_earns_a_distinction_and_the_trained_one_nothing(sources, tmp_path):
    chosen = tuple(x for x in LEARNERS if x.id in ("paula", "quentin"))
    classroom = Classroom(tmp_path / "demo")
    *_, rows = run_demo(sources, classroom, chosen, ("exercise-6",))
    grades = {row.learner.id: row.points["exercise-6"] for row in rows}
    # Of 29 points quentin loses 3 for names learnt by heart, 4 for the head, half of a text's 3.
    assert grades == {"paula": 29, "quentin": 20.5}
    pages = {
        learner.id: (
            classroom.root / "feedback" / learner.id / "exercise-6" / "exercise-6.html"
        ).read_text(encoding="utf-8")
        for learner in chosen
    }
    assert "That is a distinction" in pages["paula"]
    assert "What is moved here is what the trained head moves" in pages["quentin"]

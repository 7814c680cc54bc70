"""A small gradebook: two learners, one assignment with a test and an answer in text."""

import shutil

import pytest
from nbgrader.api import Gradebook

from grader.config import find_own_programs
from grader.gradebook.watch import watch_grades


@pytest.fixture(scope="session")
def small_gradebook(tmp_path_factory):
    find_own_programs()
    path = tmp_path_factory.mktemp("small") / "gradebook.db"
    url = f"sqlite:///{path}"
    with Gradebook(url) as book:
        book.add_assignment("one")
        book.add_notebook("one", "one")
        book.add_grade_cell("a-test", "one", "one", max_score=4, cell_type="code")
        book.add_grade_cell("t", "one", "one", max_score=3, cell_type="markdown")
        book.add_solution_cell("t", "one", "one")
        for student in ("ann", "bob"):
            book.add_student(student)
            book.add_submission("one", student)
    return path


@pytest.fixture
def url(small_gradebook, tmp_path):
    watch_grades()
    shutil.copy(small_gradebook, tmp_path / "gradebook.db")
    return f"sqlite:///{tmp_path / 'gradebook.db'}"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "grades.log"

"""A class with a list and one assignment, into which archives are collected."""

import shutil
from argparse import Namespace

import pytest
from nbgrader.api import Gradebook

from course.demo.platforms import CLASS
from grader.cli.collect import run_collect, run_return
from grader.cli.export import run_export
from grader.config import find_own_programs
from grader.lms.platforms import PLATFORMS

NAME = "exercise-1"


@pytest.fixture(scope="session")
def listed(tmp_path_factory):
    """A gradebook with the class list and one assignment: a test for 4 points."""
    find_own_programs()
    path = tmp_path_factory.mktemp("lms") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}") as book:
        book.add_assignment(NAME)
        book.add_notebook(NAME, NAME)
        book.add_solution_cell("ex1a", NAME, NAME)
        book.add_grade_cell("ex1a-test", NAME, NAME, max_score=4, cell_type="code")
        for one in CLASS:
            names = {"first_name": one.first, "last_name": one.last, "email": one.email}
            book.add_student(one.login, **names)
    return path


class Course:
    """The class, and its commands."""

    def __init__(self, root):
        self.root = root

    @property
    def url(self):
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def collect(self, archive, table=None, zone="Europe/Berlin", platform=None):
        return run_collect(
            Namespace(
                course=self.root, archive=archive, assignment=NAME, table=table, zone=zone,
                platform=platform,
            )
        )  # fmt: skip

    def export(self, **options):
        values = dict.fromkeys(("to", "lti", *PLATFORMS))
        values |= {"by": "assignment", "wide": False, "student": [], "column": ""}
        values |= {"assignments": [NAME], **options}
        return run_export(Namespace(course=self.root, **values))

    def give_back(self, **options):
        values = {"each": False, "student": [], **options}
        return run_return(Namespace(course=self.root, assignment=NAME, **values))

    def grade(self, **points):
        with Gradebook(self.url) as book:
            for student, score in points.items():
                book.update_or_create_submission(NAME, student)
                grade = book.find_grade("ex1a-test", NAME, NAME, student)
                grade.auto_score, grade.needs_manual_grade = score, score is None
            book.db.commit()

    def say(self, student, comment):
        with Gradebook(self.url) as book:
            book.find_comment("ex1a", NAME, NAME, student).manual_comment = comment
            book.db.commit()

    def read(self, student, file=f"{NAME}.ipynb"):
        path = self.root / "submitted" / student / NAME / file
        return path.read_bytes() if path.is_file() else None

    def list_files(self):
        folder = self.root / "submitted"
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def course(listed, tmp_path):
    root = tmp_path / "class"
    root.mkdir()
    shutil.copy(listed, root / "gradebook.db")
    return Course(root)

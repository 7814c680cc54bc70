"""Nothing is entered for whoever is not on the class list, whichever command grades."""

import pytest
from nbgrader.api import Gradebook

from grader.batch.progress import Failed, Finished
from grader.nbgrader_api import Pipeline
from grader.reports.class_report import read_class
from tests.grader.batch.conftest import ASSIGNMENT, HONEST


@pytest.fixture
def listed(classroom):
    """The class, with a list; ada's folder is called ADA, as her login is."""
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:
        for student in HONEST:
            book.add_student(student)
    submitted = classroom.root / "submitted"
    (submitted / "ada").rename(submitted / "ADA")
    return classroom


def list_students(classroom):
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:
        return {student.id for student in book.students}


def test_our_command_names_a_stranger_and_who_it_may_be(listed, grade):
    summary = grade(listed, student="A*")
    [event] = [event for event in grade.events if isinstance(event, Failed)]
    assert event.student == "ADA"
    assert "`python -m grader student map ADA ada`" in event.reason
    assert (summary.status, summary.failed, summary.left) == (2, 1, 0)
    assert list_students(listed) == set(HONEST)
    assert (listed.root / "submitted" / "ADA" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").exists()


def test_stock_autograde_enters_no_stranger_either(listed, sources, caplog):
    Pipeline(sources, listed).autograde(ASSIGNMENT, "ADA")
    assert "ADA is not on the class list" in caplog.text
    assert list_students(listed) == set(HONEST)


def test_the_report_lists_a_stranger_with_the_remedy(listed, sources):
    pipeline = Pipeline(sources, listed)
    with pipeline.open_gradebook() as book:
        report = read_class(book, listed, ASSIGNMENT, pipeline.plugin)
    assert report.needs_person
    lines = "\n".join(report.lines())
    assert "ADA is not on the class list, so nothing was entered" in lines
    assert "ADA: handed in, and not graded yet" not in lines


def test_a_learner_whom_stock_nbgrader_removed_does_not_come_back(listed, grade):
    with Gradebook(f"sqlite:///{listed.root / 'gradebook.db'}") as book:
        book.remove_student("nina")
    grade(listed, student="nina")
    assert not grade.students(Finished)
    assert list_students(listed) == set(HONEST) - {"nina"}

"""Before anything is graded there is a copy of the gradebook from which all can come back."""

import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from grader.errors import CourseError
from grader.gradebook.access import EVERYBODY, prepare_gradebook
from grader.gradebook.backup import list_backups
from grader.gradebook.log import read_state


@pytest.fixture
def open_for(url, tmp_path):
    def open_it(assignment, student):
        prepare_gradebook(
            SimpleNamespace(
                root=str(tmp_path),
                db_url=url,
                course_id="",
                assignment_id=assignment,
                student_id=student,
            )
        )
        return len(list_backups(tmp_path / "backups"))

    return open_it


def test_a_whole_class_always_gets_a_copy_and_one_learner_relies_on_a_young_one(open_for):
    assert open_for("one", EVERYBODY) == 1
    assert open_for("one", "ann") == 1
    assert open_for("one", EVERYBODY) == 2


def test_a_young_copy_that_does_not_know_the_assignment_is_not_relied_on(open_for, url):
    assert open_for("one", "ann") == 1
    with Gradebook(url) as book:
        book.add_assignment("two")
    assert open_for("two", "ann") == 2
    assert open_for("two", "ann") == 2


def test_an_emptied_gradebook_is_refused_and_does_not_become_the_newest_copy(
    open_for, url, tmp_path
):
    assert open_for("one", EVERYBODY) == 1
    with Gradebook(url) as book:
        book.find_grade("a-test", "one", "one", "ann").auto_score = 2.0
        book.db.commit()
    (tmp_path / "gradebook.db").write_bytes(b"")
    for student in (EVERYBODY, "cid"):
        with pytest.raises(CourseError, match=r"no submission of one any more.*recover --force"):
            open_for("one" if student == EVERYBODY else "two", student)
    assert len(list_backups(tmp_path / "backups")) == 1


def test_what_a_copy_holds_is_in_the_log(open_for, url, tmp_path):
    other = sqlite3.connect(tmp_path / "gradebook.db")
    with closing(other), other:
        other.execute("UPDATE grade SET manual_score = 2.5 WHERE manual_score IS NULL")
    assert open_for("one", "ann") == 1
    state = read_state(tmp_path / "grades.log")
    assert [value for key, value in state.items() if key.field == "manual_score"].count(2.5) >= 2

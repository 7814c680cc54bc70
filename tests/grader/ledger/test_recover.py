"""A lost gradebook comes back with every grade, and a report says what is left to do."""

import pytest
from nbgrader.api import Gradebook

from grader.cli import main
from grader.course import Classroom
from grader.errors import CourseError
from grader.ledger import back_up
from grader.ledger.recover import recover_gradebook


def grade(url, student="ann", **values):
    with Gradebook(url) as book:
        row = book.find_grade("a-test", "one", "one", student)
        for name, value in values.items():
            setattr(row, name, value)
        book.db.commit()


@pytest.fixture
def classroom(url, tmp_path):
    grade(url, auto_score=1.0)
    back_up(tmp_path / "gradebook.db", tmp_path / "backups")
    grade(url, auto_score=2.0, manual_score=3.0)
    return Classroom(tmp_path)


def test_a_damaged_gradebook_comes_back_with_later_grades(classroom, url):
    (classroom.root / "gradebook.db").write_bytes(b"?" * 5000)
    done = recover_gradebook(classroom)
    assert done.lost == ()
    assert done.old.read_bytes() == b"?" * 5000
    with Gradebook(url) as book:
        row = book.find_grade("a-test", "one", "one", "ann")
        assert (row.auto_score, row.manual_score, row.score) == (2.0, 3.0, 3.0)


def test_a_deleted_gradebook_comes_back_from_the_command_line(classroom, url, capsys):
    (classroom.root / "gradebook.db").unlink()
    assert main(["recover", "--course", str(classroom.root)]) == 0
    assert "every grade" in capsys.readouterr().out
    with Gradebook(url) as book:
        assert book.find_grade("a-test", "one", "one", "ann").score == 3.0


def test_a_gradebook_in_order_is_left_alone(classroom):
    with pytest.raises(CourseError, match="in order"):
        recover_gradebook(classroom)


def test_without_a_copy_nothing_is_touched(tmp_path):
    (tmp_path / "gradebook.db").write_bytes(b"?" * 5000)
    with pytest.raises(CourseError, match="no good copy"):
        recover_gradebook(Classroom(tmp_path))
    assert (tmp_path / "gradebook.db").read_bytes() == b"?" * 5000


def test_submissions_younger_than_the_copy_are_named(classroom, url):
    with Gradebook(url) as book:
        book.add_student("cid")
        book.add_submission("one", "cid")
    grade(url, "cid", auto_score=4.0)
    (classroom.root / "gradebook.db").write_bytes(b"")
    (classroom.root / "gradebook.db").write_bytes(b"?" * 5000)
    assert {c.key.student for c in recover_gradebook(classroom).lost} == {"cid"}

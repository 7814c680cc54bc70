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


def hand_in(classroom, url, student="cid", when="2022-01-31 12:00:00 UTC"):
    """Enter a submission after the copy was made, with a graded folder as the autograder's."""
    graded = classroom.root / "autograded" / student / "one"
    graded.mkdir(parents=True)
    (graded / "timestamp.txt").write_text(when)
    with Gradebook(url) as book:
        book.add_student(student)
        book.add_submission("one", student)


def lose(classroom):
    (classroom.root / "gradebook.db").write_bytes(b"?" * 5000)


def test_a_submission_without_a_date_comes_back_without_one(classroom, url):
    hand_in(classroom, url)
    (classroom.root / "autograded/cid/one/timestamp.txt").unlink()
    grade(url, "cid", auto_score=4.0)
    lose(classroom)
    assert recover_gradebook(classroom).lost == ()
    with Gradebook(url) as book:
        assert book.find_submission("one", "cid").timestamp is None
        assert book.find_submission("one", "cid").score == 4.0


@pytest.mark.parametrize("points", [4.0, 1.0, 0.0])
def test_submissions_younger_than_the_copy_come_back_with_their_grades_and_dates(
    classroom, url, points
):
    hand_in(classroom, url)
    grade(url, "cid", auto_score=points)
    with Gradebook(url) as book:
        book.find_comment("t", "one", "one", "cid").manual_comment = "Well said."
        book.db.commit()
    lose(classroom)
    assert recover_gradebook(classroom).lost == ()
    with Gradebook(url) as book:
        row = book.find_grade("a-test", "one", "one", "cid")
        assert (row.auto_score, row.manual_score) == (points, None)
        assert book.find_comment("t", "one", "one", "cid").comment == "Well said."
        assert book.find_submission("one", "cid").timestamp.isoformat() == "2022-01-31T12:00:00"


def test_submissions_of_an_assignment_that_no_copy_knows_are_named(classroom, url, capsys):
    with Gradebook(url) as book:
        book.add_assignment("two")
        book.add_notebook("two", "two")
        book.add_grade_cell("b-test", "two", "two", max_score=4, cell_type="code")
        book.add_submission("two", "bob")
        book.find_grade("b-test", "two", "two", "bob").auto_score = 0.0
        book.db.commit()
    lose(classroom)
    assert main(["recover", "--course", str(classroom.root)]) == 2
    assert "grade it again with --force: bob, two" in capsys.readouterr().out


def test_killed_before_its_end_it_has_done_nothing_and_can_be_called_again(
    classroom, url, monkeypatch
):
    lose(classroom)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("grader.ledger.reconcile.bring_back", die)
        with pytest.raises(KeyboardInterrupt):
            recover_gradebook(classroom)
    assert (classroom.root / "gradebook.db").read_bytes() == b"?" * 5000
    (classroom.root / "gradebook.db.restored-journal").write_bytes(b"of the run that was killed")
    assert recover_gradebook(classroom).lost == ()
    with Gradebook(url) as book:
        assert book.find_grade("a-test", "one", "one", "ann").score == 3.0

"""A lost gradebook comes back with every grade, and a report says what is left to do."""

from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from grader.cli import main
from grader.errors import CourseError
from grader.gradebook.backup import back_up
from grader.gradebook.log import Change, Key, append, note_other_changes
from grader.gradebook.recover import recover_gradebook
from grader.paths import Classroom
from grader.roster.enrolment import drop_student


def grade(url, student="ann", **values):
    with Gradebook(url) as book:
        row = book.find_grade("a-test", "one", "one", student)
        for name, value in values.items():
            setattr(row, name, value)
        book.db.commit()


def course_of(classroom, **settings):
    return CourseDirectory(root=str(classroom.root), **settings)


@pytest.fixture
def classroom(url, tmp_path):
    grade(url, auto_score=1.0)
    back_up(tmp_path / "gradebook.db", tmp_path / "backups")
    grade(url, auto_score=2.0, manual_score=3.0)
    return Classroom(tmp_path)


def test_a_damaged_gradebook_comes_back_with_later_grades(classroom, url):
    (classroom.root / "gradebook.db").write_bytes(b"?" * 5000)
    done = recover_gradebook(course_of(classroom))
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
        recover_gradebook(course_of(classroom))


def test_without_a_copy_nothing_is_touched(tmp_path):
    (tmp_path / "gradebook.db").write_bytes(b"?" * 5000)
    with pytest.raises(CourseError, match="no good copy"):
        recover_gradebook(course_of(Classroom(tmp_path)))
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
    assert recover_gradebook(course_of(classroom)).lost == ()
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
    assert recover_gradebook(course_of(classroom)).lost == ()
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
        patch.setattr("grader.gradebook.recover.bring_back", die)
        with pytest.raises(KeyboardInterrupt):
            recover_gradebook(course_of(classroom))
    assert (classroom.root / "gradebook.db").read_bytes() == b"?" * 5000
    (classroom.root / "gradebook.db.restored-journal").write_bytes(b"of the run that was killed")
    assert recover_gradebook(course_of(classroom)).lost == ()
    with Gradebook(url) as book:
        assert book.find_grade("a-test", "one", "one", "ann").score == 3.0


def test_a_later_date_and_its_penalty_come_back_too(classroom, url):
    with Gradebook(url) as book:
        book.find_assignment("one").duedate = datetime(2022, 2, 1)  # noqa: DTZ001  (nbgrader's dates are naive)
        book.db.commit()
    back_up(classroom.root / "gradebook.db", classroom.root / "backups")
    graded = classroom.root / "autograded" / "ann" / "one"
    graded.mkdir(parents=True)
    (graded / "timestamp.txt").write_text("2022-02-02 00:00:00 UTC")
    lose(classroom)
    recover_gradebook(course_of(classroom), penalty="zero")
    with Gradebook(url) as book:
        submission = book.find_submission("one", "ann")
        assert submission.total_seconds_late == 24 * 3600
        assert submission.notebooks[0].late_submission_penalty == 3.0


def take_off(book, points, days, student="ann"):
    """Enter what lateness costs, as ``python -m grader late --yes`` does."""
    row = book.find_submission("one", student)
    row.notebooks[0].late_submission_penalty = points
    row.extension = days and timedelta(days=days)
    book.db.commit()


@pytest.mark.parametrize("penalty", ["kept", "none", "zero"])
def test_penalties_and_extensions_entered_since_the_copy_come_back(classroom, url, penalty):
    hand_in(classroom, url)
    grade(url, "cid", auto_score=4.0)
    with Gradebook(url) as book:
        take_off(book, 0.5, 2)
        take_off(book, 1.5, None, "cid")
        take_off(book, 2.0, 3, "bob")
        take_off(book, None, None, "bob")
    lose(classroom)
    assert recover_gradebook(course_of(classroom), penalty=penalty).lost == ()
    with Gradebook(url) as book:
        rows = {row.student.id: row for row in book.assignment_submissions("one")}
        assert {
            name: (row.notebooks[0].late_submission_penalty, row.extension)
            for name, row in rows.items()
        } == {"ann": (0.5, timedelta(days=2)), "cid": (1.5, None), "bob": (None, None)}
        assert note_other_changes(book, classroom.root / "grades.log") == 0


def test_what_was_removed_takes_its_extension_along(classroom, url):
    with Gradebook(url) as book:
        take_off(book, 0.5, 2)
        book.remove_submission("one", "ann")
        assert note_other_changes(book, classroom.root / "grades.log") == 0
    lose(classroom)
    assert recover_gradebook(course_of(classroom)).lost == ()
    with Gradebook(url) as book:
        assert [row.student.id for row in book.assignment_submissions("one")] == ["bob"]


@pytest.mark.parametrize("text", [b"\0\0", b"garbage", b"\xff", b"9" * 5000, b""])
def test_a_date_that_is_none_holds_nothing_up(classroom, url, text):
    hand_in(classroom, url)
    (classroom.root / "autograded/cid/one/timestamp.txt").write_bytes(text)
    grade(url, "cid", auto_score=4.0)
    lose(classroom)
    assert recover_gradebook(course_of(classroom)).lost == ()
    with Gradebook(url) as book:
        assert book.find_submission("one", "cid").timestamp is None


def test_what_was_removed_since_the_copy_stays_removed(classroom, url):
    with Gradebook(url) as book:
        book.remove_submission("one", "ann")
    lose(classroom)
    recover_gradebook(course_of(classroom))
    with Gradebook(url) as book:
        assert [row.student.id for row in book.assignment_submissions("one")] == ["bob"]


def test_names_that_are_paths_are_no_learners(classroom, url):
    for student in ("../../outside", "/tmp", "..", ""):
        key = Key(student, "one", "one", "a-test", "auto_score")
        append(classroom.root / "grades.log", [Change(key, None, 4.0, "autograder")])
    lose(classroom)
    recover_gradebook(course_of(classroom))
    with Gradebook(url) as book:
        assert sorted(student.id for student in book.students) == ["ann", "bob"]


def test_a_gradebook_in_another_folder_comes_back_from_the_copies_beside_it(classroom, url):
    root = classroom.root
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    for name in ("gradebook.db", "grades.log", "backups"):
        (root / name).rename(elsewhere / name)
    (elsewhere / "gradebook.db").unlink()
    there = f"sqlite:///{elsewhere / 'gradebook.db'}"
    recover_gradebook(course_of(classroom, db_url=there))
    with Gradebook(there) as book:
        assert book.find_grade("a-test", "one", "one", "ann").score == 3.0


def test_a_gradebook_on_a_server_is_left_to_the_server(classroom):
    with pytest.raises(CourseError, match="on a server"):
        recover_gradebook(course_of(classroom, db_url="postgresql://db.example/grades"))


def test_a_gradebook_that_was_emptied_is_refused_and_nothing_is_logged(classroom, url):
    with Gradebook(url) as book:
        for student in ("ann", "bob"):
            book.db.delete(book.find_submission("one", student))
        before = (classroom.root / "grades.log").read_bytes()
        with pytest.raises(CourseError, match=r"no submission of one any more.*recover --force"):
            note_other_changes(book, classroom.root / "grades.log")
    assert (classroom.root / "grades.log").read_bytes() == before


def test_a_learner_who_was_dropped_since_the_copy_does_not_come_back(classroom, url):
    with Gradebook(url) as book:
        drop_student(book, classroom.root, "ann", lambda path: path.touch())
    lose(classroom)
    recover_gradebook(course_of(classroom))
    with Gradebook(url) as book:
        assert {student.id for student in book.students} == {"bob"}


def test_a_learner_who_was_dropped_and_entered_again_stays(classroom, url):
    with Gradebook(url) as book:
        drop_student(book, classroom.root, "ann", lambda path: path.touch())
        book.add_student("ann")
        book.add_submission("one", "ann")
    grade(url, auto_score=1.5)
    lose(classroom)
    recover_gradebook(course_of(classroom))
    with Gradebook(url) as book:
        assert book.find_submission("one", "ann").score == 1.5

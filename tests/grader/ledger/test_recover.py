"""A lost gradebook comes back with every grade, and a report says what is left to do."""

from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from grader.cli import main
from grader.course import Classroom
from grader.errors import CourseError
from grader.ledger import back_up
from grader.ledger.recover import recover_gradebook
from grader.ledger.report import read_report


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


def submission(student, *grades, comments=()):
    cells = [SimpleNamespace(name=name, needs_manual_grade=waits) for name, waits in grades]
    notes = [SimpleNamespace(comment=comment) for comment in comments]
    notebook = SimpleNamespace(name="one", grades=cells, comments=notes)
    return SimpleNamespace(
        student=SimpleNamespace(id=student), notebooks=[notebook], score=1.0, max_score=4.0
    )


def write_graded(tmp_path, student, record):
    from nbformat import writes
    from nbformat.v4 import new_notebook

    notebook = new_notebook()
    record.write(notebook)
    path = tmp_path / "autograded" / student / "one" / "one.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(writes(notebook), encoding="utf-8")


def test_a_report_gives_each_state_its_reason(tmp_path):
    from grader.gatekeeper import Repair
    from grader.gatekeeper.record import Record

    odd = Repair("Two texts.", "t", look=True)
    for student, record in {
        "a": Record(finished=True),
        "b": Record(finished=True, repairs=[Repair("A check was put back.")], ended="exit"),
        "c": Record(finished=True, repairs=[odd]),
        "d": Record(finished=True, unreadable="The file is empty."),
        "e": Record(finished=False),
        "f": Record(finished=True, sandboxed=False),
    }.items():
        write_graded(tmp_path, student, record)
    submissions = [
        submission("a", ("a-test", False)),
        submission("b", ("a-test", False)),
        submission("c", ("t", True)),
        submission("d", ("a-test", True)),
        submission("e", ("a-test", True)),
        submission("f", ("t", True)),
    ]
    book = SimpleNamespace(assignment_submissions=lambda _: submissions)
    rows = {row.student: row for row in read_report(book, Classroom(tmp_path), "one")}
    states = {student: row.state for student, row in rows.items()}
    assert states == {
        "a": "graded",
        "b": "repaired",
        "c": "flagged",
        "d": "unreadable",
        "e": "flagged",
        "f": "graded",
    }
    assert {student for student, row in rows.items() if row.needs_person} == set("cdef")
    assert rows["b"].reasons == ("A check was put back.", "The code ended early: exit.")
    assert rows["d"].reasons == ("The file is empty.",)
    assert "again" in rows["e"].reasons[0]
    assert "without the sandbox" in rows["f"].reasons[0]

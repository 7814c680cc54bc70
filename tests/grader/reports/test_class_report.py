"""The class report: each submission in one state, everybody named, and what is left to do."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from nbformat import writes
from nbformat.v4 import new_notebook
from nbgrader.api import Grade, Gradebook
from sqlalchemy import select

from course.plugin import PLUGIN
from grader.cli.gradebook import NEEDS_PERSON, add_report
from grader.gradebook.lateness import measure_delay, say_late
from grader.intake import Repair
from grader.intake.record import Record
from grader.paths import Classroom
from grader.reports.class_report import read_class, read_report

DUE = datetime(2026, 12, 1, 18)  # noqa: DTZ001  (UTC, as in the gradebook)


def submission(student, *grades, comments=()):
    cells = [SimpleNamespace(name=name, needs_manual_grade=waits) for name, waits in grades]
    notes = [SimpleNamespace(comment=comment) for comment in comments]
    notebook = SimpleNamespace(name="one", grades=cells, comments=notes)
    return SimpleNamespace(
        student=SimpleNamespace(id=student), notebooks=[notebook], score=1.0, max_score=4.0,
        timestamp=DUE, extension=None, assignment=SimpleNamespace(duedate=DUE),
    )  # fmt: skip


def write_graded(tmp_path, student, record):
    notebook = new_notebook()
    record.write(notebook)
    path = tmp_path / "autograded" / student / "one" / "one.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(writes(notebook), encoding="utf-8")


def test_a_report_gives_each_state_its_reason(tmp_path):
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
        "a": "sound",
        "b": "repaired",
        "c": "flagged",
        "d": "unreadable",
        "e": "flagged",
        "f": "sound",
    }
    assert {student for student, row in rows.items() if row.needs_person} == set("cdef")
    assert rows["b"].reasons == ("A check was put back.", "The code ended early: exit.")
    assert rows["d"].reasons == ("The file is empty.",)
    assert "again" in rows["e"].reasons[0]
    assert "without the sandbox" in rows["f"].reasons[0]


@pytest.fixture
def classroom(url, tmp_path):
    """Ann and Bob are graded; Cid and Dora are enrolled and have handed in nothing."""
    with Gradebook(url) as book:
        book.add_student("cid")
        book.add_student("dora")
        for row in book.db.scalars(select(Grade)):
            row.auto_score, row.needs_manual_grade = 1.0, False
        book.db.commit()
    for student in ("ann", "bob"):
        write_graded(tmp_path, student, Record(finished=True))
    return Classroom(tmp_path)


@pytest.fixture
def report(classroom, url):
    def read():
        with Gradebook(url) as book:
            found = read_class(book, classroom, "one", PLUGIN)
        return list(found.lines()), found.needs_person

    return read


def put(classroom, path):
    path = classroom.root / "submitted" / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


def test_everybody_of_the_class_is_listed(report):
    lines, needs_person = report()
    assert [line for line in lines if line.split(":")[0] in ("ann", "bob", "cid", "dora")] == [
        "ann: 2 of 7 points",
        "bob: 2 of 7 points",
        "cid: handed in nothing",
        "dora: handed in nothing",
    ]
    assert lines[-1] == ("one: 2 submissions: 2 as they were; 2 of the class handed in nothing.")
    assert not needs_person


def test_what_came_after_the_last_run_is_not_called_nothing(classroom, report):
    put(classroom, "cid/one/one.ipynb")
    lines, needs_person = report()
    assert "cid: handed in, and not graded yet; run autograde" in lines
    assert "1 not graded yet" in lines[-1]
    assert needs_person


def test_what_lies_in_a_wrong_place_stands_with_its_learner(classroom, report):
    put(classroom, "cid/one.ipynb")
    put(classroom, "ann/One/one.ipynb")
    put(classroom, "one.ipynb")
    lines, needs_person = report()
    assert lines[0].startswith("submitted/one.ipynb was not read; ")
    place = lines.index("cid: nothing was read")
    assert "submitted/cid/one/." in lines[place + 1]
    place = lines.index("ann: 2 of 7 points")
    assert lines[place + 1].startswith("    submitted/ann/One was not read; ")
    assert "3 not read" in lines[-1]
    assert "1 of the class handed in nothing" in lines[-1]
    assert needs_person


def test_the_numbers_add_up_to_the_total(classroom, report):
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:
        for student in ("eve", "fay", "gus"):
            book.add_student(student)
            book.add_submission("one", student)
    write_graded(classroom.root, "eve", Record(finished=True, repairs=[Repair("A repair.")]))
    write_graded(classroom.root, "fay", Record(finished=True, unreadable="It is empty."))
    write_graded(classroom.root, "gus", Record(finished=True, repairs=[Repair("Odd.", look=True)]))
    lines, needs_person = report()
    assert lines[-1].startswith(
        "one: 5 submissions: 2 as they were, 1 repaired, 1 flagged for a person, 1 unreadable;"
    )
    assert needs_person


@pytest.mark.parametrize(
    ("after", "extension", "words"),
    [
        (timedelta(0), None, ""),
        (timedelta(seconds=20), None, "less than a minute"),
        (timedelta(minutes=1), None, "1 minute"),
        (timedelta(hours=2, minutes=5), None, "2 hours"),
        (timedelta(days=3), timedelta(days=2), "1 day"),
        (timedelta(days=1), timedelta(days=2), ""),
    ],
)
def test_a_late_hand_in_is_said_to_be_late(after, extension, words):
    said = say_late(measure_delay(DUE + after, DUE, extension))
    assert said == (f"Handed in {words} after the due date." if words else "")


def test_without_a_due_date_nothing_is_late():
    assert measure_delay(DUE, None, None) == measure_delay(None, DUE, None) == 0.0
    assert measure_delay(DUE, None, timedelta(days=1)) == 0.0


def test_the_report_names_who_was_late(classroom, report):
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:
        book.update_or_create_assignment("one", duedate=DUE)
        book.update_or_create_submission("one", "ann", timestamp=DUE + timedelta(hours=2))
        book.update_or_create_submission("one", "bob", timestamp=DUE - timedelta(hours=2))
    lines, needs_person = report()
    assert lines[:3] == [
        "ann: 2 of 7 points",
        "    Handed in 2 hours after the due date.",
        "bob: 2 of 7 points",
    ]
    assert not needs_person


def waits(classroom):
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:
        book.find_grade("t", "one", "one", "ann").needs_manual_grade = True
        book.db.commit()


@pytest.mark.parametrize(
    ("happen", "status"),
    [
        (lambda classroom: None, 0),
        (waits, NEEDS_PERSON),
        (lambda classroom: put(classroom, "cid/one.ipynb"), NEEDS_PERSON),
        (lambda classroom: put(classroom, "cid/one/one.ipynb"), NEEDS_PERSON),
    ],
)
def test_the_exit_status_says_whether_anything_is_left(classroom, capsys, happen, status):
    happen(classroom)
    parser = ArgumentParser()
    add_report(parser)
    arguments = parser.parse_args(["one", "--course", str(classroom.root)])
    assert arguments.run(arguments) == status
    assert "Part by part:" in capsys.readouterr().out

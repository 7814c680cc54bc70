"""Every change of a grade is logged before it is made, and a person's grades are safe."""

import os
import pwd
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from nbgrader.api import Gradebook

from grader.gradebook.log import Key, append, note_other_changes, read, read_state
from grader.gradebook.recover import bring_back
from grader.gradebook.watch import HandGradeTouchedError, automatic_grading, watch_grades


def key(field, student="ann", cell="a-test"):
    return Key(student, "one", "one", cell, field)


def find(book, student="ann", cell="a-test"):
    return book.find_grade(cell, "one", "one", student)


def grade(url, **values):
    with Gradebook(url) as book:
        row = find(book)
        for name, value in values.items():
            setattr(row, name, value)
        book.db.commit()


def test_every_change_leaves_a_line(url, log):
    with automatic_grading():
        grade(url, auto_score=2.0, needs_manual_grade=False)
    grade(url, manual_score=3.5)
    grade(url, manual_score=4.0)
    assert [(c.key.field, c.old, c.new, c.by) for c in read(log)] == [
        ("auto_score", None, 2.0, "autograder"),
        ("needs_manual_grade", True, False, "autograder"),
        ("manual_score", None, 3.5, "hand"),
        ("manual_score", 3.5, 4.0, "hand"),
    ]


def test_a_line_says_which_person_it_was_by_hand(url, log, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    with automatic_grading():
        grade(url, auto_score=2.0, needs_manual_grade=False)
    grade(url, manual_score=3.5)
    monkeypatch.delenv("JUPYTERHUB_USER")
    grade(url, manual_score=4.0)
    account = pwd.getpwuid(os.getuid()).pw_name
    assert [change.person for change in read(log)] == ["", "", "grace", account]
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # no such account here
    grade(url, manual_score=4.5)
    assert list(read(log))[-1].person == str(os.getuid())


def test_penalties_and_extensions_leave_a_line_and_who_entered_them(url, log, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    with Gradebook(url) as book:
        row = book.find_submission("one", "ann")
        row.extension, row.notebooks[0].late_submission_penalty = timedelta(hours=1), 0.5
        book.db.commit()
        with automatic_grading():  # a later hand-in is in time
            row.notebooks[0].late_submission_penalty = None
            book.db.commit()
    extension = Key("ann", "one", "", "", "extension")
    penalty = Key("ann", "one", "one", "", "late_submission_penalty")
    assert {(c.key, c.old, c.new, c.by, c.person) for c in read(log)} == {
        (extension, None, 3600.0, "hand", "grace"),
        (penalty, None, 0.5, "hand", "grace"),
        (penalty, 0.5, None, "autograder", ""),
    }


def test_the_same_value_again_leaves_none(url, log):
    grade(url, auto_score=2.0)
    before = log.read_bytes()
    grade(url, auto_score=2.0)
    assert log.read_bytes() == before


def test_watching_twice_writes_one_line(url, log):
    watch_grades()
    grade(url, auto_score=2.0)
    assert len(list(read(log))) == 1


def test_comments_are_logged_too(url, log):
    with Gradebook(url) as book:
        book.find_comment("t", "one", "one", "ann").manual_comment = "Well said."
        book.db.commit()
    assert read_state(log) == {key("manual_comment", cell="t"): "Well said."}


def test_a_removed_grade_is_logged(url, log):
    grade(url, manual_score=3.0)
    with Gradebook(url) as book:
        book.remove_submission("one", "ann")
    assert read_state(log)[key("manual_score")] is None


@pytest.mark.parametrize("field", ["manual_score", "extra_credit"])
def test_an_automatic_run_cannot_change_what_a_person_gave(url, field):
    grade(url, **{field: 3.0})
    with automatic_grading(), pytest.raises(HandGradeTouchedError):
        grade(url, **{field: None})
    with Gradebook(url) as book:
        assert getattr(find(book), field) == 3.0


def test_what_was_rolled_back_is_said_to_be_undone(url, log, monkeypatch):
    with Gradebook(url) as book:
        find(book).auto_score = 2.0
        session = book.db()
        monkeypatch.setattr(
            session.get_transaction(), "_prepare_impl", _announce_and_fail(session), raising=True
        )
        with pytest.raises(OSError, match="power"):
            session.commit()
        monkeypatch.undo()
        session.rollback()
    assert read_state(log).get(key("auto_score")) is None
    assert [c.by for c in read(log)] == ["autograder", "undone"]


def _announce_and_fail(session):
    def fail():
        session.dispatch.before_commit(session)
        raise OSError("power")

    return fail


def test_without_a_line_there_is_no_change(url, log):
    """A full disk, here: a log that cannot be written."""
    log.mkdir()
    with pytest.raises(OSError, match="directory"):
        grade(url, auto_score=2.0)
    log.rmdir()
    with Gradebook(url) as book:
        assert find(book).auto_score is None


def test_a_penalty_of_another_program_is_found_once(url, log):
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE submitted_notebook SET late_submission_penalty = 0.5")
    with Gradebook(url) as book:
        assert note_other_changes(book, log) == 2
        assert note_other_changes(book, log) == 0
    assert read_state(log)[Key("bob", "one", "one", "", "late_submission_penalty")] == 0.5


def change_behind_the_back(url, points):
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE grade SET auto_score = ?", (points,))


def test_changes_by_other_programs_are_found_once(url, log):
    change_behind_the_back(url, 1.5)
    with Gradebook(url) as book:
        assert note_other_changes(book, log) == 4
        assert note_other_changes(book, log) == 0
    assert read_state(log)[key("auto_score", "bob")] == 1.5
    assert {c.by for c in read(log)} == {"found"}


def test_a_line_too_many_is_corrected(url, log):
    """A crash between the line and the change."""
    grade(url, auto_score=2.0)
    from grader.gradebook.log import Change

    append(log, [Change(key("auto_score"), 2.0, 4.0, "autograder")])
    with Gradebook(url) as book:
        note_other_changes(book, log)
    assert read_state(log)[key("auto_score")] == 2.0


def test_an_old_copy_and_the_log_give_every_grade(url, log, tmp_path):
    from grader.gradebook.backup import back_up, restore

    grade(url, auto_score=1.0)
    copy = back_up(tmp_path / "gradebook.db", tmp_path / "backups")
    grade(url, auto_score=2.0, manual_score=3.0, needs_manual_grade=False)
    with Gradebook(url) as book:
        book.find_comment("t", "one", "one", "bob").manual_comment = "Read it again."
        book.db.commit()
    (tmp_path / "gradebook.db").write_bytes(b"gone")
    restore(copy, tmp_path / "gradebook.db")
    with Gradebook(url) as book:
        assert bring_back(book, log, lambda *_: None) == []
        row = find(book)
        assert (row.auto_score, row.manual_score, row.needs_manual_grade) == (2.0, 3.0, False)
        assert book.find_comment("t", "one", "one", "bob").comment == "Read it again."

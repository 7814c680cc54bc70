"""The gradebook is copied by SQLite itself, checked, and a few copies are kept."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from grader.errors import CourseError
from grader.gradebook.backup import (
    back_up,
    check_integrity,
    find_good_copy,
    has_recent_copy,
    list_backups,
    restore,
)


def make(path, rows=3):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE assignment (name TEXT)")
        database.execute("INSERT INTO assignment VALUES ('one')")
        database.execute("CREATE TABLE grade (points REAL)")
        database.executemany("INSERT INTO grade VALUES (?)", [(n,) for n in range(rows)])
    database.close()


def count(path):
    database = sqlite3.connect(path)
    try:
        return database.execute("SELECT count(*) FROM grade").fetchone()[0]
    finally:
        database.close()


def test_a_copy_holds_what_was_committed_even_while_others_write(tmp_path):
    make(tmp_path / "g.db")
    other = sqlite3.connect(tmp_path / "g.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO grade VALUES (9)")
    copy = back_up(tmp_path / "g.db", tmp_path / "backups")
    other.execute("COMMIT")
    other.close()
    assert count(copy) == 3
    assert check_integrity(copy) is None


def test_only_a_few_copies_are_kept_and_the_newest_is_among_them(tmp_path):
    make(tmp_path / "g.db")
    made = [back_up(tmp_path / "g.db", tmp_path / "b", keep=3) for _ in range(5)]
    assert list_backups(tmp_path / "b") == made[-3:]


def test_what_a_killed_copy_left_is_taken_away_after_a_day(tmp_path):
    make(tmp_path / "g.db")
    (tmp_path / "b").mkdir()
    old, young = (tmp_path / "b" / f"g-{n}.db.part-journal" for n in (1, 2))
    for left in (old, young):
        left.touch()
    os.utime(old, (0, 0))
    made = back_up(tmp_path / "g.db", tmp_path / "b")
    assert sorted((tmp_path / "b").iterdir()) == sorted([made, young])


def test_a_copy_is_recent_if_it_is_young_and_knows_the_assignment(tmp_path):
    age = timedelta(minutes=5)
    assert not has_recent_copy(tmp_path / "b", age, "one")
    make(tmp_path / "g.db")
    copy = back_up(tmp_path / "g.db", tmp_path / "b")
    assert has_recent_copy(tmp_path / "b", age, "one")
    assert not has_recent_copy(tmp_path / "b", age, "two")
    os.utime(copy, (0, 0))
    assert not has_recent_copy(tmp_path / "b", age, "one")


def test_other_files_among_the_copies_are_none(tmp_path):
    make(tmp_path / "g.db")
    good = back_up(tmp_path / "g.db", tmp_path / "b")
    make(tmp_path / "b" / "gradebook-before-term.db")
    assert list_backups(tmp_path / "b") == [good]


def test_a_copy_of_an_emptied_gradebook_is_no_good_copy(tmp_path):
    make(tmp_path / "g.db")
    good = back_up(tmp_path / "g.db", tmp_path / "b")
    (tmp_path / "g.db").write_bytes(b"")
    assert back_up(tmp_path / "g.db", tmp_path / "b") is not None
    assert find_good_copy(tmp_path / "b") == good


def test_a_file_that_somebody_holds_is_not_called_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.gradebook.backup._PATIENCE", 0.1)
    make(tmp_path / "g.db")
    with closing(sqlite3.connect(tmp_path / "g.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CourseError, match=r"g\.db cannot be used now \(database is locked\)"):
            check_integrity(tmp_path / "g.db")


def test_grades_are_for_their_owner_and_a_restored_gradebook_is_shared_as_before(tmp_path):
    make(tmp_path / "there.db")
    (tmp_path / "g.db").symlink_to("there.db")
    copy = back_up(tmp_path / "g.db", tmp_path / "b")
    assert copy.stat().st_mode & 0o777 == 0o600
    (tmp_path / "there.db").chmod(0o640)
    restore(copy, tmp_path / "g.db")
    assert (tmp_path / "g.db").is_symlink()
    assert (tmp_path / "there.db").stat().st_mode & 0o777 == 0o640


def test_no_gradebook_needs_no_copy(tmp_path):
    assert back_up(tmp_path / "g.db", tmp_path / "b") is None
    assert not (tmp_path / "b").exists()


def kill_in_a_transaction(path):
    """Make a database as a killed program leaves it: half a transaction, and its journal."""
    whole = path.with_name("whole.db")
    make(whole)
    other = sqlite3.connect(whole, isolation_level=None)
    other.execute("PRAGMA cache_size = 1")  # so that pages are written before the end
    other.execute("BEGIN")
    other.executemany("INSERT INTO grade VALUES (?)", [(0.5,)] * 5000)
    shutil.copy(whole, path)
    shutil.copy(f"{whole}-journal", f"{path}-journal")
    other.execute("ROLLBACK")
    other.close()


def test_what_a_killed_program_left_half_done_is_undone_before_a_file_is_checked(tmp_path):
    kill_in_a_transaction(tmp_path / "g.db")
    assert check_integrity(tmp_path / "g.db") is None
    assert count(tmp_path / "g.db") == 3


def test_what_a_killed_program_left_half_done_is_in_no_copy(tmp_path):
    kill_in_a_transaction(tmp_path / "g.db")
    copy = back_up(tmp_path / "g.db", tmp_path / "backups")
    assert count(copy) == count(tmp_path / "g.db") == 3


def test_a_path_may_hold_any_character(tmp_path):
    folder = tmp_path / "a class? #1 50%"
    folder.mkdir()
    make(folder / "g.db")
    assert count(back_up(folder / "g.db", folder / "b")) == 3


def damage(path):
    data = bytearray(path.read_bytes())
    data[100 : len(data)] = b"\xff" * (len(data) - 100)
    path.write_bytes(data)


def test_a_damaged_gradebook_is_refused_and_replaces_no_good_copy(tmp_path):
    make(tmp_path / "g.db")
    good = back_up(tmp_path / "g.db", tmp_path / "b")
    damage(tmp_path / "g.db")
    with pytest.raises(CourseError, match="recover"):
        back_up(tmp_path / "g.db", tmp_path / "b")
    assert list((tmp_path / "b").iterdir()) == [good]
    assert count(good) == 3


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "g.db").write_text("not a database at all, not at all")
    with pytest.raises(CourseError, match="nothing was done"):
        back_up(tmp_path / "g.db", tmp_path / "b")


def test_restoring_keeps_the_damaged_file_beside(tmp_path):
    make(tmp_path / "g.db")
    good = back_up(tmp_path / "g.db", tmp_path / "b")
    damage(tmp_path / "g.db")
    damaged = (tmp_path / "g.db").read_bytes()
    old = restore(good, tmp_path / "g.db")
    assert count(tmp_path / "g.db") == 3
    assert old.read_bytes() == damaged


def test_restoring_keeps_the_journal_of_the_file_that_it_belongs_to(tmp_path):
    make(tmp_path / "good.db", rows=2)
    kill_in_a_transaction(tmp_path / "g.db")
    old = restore(tmp_path / "good.db", tmp_path / "g.db")
    assert count(tmp_path / "g.db") == 2
    assert count(old) == 3


def test_a_damaged_copy_is_not_restored(tmp_path):
    make(tmp_path / "g.db")
    copy = back_up(tmp_path / "g.db", tmp_path / "b")
    damage(copy)
    with pytest.raises(CourseError, match="damaged"):
        restore(copy, tmp_path / "g.db")
    assert count(tmp_path / "g.db") == 3

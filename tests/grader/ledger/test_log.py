"""The log is only ever added to, and a cut-off line costs nothing but itself."""

import os

import pytest

from grader.ledger import Change, Key, append, read, read_state

KEY = Key("ann", "one", "one", "a-test", "auto_score")


def change(new, old=None):
    return Change(KEY, old, new, "autograder")


def test_what_was_written_is_read(tmp_path):
    append(tmp_path / "log", [change(1.0), change(2.5, 1.0)])
    append(tmp_path / "log", [change("ä\n\ud83d")])
    assert [c.new for c in read(tmp_path / "log")] == [1.0, 2.5, "ä\n\ud83d"]
    assert read_state(tmp_path / "log") == {KEY: "ä\n\ud83d"}


def test_there_may_be_no_log(tmp_path):
    assert list(read(tmp_path / "log")) == []


@pytest.mark.parametrize("cut", [1, 20, 90])
def test_a_line_cut_off_by_a_crash_costs_only_itself(tmp_path, cut):
    log = tmp_path / "log"
    append(log, [change(1.0)])
    whole = log.stat().st_size
    append(log, [change(2.0)])
    os.truncate(log, whole + cut)
    append(log, [change(3.0)])
    assert [c.new for c in read(log)] == [1.0, 3.0]


def test_others_cannot_read_it(tmp_path):
    append(tmp_path / "log", [change(1.0)])
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0

"""The log is only ever added to, and a cut-off line costs nothing but itself."""

import os
from dataclasses import replace

import pytest

from grader.gradebook.log import Change, Key, append, read, read_state

KEY = Key("ann", "one", "one", "a-test", "auto_score")

LINE = (
    '{{"student": {student}, "assignment": "one", "notebook": "one", "cell": "a-test", '
    '"field": "{field}", "old": null, "new": {new}, "by": "hand"}}'
)


def change(new, old=None):
    return Change(KEY, old, new, "autograder")


def test_what_was_written_is_read(tmp_path):
    append(tmp_path / "log", [change(1.0), change(2.5, 1.0)])
    said = replace(KEY, field="manual_comment")
    append(tmp_path / "log", [Change(said, None, "ä\n\ud83d", "hand")])
    assert [c.new for c in read(tmp_path / "log")] == [1.0, 2.5, "ä\n\ud83d"]
    assert read_state(tmp_path / "log") == {KEY: 2.5, said: "ä\n\ud83d"}


@pytest.mark.parametrize(
    "line",
    [
        '"auto_score"',
        "[" * 100_000,
        '{"field": "auto_score", "new": 1}',
        LINE.format(student='"ann"', field="score", new="1.0"),
        LINE.format(student='"ann"', field="auto_score", new='"much"'),
        LINE.format(student='"ann"', field="auto_score", new="true"),
        LINE.format(student='"ann"', field="auto_score", new="1e999"),
        LINE.format(student='"ann"', field="auto_score", new="NaN"),
        LINE.format(student='"ann"', field="auto_score", new="9" * 4000),
        LINE.format(student='"ann"', field="auto_score", new="9" * 5000),
        LINE.format(student='"ann"', field="manual_comment", new="1"),
        LINE.format(student='"../ann"', field="auto_score", new="1.0"),
        LINE.format(student='".."', field="auto_score", new="1.0"),
    ],
)
def test_a_line_that_nothing_here_wrote_is_passed_over(tmp_path, line):
    log = tmp_path / "log"
    append(log, [change(1.0)])
    with log.open("a") as file:
        file.write(f"{line}\n")
    append(log, [change(3.0)])
    assert [c.new for c in read(log)] == [1.0, 3.0]


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

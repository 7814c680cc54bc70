"""A term of invented learners: every grade comes back in the platforms' tables as it went."""

import csv
from pathlib import Path

import pytest

from course.demo.learners import LEARNERS
from course.demo.term import CANVAS, MOODLE, invent_people, run_term
from grader.errors import CourseError
from grader.gradebook.log import read
from grader.paths import Classroom

FOUR = [one for one in LEARNERS if one.id in ("ada", "blaise", "carl", "otto")]
COUNT = 16
IDLE = 2


@pytest.mark.slow
@pytest.mark.nbgrader
def test_grades_come_back_equal_from_moodle_and_canvas(sources, tmp_path):
    said = []
    checks = run_term(sources, Classroom(tmp_path / "term"), COUNT, said.append, FOUR)
    assert [(one.platform, one.equal, one.blank, one.other) for one in checks] == [
        ("moodle", COUNT - IDLE, IDLE, ()),
        ("canvas", COUNT - IDLE, IDLE, ()),
    ]
    text = "\n".join(said)
    assert f"autograde {MOODLE}, equal notebooks once" in text
    assert "Moodle: 14 hand-ins: 14 new; 14 with a time." in text
    assert "No learner for Zoë Quux (109999 on Moodle)" in text
    assert "Marked LATE, without a time: u0004, u0008, u0012, u0016." in text
    assert "u0004, exercise-1: " in text
    assert "extension of " in text
    root = tmp_path / "term"
    assert (root / f"{MOODLE}.html").is_file()
    log = list(read(root / "grades.log"))
    assert "u0001" in {one.key.student for one in log if one.by == "hand"}
    for name in (f"{MOODLE}-moodle.zip", f"{CANVAS}-canvas.zip"):
        assert (root / "returned" / name).is_file()
    with (root / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert len(rows) == COUNT
    assert float(rows["u0001"][MOODLE]) > float(rows["u0002"][MOODLE]) == 0.0
    assert (rows["u0007"][MOODLE], rows["u0007"][f"{MOODLE} state"]) == ("", "missing")


def test_invented_people_share_names_and_have_commas_and_accents():
    people = invent_people(300)
    assert len({one.login for one in people}) == 300
    assert (people[0].first, people[0].last) == (people[1].first, people[1].last)
    assert any("," in one.last for one in people)
    assert any(not one.last.isascii() for one in people)
    with pytest.raises(ValueError, match="300 names"):
        invent_people(301)


def test_somebodys_folder_is_left_alone(sources, tmp_path):
    Path(tmp_path, "gradebook.db").write_text("precious")
    with pytest.raises(CourseError, match="did not make"):
        run_term(sources, Classroom(tmp_path))
    assert Path(tmp_path, "gradebook.db").read_text() == "precious"

"""The status says whether a person is needed, also for what was graded before."""

import io
import sqlite3
from contextlib import closing

import pytest

from grader.batch.progress import Unchanged, write_report
from grader.batch.select import NeedsReview
from grader.nbgrader_api import Pipeline

from .conftest import ASSIGNMENT, HONEST, hand_in

pytestmark = pytest.mark.nbgrader


def _look_at(classroom, student):
    """Do what formgrader does when a person has graded every cell of a notebook."""
    with closing(sqlite3.connect(classroom.root / "gradebook.db")) as database, database:
        database.execute(
            "UPDATE grade SET manual_score = 0, needs_manual_grade = 0 WHERE notebook_id IN "
            "(SELECT own.id FROM submitted_notebook AS own JOIN submitted_assignment AS whole "
            "ON own.assignment_id = whole.id WHERE whole.student_id = ?)",
            (student,),
        )


def test_an_unreadable_submission_needs_a_person_until_somebody_has_looked(classroom, grade):
    hand_in(classroom, "broken", b"\x00\x01")
    hand_in(classroom, "worse", b"")
    assert grade(classroom).status == 2

    again = grade(classroom)
    assert (again.graded, again.unchanged, again.status) == (0, len(HONEST) + 2, 2)
    assert sorted(student for student, _ in again.attention) == ["broken", "worse"]
    said = io.StringIO()
    write_report(again, ASSIGNMENT, said)
    assert said.getvalue().splitlines()[-1] == f"2 of {len(HONEST) + 2} need a person."

    assert grade(classroom, student="ada").status == 0  # only who was selected counts
    assert grade(classroom, student="broken", only_explain=True).status == 2

    _look_at(classroom, "broken")
    assert [student for student, _ in grade(classroom).attention] == ["worse"]
    _look_at(classroom, "worse")
    assert grade(classroom).status == 0
    assert all(event.look == () for event in grade.events if isinstance(event, Unchanged))


def test_a_flag_is_settled_when_its_own_cell_is(classroom, grade, sources):
    grade(classroom)
    flags = {ASSIGNMENT: {"ex1a": "odd", "ex1b": "odd too", "ex1c-text": "two texts"}}
    with Pipeline(sources, classroom).open_gradebook() as gradebook:
        for cell, waits in (("ex1a-test", True), ("ex1b-test", False), ("ex1c-text", True)):
            found = gradebook.find_grade(cell, ASSIGNMENT, ASSIGNMENT, "ada")
            found.needs_manual_grade = waits
        gradebook.db.commit()
        waiting = NeedsReview(gradebook, ASSIGNMENT)
        assert waiting.list_reasons("ada", flags) == ("odd", "two texts")
        assert waiting.list_reasons("ada", {ASSIGNMENT: {}}) == ()
        assert waiting.list_reasons("nobody", flags) == ()

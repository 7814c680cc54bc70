"""A new version of an assignment in a gradebook that has submissions already."""

import json

import pytest
from nbgrader.api import Gradebook

from grader.errors import CourseError
from grader.gradebook.revision import CellChange, RevisionNote, compare, read_scores, revise


@pytest.fixture
def newer(tmp_path):
    """The assignment ``one`` as it is now: t counts 6, a-test is gone, b-test and u are new."""
    with Gradebook(f"sqlite:///{tmp_path / 'newer.db'}") as book:
        book.add_assignment("one")
        book.add_notebook("one", "one", kernelspec="{}")
        book.add_grade_cell("b-test", "one", "one", max_score=2, cell_type="code")
        for name, points in (("t", 6), ("u", 1)):
            book.add_grade_cell(name, "one", "one", max_score=points, cell_type="markdown")
            book.add_solution_cell(name, "one", "one")
        for name, locked in (("b-test", True), ("t", False), ("u", False)):
            book.add_source_cell(
                name, "one", "one", source=f"{name} now", locked=locked, cell_type="markdown"
            )
        yield book


@pytest.fixture
def book(url):
    with Gradebook(url) as book:
        for name, locked in (("a-test", True), ("t", False)):
            book.add_source_cell(
                name, "one", "one", source=name, locked=locked, cell_type="markdown"
            )
        set_grade(book, "ann", "a-test", auto_score=4.0, needs_manual_grade=False)
        set_grade(book, "ann", "t", manual_score=2.0, needs_manual_grade=False)
        yield book


def set_grade(book, student, cell, **values):
    grade = book.find_grade(cell, "one", "one", student)
    for name, value in values.items():
        setattr(grade, name, value)
    book.db.commit()


def find_both(book, newer):
    return book.find_assignment("one"), newer.find_assignment("one")


def test_what_changed_is_found_cell_by_cell(book, newer):
    assert set(compare(*find_both(book, newer))) == {
        CellChange("a-test", "gone", before=4.0),
        CellChange("t", "points", 3.0, 6.0),
        CellChange("t", "wording", 3.0, 6.0),
        CellChange("b-test", "added", now=2.0),
        CellChange("u", "added", now=1.0),
    }


@pytest.mark.parametrize(("scale", "points", "asked"), [(False, 2.0, True), (True, 4.0, False)])
def test_everybody_gets_the_rows_of_the_new_version(book, newer, log, scale, points, asked):
    old, new = find_both(book, newer)
    revise(book, old, new, scale=scale)
    assert compare(*find_both(book, newer)) == []
    scores = read_scores(book, old)
    assert [set(scores[student]) for student in ("ann", "bob")] == [{"b-test", "t", "u"}] * 2
    assert (scores["ann"]["t"].points, scores["ann"]["t"].waiting) == (points, asked)
    [sheet] = book.find_submission("one", "bob").notebooks
    assert {comment.name for comment in sheet.comments} == {"t", "u"}
    assert sheet.max_score == 9.0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    gone = [(x["student"], x["field"], x["old"], x["new"]) for x in lines if x["cell"] == "a-test"]
    assert ("ann", "auto_score", 4.0, None) in gone


def test_nothing_is_changed_where_a_notebook_is_new(book, newer):
    newer.add_notebook("two", "one")
    with pytest.raises(CourseError, match="has other notebooks now \\(two\\)"):
        compare(*find_both(book, newer))


def test_what_was_there_before_a_stopped_run_is_still_known_after_it(book, newer, tmp_path):
    (tmp_path / ".grading").mkdir()
    old, new = find_both(book, newer)
    before = read_scores(book, old)
    RevisionNote(tmp_path, "one").write(compare(old, new), before)
    revise(book, old, new, scale=False)
    again = RevisionNote(tmp_path, "one")
    again.write([CellChange("t", "points", 6.0, 7.0)], read_scores(book, old))
    again = RevisionNote(tmp_path, "one")
    assert again.before == before
    assert again.changes[-1] == CellChange("t", "points", 6.0, 7.0)
    again.remove()
    assert RevisionNote(tmp_path, "one").before == {}

"""Exported grades are quoted, and four kinds of nothing are told apart."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.cli import main
from grader.reports.export import write_long, write_wide
from grader.reports.results import PartResult, PropertyResult, Result
from grader.roster.class_list import Person

ROOT = Path(__file__).parents[3]


@pytest.fixture
def class_of_six(url, tmp_path):
    """Ann is graded, Bob's text waits, Cid gave nothing, Dora is excused, Eve has 0, Fay waits."""
    with Gradebook(url) as book:
        book.update_or_create_student("ann", first_name="Ann", last_name='Lee, "Jr."')
        for student in ("cid", "dora", "eve", "fay"):
            book.add_student(student)
        book.add_submission("one", "eve")
        for student, test, text in (("ann", 4.0, 2.5), ("bob", 1.0, None), ("eve", 0.0, 0.0)):
            grade = book.find_grade("a-test", "one", "one", student)
            grade.auto_score, grade.needs_manual_grade = test, False
            if text is not None:
                grade = book.find_grade("t", "one", "one", student)
                grade.manual_score, grade.needs_manual_grade = text, False
        book.db.commit()
    (tmp_path / "submitted" / "fay" / "one").mkdir(parents=True)
    (tmp_path / "excused.csv").write_text("student,assignment\ndora,one\n")
    return tmp_path


def export(root, *assignments, by="assignment", wide=False, student=()):
    to = root / "out.csv"
    words = [*assignments, "--by", by, *(["--wide"] if wide else [])]
    words += [word for name in student for word in ("--student", name)]
    assert main(["export", *words, "--course", str(root), "--to", str(to)]) == 0
    with to.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_pending_missing_excused_and_zero_are_four_things(class_of_six):
    rows = {row["student_id"]: row for row in export(class_of_six)}
    assert {name: (row["state"], row["score"]) for name, row in rows.items()} == {
        "ann": ("graded", "6.5"),
        "bob": ("pending", ""),
        "cid": ("missing", ""),
        "dora": ("excused", ""),
        "eve": ("graded", "0"),
        "fay": ("pending", ""),
    }
    assert {row["late"] for row in rows.values()} == {""}
    assert (rows["bob"]["points_so_far"], rows["bob"]["waiting"]) == ("1", "t")
    assert rows["cid"]["points_so_far"] == ""


def test_a_comma_or_quote_in_a_name_moves_no_column(class_of_six):
    [row] = export(class_of_six, student=["ann"])
    assert (row["last_name"], row["max_score"]) == ('Lee, "Jr."', "7")


def test_parts_have_states_of_their_own(class_of_six):
    rows = {(r["student_id"], r["part"]): r for r in export(class_of_six, by="part")}
    assert (rows["bob", "a-test"]["state"], rows["bob", "a-test"]["score"]) == ("graded", "1")
    assert (rows["bob", "t"]["state"], rows["bob", "t"]["score"]) == ("pending", "")
    assert rows["eve", "t"]["score"] == "0"
    assert rows["dora", "t"]["state"] == "excused"


def test_wide_has_a_line_for_each_learner(class_of_six):
    rows = {row["student_id"]: row for row in export(class_of_six, by="part", wide=True)}
    assert len(rows) == 6
    assert (rows["ann"]["one"], rows["ann"]["one state"], rows["ann"]["one/t"]) == (
        "6.5", "graded", "2.5",
    )  # fmt: skip
    assert (rows["bob"]["one"], rows["bob"]["one/a-test"]) == ("", "1")


def make_results(*states):
    """Return a learner for each state, with a part of two properties and a text that is read."""
    seen = (PropertyResult("reads", "holds", 1, 1), PropertyResult("writes", "fails", 0, 2))
    for state in states:
        points, counts = (3, "graded") if state == "by hand" else (1, state)
        parts = (PartResult("a", counts, points, 3, "", seen), PartResult("t", counts, 2, 2))
        yield Result(Person(state), "one", counts, points + 2, 5, parts=parts)


def test_properties_tell_the_four_states_apart_and_add_up_to_the_parts(tmp_path):
    states = ("graded", "pending", "missing", "excused", "by hand")
    path = tmp_path / "out.csv"
    write_long(make_results(*states), path, "property")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [
        tuple(row[name] for name in ("student_id", "property", "finding", "score", "state"))
        for row in rows
        if row["part"] == "a"
    ] == [
        ("graded", "reads", "holds", "1", "graded"),
        ("graded", "writes", "fails", "0", "graded"),
        ("pending", "reads", "holds", "", "pending"),
        ("pending", "writes", "fails", "", "pending"),
        ("missing", "reads", "holds", "", "missing"),
        ("missing", "writes", "fails", "", "missing"),
        ("excused", "reads", "holds", "", "excused"),
        ("excused", "writes", "fails", "", "excused"),
        ("by hand", "", "", "3", "graded"),  # what a person gave is none of the properties'
        ("by hand", "reads", "holds", "", "graded"),
        ("by hand", "writes", "fails", "", "graded"),
    ]
    scores, so_far, most = (
        {
            state: sum(float(row[name] or 0) for row in rows if row["student_id"] == state)
            for state in states
        }
        for name in ("score", "points_so_far", "max_score")
    )
    assert (scores["graded"], scores["by hand"], set(most.values())) == (3, 5, {5})
    assert so_far == {"graded": 3, "pending": 3, "missing": 0, "excused": 0, "by hand": 5}
    write_wide(make_results(*states), path, "property")
    with path.open(newline="", encoding="utf-8") as file:
        wide = {row["student_id"]: row["one/a/reads"] for row in csv.DictReader(file)}
    assert wide == {"graded": "1", "pending": "", "missing": "", "excused": "", "by hand": ""}


def test_what_is_not_there_is_refused_by_name(class_of_six, capsys):
    course = ["--course", str(class_of_six)]
    assert main(["export", "two", *course]) == 1
    assert "no assignment in the gradebook called two" in capsys.readouterr().err
    assert main(["export", "--student", "zoe", *course]) == 1
    assert "no learner on the class list called zoe" in capsys.readouterr().err


def test_stock_nbgrader_export_writes_the_same(class_of_six):
    ours = export(class_of_six)
    to = class_of_six / "stock.csv"
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", str(to),
         f"--CourseDirectory.root={class_of_six}"],
        check=True, cwd=ROOT, capture_output=True,
    )  # fmt: skip
    with to.open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == ours

"""A report on three hundred learners fits on a screen, and its page shows what the grades say."""

import csv
import json
import re
from argparse import ArgumentParser
from collections import Counter
from html import unescape
from types import SimpleNamespace

import pytest
from nbformat import writes
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from grader.cli.gradebook import add_report
from grader.errors import CourseError
from grader.paths import Classroom
from grader.plugin import Explanation
from grader.reports.class_page import render_class
from grader.reports.class_report import ClassReport, LearnerRow
from grader.reports.class_statistics import COLUMNS, NO_NAME, list_rows, make_statistics
from grader.reports.equal_answers import EqualAnswers
from grader.reports.results import PartResult, PropertyResult, Result
from grader.roster.class_list import Person

PART = SimpleNamespace(id="a", test_id="a-test", title="A head <1>")
PLUGIN = SimpleNamespace(
    find_owner=lambda name: "one" if name.startswith("a") else "",
    list_parts=lambda assignment: [PART] if assignment else [],
    explain=lambda report: Explanation(
        {"reads": "It `reads`."}, "Rows are columns." if report.get("diagnosis") else ""
    ),
)


def make_part(status, mistake=""):
    """Return part (a) of two properties, the second of which only a right answer has."""
    right = status == "right"
    findings = () if status == "unattempted" else (
        PropertyResult("reads", "holds", 1, 1),
        PropertyResult("writes", "holds" if right else "fails", int(right), 1),
    )  # fmt: skip
    return PartResult("a", "graded", sum(f.points for f in findings), 2, mistake, findings, status)


def make_text(points):
    """Return a text: points, None where it waits, or "" for a blank one."""
    if points == "":
        return PartResult("t", "graded", 0, 3, status="unattempted")
    return PartResult("t", "graded" if points is not None else "pending", points or 0, 3)


def make_result(number, part, text):
    state = "pending" if text.state == "pending" else "graded"
    person = Person(f"learner-{number:03}", "Ann", f"Lee {number}")
    parts = (part, text)
    return Result(person, "one", state, sum(p.points for p in parts), 5, parts=parts)


@pytest.fixture
def results():
    made = [make_result(n, make_part("right"), make_text(2 + n % 2)) for n in range(6)]
    made += [make_result(n, make_part("wrong", "swapped"), make_text(1)) for n in range(6, 9)]
    made += [make_result(9, make_part("wrong"), make_text(None))]
    made += [make_result(10, make_part("right"), make_text(""))]
    made += [make_result(11, make_part("unattempted"), make_text(""))]
    return [*made, Result(Person("zoe"), "one", "missing", 0, 5, parts=made[0].parts)]


@pytest.fixture
def classroom(tmp_path):
    cell = new_code_cell("W = '</code><script>alert(1)</script>'")
    cell.metadata["nbgrader"] = {"grade_id": "a"}
    path = tmp_path / "autograded" / "learner-006" / "one" / "one.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(writes(new_notebook(cells=[cell])))
    return Classroom(tmp_path)


@pytest.fixture
def found(results, classroom):
    return make_statistics(results, classroom, PLUGIN)


def test_equal_answers_are_listed_and_called_no_accusation(results, classroom):
    report = ClassReport("one", (), (), (), (), ())
    found = make_statistics(results, classroom, PLUGIN)
    assert "Equal answers" not in render_class(report, found, results, classroom.root)
    equal = [EqualAnswers(("learner-001", "learner-002"), ("a", "b"))]
    page = render_class(report, found, results, classroom.root, equal)
    assert "<li>learner-001, learner-002: a, b</li>" in page
    assert "a rotated copy and an honest own basis cannot be told apart" in page
    assert "one whose mistake has a name, is not in the list" in page


def test_each_part_has_its_points_texts_included(found):
    a, text = found.parts
    assert (a.title, a.max_points, Counter(a.points)) == ("A head <1>", 2, {2: 7, 1: 4, 0: 1})
    assert Counter(text.points) == {2: 3, 3: 3, 1: 3, 0: 2}
    assert (text.pending, found.states) == (1, {"graded": 11, "pending": 1, "missing": 1})
    assert len(found.points) == 12
    assert a.difficulty == pytest.approx(18 / 24)


def test_how_many_have_each_property(found):
    shares = {share.property: (share.holds, share.judged) for share in found.parts[0].properties}
    assert shares == {"reads": (11, 11), "writes": (7, 11)}
    assert found.parts[0].properties[0].claim == "It `reads`."


def test_the_same_mistake_is_a_cluster_with_an_example_and_its_cause(found):
    a = found.parts[0]
    assert a.mistakes == {"swapped": 3, NO_NAME: 1}
    assert a.cluster.students == ("learner-006", "learner-007", "learner-008")
    assert (a.cluster.cause, a.cluster.example[:3]) == ("Rows are columns.", "W =")


def test_mistakes_without_a_name_are_the_same_where_the_same_properties_fail(classroom):
    results = [make_result(n, make_part("wrong"), make_text(1)) for n in range(4)]
    cluster = make_statistics(results, classroom, PLUGIN).parts[0].cluster
    assert (cluster.mistake, cluster.fails, len(cluster.students)) == (NO_NAME, ("writes",), 4)


def test_who_stopped_where(found):
    a, text = found.parts
    assert a.stopped == ("learner-010",)
    assert text.stopped == ()
    assert found.nothing == ("learner-011",)


def test_statistics_of_one_part_alone(results, classroom):
    found = make_statistics(results, classroom, PLUGIN, ["t"])
    assert ([part.part for part in found.parts], found.max_points) == (["t"], 3)
    assert set(found.points) == {0, 1, 2, 3}
    with pytest.raises(CourseError, match="no part called b"):
        make_statistics(results, classroom, PLUGIN, ["b"])


@pytest.mark.parametrize("place", [0, 1])
def test_a_part_alone_has_the_numbers_that_it_has_among_the_others(
    results, found, classroom, place
):
    alone = make_statistics(results, classroom, PLUGIN, [found.parts[place].part])
    assert alone.parts == (found.parts[place],)
    assert (alone.alpha, alone.compared, alone.compared_parts, alone.nothing) == (
        found.alpha,
        found.compared,
        found.compared_parts,
        found.nothing,
    )


def test_the_data_are_json_and_rows_of_csv(found):
    assert json.loads(json.dumps(found.to_dict()))["parts"][0]["cluster"]["mistake"] == "swapped"
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in list_rows(found)]
    assert [(r["part"], r["right"], r["pending"], r["stopped_here"]) for r in rows] == [
        ("a", 7, 0, 1),
        ("t", 0, 1, 0),
    ]


@pytest.fixture
def report():
    rows = tuple(
        LearnerRow(f"learner-{n:03}", "sound", n % 18, 17, (f"Late by {n % 40} hours.",), ("t",))
        for n in range(300)
    )
    return ClassReport("one", rows, (), ("zoe",), (), (), texts=("t",))


def test_the_printout_for_three_hundred_fits_on_a_screen(report):
    lines = list(report.lines())
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 140
    waiting = [line for line in lines if "texts one t" in line]
    assert len(waiting) == 1
    assert "300 learners (learner-000, learner-001" in waiting[0]
    assert "28 more; --everybody lists all" in "\n".join(lines)
    assert len(list(report.lines(everybody=True))) > 900


@pytest.fixture
def page(report, found, results, classroom):
    return render_class(report, found, results, classroom.root)


def test_the_page_runs_its_own_script_alone_and_shows_code_as_text(page):
    assert page.count("<script") == 1
    assert "alert(1)" in page
    assert "It <code>reads</code>." in page
    assert re.search(r"script-src 'sha256-[\w+/=]+'", unescape(page))


def test_the_plots_have_the_colours_of_the_page_and_words_for_those_who_do_not_see_them(page):
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) == 5  # three histograms, mistakes, who stopped where
    for plot in plots:
        assert 'role="img" aria-label="' in plot
        assert "currentColor" in plot
        assert not re.search(r"#0[0-9]0[0-9]0[0-9]", plot)
    assert "after a 1" in plots[3]
    assert "swapped 3, no name 1" in plots[4]
    ids = re.findall(r'\bid="([^"]+)"', re.sub(r"<defs>.*?</defs>", "", page, flags=re.DOTALL))
    assert max(Counter(ids).values()) == 1


def test_the_page_names_everybody_and_what_waits(page):
    assert "<strong>t</strong>, for 300 learners" in page
    assert page.count("<tr data-state=") == 13


def test_the_command_writes_page_json_and_csv(url, tmp_path, capsys):
    with Gradebook(url) as book:
        for student in ("ann", "bob"):
            grade = book.find_grade("t", "one", "one", student)
            grade.manual_score, grade.needs_manual_grade = 2.0, False
        book.db.commit()
    parser = ArgumentParser()
    add_report(parser)
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "json", "csv")}
    words = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    arguments = parser.parse_args(["one", "--course", str(tmp_path), *words])
    assert arguments.run(arguments) == 2  # the tests' points are missing
    assert "ann: 2 of 7 points, flagged" in capsys.readouterr().out
    assert "one: the class" in files["html"].read_text(encoding="utf-8")
    assert json.loads(files["json"].read_text())["points"] == [2.0, 2.0]
    with files["csv"].open(newline="") as file:
        assert {row["part"]: row["mean"] for row in csv.DictReader(file)}["t"] == "2.0"

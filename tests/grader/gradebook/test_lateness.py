"""What lateness costs is shown first, and entered when it is asked for."""

from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from grader.cli import main
from grader.config import read_penalty
from grader.errors import CourseError
from grader.gradebook.lateness import assign_penalty, enter_lateness, plan_lateness, say_lateness
from grader.hooks.late_rules import LateRules, load_rules
from grader.intake.origins import Origin, write_origins

DUE = datetime(2026, 12, 1, 18)  # noqa: DTZ001  (nbgrader keeps UTC without saying so)


@pytest.fixture
def book(url):
    """Ann is in time, Bob is 30 hours late in both assignments, with 4 points in each."""
    with Gradebook(url) as book:
        book.add_assignment("two", duedate=DUE + timedelta(days=7))
        book.add_notebook("two", "two")
        book.add_grade_cell("b-test", "two", "two", max_score=4, cell_type="code")
        book.update_or_create_assignment("one", duedate=DUE)
        book.find_submission("one", "ann").timestamp = DUE
        for cell, name, days in (("a-test", "one", 0), ("b-test", "two", 7)):
            row = book.update_or_create_submission(name, "bob")
            row.timestamp = DUE + timedelta(days=days, hours=30)
            grade = book.find_grade(cell, name, name, "bob")
            grade.auto_score, grade.needs_manual_grade = 4.0, False
        book.db.commit()
        yield book


def plan(book, root, rules, **more):
    return {(one.student, one.assignment): one for one in plan_lateness(book, root, rules, **more)}


def read_penalties(book):
    return {
        (row.student.id, name): row.late_submission_penalty
        for name in ("one", "two")
        for row in book.assignment_submissions(name)
    }


def test_each_day_begun_takes_its_share_once_it_is_entered(book, tmp_path):
    rules = LateRules(per_day=0.1)
    planned = plan(book, tmp_path, rules)
    assert planned["bob", "one"].penalty == pytest.approx(0.8)
    assert planned["ann", "one"].penalty == 0
    assert set(read_penalties(book).values()) == {0.0}
    assert enter_lateness(book, planned.values()) == 2
    assert read_penalties(book)["bob", "one"] == pytest.approx(0.8)
    assert not any(one.changes for one in plan(book, tmp_path, rules).values())


def test_slip_days_are_used_in_the_order_of_due_dates(book, tmp_path):
    planned = plan(book, tmp_path, LateRules(per_day=0.5, slip_days=3))
    first, second = planned["bob", "one"], planned["bob", "two"]
    assert (first.slip_days, first.left, first.penalty) == (2, 1, 0)
    assert (second.slip_days, second.left, second.penalty) == (1, 0, 2.0)
    assert say_lateness(second) == (
        "bob, two: 1 day late; 1 slip day used, 0 left; loses 2 points; so far 0"
    )
    enter_lateness(book, planned.values())
    row = book.find_submission("two", "bob")
    assert (row.extension, row.total_seconds_late) == (timedelta(days=1), 6 * 3600)


def test_an_extension_grace_and_an_excuse_cost_nothing(book, tmp_path):
    (tmp_path / "extensions.csv").write_text(
        "student,assignment,until\nbob,one,2026-12-03 18:00 UTC\n"
    )
    extended = plan(book, tmp_path, LateRules(per_day=0.1, slip_days=1))["bob", "one"]
    assert (extended.penalty, extended.slip_days) == (0, 0)
    assert extended.extension == timedelta(days=2)
    grace = plan(book, tmp_path, LateRules(per_day=0.1, grace_minutes=1800))
    assert grace["bob", "two"].penalty == 0
    excused = plan(book, tmp_path, LateRules(per_day=0.1), excused={("bob", "two")})
    assert excused["bob", "two"].penalty == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BOB,one,2026-12-03", "row 2: there is no learner called 'BOB'"),
        ("bob,on,2026-12-03", "row 2: there is no assignment called 'on'"),
        ("bob,one,03.12.2026", "row 2: "),
    ],
)
def test_a_row_that_means_nothing_is_refused(book, tmp_path, line, said):
    (tmp_path / "extensions.csv").write_text(f"student,assignment,until\n{line}\n")
    with pytest.raises(CourseError, match=said):
        plan_lateness(book, tmp_path, LateRules())
    (tmp_path / "extensions.csv").write_text("student,until\n")
    with pytest.raises(CourseError, match="no column assignment"):
        plan_lateness(book, tmp_path, LateRules())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_extensions_is_read_as_a_spreadsheet_saves_it(book, tmp_path, encoding):
    text = "Student;Assignment;Until;Grund\r\nbob;one;2026-12-03 18:00 UTC;müde\r\n;;;\r\n"
    (tmp_path / "extensions.csv").write_bytes(text.encode(encoding))
    assert plan(book, tmp_path, LateRules())["bob", "one"].extension == timedelta(days=2)


def test_two_dates_for_one_hand_in_are_refused_and_who_left_stops_nothing(book, tmp_path):
    rows = "gone,one,2026-12-09\nbob,one,2026-12-03\nbob,one,2026-12-03\n"
    path = tmp_path / "extensions.csv"
    path.write_text("student,assignment,until\n" + rows)
    with pytest.raises(CourseError, match="row 2: there is no learner called 'gone'"):
        plan_lateness(book, tmp_path, LateRules())
    (tmp_path / "dropped" / "gone").mkdir(parents=True)
    plan_lateness(book, tmp_path, LateRules())
    path.write_text("student,assignment,until\n" + rows + "bob,one,2026-12-04\n")
    with pytest.raises(CourseError, match="row 5: bob has another date for one"):
        plan_lateness(book, tmp_path, LateRules())


def test_without_rules_nothing_is_lost_and_the_command_says_why(
    book, tmp_path, capsys, monkeypatch
):
    (tmp_path / "secret-seed").write_text("7\n")
    monkeypatch.setattr("grader.config.read_configuration", lambda _: Config())
    assert main(["late", "one", "--course", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "bob, one: 1 day late; costs nothing",
        "No rules for lateness are set, so nobody loses points by it; "
        "AssignLatePenalties.plugin_class of nbgrader_config.py sets them.",
        "The gradebook has it like this already.",
    ]


def test_whom_a_platform_marked_without_a_time_is_named(book, tmp_path, capsys, monkeypatch):
    (tmp_path / "secret-seed").write_text("7\n")
    monkeypatch.setattr("grader.config.read_configuration", lambda _: Config())
    marked = Origin("ann", "Canvas", "1", "a.ipynb", "one.ipynb", late=True)
    write_origins(tmp_path, "one", {"ann": [marked]})
    book.find_submission("one", "bob").timestamp = DUE
    book.find_submission("one", "ann").timestamp = None
    book.db.commit()
    assert main(["late", "one", "--course", str(tmp_path)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("one: marked LATE by the platform without a time: ann")
    assert second == "Nobody else is late."


def test_a_penalty_is_never_more_than_the_points(book, tmp_path):
    rules = LateRules()
    rules.late_submission_penalty = lambda *_: 100.0
    assert plan(book, tmp_path, rules)["bob", "one"].penalty == 4.0


def test_grading_leaves_what_was_entered_while_it_is_late(book):
    row = book.find_submission("one", "bob")
    sheet = row.notebooks[0]
    sheet.late_submission_penalty = 0.8
    assign_penalty(book.db, row, sheet, "kept")
    assert sheet.late_submission_penalty == 0.8
    row.timestamp = DUE
    assign_penalty(book.db, row, sheet, "kept")
    assert sheet.late_submission_penalty is None


def test_a_configuration_names_the_rules_and_they_are_not_applied_unseen():
    config = Config()
    config.LateRules.per_day = 0.25
    for name in (LateRules, "grader.hooks.late_rules.LateRules"):
        config.AssignLatePenalties.plugin_class = name
        assert load_rules(config).late_submission_penalty("bob", 4.0, 60) == 1.0
        assert read_penalty(config) == "kept"
    config.AssignLatePenalties.plugin_class = "grader.nowhere.Rules"
    with pytest.raises(CourseError, match="plugin_class"):
        load_rules(config)
    assert load_rules(Config()).late_submission_penalty("bob", 4.0, 60) is None


def test_the_command_shows_first_and_enters_when_it_is_asked_to(
    book, tmp_path, capsys, monkeypatch
):
    (tmp_path / "secret-seed").write_text("7\n")
    config = Config()
    config.AssignLatePenalties.plugin_class = LateRules
    config.LateRules.per_day = 0.25
    monkeypatch.setattr("grader.config.read_configuration", lambda _: config)
    words = ["late", "one", "--course", str(tmp_path)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "bob, one: 1 day late; loses 2 points; so far 0\n" in said
    assert "--yes enters what is new, for 1 submission." in said
    assert main([*words, "--yes"]) == 0
    book.db.expire_all()
    assert read_penalties(book) == {("ann", "one"): 0, ("bob", "one"): 2.0, ("bob", "two"): 0}
    assert main(words) == 0
    assert "The gradebook has it like this already." in capsys.readouterr().out

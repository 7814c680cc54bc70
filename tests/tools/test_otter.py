"""Otter judges by our criteria, and where its points differ no time is reported."""

import json
import sys
import types

import pytest

from course.judge import draw_hidden_trials, grade_part
from tools.bench import otter
from tools.bench.measure import Cost

SEED = 7


class Case:
    """Stands in for otter's decorator, which is installed elsewhere."""

    def __init__(self, name, points, hidden):
        self.name, self.points, self.hidden = name, points, hidden

    def __call__(self, function):
        self.function = function
        return self


def run_tests(part, answers, monkeypatch):
    """Run a file of tests as otter does, and return the points of each case that passes."""
    module = types.ModuleType("otter.test_files")
    module.test_case = Case
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", module)
    names = {}
    exec(otter.write_tests(part, SEED), names)
    assert names["OK_FORMAT"] is False
    assert names["name"] == part.test_id
    earned = {}
    for case in [one for one in names.values() if isinstance(one, Case)]:
        assert case.hidden
        try:
            case.function(answers)
        except AssertionError:
            earned[case.name] = 0
        else:
            earned[case.name] = case.points
    return earned


@pytest.mark.parametrize("part", otter.list_parts(), ids=lambda part: part.id)
def test_a_blank_earns_nothing_in_any_case_of_a_part(part, monkeypatch):
    earned = run_tests(part, {}, monkeypatch)
    assert earned == {one.slug: 0 for one in part.properties}


def test_a_half_right_answer_earns_what_our_hidden_tests_give(monkeypatch):
    part = next(one for one in otter.list_parts() if one.id == "ex1d")
    wrong = {answer.name: [[0.0] * 16] * 16 for answer in part.answers}
    part_1a = next(one for one in otter.list_parts() if one.id == "ex1a")
    reads = [[float(j == i) for j in range(16)] for i in range(4)]
    writes = [[float(i == j + 8) for j in range(4)] for i in range(16)]
    half = {"W_V_1": reads, "W_out_1": writes}
    for one, answers in ((part, wrong), (part_1a, half)):
        ours = grade_part(one.id, answers, draw_hidden_trials(SEED))
        expected = {f.property: f.points for f in ours.report.findings}
        assert run_tests(one, answers, monkeypatch) == expected


def test_points_are_read_from_otters_results(tmp_path):
    path = tmp_path / "results.json"
    summary = {"name": "Public Tests", "visibility": "visible", "output": "", "status": "passed"}
    scored = {"name": "ex1a-test", "score": 3, "max_score": 4, "output": "..."}
    path.write_text(json.dumps({"tests": [summary, scored]}))
    assert otter.read_results(path) == {"ex1a-test": 3.0}


def test_a_failure_of_otters_is_told_and_is_no_zero(tmp_path):
    path = tmp_path / "results.json"
    failed = {"name": "Autograder Failed", "status": "failed", "output": "no results were found"}
    path.write_text(json.dumps({"tests": [failed], "score": 0}))
    with pytest.raises(RuntimeError, match="no results were found"):
        otter.read_results(path)


@pytest.mark.parametrize("earned", [{"ex1a-test": 3.0}, {}, {"ex1a-test": 4.0, "ex1b-test": 0.0}])
def test_other_points_end_the_comparison(earned):
    with pytest.raises(RuntimeError, match="points agree"):
        otter.demand_same("ada", earned, {"ex1a-test": 4.0})


def test_the_same_points_are_let_pass():
    otter.demand_same("ada", {"ex1a-test": 1.33333}, {"ex1a-test": 4 / 3})


def test_five_rounds_run_the_whole_class_from_the_reference_and_the_blank_on():
    students = [f"s{number:02}" for number in range(15)]
    rounds = [otter.choose(students, number) for number in range(5)]
    assert rounds[0][:2] == ["s00", "s01"]
    assert sorted(one for chosen in rounds for one in chosen) == students
    assert otter.choose(["ada"], 3) == ["ada"]


def test_the_table_sets_a_share_of_ours_against_otters_mean():
    ours = Cost(wall=3.0, cpu=1.5, memory=1).share(15)
    lines = otter.report([(Cost(wall=4.0, cpu=2.0, memory=1), ours)])
    assert lines[2] == "| autograde, wall time a submission | 4.000 | 0.200 | 1/20.0 | 1/28 |"
    assert lines[3] == "| autograde, CPU a submission | 2.000 | 0.100 | 1/20.0 |  |"

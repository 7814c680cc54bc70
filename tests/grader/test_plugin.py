"""No plugin can give more than a part has, and every change of code that judges is seen."""

import math
from dataclasses import replace

import pytest

from circuits.reports.report import REPORT_MIME as OURS
from course.plugin import PLUGIN
from grader.digest import digest_imports, find_data, follow_imports
from grader.errors import CourseError
from grader.grading.grade_notebook import run_and_judge
from grader.plugin import REPORT_MIME, demand_judged, judge_safely, load_plugin
from grader.sandbox import Limits

PART = PLUGIN.list_parts("exercise-1")[0]


class Judge:
    def __init__(self, say):
        self.say = say

    def judge(self, part, answers, seed):
        return self.say(PLUGIN.judge(part, answers, seed))


def fail(verdict):
    raise ValueError(verdict)


@pytest.mark.parametrize(("points", "earned"), [(-1, 0.0), (1e9, 4.0), (2, 2.0), (True, 1.0)])
def test_points_stay_in_range(points, earned):
    verdict = judge_safely(Judge(lambda one: replace(one, points=points)), PART, {}, 1)
    assert (verdict.points, verdict.failure) == (earned, None)


@pytest.mark.parametrize(
    "say", [fail, lambda one: replace(one, points=math.nan), lambda one: replace(one, points=None)]
)
def test_a_judge_that_fails_gives_nothing_and_asks_for_a_person(say):
    verdict = judge_safely(Judge(say), PART, {}, 1)
    assert verdict.points == 0.0
    assert verdict.failure


@pytest.mark.parametrize("name", ["", "nowhere.at_all:PLUGIN", "course.plugin:NOTHING"])
def test_a_plugin_that_is_not_there_is_one_sentence_with_a_remedy(name, monkeypatch):
    monkeypatch.setattr("grader.plugin.FIRST", "nowhere.at_all:PLUGIN")
    load_plugin.cache_clear()  # another test of this process may have asked for the first course
    with pytest.raises(CourseError, match=r"nbgrader_config.py names .*; (add|install)"):
        load_plugin(name)


def test_a_configuration_that_names_no_course_means_the_first_one():
    load_plugin.cache_clear()
    assert load_plugin("") is load_plugin("course.plugin:PLUGIN")


def test_a_test_that_nobody_judges_is_refused():
    demand_judged(PLUGIN, "exercise-1", {"ex1a-test": 4.0})
    with pytest.raises(CourseError, match="mystery-test of exercise-1 cannot be graded"):
        demand_judged(PLUGIN, "exercise-1", {"ex1a-test": 4.0, "mystery-test": 1.0})


def test_a_notebook_with_such_a_test_is_refused_before_it_is_run(tmp_path):
    from nbformat.v4 import new_code_cell, new_notebook

    test = new_code_cell("")
    test.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": "mystery-test"}
    with pytest.raises(CourseError, match="mystery-test"):
        run_and_judge(new_notebook(cells=[test]), PLUGIN, "exercise-1", 5, {}, Limits())


def test_graded_notebooks_of_both_sides_speak_of_reports_alike():
    assert REPORT_MIME == OURS


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of three modules, the last of which is imported in a function."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / f"pack_{tmp_path.name.replace('-', '_')}"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "judge.py").write_text("from . import rules\n")
    (folder / "rules.py").write_text("def rule():\n    from .late import limit\n    return limit\n")
    (folder / "late.py").write_text("import numpy\nlimit = 1\n")
    (folder / "apart.py").write_text("")
    return folder


def digest(package):
    digest_imports.cache_clear()
    return digest_imports(f"{package.name}.judge", own=(package.name,))


def test_every_module_that_is_imported_counts_and_no_other(package):
    files, others = follow_imports([f"{package.name}.judge"], [package.name])
    assert {path.name for path in files.values()} == {
        "__init__.py", "judge.py", "rules.py", "late.py",
    }  # fmt: skip
    assert others == {"numpy"}
    before = digest(package)
    (package / "apart.py").write_text("changed = True\n")
    assert digest(package) == before


def test_a_module_that_is_renamed_or_changed_is_seen(package):
    before = digest(package)
    (package / "late.py").rename(package / "later.py")
    (package / "rules.py").write_text((package / "rules.py").read_text().replace(".late", ".later"))
    renamed = digest(package)
    (package / "later.py").write_text("import numpy\nlimit = 2\n")
    assert len({before, renamed, digest(package)}) == 3


def test_data_that_lies_beside_a_module_is_seen(package):
    (package / "weights.npz").write_bytes(b"one")
    before = digest(package)
    (package / "__pycache__").mkdir()
    (package / "judge.pyc").write_bytes(b"compiled")
    (package / ".weights.npz.swp").write_bytes(b"an editor's")
    assert digest(package) == before
    (package / "weights.npz").write_bytes(b"two")
    changed = digest(package)
    (package / "weights.npz").rename(package / "more.npz")
    assert len({before, changed, digest(package)}) == 3


def test_models_that_hidden_tests_use_are_in_the_digest():
    files, _ = follow_imports(["course.judge"], ["course", "circuits"])
    names = {path.name for path in find_data(files.values())}
    assert {"hidden_models.npz", "weights.npz", "content.csv"} <= names


def test_a_root_that_is_gone_is_an_error_and_not_skipped(package):
    (package / "judge.py").unlink()
    with pytest.raises(ModuleNotFoundError):
        digest(package)


def test_what_judges_here_is_all_in_the_digest():
    files, _ = follow_imports(
        ["grader.batch.worker", "course.judge"], ["grader", "course", "circuits"]
    )
    for name in (
        "grader.sandbox.protocol", "grader.sandbox.inside.wire", "grader.grading.grade_notebook",
        "grader.intake.match", "grader.plugin", "circuits.judging", "circuits.stream",
    ):  # fmt: skip
        assert name in files
    assert "course.weave" not in files

"""The benchmark of grading: what it does to both sides before it measures."""

import compileall
import sysconfig

import pytest

from tools.bench import grading


@pytest.mark.parametrize("otter", [True, False])
def test_every_side_that_is_measured_is_compiled_before(otter, monkeypatch):
    compiled = []
    monkeypatch.setattr(compileall, "compile_dir", lambda folder, **_: compiled.append(folder))
    monkeypatch.setattr(grading, "has_otter", lambda: otter)
    grading.compile_packages()
    assert sysconfig.get_path("purelib") in compiled  # stock nbgrader's packages, and ours
    assert str(grading.ROOT / "grader") in compiled
    assert (str(grading.OTTER_HOME) in compiled) == otter

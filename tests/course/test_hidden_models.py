"""Hidden tests find circuits in models that no learner receives."""

from __future__ import annotations

import numpy as np
import pytest

from circuits.behaviours.functions.model_cases import draw_model_cases, find_circuits
from circuits.judging import judge
from circuits.trials import draw_trials
from course.judge import draw_hidden_trials, load_hidden_models
from tests.bank import right_cases, wrong_cases
from tools.build.learner_wheel import build_learner_wheel


def test_there_are_five_finished_models_and_four_that_have_no_circuit_yet() -> None:
    assert len(load_hidden_models()) == 9
    for seed in range(3):
        cases = draw_model_cases(load_hidden_models(), np.random.default_rng(seed))
        found = [bool(find_circuits(case)) for case in cases]
        # The course's own, then four pairs of a finished model and the same at step 300.
        assert found[:9] == [True, *[True, False] * 4]
        # One too soft, one faint, one almost too soft, one untrained, one written by hand.
        assert found[9:] == [False, True, False, False, True]


def test_only_hidden_trials_have_them() -> None:
    assert draw_trials().models == ()
    assert draw_hidden_trials(3).models == load_hidden_models()
    assert draw_hidden_trials(3) is draw_hidden_trials(3)


@pytest.mark.parametrize("seed", [1, 2, 20260101])
def test_right_answers_find_all_circuits_and_wrong_ones_do_not(seed: int) -> None:
    trials = draw_hidden_trials(seed)
    for case in right_cases("ex6g"):
        report = judge("ex6g", case.answers, trials)
        assert report.status == "right", f"{case}\n{report}"
    for case in wrong_cases("ex6g"):
        report = judge("ex6g", case.answers, trials)
        assert report.status != "right", f"{case}\n{report}"
        held = {finding.property for finding in report.findings if finding.passed}
        assert case.holds is None or held == case.holds, f"{case}\n{report}"


def test_the_learners_wheel_has_the_trained_model_and_no_hidden_one(tmp_path) -> None:
    import zipfile

    names = zipfile.ZipFile(build_learner_wheel(tmp_path)).namelist()
    assert "circuits/trained/weights.npz" in names
    assert "circuits/trained/formation.csv" in names
    assert [name for name in names if "hidden" in name or "checkpoint" in name] == []

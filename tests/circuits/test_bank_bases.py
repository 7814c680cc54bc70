"""The same head in another basis, or at another scale of its factors, is the same head."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits.judging import judge
from circuits.trials import Trials, draw_trials
from tests.bank import CASES
from tests.bank.case import Case, draw_basis, rewrite

RIGHT = [case for case in CASES if case.right and case.heads]
WRONG = [case for case in CASES if not case.right and case.heads]

KINDS = st.sampled_from(["rotation", "general", "scale"])
SEEDS = st.integers(0, 2**32 - 1)
SMALL = ((8, 24), (24, 8), (48, 6), (80, 3), (128, 3))


def _trials() -> Trials:
    return draw_trials(11, SMALL)


@settings(max_examples=120)
@given(case=st.sampled_from(RIGHT), kind=KINDS, seed=SEEDS)
def test_a_right_head_stays_right_in_any_basis(case: Case, kind: str, seed: int) -> None:
    same = rewrite(case, np.random.default_rng(seed), kind)
    report = judge(same.part, same.answers, _trials())
    assert report.status == "right", f"{same}\n{report}"


@settings(max_examples=120)
@given(case=st.sampled_from(WRONG), kind=KINDS, seed=SEEDS)
def test_a_wrong_head_stays_wrong_in_any_basis(case: Case, kind: str, seed: int) -> None:
    same = rewrite(case, np.random.default_rng(seed), kind)
    report = judge(same.part, same.answers, _trials())
    assert report.status == "wrong", f"{same}\n{report}"
    held = {finding.property for finding in report.findings if finding.passed}
    assert case.holds is None or held == case.holds, f"{same}\n{report}"


@pytest.mark.parametrize("kind", ["rotation", "general", "scale"])
def test_a_change_of_basis_leaves_the_product_as_it_is(kind: str) -> None:
    for case in RIGHT[::5]:
        same = rewrite(case, np.random.default_rng(5), kind)
        for first, second in case.heads:
            before = [np.asarray(case.answers[name], dtype=float) for name in (first, second)]
            after = [np.asarray(same.answers[name]) for name in (first, second)]
            if first.startswith("W_V"):
                one, two = before[1] @ before[0], after[1] @ after[0]
            else:
                one, two = before[0].T @ before[1], after[0].T @ after[1]
            np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-9 * np.abs(one).max())


def test_a_basis_is_well_conditioned() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert np.linalg.cond(draw_basis(4, rng, "general")) < 9.01
        turned = draw_basis(4, rng, "rotation")
        np.testing.assert_allclose(turned @ turned.T, np.eye(4), atol=1e-12)

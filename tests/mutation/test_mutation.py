"""Mutants are what they say, the runner notices them, and no sampled one loosens a criterion."""

from __future__ import annotations

import ast
import os
from collections import Counter

import pytest

from circuits.trials import draw_trials
from tests.bank import CASES
from tests.mutation.mutants import MODULES, find_path, make_mutants
from tests.mutation.run import SEED, SIZES, read_accepted, run_mutants, survives

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each mutant gets a fork")


@pytest.mark.parametrize("module", MODULES)
def test_every_mutant_differs_in_one_place_and_has_a_name_of_its_own(module: str) -> None:
    source = ast.unparse(ast.parse(find_path(module).read_text(encoding="utf-8")))
    mutants = make_mutants(module)
    assert mutants
    assert max(Counter(mutant.key for mutant in mutants).values()) == 1
    for mutant in mutants[::7]:
        changed = ast.unparse(mutant.tree)
        different = [
            1 for a, b in zip(source.splitlines(), changed.splitlines(), strict=False) if a != b
        ]
        assert 1 <= len(different) <= 1 + abs(len(source.splitlines()) - len(changed.splitlines()))


@pytest.mark.parametrize(
    "change",
    [
        "0.8 -> 0.08",
        "0.95 -> 0.095",
        "0.05 -> 0.5",
        "self.finite and self.least_margin > MARGIN -> self.finite",
        "wanted.visible & ~wanted.targets -> wanted.visible | ~wanted.targets",
    ],
)
def test_a_loosened_criterion_does_not_survive(change: str) -> None:
    mutants = {m.change: m for m in make_mutants("circuits.behaviours.selection")}
    if change not in mutants:
        pytest.fail(f"no such mutant; there are {sorted(mutants)}")
    attention = [i for i, case in enumerate(CASES) if case.part in ("ex2a", "ex2b", "ex2d")]
    loosened = survives(mutants[change], attention, draw_trials(SEED, SIZES))
    assert not loosened or mutants[change].key in read_accepted()


def test_nothing_survives_in_a_sample_that_was_not_looked_at() -> None:
    outcome = run_mutants(sample=15, workers=os.cpu_count() or 1)
    assert outcome.survivors == ()
    assert outcome.killed > outcome.tried / 2


def test_every_accepted_survivor_has_a_reason_and_still_exists() -> None:
    accepted = read_accepted()
    assert all(reason for reason in accepted.values())
    assert set(accepted) <= {m.key for module in MODULES for m in make_mutants(module)}

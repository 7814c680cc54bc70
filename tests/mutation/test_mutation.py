"""Mutants are what they say, the runner notices them, and no sampled one loosens a criterion."""

from __future__ import annotations

import ast
import os
from collections import Counter
from dataclasses import replace
from typing import cast

import pytest

from circuits.trials import draw_trials
from tests.mutation.mutants import BEYOND, EXCEPT, MODULES, ONLY, Mutant, find_path, make_mutants
from tests.mutation.probes import draw_probes, find_tests
from tests.mutation.run import (
    SEED,
    SIZES,
    Outcome,
    choose_probes,
    read_accepted,
    run_mutants,
    stale_reasons,
    survives,
    trace_lines,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each mutant gets a fork")


@pytest.mark.parametrize("module", MODULES)
def test_every_mutant_differs_in_one_place_and_has_a_name_of_its_own(module: str) -> None:
    source = ast.unparse(ast.parse(find_path(module).read_text(encoding="utf-8")))
    mutants = make_mutants(module)
    assert mutants
    assert max(Counter(mutant.key for mutant in mutants).values()) == 1
    for mutant in mutants[::7]:
        changed = ast.unparse(mutant.make_tree())
        different = [
            1 for a, b in zip(source.splitlines(), changed.splitlines(), strict=False) if a != b
        ]
        assert 1 <= len(different) <= 1 + abs(len(source.splitlines()) - len(changed.splitlines()))


def find_mutant(module: str, change: str) -> Mutant:
    mutants = {mutant.change: mutant for mutant in make_mutants(module)}
    if change not in mutants:
        pytest.fail(f"no such mutant; there are {sorted(mutants)}")
    return mutants[change]


@pytest.mark.parametrize(
    "change",
    [
        "0.8 -> 0.08",
        "0.95 -> 0.095",
        "0.05 -> 0.5",
        "1e-06 -> 1e-07",
        "wanted.visible & ~wanted.targets -> wanted.visible | ~wanted.targets",
    ],
)
def test_answers_of_the_bank_alone_kill_a_loosened_criterion(change: str) -> None:
    parts = ("ex2a", "ex2b", "ex2d")
    probes = [p for p in draw_probes(draw_trials(SEED, SIZES)) if p.name.startswith(parts)]
    assert not survives(find_mutant("circuits.behaviours.selection", change), probes)


@pytest.mark.parametrize(
    ("module", "change"),
    [
        (
            "circuits.behaviours.selection",
            "self.finite and self.least_margin > MARGIN -> self.finite",
        ),
        ("circuits.tasks.attention", "('pairs', 'iid') -> ('pairs',)"),
        ("circuits.behaviours.composition", "2 -> 1"),
    ],
)
def test_tests_of_the_criteria_kill_what_the_bank_might_miss(module: str, change: str) -> None:
    probes = list(find_tests("tests.circuits.test_criteria"))
    assert not survives(find_mutant(module, change), probes)


def test_a_mutant_that_changes_nothing_survives() -> None:
    same = find_mutant("circuits.behaviours.selection", "extent > 0 -> extent >= 0")
    unchanged = replace(same, after=cast(ast.expr, same.node))
    probes = list(find_tests("tests.circuits.test_criteria"))
    assert survives(unchanged, probes)
    assert not survives(same, probes)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_is_put_in_the_place_of_itself_changes_no_verdict(module: str) -> None:
    some = make_mutants(module)[0]
    unchanged = replace(some, after=cast(ast.expr, some.node))
    probes = [p for p in draw_probes(draw_trials(SEED, SIZES)) if p.name.endswith(": plain")]
    assert survives(unchanged, probes)


def test_what_a_function_remembers_hides_none_of_its_lines() -> None:
    probes = [p for p in draw_probes(draw_trials(SEED, SIZES)) if p.name == "ex4e: plain"]
    assert all(probe.holds() for probe in probes)
    module = "circuits.behaviours.mixtures"
    trace = trace_lines(probes, [module])
    hidden = [m for m in make_mutants(module) if m.function == "arrange_worst_mixtures"]
    assert hidden
    assert [m.key for m in hidden if not choose_probes(m, probes, trace)] == []


def test_the_tests_of_the_criteria_are_found_with_their_parameters() -> None:
    names = [probe.name for probe in find_tests("tests.circuits.test_criteria")]
    assert len(names) == len(set(names)) > 70
    edges = "test_each_threshold_decides_its_own_property_at_its_edge"
    assert sum(f"::{edges}[" in name for name in names) == 15


def test_a_reason_for_a_mutant_that_was_killed_is_stale() -> None:
    accepted = tuple(read_accepted())
    assert stale_reasons(Outcome(len(accepted), 0, accepted, ())) == []
    assert stale_reasons(Outcome(len(accepted), 1, accepted[1:], ())) == [accepted[0]]
    stale = stale_reasons(Outcome(0, 0, (), ()), ("circuits.trials",))
    assert stale == [key for key in accepted if key.startswith("circuits.trials |")] != []


@pytest.mark.parametrize("module", BEYOND)
def test_criteria_of_chapters_4_to_6_have_mutants_of_what_decides(module: str) -> None:
    mutants = make_mutants(module)
    assert mutants
    assert max(Counter(mutant.key for mutant in mutants).values()) == 1
    assert not {mutant.function for mutant in mutants} & set(EXCEPT.get(module, ()))


@pytest.mark.parametrize("module", [*ONLY, *EXCEPT])
def test_functions_that_are_chosen_or_left_out_are_in_their_module(module: str) -> None:
    """A function that moves takes its line in the list along."""
    tree = ast.parse(find_path(module).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    chosen = {name.split(".")[-1] for name in (*ONLY.get(module, ()), *EXCEPT.get(module, ()))}
    assert chosen - {""} <= names


def test_nothing_survives_in_a_sample_that_was_not_looked_at() -> None:
    outcome = run_mutants(sample=12, workers=os.cpu_count() or 1)
    assert outcome.survivors == ()
    assert outcome.killed > outcome.tried / 2


def test_every_accepted_survivor_has_a_reason_and_still_exists() -> None:
    accepted = read_accepted()
    assert all(reason for reason in accepted.values())
    modules = (*MODULES, *BEYOND)
    assert set(accepted) <= {m.key for module in modules for m in make_mutants(module)}

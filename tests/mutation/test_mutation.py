"""Mutants are what they say, the runner notices them, and no sampled one loosens a criterion."""

from __future__ import annotations

import ast
import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from circuits.tasks.whole_model import rest as resting
from circuits.trials import draw_trials
from tests.mutation.mutants import (
    EXCEPT,
    MODULES,
    ONLY,
    Mutant,
    change_node,
    find_path,
    make_mutants,
)
from tests.mutation.probes import Probe, draw_probes, find_tests
from tests.mutation.run import (
    SEED,
    SIZES,
    Outcome,
    choose_probes,
    read_accepted,
    run_mutants,
    stale_reasons,
    survives,
)
from tests.mutation.tracing import trace_mutants
from tests.mutation.watching import WATCH, Watch, is_same, rewrite

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each mutant gets a fork")


@pytest.mark.parametrize("module", MODULES)
def test_every_mutant_differs_in_one_place_and_has_a_name_of_its_own(module: str) -> None:
    source = ast.unparse(ast.parse(find_path(module).read_text(encoding="utf-8")))
    mutants = make_mutants(module)
    assert mutants
    assert max(Counter(mutant.key for mutant in mutants).values()) == 1
    assert not {mutant.function for mutant in mutants} & set(EXCEPT.get(module, ()))
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
    assert not survives(find_mutant("circuits.behaviours.heads.selection", change), probes)


@pytest.mark.parametrize(
    ("module", "change"),
    [
        (
            "circuits.behaviours.heads.selection",
            "self.finite and self.least_margin > MARGIN -> self.finite",
        ),
        ("circuits.tasks.heads.attention", "('pairs', 'iid') -> ('pairs',)"),
        ("circuits.behaviours.first_head", "2 -> 1"),
    ],
)
def test_tests_of_the_criteria_kill_what_the_bank_might_miss(module: str, change: str) -> None:
    probes = list(find_tests("tests.circuits.test_criteria"))
    assert not survives(find_mutant(module, change), probes)


def test_a_mutant_that_changes_nothing_survives() -> None:
    same = find_mutant("circuits.behaviours.heads.selection", "extent > 0 -> extent >= 0")
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


def find_probes(*names: str) -> list[Probe]:
    return [p for p in draw_probes(draw_trials(SEED, SIZES)) if p.name in names]


def compute_apart(compute: Callable[[], dict[str, object]]) -> dict[str, Any]:
    """Return what a function returns in a process that is thrown away after."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, json.dumps(compute()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said)


def choose_from(probes: list[Probe], module: str) -> dict[str, list[str]]:
    """Return of each mutant of a module the probes that it is tried on."""
    mutants = make_mutants(module)

    def choose() -> dict[str, object]:
        trace = trace_mutants(probes, mutants)
        assert trace.broken == []
        return {m.key: [probes[i].name for i in choose_probes(m, probes, trace)] for m in mutants}

    return compute_apart(choose)


def test_what_a_function_remembers_hides_none_of_its_mutants() -> None:
    names = {"ex4e: plain", "ex4e: the first word"}
    chosen = choose_from(find_probes(*names), "circuits.behaviours.mixtures")
    tried = [set(at) for key, at in chosen.items() if "| arrange_worst_mixtures |" in key]
    assert names in tried
    assert all(at in (set(), names) for at in tried)
    # What such a function reads is worked out on import, and is another kind of mutant.
    chosen = choose_from(find_probes("ex4d: plain"), "circuits.behaviours.lines")
    assert chosen["circuits.behaviours.lines | module | 16 -> 15"] == ["ex4d: plain"]


def test_what_is_made_of_something_recalled_is_made_anew_with_it() -> None:
    mutants = make_mutants("circuits.behaviours.lines")
    (drawing,) = [m for m in mutants if m.key.endswith("| draw_lines.draw | if marks -> False")]

    def find() -> dict[str, object]:
        kept = trace_mutants(find_probes("ex4d: plain", "ex4d: tau 1900"), mutants).kept
        return {"kept": [str(key) for _, key in kept[drawing.key]]}

    # rest.py holds the lines under a name while it works out the streams behind notes.
    assert set(compute_apart(find)["kept"]) == {"lines with marks", "marked lines behind notes"}


def test_a_mutant_is_tried_where_it_makes_a_difference_and_nowhere_else() -> None:
    right, wrong, malformed = "ex4d: tau 1900", "ex4d: tau 1000", "ex4d: W_Q_rest: None"
    module = "circuits.tasks.whole_model.rest"
    chosen = choose_from(find_probes(right, wrong, malformed), module)
    at = {key.removeprefix(f"{module} | "): set(names) for key, names in chosen.items()}
    assert at["_examine_rest | first <= RESTS -> True"] == {wrong}
    assert at["_examine_rest | first <= RESTS -> False"] == {right}
    assert at["_examine_rest | first <= RESTS -> first > RESTS"] == {right, wrong}
    assert at["_examine_rest | first <= RESTS -> first < RESTS"] == set()
    assert at["module | 4.2 -> 42.0"] == {right, wrong}
    assert at["Rest.list_properties | ('rests', 'join') -> ('join',)"] >= {right, wrong, malformed}


def test_a_mutant_lives_on_all_probes_if_it_lives_on_those_that_are_chosen() -> None:
    probes = [p for p in draw_probes(draw_trials(SEED, SIZES)) if p.group == "ex1a"]
    probes = [p for p in probes if not p.about_form][:12]
    module = "circuits.tasks.copying.copying"
    chosen = choose_from(probes, module)
    lives = {
        mutant.key: (
            survives(mutant, [p for p in probes if p.name in chosen[mutant.key]]),
            survives(mutant, probes),
        )
        for mutant in make_mutants(module)[::2]
    }
    assert {key for key, (few, every) in lives.items() if few != every} == set()
    assert len({every for _, every in lives.values()}) == 2


def test_a_module_whose_mutants_were_traced_is_what_it_was() -> None:
    probes = find_probes("ex4d: tau 1900", "ex4d: tau 1000")

    def trace() -> dict[str, object]:
        trace_mutants(probes, make_mutants(resting.__name__))
        names = resting._examine_rest.__code__.co_names
        return {"watched": WATCH in names, "hold": [probe.holds() for probe in probes]}

    assert compute_apart(trace) == {"watched": False, "hold": [True, True]}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1, True),
        (1, True, False),
        (True, np.True_, False),
        (0.0, -0.0, False),
        (np.nan, np.nan, True),
        (np.float64(1), 1.0, False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0]), np.array([1]), False),
        (np.zeros(2), np.zeros((1, 2)), False),
        (np.array([None]), np.array([None]), False),
        ((1, "a"), (1, "a"), True),
        ([1], (1,), False),
        (iter([]), iter([]), False),
    ],
)
def test_values_are_the_same_only_if_no_program_can_tell_them_apart(one, other, same) -> None:
    assert is_same(one, other) is same


def watch(expression: str, change: str, **values: object) -> set[object]:
    """Return what is taken down of the mutants of an expression."""
    module = ast.parse(f"def compute({', '.join(values)}):\n    return {expression}\n")
    (node,) = [n for n in ast.walk(module) if isinstance(n, ast.expr) and ast.unparse(n) == change]
    mutants = [
        Mutant("m", "compute", module.body[0], change, module, node, after)
        for after in change_node(node)
    ]
    seen = Watch()
    scope = {WATCH: seen}
    rewrite(module, list(enumerate(mutants)))
    exec(compile(module, "m", "exec"), scope)
    with suppress(ZeroDivisionError):
        scope["compute"](**values)
    seen.give_up()
    return {ast.unparse(mutants[number].after) for number in seen.seen}


@pytest.mark.parametrize(
    ("expression", "change", "values", "seen"),
    [
        ("a < b", "a < b", {"a": 1, "b": 2}, {"a > b", "False"}),
        ("a < b", "a < b", {"a": 2, "b": 2}, {"a <= b", "True"}),
        ("a and b", "a and b", {"a": 0, "b": 1}, {"a or b", "b"}),
        ("f(a) < b", "f(a) < b", {"a": 1, "b": 2, "f": abs}, {"f(a) > b", "False"}),
        ("1 if f(a) else 2", "1 if f(a) else 2", {"a": 0, "f": abs}, {"1"}),
        ("f(a) or f(b)", "f(a) or f(b)", {"a": 0, "b": 1, "f": abs}, {"f(a)", "f(a) and f(b)"}),
        ("sum(a) > 3", "3", {"a": [9]}, set()),
        ("sum(a) > 3", "3", {"a": [4]}, {"4"}),
        ("sum(a) > 3", "3", {"a": iter([9])}, {"2", "4"}),  # read once, and not again
        ("next(a) > 3", "3", {"a": iter([9])}, {"2", "4"}),
        ("a / b > 3", "a / b", {"a": 1, "b": 0}, {"a * b"}),  # raises, and its mutant may not
    ],
)
def test_mutants_are_taken_down_where_they_make_a_difference(
    expression, change, values, seen
) -> None:
    assert watch(expression, change, **values) == seen


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


@pytest.mark.parametrize("module", [*ONLY, *EXCEPT])
def test_functions_that_are_chosen_or_left_out_are_in_their_module(module: str) -> None:
    """A function that moves takes its line in the list along."""
    tree = ast.parse(find_path(module).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    chosen = {name.split(".")[-1] for name in (*ONLY.get(module, ()), *EXCEPT.get(module, ()))}
    assert chosen - {""} <= names


def test_nothing_survives_in_a_sample_that_was_not_looked_at() -> None:
    outcome = run_mutants(sample=36, workers=os.cpu_count() or 1)
    assert outcome.survivors == ()
    assert outcome.killed > outcome.tried / 2


def test_every_accepted_survivor_has_a_reason_and_still_exists() -> None:
    accepted = read_accepted()
    assert all(reason for reason in accepted.values())
    assert set(accepted) <= {m.key for module in MODULES for m in make_mutants(module)}

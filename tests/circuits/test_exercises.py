"""The table of parts keeps the contract of names, shapes and ids."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from circuits.exercises import ASSIGNMENTS, PARTS, collect_parts, get_part, group_parts

# What notebooks, hidden tests, solutions and instructors' scripts rely on.
CONTRACT = {
    "w1": ("warmup", {}),
    "w2": ("warmup", {"attention_head": "x, W_Q, W_K, W_V, W_out"}),
    "w2-text": ("warmup", {}),
    "w3": ("warmup", {"reads_from": "name", "writes_to": "name"}),
    "w3-text": ("warmup", {}),
    "w4": ("warmup", {"attention_matrices": "names"}),
    "w4-text": ("warmup", {}),
    "w5": ("warmup", {"attention_head_qk_ov": "x, W_QK, W_OV"}),
    "w6": ("warmup", {"max_rank": "d_model, d_head"}),
    "w7": ("warmup", {"read_strengths": "W_V_2, W_out_1"}),
    "w7-text": ("warmup", {}),
    "ex1a": ("exercise-1", {"W_V_1": (4, 16), "W_out_1": (16, 4)}),
    "ex1b": ("exercise-1", {"W_V_2": (4, 16), "W_out_2": (16, 4)}),
    "ex1c": ("exercise-1", {"W_net_1": (16, 16), "W_net_2": (16, 16)}),
    "ex1c-text": ("exercise-1", {}),
    "ex1d": ("exercise-1", {"two_token_copy": (16, 16), "one_token_copy": (16, 16)}),
    "ex2a": ("exercise-2", {"W_Q_content": (4, 48), "W_K_content": (4, 48)}),
    "ex2b": ("exercise-2", {"W_Q_self": (4, 48), "W_K_self": (4, 48)}),
    "ex2c": ("exercise-2", {"W_Q_prev": (4, 48), "W_K_prev": (4, 48)}),
    "ex2d": ("exercise-2", {"W_Q_same": (8, 48), "W_K_same": (8, 48)}),
    "ex2e": ("exercise-2", {"W_V_same": (8, 48), "W_out_same": (48, 8)}),
    "ex2f": ("exercise-2", {"W_Q_next": ("d_head", 48), "W_K_next": ("d_head", 48)}),
    "ex3a": (
        "exercise-3",
        {"W_Q_1": (4, 48), "W_K_1": (4, 48), "W_V_1": (4, 48), "W_out_1": (48, 4)},
    ),
    "ex3b": ("exercise-3", {"W_Q_2": (4, 48), "W_K_2": (4, 48)}),
    "ex4a": ("exercise-4", {"W_V_2": (4, 48), "W_out_2": (48, 4)}),
    "ex4b": ("exercise-4", {"W_U": (64, 48)}),
    "ex4c": ("exercise-4", {"gain_for": "loss"}),
    "ex4d": (
        "exercise-4",
        {
            "W_Q_rest": (5, 48),
            "W_K_rest": (5, 48),
            "W_V_rest": (5, 48),
            "W_out_rest": (48, 5),
        },
    ),
    "ex4e": ("exercise-4", {"mixture_guess": "content, words"}),
    "ex4-text": ("exercise-4", {}),
    "ex5a": ("exercise-5", {"rotary_scores": "x, W_Q, W_K"}),
    "ex5b": ("exercise-5", {"W_Q_prev": (16, 48), "W_K_prev": (16, 48)}),
    "ex5c": ("exercise-5", {"W_Q_next": (16, 48), "W_K_next": (16, 48)}),
    "ex5d": ("exercise-5", {"probe": "features, target"}),
    "ex5e": ("exercise-5", {"W_Q_latest": (16, 48), "W_K_latest": (16, 48)}),
    "ex6a": ("exercise-6", {"bigram_table": "W_E, W_U"}),
    "ex6b": ("exercise-6", {"previous_token_score": "pattern"}),
    "ex6c": ("exercise-6", {"induction_score": "pattern, tokens"}),
    "ex6d": ("exercise-6", {"copying_score": "W_U, W_OV, W_E"}),
    "ex6e": ("exercise-6", {"composition": "W_QK_1, W_OV_1, W_QK_2, W_OV_2"}),
    "ex6f": ("exercise-6", {"cut_paths": "h, lost, positions, W_Q, W_K, W_V, W_out"}),
    "ex6g": ("exercise-6", {"find_circuit": "patterns, tokens, W_QK, W_OV"}),
    "ex6h": (
        "exercise-6",
        {
            "W_Q_graft": (16, 64),
            "W_K_graft": (16, 64),
            "W_V_graft": (16, 64),
            "W_out_graft": (64, 16),
        },
    ),
    "ex6-text": ("exercise-6", {}),
}

# Chapters that go on with what an earlier one built.
CONTINUES = {"exercise-4": "exercise-3"}

BUILDS_ON = {
    "ex1b": {"W_V_1", "W_out_1"},
    "ex1c": {"W_V_1", "W_out_1", "W_V_2", "W_out_2"},
    "ex1d": {"W_V_1", "W_out_1", "W_V_2", "W_out_2"},
    "ex2f": {"W_Q_same", "W_K_same", "W_V_same", "W_out_same"},
    "ex3b": {"W_Q_1", "W_K_1", "W_V_1", "W_out_1"},
    "ex4a": {"W_Q_1", "W_K_1", "W_V_1", "W_out_1", "W_Q_2", "W_K_2"},
    "ex4b": {"W_Q_1", "W_K_1", "W_V_1", "W_out_1", "W_Q_2", "W_K_2", "W_V_2", "W_out_2"},
    "ex4d": {"W_Q_1", "W_K_1", "W_V_1", "W_out_1", "W_U"},
    "ex5c": {"W_Q_prev", "W_K_prev"},
    "ex5e": {"W_Q_prev", "W_K_prev"},
}


def test_the_table_is_the_contract() -> None:
    table = {}
    for part in PARTS.values():
        answers = {}
        for answer in part.answers:
            if answer.kind == "matrix":
                answers[answer.name] = answer.shape
            elif answer.kind == "function":
                answers[answer.name] = answer.signature
            elif answer.kind != "text":
                answers[answer.name] = answer.kind
        table[part.id] = (part.assignment, answers)
    new, gone = sorted(set(table) - set(CONTRACT)), sorted(set(CONTRACT) - set(table))
    assert new == [], f"the table has {', '.join(new)} and the contract has not: add to CONTRACT"
    assert gone == [], f"the contract has {', '.join(gone)}, which is in the table no more"
    changed = [name for name in CONTRACT if table[name] != CONTRACT[name]]
    assert {name: table[name] for name in changed} == {name: CONTRACT[name] for name in changed}
    assert list(PARTS) == list(CONTRACT), "CONTRACT lists the parts in another order"


def test_texts_are_graded_by_hand_and_nothing_else_is() -> None:
    by_hand = {part.id for part in PARTS.values() if part.grading == "hand"}
    assert by_hand == {name for name, (_, answers) in CONTRACT.items() if not answers}
    assert by_hand == {part.id for part in PARTS.values() if part.answers[0].kind == "text"}


def test_later_parts_name_the_earlier_answers_that_they_use() -> None:
    building = {part.id: set(part.builds_on) for part in PARTS.values() if part.builds_on}
    assert building == BUILDS_ON, "what a part builds on is not what BUILDS_ON says"
    for part in PARTS.values():
        earlier = {
            answer.name
            for other in list(PARTS.values())[: list(PARTS).index(part.id)]
            if other.assignment in (part.assignment, CONTINUES.get(part.assignment))
            for answer in other.answers
        }
        unknown = set(part.builds_on) - earlier
        assert not unknown, f"{part.id} builds on {unknown}, which no earlier part hands in"


def test_the_assignments_stand_in_the_order_of_the_sheet() -> None:
    assert list(ASSIGNMENTS) == list(dict.fromkeys(name for name, _ in CONTRACT.values()))
    assert [part for parts in ASSIGNMENTS.values() for part in parts] == list(PARTS)


@pytest.mark.parametrize("part", PARTS.values(), ids=list(PARTS))
def test_a_part_is_complete(part) -> None:
    where = f"{part.id} in circuits/exercises"
    slugs = [prop.slug for prop in part.properties]
    assert part.title, f"{where} has no title"
    assert part.objective.endswith("."), f"{where}: its objective is no sentence"
    assert part.minutes > 0, f"{where} takes {part.minutes} minutes"
    assert part.difficulty in (1, 2, 3), f"{where} has difficulty {part.difficulty}, not 1, 2 or 3"
    assert part.points > 0, f"{where} has no points"
    worthless = [prop.slug for prop in part.properties if prop.points <= 0]
    assert worthless == [], f"{where}: these properties earn nothing: {worthless}"
    assert len(set(slugs)) == len(slugs), f"{where}: two properties have one slug: {slugs}"
    assert len(part.hints) >= 3, f"{where} has {len(part.hints)} hints, wanted at least 3"
    for number, hint in enumerate(part.hints, 1):
        assert hint, f"{where}: hint {number} is empty"
        assert hint.strip() == hint, f"{where}: hint {number} begins or ends with a blank"
        assert hint.count("$") % 2 == 0, f"{where}: hint {number} has a $ without its partner"
    assert part.test_id == f"{part.id}-test"


def test_answers_have_one_name_in_an_assignment() -> None:
    for parts in ASSIGNMENTS.values():
        names = [answer.name for part in parts for answer in PARTS[part].answers]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[A-Za-z][\w-]*", name) for name in names)


def test_an_unknown_part_is_refused_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="there is no part 'ex9z'; the parts are w1, w2"):
        get_part("ex9z")


def test_an_id_used_twice_is_refused() -> None:
    rows = [PARTS["ex2a"], PARTS["ex2c"], replace(PARTS["ex2d"], id="ex2c")]
    with pytest.raises(ValueError, match="the id 'ex2c' is used twice in circuits/exercises"):
        collect_parts(rows)


def test_an_assignment_whose_parts_stand_apart_is_refused() -> None:
    rows = [PARTS["ex1a"], PARTS["ex2a"], PARTS["ex1b"]]
    with pytest.raises(ValueError, match="the part 'ex1b' stands apart from the other parts of"):
        group_parts(collect_parts(rows))

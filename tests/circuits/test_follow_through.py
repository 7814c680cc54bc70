"""Points are given property by property, and a later part outlives an earlier mistake."""

from __future__ import annotations

import numpy as np
import pytest

from circuits.exercises import PARTS, find_earlier
from circuits.judging import judge
from circuits.trials import HIDDEN_SIZES, draw_trials
from tests.bank import exercise_1 as one
from tests.bank import exercise_2 as two
from tests.bank import exercise_3 as three
from tests.bank import exercise_4 as four
from tests.bank.directions import C, P, V, turn

TRIALS = draw_trials(17, HIDDEN_SIZES)


def points(part: str, answers) -> float:
    return judge(part, answers, TRIALS).points


def said(part: str, answers) -> str:
    return str(judge(part, answers, TRIALS))


# 1b accepts the reference head 1 or the learner's own.


def test_1b_is_right_behind_the_reference_or_behind_ones_own() -> None:
    for read in ((8, 4, 5, 6), (12, 4, 5, 6)):
        assert points("ex1b", one.behind(one.OTHER_ONE, read, range(4))) == 4


def test_1b_says_behind_which_head_it_was_judged() -> None:
    assert "the head 1 of part (a)" in said("ex1b", one.TWO)
    own = one.behind(one.OTHER_ONE, (12, 4, 5, 6), range(4))
    assert "your own head 1" in said("ex1b", own)


def test_1b_cannot_mix_two_heads_1() -> None:
    # Two-back behind one's own, and one-back behind the reference alone.
    own = one.head("1", (0, 1, 2, 4), (8, 9, 10, 15))
    mixed = one.behind(own, (15, 4, 5, 6), range(4))
    assert points("ex1b", mixed) == 3


# 1c and 1d expand the learner's own heads.


def test_1c_and_1d_expand_ones_own_wrong_heads() -> None:
    wrong = one.behind(one.CROOKED_ONE, (8, 9, 0, 1), range(4))
    assert points("ex1a", wrong) < PARTS["ex1a"].points
    assert points("ex1b", wrong) < PARTS["ex1b"].points
    assert points("ex1c", one.nets(wrong)) == PARTS["ex1c"].points
    assert points("ex1d", one.paths(wrong)) == PARTS["ex1d"].points


def test_the_reference_products_do_not_fit_other_heads() -> None:
    assert points("ex1c", {**one.nets(one.TWO), **one.MIXED}) == 1  # the first head is the same map
    assert points("ex1d", {**one.paths(one.TWO), **one.RANDOM}) == 0


@pytest.mark.parametrize("part", ["ex1c", "ex1d"])
def test_zeros_earn_nothing_even_behind_heads_of_zeros(part: str) -> None:
    zeros = {name: np.zeros_like(value) for name, value in one.RANDOM.items()}
    answers = one.nets(zeros) if part == "ex1c" else one.paths(zeros)
    assert points(part, answers) == 0
    tiny = {name: 1e-30 * value for name, value in one.RANDOM.items()}
    assert points(part, one.nets(tiny) if part == "ex1c" else one.paths(tiny)) == 0


def test_a_closed_path_is_zero_up_to_rounding_and_no_further() -> None:
    answers = one.paths(one.CLOSED_MIXED)
    for product, earned in ((0.0, 4), (1e-17, 4), (1e-9, 2)):
        changed = {**answers, "two_token_copy": np.full((16, 16), product)}
        assert points("ex1d", changed) == earned
    one_head_idle = {**answers, "W_out_2": np.zeros((16, 4)), "two_token_copy": np.zeros((16, 16))}
    assert points("ex1d", one_head_idle) == 0


@pytest.mark.parametrize("gone", [..., None, "?", np.nan, np.zeros((4, 16)), np.eye(3)])
def test_half_of_1c_can_be_earned_if_one_head_is_missing(gone) -> None:
    answers = {**one.nets(one.TWO), "W_V_1": gone}
    assert points("ex1c", answers) == 1
    assert "W_V_1 and W_out_1, which cannot be read yet" in said("ex1c", answers)
    assert points("ex1d", {**one.paths(one.TWO), "W_V_1": gone}) == 0


def test_each_answer_of_1c_and_1d_earns_its_own_points() -> None:
    assert points("ex1c", {**one.nets(one.TWO), "W_net_1": ...}) == 1
    assert points("ex1c", {**one.nets(one.TWO), "W_net_2": np.nan}) == 1
    assert points("ex1d", {**one.paths(one.TWO), "one_token_copy": "?"}) == 2
    assert points("ex1d", {**one.paths(one.TWO), "two_token_copy": None}) == 2


# 2f runs behind the reference or behind the learner's own.


@pytest.mark.parametrize("own", [{}, two.OWN, two.MIXED, two.ELSEWHERE, two.BLIND, two.UNUSABLE])
def test_2f_keeps_its_points_behind_any_head_1(own) -> None:
    assert points("ex2f", two.f(two.ON, P[:8], own)) == PARTS["ex2f"].points


def test_2f_may_follow_its_own_scratch() -> None:
    answers = two.f(turn(V[8:], 1), P[:8], two.ELSEWHERE)
    assert points("ex2f", answers) == PARTS["ex2f"].points
    assert "behind your own head of (d) and (e)" in said("ex2f", answers)
    assert points("ex2f", two.f(turn(V[8:], 1), P[:8], two.OWN)) == 0


def test_2f_says_that_it_was_judged_behind_the_reference() -> None:
    assert "behind the head that (d) and (e) ask for" in said("ex2f", two.f(two.ON, P[:8]))


# 3b runs behind the learner's own head 1 if that is right.


def test_3b_must_work_behind_a_right_head_1_of_ones_own() -> None:
    assert points("ex3b", three.two(C[:4], V[:4], three.one())) == 5
    assert points("ex3b", three.two(C[:4], V[8:12], three.ELSEWHERE)) == 5
    assert points("ex3b", three.two(C[:4], V[:4], three.ELSEWHERE)) == 0
    assert "behind your own head 1" in said("ex3b", three.two(C[:4], V[:4], three.one()))


@pytest.mark.parametrize(
    "own",
    [
        {},
        three.one(W_Q_1=...),
        three.one(W_out_1="?"),
        three.LOOKS_AT_ITSELF,
        three.NO_NOTE,
        three.SOFT,
        three.one(W_V_1=V[:4], W_out_1=C[:4].T),
    ],
)
def test_3b_is_not_lost_because_head_1_is_wrong(own) -> None:
    assert points("ex3b", three.two(C[:4], V[:4], own)) == 5


def test_a_wrong_head_1_may_still_serve_its_own_head_2() -> None:
    # It writes where 3a refuses it, over the small content components, but head 2 finds it.
    own = three.one(W_out_1=C[4:].T)
    assert points("ex3a", own) == 4
    assert points("ex3b", three.two(C[:4], V[:4], own)) == 5


# Partial credit.


@pytest.mark.parametrize(
    ("part", "answers", "earned"),
    [
        ("ex1a", one.change(one.ONE, W_out_1=2), 2),
        ("ex1b", one.behind(one.ONE, (4, 5, 6, 7), range(4)), 2),
        ("ex2a", two.a(1e-3 * C[:4], C[:4]), 3),
        ("ex2a", two.a(C[:4] + 0.1 * P[:4], C[:4] + 0.1 * P[:4]), 3),
        ("ex2b", two.b(0.03 * P[:4], P[:4]), 2),
        ("ex2c", two.c(0.03 * two.BACK, P[:4]), 3),
        ("ex2c", two.c(P[:4], P[:4]), 0),
        ("ex2d", two.d(0.001), 3),
        ("ex2e", two.e(2 * P[:8], V[:8].T), 1),
        ("ex2e", two.e(P[:8] + C, V[:8].T), 2),
        ("ex2f", two.f(0.003 * two.ON, P[:8]), 3),
        ("ex3a", three.one(W_V_1=P[:4]), 3),
        ("ex3a", three.one(W_Q_1=0.03 * three.BACK), 3),
        ("ex3a", three.one(W_V_1=C[:4] + 0.3 * P[:4]), 5),
        ("ex3b", three.two(3e-4 * C[:4], V[:4]), 4),
    ],
)
def test_a_part_that_half_works_earns_part_of_the_points(part, answers, earned) -> None:
    assert points(part, answers) == earned


@pytest.mark.parametrize("part", ["ex2a", "ex2b", "ex2c", "ex2d", "ex2f", "ex3b"])
def test_an_answer_that_ranks_but_is_soft_is_told_to_scale_up(part: str) -> None:
    from tests.bank import wrong_cases

    soft = [case for case in wrong_cases(part) if case.diagnosis == "too-soft"]
    assert soft
    for case in soft:
        report = judge(part, case.answers, TRIALS)
        assert report.diagnosis == "too-soft"
        assert 0 < report.points < report.max_points


# 4a, 4b and 4d stand behind the heads of exercise 3, the learner's own or others like them.

ELSEWHERE = {**three.one(W_out_1=V[8:12].T), **three.two(C[:4], V[8:12])}


def test_4a_stands_behind_the_heads_that_were_brought_from_exercise_3() -> None:
    over_the_note = four.move(C[:4], V[:4].T)
    assert points("ex4a", over_the_note) == 0
    assert points("ex4a", {**ELSEWHERE, **over_the_note}) == 3
    assert "your own heads of exercise 3" in said("ex4a", {**ELSEWHERE, **over_the_note})


def test_4b_reads_where_ones_own_4a_writes() -> None:
    there = 0.02 * four.CONTENT @ V[4:8]
    assert points("ex4b", four.unembed(there)) == 0
    assert points("ex4b", four.unembed(there, four.move(C[:4], V[4:8].T))) == 3


def test_4d_stands_before_ones_own_unembedding_or_a_right_one() -> None:
    for own in ({}, {"W_U": four.W_U}, {"W_U": 0.02 * four.CONTENT @ C[:4]}):
        assert points("ex4d", {**four.rest(), **own}) == 5


def test_the_row_nearest_before_a_part_says_what_an_earlier_name_is() -> None:
    assert find_earlier(PARTS["ex1d"])["W_V_1"].shape == (4, 16)
    assert find_earlier(PARTS["ex3b"])["W_V_1"].shape == (4, 48)
    assert find_earlier(PARTS["ex4b"])["W_V_2"].shape == (4, 48)

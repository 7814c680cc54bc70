"""The pass criteria are the binding numbers, and they have the room that was measured."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest

from circuits import Head, attention_scores
from circuits.behaviours import copying, first_head
from circuits.behaviours.first_head import (
    explain_previous,
    pointer_map,
    read_position,
    write_note,
    write_pointer,
)
from circuits.behaviours.functions import calls
from circuits.behaviours.heads import selection
from circuits.behaviours.heads.selection import Place, Selection, measure_selection
from circuits.behaviours.heads.targets import (
    after_previous_copy,
    find_wanted,
    other_copies,
    own_position,
    previous_position,
    same_token,
)
from circuits.diagnosis.directions import values
from circuits.exercises import get_part
from circuits.judging import answers, judge
from circuits.tasks.functions.function import find_error
from circuits.tasks.heads import note as note_task
from circuits.tasks.heads.judgements import judge_alike, judge_ranks, judge_sharp
from circuits.tasks.heads.note import _explain, _judge_note
from circuits.trials import HIDDEN_SIZES, Batch, draw_trials
from circuits.worst_cases import make_worst_heads
from tests.bank import exercise_2 as two
from tests.bank import exercise_3 as three
from tests.bank.case import draw_basis
from tests.bank.directions import SPARE, C, P, S, V

TRIALS = [draw_trials(seed, HIDDEN_SIZES) for seed in (101, 102)]


def measure(part: str, W_Q, W_K, trials=TRIALS[0], stream_of=lambda batch: batch.x):
    task = get_part(part).task
    return measure_selection(
        lambda batch: attention_scores(stream_of(batch), W_Q, W_K),
        task.rule,
        trials,
        kinds=task.kinds,
        masks=task.masks,
    )


def test_the_thresholds_are_the_binding_numbers() -> None:
    assert selection.MARGIN == 1e-6
    assert selection.LEAST_MASS == 0.80
    assert selection.MEAN_MASS == 0.95
    assert selection.SPREAD == 0.05
    assert first_head.EXPLAINED == 0.99
    assert copying.TOLERANCE == 1e-5
    assert calls.TOLERANCE == 1e-5
    assert answers.LARGEST_ENTRY == 1e100
    assert values.NOTHING == 1e-13


def test_masks_and_kinds_are_the_binding_ones() -> None:
    for part in ("ex2a", "ex2b", "ex2c", "ex2d"):
        assert set(get_part(part).task.masks) == {True, False}
        assert set(get_part(part).task.kinds) == {"pairs", "iid"}
    for part in ("ex2f", "ex3a", "ex3b"):
        assert get_part(part).task.masks == (True,)
    for part in ("ex2f", "ex3b"):
        assert get_part(part).task.kinds == ("pairs",)


def test_grades_are_based_on_these_lengths_and_numbers_of_sequences() -> None:
    assert HIDDEN_SIZES == ((8, 64), (24, 32), (48, 24), (80, 12), (128, 12))
    random = [batch for batch in TRIALS[0].batches if batch.weight]
    drawn = [(batch.kind, batch.tokens.shape[::-1]) for batch in random]
    assert drawn == [(kind, size) for size in HIDDEN_SIZES for kind in ("pairs", "iid")]
    for kind in ("pairs", "iid"):
        found = TRIALS[0].of_kind(kind)
        assert [batch.kind for batch in found if batch.weight] == [kind] * len(HIDDEN_SIZES)
        assert {batch.kind for batch in found} == {kind}


# The edge of each threshold. Right is: above the margin, at the other numbers or better.


def measurement(
    margin: float = 0.5,
    least: float = 1.0,
    mean: float = 1.0,
    spread: float = 0.0,
    finite: bool = True,
) -> Selection:
    """Return a measurement with these numbers, right if nothing else is said."""
    place = Place(np.array([0, 1]), 1, True, np.zeros((2, 2)), np.eye(2, dtype=np.bool_))
    return Selection(margin, least, mean, spread, finite, failing=0.0, worst=place)


def said(measured: Selection) -> tuple[bool, bool, bool]:
    """Return whether it ranks, is sharp and is alike, and that the verdicts say the same."""
    verdicts = (
        judge_ranks(measured, measured.worst, ""),
        judge_sharp(measured),
        judge_alike(measured),
    )
    ranks, sharp, alike = (verdict.passed for verdict in verdicts)
    assert (ranks, sharp, alike) == (measured.ranks, measured.sharp, measured.alike)
    return ranks, sharp, alike


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, (True, True, True)),
        ({"margin": 1e-6}, (False, True, False)),
        ({"margin": 1.001e-6}, (True, True, True)),
        ({"margin": -0.5}, (False, True, False)),
        ({"margin": np.nan}, (False, True, False)),
        ({"least": 0.8}, (True, True, True)),
        ({"least": 0.7999}, (True, False, True)),
        ({"least": np.nan}, (True, False, True)),
        ({"mean": 0.95}, (True, True, True)),
        ({"mean": 0.9499}, (True, False, True)),
        ({"mean": np.nan}, (True, False, True)),
        ({"spread": 0.05}, (True, True, True)),
        ({"spread": 0.0501}, (True, True, False)),
        ({"spread": np.nan}, (True, True, False)),
        ({"finite": False}, (False, False, False)),
    ],
    ids=str,
)
def test_each_threshold_decides_its_own_property_at_its_edge(numbers, expected) -> None:
    assert said(measurement(**numbers)) == expected


def test_a_note_needs_99_hundredths_of_each_of_the_four() -> None:
    assert _judge_note(np.full(4, 0.99)).passed
    for number in range(4):
        explained = np.ones(4)
        explained[number] = 0.9899
        assert not _judge_note(explained).passed


@pytest.mark.parametrize("worst", [np.nan, -np.inf])
def test_a_stream_that_overflows_is_not_judged_for_its_note(worst: float) -> None:
    verdict = _judge_note(np.array([1.0, worst, 1.0, 1.0]))
    assert (verdict.passed, verdict.judged) == (False, False)


def test_a_product_counts_what_is_larger_than_a_hundred_thousandth() -> None:
    W_net = np.zeros((16, 16))
    W_net[3, 2] = W_net[4, 3] = 1.0
    W_net[5, 2] = W_net[6, 7] = 1e-5
    assert copying.read_dimensions(W_net) == {2, 3}
    assert copying.written_dimensions(W_net) == {3, 4}
    assert copying.sort_columns(W_net) == copying.Columns(
        frozenset({2, 3}), frozenset({2, 3}), collide=False
    )
    W_net[5, 2] = W_net[6, 7] = 1.001e-5
    assert copying.read_dimensions(W_net) == {2, 3, 7}
    assert copying.written_dimensions(W_net) == {3, 4, 5, 6}
    assert copying.sort_columns(W_net).clean == {3}


def test_errors_are_shares_of_the_greatest_wanted_entry() -> None:
    # Of moved streams: of 1 if nothing wanted is larger.
    for seen, wanted, error in (
        ([3.0, 1.0], [2.0, 1.0], 0.5),
        ([0.5, 0.0], [0.25, 0.0], 0.25),
        ([-1.5, 0.0], [-1.0, 0.0], 0.5),
    ):
        assert copying.greatest_error(np.array(seen), np.array(wanted)) == pytest.approx(error)
    # Of what functions return: of any size down to the floor, and finite.
    for seen, wanted, floor, error in (
        ([3.0, 1.0], [2.0, 1.0], 1e-12, 0.5),
        ([0.5, 0.0], [0.25, 0.0], 1e-12, 1.0),
        ([0.5, 0.0], [0.25, 0.0], 0.5, 0.5),
        ([1e-12, 0.0], [0.0, 0.0], 1e-12, 1.0),
        ([np.nan, 1.0], [1.0, 1.0], 1e-12, np.inf),
        ([1.0, -np.inf], [1.0, 1.0], 1e-12, np.inf),
    ):
        found_error = calls.relative_error(np.array(seen), np.array(wanted), floor)
        assert found_error == pytest.approx(error)


def test_the_order_of_small_values_counts_too() -> None:
    # Products with singular values below 1: what they are off by is not divided by them.
    rng = np.random.default_rng(0)
    small = SimpleNamespace(standard_normal=lambda shape: 1.2e-3 * rng.standard_normal(shape))
    trials = SimpleNamespace(recall=lambda purpose, draw: draw(small))

    def ascending(W_V_2, W_out_1):
        return np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)[::-1]

    report = judge("w7", {"read_strengths": ascending}, trials)
    assert [finding.passed for finding in report.findings] == [True, False]


def test_a_result_may_be_off_by_a_hundred_thousandth_and_no_more() -> None:
    case = calls.Call("", (), np.array([1.0, 0.0]))
    for off, right in ((1e-5, True), (1.001e-5, False), (np.nan, False)):
        outcome = calls.CallResult(case, np.array([1.0, off]), None, changed=False)
        assert (find_error(outcome) is None) == right


def test_2e_may_be_off_by_a_hundred_thousandth_and_no_more() -> None:
    # Along the axes, so that no rounding comes between the answer and the edge.
    E = np.eye(48)
    axes = {"u_cont": E[:8], "u_cos": E[8:20:2], "u_sin": E[9:20:2], "v": E[20:36]}
    trials = replace(TRIALS[0], stream=replace(S, **axes, spare=E[36:]))

    def held(changed: dict[tuple[int, int], float], gain: float = 1.0) -> list[bool]:
        """Judge gain 1 or another, with row 0 of W_V_same and of W_out_same changed in places."""
        W_V, W_out = gain * E[8:16], E[:, 20:28].copy()
        for (row, column), value in changed.items():
            W_V[0, column] += value * (row == 20)
            W_out[row, 0] += value * (row != 20)
        report = judge("ex2e", {"W_V_same": W_V, "W_out_same": W_out}, trials)
        return [finding.passed for finding in report.findings]

    assert held({}) == [True, True]
    for off, right in ((1e-5, True), (1.001e-5, False)):
        assert held({(20, 9): off}) == [right, True]  # another position number
        assert held({(20, 0): off}) == held({(36, 0): off}) == [True, right]  # something else
    for gain, moves in ((1e-5, False), (1.001e-5, True)):
        assert held({}, gain) == [False, moves]


def test_an_entry_may_be_as_large_as_1e100() -> None:
    matrix = get_part("ex2a").answers[0]
    for largest, right in ((1e100, True), (-1e100, True), (1.1e100, False), (-1.1e100, False)):
        array = np.zeros((4, 48))
        array[1, 2] = largest
        assert isinstance(answers.read_matrix(matrix, array), np.ndarray) == right


# What the warm-up's functions are tried on.


@pytest.mark.parametrize("merged", [False, True])
def test_heads_of_seven_shapes_are_tried_with_scores_of_ten_thousand_in_two(merged: bool) -> None:
    worst = len(list(make_worst_heads()))
    cases = calls.draw_head_cases(np.random.default_rng(0), merged)[worst:]
    shapes = calls.HEAD_SHAPES
    assert [case.extreme for case in cases] == [False] * 5 + [True] * 2
    assert len(set(shapes)) == len(shapes) == 7
    assert any(n_tokens == 1 for n_tokens, *_ in shapes)
    assert any(d_head > d_model for _, d_model, d_head, _ in shapes)
    for case, (n_tokens, d_model, d_head, extreme) in zip(cases, shapes, strict=True):
        x, *matrices = case.arguments
        assert x.shape == case.wanted.shape == (n_tokens, d_model)
        W_QK = matrices[0] if merged else matrices[0].T @ matrices[1]
        assert np.linalg.matrix_rank(W_QK) == min(d_model, d_head)
        greatest = np.abs(x @ W_QK @ x.T).max()
        assert greatest == pytest.approx(1e4) if extreme else 0.01 < greatest < 100


def test_six_ranks_are_asked_for_three_of_heads_as_wide_as_the_stream_or_wider() -> None:
    cases = calls.draw_rank_cases()
    assert len(dict(cases)) == 6
    assert all(rank == min(pair) for pair, rank in cases)
    assert sum(d_head < d_model for (d_model, d_head), _ in cases) == 3
    assert sum(d_head > d_model for (d_model, d_head), _ in cases) == 2


def test_five_products_are_read_the_last_of_which_is_zero() -> None:
    cases = calls.draw_read_cases(np.random.default_rng(0))
    assert len(cases) == 5
    assert len({tuple(a.shape for a in case.arguments) for case in cases}) == 4
    for case in cases:
        W_V_2, W_out_1 = case.arguments
        singular = np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)
        np.testing.assert_allclose(case.wanted, singular, atol=1e-12)
        assert (case.wanted.max() < 1e-9) == (case is cases[-1])


CALLS = {
    part: calls.draw_head_cases(TRIALS[0].rng(part), merged=part == "w5") for part in ("w2", "w5")
}


@pytest.mark.parametrize(
    ("part", "name"), [("w2", "attention_head"), ("w5", "attention_head_qk_ov")]
)
@pytest.mark.parametrize("shape", calls.HEAD_SHAPES)
def test_a_head_that_is_wrong_on_one_shape_alone_is_wrong(part: str, name: str, shape) -> None:
    known = {case.arguments[0].tobytes(): case.wanted for case in CALLS[part]}

    def head(x, *matrices):
        return known[x.tobytes()] + (x.shape == shape[:2])

    held = [finding.passed for finding in judge(part, {name: head}, TRIALS[0]).findings]
    assert held == ([True, False, True] if shape[3] else [False, True, False])


@pytest.mark.parametrize("wrong", calls.RANK_PAIRS)
def test_a_rank_that_is_wrong_for_one_pair_alone_is_wrong(wrong: tuple[int, int]) -> None:
    def rank(*pair):
        return min(pair) + (pair == wrong)

    d_model, d_head = wrong
    held = [finding.passed for finding in judge("w6", {"max_rank": rank}, TRIALS[0]).findings]
    assert held == ([False, True] if d_head < d_model else [True, False])


CANONICAL = {
    "ex2a": (C[:4], C[:4], 520.0),
    "ex2b": (P[:4], P[:4], None),
    "ex2c": (two.BACK, P[:4], None),
    "ex2d": (*two.d(0.5).values(), 6.1),
}


@pytest.mark.parametrize("part", CANONICAL)
@pytest.mark.parametrize("trials", TRIALS, ids=["101", "102"])
def test_the_unscaled_answers_of_the_sheet_pass_with_room(part: str, trials) -> None:
    W_Q, W_K, nats = CANONICAL[part]
    found = measure(part, W_Q, W_K, trials)
    assert found.ranks
    assert found.least_mass >= 0.9977
    if nats:
        lead = measure_lead(part, W_Q, W_K, trials)
        assert lead == pytest.approx(nats, rel=0.12)


def measure_lead(part: str, W_Q, W_K, trials) -> float:
    """Return the least (least target score - greatest other score), in nats."""
    least = np.inf
    for batch in trials.of_kind(*get_part(part).task.kinds):
        scores = attention_scores(batch.x, W_Q, W_K)
        for causal in get_part(part).task.masks:
            wanted = find_wanted(get_part(part).task.rule, batch, causal)
            others = wanted.visible & ~wanted.targets
            target = np.min(scores, axis=-1, where=wanted.targets, initial=np.inf)
            rival = np.max(scores, axis=-1, where=others, initial=-np.inf)
            least = min(least, float((target - rival)[wanted.graded].min()))
    return least


def test_2d_leads_by_6_nats_at_worst_and_2a_by_520() -> None:
    assert measure_lead("ex2d", *two.d(0.5).values(), TRIALS[0]) > 6
    assert measure_lead("ex2a", C[:4], C[:4], TRIALS[0]) > 500


@pytest.mark.parametrize(
    ("beta", "right"),
    [
        (0.113, False),
        (0.115, True),
        (0.5, True),
        (1.05, True),
        (1.053, False),
        (2.0, False),
        (-0.1, False),
    ],
)
def test_beta_may_be_from_0_114_to_1_052_as_exercise_2_derives(beta: float, right: bool) -> None:
    for trials in (*TRIALS, draw_trials()):
        assert (judge("ex2d", two.d(beta), trials).status == "right") == right


@pytest.mark.parametrize(
    ("part", "factor"),
    [("ex2a", 0.01), ("ex2b", 0.35), ("ex2c", 0.35), ("ex2d", 0.25)],
)
def test_a_smaller_matrix_still_passes_with_measured_room(part: str, factor: float) -> None:
    W_Q, W_K, _ = CANONICAL[part]
    for trials in TRIALS:
        found = measure(part, factor * W_Q, W_K, trials)
        assert found.ranks
        assert found.least_mass >= 0.82
        assert found.mean_mass >= 0.985


def test_ranking_does_not_depend_on_scale() -> None:
    one = measure("ex2d", *two.d(0.5).values())
    for factor in (1e-30, 1e30):
        W_Q, W_K = two.d(0.5).values()
        other = measure("ex2d", factor * W_Q, W_K)
        assert other.ranks
        assert other.least_margin == pytest.approx(one.least_margin)


def test_a_constant_added_to_every_key_changes_nothing() -> None:
    # Scores that differ by the same number for all keys of a query give the same pattern.
    plain = measure("ex2c", two.BACK, P[:4])

    def shifted(batch: Batch):
        scores = attention_scores(batch.x, two.BACK, P[:4])
        return scores + 1e3 * np.arange(scores.shape[1])[:, None]

    other = measure_selection(shifted, previous_position, TRIALS[0])
    assert other.ranks
    assert other.least_margin == pytest.approx(plain.least_margin, rel=1e-6)


# Which queries are graded, and where they should look.

TOKENS = np.array([[0, 1, 9, 1, 1, 9]])


def batch_of(tokens) -> Batch:
    return Batch("pairs", np.asarray(tokens), S.embed(tokens))


def looks(rule, causal: bool, tokens=TOKENS) -> dict[int, list[int]]:
    wanted = find_wanted(rule, batch_of(tokens), causal)
    return {
        int(i): np.flatnonzero(wanted.targets[0, i]).tolist()
        for i in np.flatnonzero(wanted.graded[0])
    }


def test_2a_wants_every_visible_copy_and_does_not_grade_bos() -> None:
    assert looks(same_token, True) == {
        1: [1], 2: [2], 3: [1, 3], 4: [1, 3, 4], 5: [2, 5]
    }  # fmt: skip
    assert looks(same_token, False)[1] == [1, 3, 4]


def test_2b_wants_every_token_itself() -> None:
    assert looks(own_position, True) == {i: [i] for i in range(6)}


def test_2c_wants_the_position_before_and_does_not_grade_the_first() -> None:
    assert (
        looks(previous_position, True)
        == looks(previous_position, False)
        == {i: [i - 1] for i in range(1, 6)}
    )


def test_2d_wants_other_copies_and_grades_only_queries_that_have_one() -> None:
    assert looks(other_copies, True) == {3: [1], 4: [1, 3], 5: [2]}
    assert looks(other_copies, False) == {
        1: [3, 4], 2: [5], 3: [1, 4], 4: [1, 3], 5: [2]
    }  # fmt: skip


def test_2f_wants_the_token_after_the_only_earlier_copy() -> None:
    assert looks(after_previous_copy, True) == {3: [2], 5: [3]}
    # Next to each other, the token after the copy is the query itself.
    assert looks(after_previous_copy, True, [[0, 4, 4, 5]]) == {2: [2]}


# Measuring.


def measured(scores, tokens=((0, 3, 4, 3),), rule=same_token, causal=True):
    batch = batch_of(tokens)
    trials = draw_trials(1, ((8, 2),))
    alone = replace(trials, batches=(batch,))
    return measure_selection(
        lambda _: np.asarray(scores, dtype=float)[None], rule, alone, kinds=("pairs",),
        masks=(causal,),
    )  # fmt: skip


def test_the_margin_is_the_lead_as_a_share_of_the_rows_range() -> None:
    scores = np.zeros((4, 4))
    scores[1:, 1:] = [[4, 9, 9], [0, 4, 9], [3, 1, 4]]
    found = measured(scores)
    # Row 3: least target 3, greatest other 1, range 4; rows 1 and 2: 4 of 4.
    assert found.least_margin == pytest.approx(0.5)
    assert found.ranks


def test_all_scores_alike_rank_nothing() -> None:
    found = measured(np.zeros((4, 4)))
    assert found.least_margin == 0
    assert not found.ranks
    assert found.failing == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_fail_everything(bad: float) -> None:
    scores = np.diag([9.0] * 4)
    scores[3, 1] = 9.0
    assert measured(scores).ranks
    scores[2, 0] = bad
    with np.errstate(all="ignore"):
        found = measured(scores)
    assert [found.ranks, found.sharp, found.alike] == [False] * 3


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_scores_that_are_not_finite_fail_everything_where_nothing_else_shows_it(bad) -> None:
    # Minus infinity at the only rival leaves no rival; other sequences are as they should be.
    scores = np.stack([np.diag([9.0] * 4)] * 2)
    scores[1, 1, 0] = bad
    tokens = [[0, 3, 4, 5]]
    trials = replace(TRIALS[0], batches=(batch_of(tokens), batch_of(tokens)))
    in_turn = iter(scores[:, None])
    found = measure_selection(
        lambda _: next(in_turn), own_position, trials, kinds=("pairs",), masks=(True,)
    )
    assert [found.ranks, found.sharp, found.alike] == [False] * 3


def test_a_query_without_a_rival_is_right_and_alike() -> None:
    found = measured(np.ones((1, 1)), tokens=((0,),), rule=own_position)
    assert (found.least_margin, found.least_mass, found.greatest_spread) == (1.0, 1.0, 0.0)


def test_sequences_without_a_graded_query_change_nothing() -> None:
    graded, empty = batch_of([[0, 3, 4, 3]]), batch_of([[0, 3, 4, 5]])
    for batches in ((graded, empty), (empty, graded)):
        trials = replace(TRIALS[0], batches=batches)
        found = measure("ex2d", *two.d(0.5).values(), trials)
        assert found.ranks
        assert (
            found.least_margin
            == measure(
                "ex2d", *two.d(0.5).values(), replace(TRIALS[0], batches=(graded,))
            ).least_margin
        )


def test_the_spread_is_infinite_where_the_targets_do_not_lead() -> None:
    behind = np.zeros((4, 4))
    behind[3] = [5, 4, 0, 3]
    for scores in (np.zeros((4, 4)), behind):
        assert measured(scores).greatest_spread == np.inf


@pytest.mark.parametrize(("gap", "sharp"), [(1.0, False), (2.0, False), (4.5, True)])
def test_sharpness_needs_080_at_least_and_095_on_average(gap: float, sharp: bool) -> None:
    scores = gap * np.eye(4)
    found = measured(scores, tokens=((0, 3, 4, 5),))
    assert found.ranks
    assert found.sharp == sharp


def test_the_mean_mass_counts_each_sequence_as_often_as_its_batch_says() -> None:
    pairs, iid = TRIALS[0].batches[:2]
    assert pairs.tokens.shape == iid.tokens.shape

    def mean(*weights: float) -> float:
        batches = [replace(b, weight=w) for b, w in zip((pairs, iid), weights, strict=True)]
        trials = replace(TRIALS[0], batches=tuple(batches))
        return measure("ex2a", 0.002 * C[:4], C[:4], trials).mean_mass

    alone = mean(1, 0), mean(0, 1)
    assert alone[0] != pytest.approx(alone[1])
    for weights in ((1, 1), (2, 1), (1, 3)):
        assert mean(*weights) == pytest.approx(np.average(alone, weights=weights))


def test_least_and_mean_mass_each_decide() -> None:
    # One query at 0.78 among many sharp ones: the mean is high enough, the least is not.
    n = 40
    tokens = [0, *range(1, n)]
    scores = 50 * np.eye(n)
    scores[30] = 0
    scores[30, 30] = np.log(0.78 / 0.22) + np.log(30)
    found = measured(scores, tokens=(tokens,))
    assert found.least_mass == pytest.approx(0.78)
    assert found.mean_mass > 0.95
    assert not found.sharp
    # All at 0.94: the least is high enough, the mean is not.
    rows = np.zeros((n, n))
    for i in range(1, n):
        rows[i, i] = np.log(0.94 / 0.06) + np.log(i)
    found = measured(rows, tokens=(tokens,))
    assert found.least_mass == pytest.approx(0.94)
    assert not found.sharp


@pytest.mark.parametrize(("spread", "alike"), [(0.04, True), (0.06, False)])
def test_copies_may_differ_by_a_twentieth_of_their_lead(spread: float, alike: bool) -> None:
    scores = np.diag([9.0, 9.0, 9.0, 10.0])
    scores[3] = [0, 10 + 10 * spread, 0, 10]
    found = measured(scores)
    assert found.greatest_spread == pytest.approx(spread)
    assert found.ranks
    assert found.alike == alike


# The streams behind head 1, and what can be read back.


def test_the_pointer_is_the_position_of_the_earlier_copy_or_the_own() -> None:
    batch = batch_of([[0, 7, 9, 7]])
    after = write_pointer(S, batch)
    here = batch.x @ P[:8].T
    note = after @ V[:8].T
    np.testing.assert_allclose(note[0, 3], here[0, 1], atol=1e-12)
    np.testing.assert_allclose(note[0, :3], here[0, :3], atol=1e-12)
    np.testing.assert_allclose(after - note @ V[:8], batch.x, atol=1e-12)
    assert pointer_map(S).shape == (48, 48)


def test_several_earlier_copies_share_the_pointer_alike() -> None:
    batch = batch_of([[0, 7, 7, 7]])
    note = write_pointer(S, batch) @ V[:8].T
    here = batch.x @ P[:8].T
    np.testing.assert_allclose(note[0, 3], here[0, 1:3].mean(axis=0), atol=1e-12)


def test_the_note_is_the_content_of_the_token_before() -> None:
    batch = batch_of([[0, 7, 9, 7]])
    after = write_note(S, batch)
    np.testing.assert_allclose(after[0, 1:] @ V[:4].T, batch.x[0, :-1] @ C[:4].T, atol=1e-12)
    assert not (after[0, 0] - batch.x[0, 0]).any()


def explained(W_V, W_out, trials=TRIALS[0], gain=1.0) -> float:
    head = Head(gain * two.BACK, P[:4], W_V, W_out)
    after = [batch.x + head.output(batch.x) for batch in trials.batches]
    return float(explain_previous(trials.stream, trials, after).min())


def test_right_notes_explain_997_thousandths_and_wrong_ones_at_most_99_hundredths() -> None:
    for trials in TRIALS:
        for W_out in (V[:4].T, V[12:].T, SPARE[:4].T):
            assert explained(C[:4], W_out, trials) >= 0.997
        assert 0.98 < explained(C[:4], C[4:].T, trials) < 0.989
        for W_V, W_out in ((P[:4], V[:4].T), (C[:4], C[:4].T), (C[4:], V[:4].T)):
            assert explained(W_V, W_out, trials) < 0.9


def test_reading_back_is_tried_on_sequences_that_were_not_fitted() -> None:
    # A stream of noise has 48 numbers for each token: enough to fit a few, not to predict.
    trials = draw_trials(9, ((8, 4),))
    rng = np.random.default_rng(0)
    noise = [rng.standard_normal(batch.x.shape) for batch in trials.batches]
    assert explain_previous(trials.stream, trials, noise).max() < 0.2


def test_one_half_of_the_sequences_is_fitted_and_all_of_the_other_is_tried() -> None:
    # The note stands in every sequence, with a minus in every other one: what is fitted to
    # the one half misses the other by twice the content, and by nothing less.
    trials = draw_trials(9, ((24, 6), (8, 9)))
    after, tried = [], []
    for batch in trials.batches:
        x = batch.x.copy()
        note = write_note(S, batch) - batch.x
        after.append(x + note * np.where(np.arange(len(x)) % 2, -1.0, 1.0)[:, None, None])
        if batch.weight:
            tried.append(S.content[batch.tokens[1::2, :-1], :4].reshape(-1, 4))
    content = np.concatenate(tried)
    expected = 1 - 4 * (content**2).mean(axis=0) / content.var(axis=0)
    np.testing.assert_allclose(explain_previous(S, trials, after), expected, rtol=1e-6)


def test_a_direction_that_nothing_is_written_to_does_no_harm() -> None:
    trials = draw_trials(9, ((24, 40),))
    heads = [write_note(S, batch) for batch in trials.batches]
    turned = [x @ np.vstack([S.v, S.u_cont, S.u_cos, S.u_sin, S.spare]).T for x in heads]
    assert not np.abs(turned[0][..., 15]).max() > 1e-12
    empty = [np.where(np.abs(x) < 1e-12, 0.0, x) for x in turned]
    np.testing.assert_allclose(
        explain_previous(S, trials, empty), explain_previous(S, trials, heads), rtol=1e-6
    )


def test_nothing_is_read_back_from_streams_that_overflow() -> None:
    W_out = np.zeros((48, 4))
    W_out[0, 0] = 1e200
    head = Head(two.BACK, P[:4], 1e200 * C[:4], W_out)
    full, empty = TRIALS[0].batches[:2]
    trials = replace(TRIALS[0], batches=(full, replace(empty, x=0 * empty.x)))
    with np.errstate(all="ignore"):
        assert np.array_equal(_explain(head, trials), np.full(4, -np.inf))


@pytest.mark.parametrize(("explained", "status"), [(0.99, "wrong"), (0.9899, "right")])
def test_3b_is_judged_behind_ones_own_head_1_alone_if_its_note_is_good(explained, status) -> None:
    given = three.two(C[:4], V[:4], three.ELSEWHERE)
    shares = mock.patch.object(note_task, "_explain", return_value=np.full(4, explained))
    with shares:
        assert judge("ex3b", given, TRIALS[0]).status == status


# What head 1's values see.


def values_hold(W_V, W_out=V[:4].T, trials=TRIALS[0]) -> bool:
    report = judge("ex3a", three.one(W_V_1=W_V, W_out_1=W_out), trials)
    return next(finding.passed for finding in report.findings if finding.property == "values")


@pytest.mark.parametrize("pair", range(6))
@pytest.mark.parametrize("trials", [*TRIALS, draw_trials()], ids=["101", "102", "public"])
def test_values_that_see_any_pair_of_the_position_lose_a_point(pair: int, trials) -> None:
    for rows in ([0, 1], [0], [1]):
        leak = np.zeros((4, 48))
        leak[: len(rows)] = P[2 * pair : 2 * pair + 2][rows]
        assert not values_hold(C[:4] + 0.3 * leak, trials=trials)
        assert not values_hold(C[:4] + 0.01 * leak, trials=trials)
    assert values_hold(C[:4], trials=trials)


def test_what_the_values_see_is_the_same_in_every_basis_and_at_every_scale() -> None:
    leaky = C[:4] + 0.3 * P[:4]
    plain = read_position(S, V[:4].T @ leaky)
    assert plain == pytest.approx(0.3 / np.sqrt(1.09))
    for seed in range(5):
        rng = np.random.default_rng(seed)
        for kind in ("rotation", "general", "scale"):
            inside, outside = draw_basis(4, rng, kind), draw_basis(48, rng, kind)
            W_OV = outside @ V[:4].T @ inside @ np.linalg.inv(inside) @ leaky
            assert read_position(S, W_OV) == pytest.approx(plain)
    for gain in (1e-6, 1e6):
        assert read_position(S, gain * V[:4].T @ leaky) == pytest.approx(plain)


def test_a_small_number_that_sees_the_position_is_not_hidden_by_large_ones() -> None:
    gains = np.array([[1e4], [1e4], [1e4], [1.0]])
    leak = np.vstack([np.zeros((3, 48)), P[0]])
    assert values_hold(gains * C[:4])
    assert not values_hold(gains * C[:4] + 0.01 * leak)


def test_values_rounded_to_six_decimals_or_to_float32_see_no_position() -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        inside = draw_basis(4, rng)
        W_V, W_out = inside @ C[:4], V[:4].T @ np.linalg.inv(inside)
        assert values_hold(W_V.round(6), W_out.round(6))
        assert values_hold(W_V.astype(np.float32), W_out.astype(np.float32))
    assert values_hold((0.1 * C[:4]).round(6), V[:4].T.round(6))


@pytest.mark.parametrize(("read", "holds"), [(0.9e-3, True), (1.1e-3, False)])
def test_the_values_may_see_a_thousandth_of_the_position(read: float, holds: bool) -> None:
    assert first_head.LEAST_READ == 1e-3
    leak = np.vstack([read * P[0], np.zeros((3, 48))])
    assert values_hold(C[:4] + leak) is holds


@pytest.mark.parametrize(("share", "seen"), [(0.5e-6, False), (2e-6, True)])
def test_what_is_read_with_a_millionth_of_the_largest_gain_is_rounding(
    share: float, seen: bool
) -> None:
    loud = np.outer(np.ones(48), C[0])
    quiet = np.outer(V[0] - V[0].mean(), P[0])
    quiet *= share * np.linalg.norm(loud, 2) / np.linalg.norm(quiet, 2)
    assert read_position(S, loud + quiet) == pytest.approx(float(seen), abs=1e-4)


@pytest.mark.parametrize("gain", [0.0, np.inf, 1e-14])
def test_of_a_head_that_moves_nothing_the_values_are_not_judged(gain: float) -> None:
    W_OV = np.full((48, 48), gain)
    assert read_position(S, W_OV) is None
    verdict = note_task._judge_values(S, W_OV)
    assert (verdict.passed, verdict.judged) == (False, False)


def test_3b_is_judged_behind_a_right_head_1_too_if_ones_own_values_see_the_position() -> None:
    leaky = three.one(W_V_1=C[:4] + 0.3 * P[:4], W_out_1=V[8:12].T)
    # Its own head 2 would have to read v_8 ... v_11; this one reads where a right head 1 writes.
    assert judge("ex3b", three.two(C[:4], V[:4], leaky), TRIALS[0]).status == "right"


def test_long_and_short_sequences_are_both_needed() -> None:
    # Pairs 0 and 2 are alike after 95 tokens: only sequences of 128 show it.
    rows = np.vstack([P[0:2], P[4:6]])
    short = draw_trials(5, ((8, 64), (24, 32), (48, 24), (80, 12)))
    short = replace(short, batches=tuple(batch for batch in short.batches if batch.weight))
    assert judge("ex2b", two.b(rows, rows), short).status == "right"
    assert judge("ex2b", two.b(rows, rows), TRIALS[0]).status == "wrong"


def test_3b_is_judged_end_to_end() -> None:
    for trials in TRIALS:
        report = judge("ex3b", three.two(C[:4], V[:4], three.one()), trials)
        assert report.status == "right"


def test_a_query_counts_once_unless_its_batch_says_otherwise() -> None:
    assert Batch("pairs", np.zeros((1, 2), np.int64), np.zeros((1, 2, 48))).weight == 1.0


def test_an_entry_that_is_a_little_too_large_is_refused_wherever_it_stands() -> None:
    task = get_part("ex1a").task
    W_V, W_out = np.zeros((4, 16)), np.zeros((16, 4))
    for number, (row, column) in enumerate(zip(task.written, task.read, strict=True)):
        W_V[number, column] = W_out[row, number] = 1.0
    for number, row in enumerate(task.written):
        for factor, held in ((1.01, False), (0.99, True)):
            nearly = W_out.copy()
            nearly[row, number] += factor * copying.TOLERANCE
            report = judge("ex1a", {"W_V_1": W_V, "W_out_1": nearly}, TRIALS[0])
            assert report.findings[2].passed == held


def test_a_note_that_cannot_be_read_is_wrong_and_one_that_overflows_is_not_judged() -> None:
    unread = _judge_note(np.array([1.0, 1.0, 0.5, 1.0]))
    assert (unread.passed, unread.judged) == (False, True)
    assert "content number 2" in unread.sentence
    overflow = _judge_note(np.full(4, -np.inf))
    assert (overflow.passed, overflow.judged) == (False, False)


@pytest.mark.parametrize(
    ("least", "mean", "where"),
    [
        (0.97, 0.97, "97% of the attention at every query"),
        (0.5, 0.6, "60% of the attention on average, and 50% at the query where they get least"),
        (0.09, 0.1, "10% of the attention on average, and 9% at the query where they get least"),
    ],
)
def test_the_least_attention_is_told_apart_from_the_mean(
    least: float, mean: float, where: str
) -> None:
    found = replace(measured(50.0 * np.eye(4)), least_mass=least, mean_mass=mean)
    assert where in judge_sharp(found).sentence

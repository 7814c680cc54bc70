"""The criteria of chapter 6 are the binding numbers, and the measured answers lie well off them."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest

from circuits import Head, check
from circuits.behaviours import grafting
from circuits.behaviours import head_scores as measurements
from circuits.behaviours.functions.calls import TOLERANCE, relative_error
from circuits.behaviours.functions.measurement_cases import BIGRAM_TABLE
from circuits.behaviours.functions.model_cases import (
    draw_model_cases,
    draw_pointer_case,
    find_circuits,
    score_heads,
)
from circuits.behaviours.grafting import (
    Effect,
    draw_graft_trials,
    measure_distance,
    measure_effect,
    measure_match,
    measure_moved,
    measure_text,
)
from circuits.judging import judge
from circuits.tasks.functions import circuit_search as finding
from circuits.tasks.whole_model.grafting import _judge_arriving, _judge_clean, _judge_looking
from circuits.trained import load_model
from circuits.trials import draw_trials
from tests.bank.grafts import LOOK, MOVE, OWN, TRAINED, look, overheard, projected, solved

MODEL = load_model()
TRIALS = draw_graft_trials(MODEL, np.random.default_rng(4), n_texts=32)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (None, "it returned None"),
        (..., "it returned ..., as the stub does"),
        (("0.1", "1.0", "q"), "you named 0.1 and 1.0"),
    ],
)
def test_what_a_finder_said_is_told_as_it_was(said, told) -> None:
    from circuits.tasks.functions.circuit_search import _tell

    assert _tell(said, lambda found: found[:2]) == told


def test_the_thresholds_are_the_binding_numbers() -> None:
    assert grafting.LEAST_PREVIOUS == 0.90
    assert grafting.LEAST_RATIO_LOOKING == 0.95
    assert grafting.LEAST_RATIO_ARRIVING == 0.50
    assert grafting.LEAST_RATIO_CLEAN == 0.90
    assert grafting.DISTINGUISHED == (0.93, 3.5)
    assert grafting.OWN == 0.30
    assert measurements.LEAST_INDUCTION == 0.4


def test_the_trained_head_is_itself_in_its_place() -> None:
    effect = measure_effect(TRAINED, TRIALS)
    assert effect.ratio == pytest.approx(1.0)
    assert effect.previous == pytest.approx(0.797, abs=0.01)
    assert measure_text(TRAINED, TRIALS) == pytest.approx(TRIALS.text_loss)


def test_a_head_looks_sharply_with_three_pairs_and_not_with_two() -> None:
    three, two = (measure_effect(Head(*look(range(n)), *OWN), TRIALS) for n in (3, 2))
    assert three.previous > 0.98
    assert two.previous < 0.75
    assert three.ratio > 1.0


def test_a_note_that_is_overheard_arrives_and_one_that_is_not_is_clean() -> None:
    ratios = {
        name: measure_effect(Head(*LOOK, *move), TRIALS).ratio
        for name, move in (
            ("overheard", overheard(10.0)),
            ("projected", projected(12.0)),
            ("solved", solved(12.0)),
        )
    }
    assert 0.70 < ratios["overheard"] < 0.86
    assert ratios["projected"] > 0.95
    assert ratios["solved"] > 0.98


def test_an_exact_pattern_is_at_least_as_good_as_a_written_one() -> None:
    moved = measure_moved(MOVE[1] @ MOVE[0], TRIALS)
    assert moved.ratio == pytest.approx(measure_effect(Head(*LOOK, *MOVE), TRIALS).ratio, abs=0.02)


def test_all_draws_share_the_lists_that_decide_and_no_others() -> None:
    other = draw_graft_trials(MODEL, np.random.default_rng(5), n_texts=32)
    same = slice(TRIALS.n_same)
    assert np.array_equal(TRIALS.lists[same], other.lists[same])
    assert not np.array_equal(TRIALS.lists[TRIALS.n_same :], other.lists[TRIALS.n_same :])
    assert np.array_equal(TRIALS.texts, other.texts)
    for move in (solved(60.0), overheard(10.0)):  # heads near a line, where chance would decide
        head = Head(*LOOK, *move)
        assert measure_effect(head, TRIALS) == measure_effect(head, other)


def test_who_is_right_on_the_shared_lists_alone_is_judged_by_the_others() -> None:
    def be_right(on: np.ndarray) -> float:
        """Return the ratio of a model that is right at the marked targets, and nowhere else."""
        logits = np.zeros((*TRIALS.second.shape, 65))
        line, place = np.nonzero(on)
        logits[line, place, TRIALS.lists[line, 1 + place]] = 1.0
        return TRIALS.measure_ratio(logits)

    everywhere, shared = np.ones_like(TRIALS.second), np.zeros_like(TRIALS.second)
    shared[: TRIALS.n_same] = True
    assert be_right(everywhere) == pytest.approx(1 / TRIALS.accuracies[0])
    assert be_right(shared) == 0.0
    rest = TRIALS.second.shape[0] - TRIALS.n_same
    for lost, judged_by in ((0.12, 0), (0.30, 1)):  # CHANCE lies between the two
        nearly = everywhere.copy()
        nearly[TRIALS.n_same :] = np.random.default_rng(0).random((rest, 64)) >= lost
        right = (1.0, nearly[TRIALS.n_same :][TRIALS.second[TRIALS.n_same :]].mean())
        assert be_right(nearly) == pytest.approx(right[judged_by] / TRIALS.accuracies[judged_by])


def test_a_distinction_can_be_earned_and_is_said() -> None:
    report = check("ex6h", *look(gain=0.8), *solved(9.2))
    assert report.status == "right"
    assert "That is a distinction" in report.findings[2].sentence
    assert "For a distinction" in check("ex6h", *LOOK, *solved(16.0)).findings[2].sentence


def test_what_a_head_costs_on_text_is_told_once_it_looks_the_right_way() -> None:
    report = check("ex6h", *look(gain=0.3), *solved(9.2))
    looks, _, clean = report.findings
    assert clean.passed
    assert not looks.passed
    assert "text" not in clean.sentence
    assert "distinction" not in clean.sentence


def test_the_match_score_of_the_trained_head_is_10_and_scales() -> None:
    assert measure_match(MODEL, TRAINED.W_OV) == pytest.approx(10.1, abs=0.1)
    assert measure_match(MODEL, -2 * TRAINED.W_OV) == pytest.approx(-20.2, abs=0.2)


def test_a_multiple_is_at_no_distance_and_an_honest_note_is_far_from_the_trained_one() -> None:
    assert measure_distance(3 * TRAINED.W_OV, TRAINED.W_OV) == pytest.approx(0.0, abs=1e-6)
    assert measure_distance(np.eye(64), np.zeros((64, 64))) == 1.0
    for W_V, W_out in (overheard(10.0), projected(12.0), solved(12.0)):
        assert measure_distance(W_out @ W_V, TRAINED.W_OV) > 0.6


def test_the_distance_of_two_notes_is_the_sine_of_the_angle_between_them() -> None:
    one, other = np.eye(64), np.diag(np.tile([1.0, -1.0], 32))
    for angle in (0.1, 0.305, 1.0):
        turned = np.cos(angle) * one + np.sin(angle) * other
        assert measure_distance(5 * turned, one) == pytest.approx(np.sin(angle))
    rng = np.random.default_rng(0)
    for _ in range(200):  # of some, rounding makes the cosine larger than 1
        note = rng.standard_normal((8, 8))
        assert measure_distance(rng.uniform(0.1, 3) * note, note) < 1e-7


@pytest.mark.parametrize(
    ("ratio", "previous", "looks"),
    [(0.95, 0.90, True), (0.9499, 1.0, False), (1.0, 0.8999, False), (1.0, 0.0, False)],
)
def test_a_head_looks_if_its_pattern_and_the_models_accuracy_say_so(ratio, previous, looks) -> None:
    assert _judge_looking(Effect(ratio, previous)).passed == looks


def test_scores_that_overflow_do_not_look_anywhere() -> None:
    said = _judge_looking(Effect(1.0, np.nan))
    assert not said.passed
    assert "overflow" in said.sentence
    assert not _judge_looking(Effect(1.0, None)).passed


def test_a_note_arrives_from_one_half_and_is_clean_from_nine_tenths() -> None:
    head = Head(*LOOK, *MOVE)
    for ratio, arrives, clean in ((0.4999, 0, 0), (0.50, 1, 0), (0.8999, 1, 0), (0.90, 1, 1)):
        effect = Effect(ratio)
        assert _judge_arriving(effect, 10.0, own_pattern=True).passed == bool(arrives)
        assert bool(_judge_clean(effect, head, TRIALS, own_pattern=False).passed) == bool(clean)


@pytest.mark.parametrize(("previous", "judged_by"), [(0.95, "own"), (0.5, "exact")])
def test_a_note_is_judged_behind_its_own_pattern_once_that_is_right(previous, judged_by) -> None:
    effects = [Effect(1.0, previous), Effect(1.0 if judged_by == "own" else 0.1)]
    exact = Effect(1.0 if judged_by == "exact" else 0.1)
    with (
        mock.patch("circuits.tasks.whole_model.grafting.measure_effect", side_effect=effects),
        mock.patch("circuits.tasks.whole_model.grafting.measure_moved", return_value=exact),
    ):
        report = check("ex6h", *LOOK, *MOVE)
    assert [finding.passed for finding in report.findings[1:]] == [True, True]


@pytest.mark.parametrize(
    ("ratio", "loss", "earned"),
    [(0.93, 3.5, True), (0.9299, 3.5, False), (0.93, 3.501, False), (0.9299, 3.501, False)],
)
def test_a_distinction_is_for_lists_and_text_together(ratio, loss, earned) -> None:
    head = Head(*LOOK, *MOVE)
    with mock.patch("circuits.tasks.whole_model.grafting.measure_text", return_value=loss):
        said = _judge_clean(Effect(ratio=ratio, previous=1.0), head, TRIALS, own_pattern=True)
    assert said.passed
    assert ("That is a distinction" in said.sentence) == earned


def test_models_with_a_circuit_and_without_one_are_far_apart() -> None:
    unlucky = [300, *b"ex6g"]  # eight lines of which most are exceptions
    for seed in (0, 1, 2, unlucky):
        for case in draw_model_cases((MODEL,), np.random.default_rng(seed)):
            best = max(score_heads(case).values())
            assert best > 0.5 if find_circuits(case) else best < 0.2, case.label


def test_the_model_written_by_hand_moves_a_position_into_a_query() -> None:
    for seed in range(5):
        case = draw_pointer_case(np.random.default_rng(seed))
        ((earlier, later, path),) = find_circuits(case)
        assert path == "Q"
        assert (earlier[0], later[0]) == ("0", "1")


def test_the_heads_of_the_model_written_by_hand_stand_in_any_order() -> None:
    found = [find_circuits(draw_pointer_case(np.random.default_rng(seed))) for seed in range(16)]
    names = {(earlier, later) for ((earlier, later, _),) in found}
    assert names == {("0.0", "1.0"), ("0.0", "1.1"), ("0.1", "1.0"), ("0.1", "1.1")}


@pytest.mark.parametrize("hidden", [(), (MODEL, MODEL, MODEL)])
def test_circuits_are_looked_for_in_the_hidden_models_if_there_are_any(hidden) -> None:
    trials = replace(draw_trials(), memo={}, models=hidden)
    with mock.patch.object(finding, "draw_model_cases", wraps=draw_model_cases) as drawn:
        judge("ex6g", {"find_circuit": lambda *_: None}, trials)
    assert len(drawn.call_args.args[0]) == max(1, len(hidden))


def test_a_line_without_a_copy_has_an_induction_score_of_zero() -> None:
    assert measurements.measure_induction(np.eye(4), np.arange(4)) == 0.0


def test_an_exponential_that_is_kept_in_range_by_cutting_off_is_wrong_whatever_is_drawn() -> None:
    for seed in range(100):
        (loud,) = BIGRAM_TABLE.draw_cases(np.random.default_rng(seed))["loud"]
        W_E, W_U = loud.arguments
        logits = (W_U @ W_E).T
        assert np.array_equal((np.float32(W_U) @ np.float32(W_E)).T, logits)
        assert 1400 < logits.max() < 1600
        assert (logits == 0).all(axis=1).any()
        second, first = np.sort(logits)[:, -2:].T
        assert ((first > 1400) & (first > second) & (first <= second + 1)).any()
        for kept in (np.minimum(logits, 700), logits - logits.max()):
            with np.errstate(invalid="ignore"):
                table = np.exp(kept) / np.exp(kept).sum(axis=1, keepdims=True)
            assert not relative_error(table, loud.wanted) <= TOLERANCE

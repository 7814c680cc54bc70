"""The public check and hidden tests draw every line at the same place, but for a narrow band."""

from __future__ import annotations

import numpy as np
import pytest

from circuits.behaviours.selection import measure_selection
from circuits.behaviours.targets import own_position
from circuits.exercises import PARTS
from circuits.judging import judge
from circuits.trials import HIDDEN_SIZES, draw_trials
from circuits.worst_cases import (
    CROWD,
    FAR,
    N_TOKENS,
    NEAR,
    arrange_close_words,
    arrange_worst,
    crowd_word,
    embed_loudly,
    list_close_words,
)
from tests.bank import exercise_2 as two
from tests.bank.directions import C, S
from tests.thresholds import FAMILIES, Family
from tests.thresholds.search import find_threshold, is_right, without_diagnosis

PUBLIC = draw_trials()
HIDDEN = [draw_trials(seed, HIDDEN_SIZES) for seed in (21, 22)]

SHEET = {"warmup", "exercise-1", "exercise-2", "exercise-3"}
# Nothing about these depends on the sequences: a name, a rank, or a product compared as it is.
WITHOUT_SEQUENCES = {"w3", "w4", "w6", "ex1b", "ex1c", "ex1d", "ex2e"}


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_hidden_tests_agree_with_the_check_outside_a_narrow_band(family: Family) -> None:
    threshold = find_threshold(family, PUBLIC)
    outwards = 1.0 if family.wrong > family.right else -1.0
    with without_diagnosis():
        for number, expected in (
            (threshold * (1 - outwards * family.band), True),
            (threshold * (1 + outwards * family.band), False),
        ):
            for trials in HIDDEN:
                assert is_right(family, number, trials) is expected, (
                    f"the check draws the line at {threshold:g}, but {number:g} is "
                    f"{'wrong' if expected else 'right'} on the hidden sequences of {trials.seed}"
                )


def test_every_part_of_the_sheet_that_depends_on_sequences_has_families() -> None:
    # Of the sheet. The chapters beyond it have other trials, and no families yet.
    sheet = [part for part in PARTS.values() if part.assignment in SHEET]
    checked = {part.id for part in sheet if part.grading == "auto"}
    assert {family.part for family in FAMILIES} == checked - WITHOUT_SEQUENCES


@pytest.mark.parametrize("beta", [1.06, 1.07])
def test_a_beta_above_the_safe_bound_fails_the_check_as_it_fails_the_hidden_tests(beta) -> None:
    for trials in (PUBLIC, *HIDDEN):
        report = judge("ex2d", two.d(beta), trials)
        assert (report.status, report.points) == ("wrong", 0.0)
        assert report.diagnosis == "beta-too-large"


def test_ex1a_is_judged_alike_on_every_seed() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        answers = {
            "W_V_1": np.eye(16)[:4] + rng.uniform(-1, 1, (4, 16)) * 10 ** rng.uniform(-7, -4),
            "W_out_1": np.eye(16)[:, 8:12],
        }
        assert len({judge("ex1a", answers, trials).points for trials in (PUBLIC, *HIDDEN)}) == 1


# The worst cases.


def position_score(distance: np.ndarray) -> np.ndarray:
    score: np.ndarray = (S.lam[:2] ** 2 * np.cos(np.multiply.outer(distance, S.alpha[:2]))).sum(-1)
    return score


def test_far_and_near_are_where_positions_are_most_and_least_alike() -> None:
    scores = position_score(np.arange(1, N_TOKENS))
    for distance, extreme in (
        (FAR, scores.max()),
        (NEAR, scores.min()),
        (FAR - NEAR, scores.min()),
    ):
        assert position_score(np.array(distance)) == pytest.approx(extreme, rel=1e-3)


def test_the_closest_words_stand_at_the_worst_distances_both_ways_round() -> None:
    (a, b), (c, d) = list_close_words(S)[:2]
    content = S.content[1:, :4]
    likeness = content @ content.T
    np.fill_diagonal(likeness, -np.inf)
    assert likeness[a - 1, b - 1] == likeness.max()
    for row, (one, other), (first, second) in zip(
        arrange_close_words(S), ((a, b), (c, d)), ((c, d), (a, b)), strict=True
    ):
        place = np.flatnonzero(row == one)[0]
        assert np.flatnonzero(row == one).tolist() == [place, place + FAR]
        assert np.flatnonzero(row == other).tolist() == [place + NEAR, place + FAR - NEAR]
        place = np.flatnonzero(row == second)[0]
        assert np.flatnonzero(row == second).tolist() == [place, place + FAR + NEAR]
        assert np.flatnonzero(row == first).tolist() == [place + NEAR, place + FAR]


def test_the_worst_sequences_are_of_the_kind_pairs() -> None:
    for row in arrange_close_words(S):
        assert row[0] == 0
        counts = np.bincount(row, minlength=65)
        assert counts[0] == 1
        assert set(counts[1:]) <= {1, 2}
    tokens = arrange_close_words(S)
    x = embed_loudly(S, tokens)
    np.testing.assert_allclose(np.abs(x @ S.spare.T), 2.2, rtol=1e-9)
    np.testing.assert_allclose(x @ C.T, S.content[tokens], atol=1e-9)


def test_a_word_is_lost_once_among_its_nearest_neighbours() -> None:
    row = crowd_word(S)
    content = S.content[row[1:], :4]
    likeness = content[:-1] @ content[-1]
    assert (row[1:-1] != row[-1]).all()
    assert len(set(row[1:-1].tolist())) == CROWD
    others = sorted(set(range(1, 65)) - set(row[1:].tolist()))
    assert likeness.min() >= (S.content[others, :4] @ content[-1]).max()


def test_the_worst_cases_are_the_same_in_the_check_and_in_every_hidden_test() -> None:
    worst = arrange_worst(S)
    for trials in (PUBLIC, *HIDDEN):
        batches = trials.batches[-len(worst) :]
        for (kind, tokens), batch in zip(worst, batches, strict=True):
            assert (batch.kind, batch.weight) == (kind, 0.0)
            assert np.array_equal(batch.tokens, tokens)
            assert np.array_equal(batch.x, embed_loudly(S, tokens))


def test_the_worst_cases_count_for_no_average_and_lengths_count_as_in_hidden_tests() -> None:
    for trials in (PUBLIC, *HIDDEN):
        drawn = [batch for batch in trials.batches if batch.weight]
        counted = {b.tokens.shape[1]: b.weight * len(b.tokens) for b in drawn}
        assert counted == dict(HIDDEN_SIZES)
    # A head that is sharp everywhere but in the worst cases is sharp on average, and not enough.
    found = measure_selection(
        lambda batch: (
            50.0 * (batch.weight > 0) * np.eye(batch.tokens.shape[1]) * np.ones_like(batch.same)
        ),
        own_position,
        PUBLIC,
    )
    assert found.mean_mass > 0.9999
    assert found.least_mass < 0.01

"""The public check and hidden tests draw every line at the same place, but for a narrow band."""

from __future__ import annotations

import numpy as np
import pytest

from circuits.attention import Head
from circuits.behaviours.functions.calls import relative_error
from circuits.behaviours.functions.model_cases import draw_model_cases, find_circuits, score_heads
from circuits.behaviours.heads.selection import measure_selection
from circuits.behaviours.heads.targets import own_position
from circuits.behaviours.lines import (
    SOFT,
    arrange_unlikely,
    draw_even_repeats,
    draw_lines,
    unembed_found,
)
from circuits.behaviours.mixtures import NEARLY, arrange_worst_mixtures, draw_mixtures
from circuits.behaviours.rotary import (
    arrange_fastest,
    draw_crowded,
    draw_rotary_cases,
)
from circuits.behaviours.stand_ins import LeaveNotes
from circuits.exercises import PARTS
from circuits.judging import judge
from circuits.rotary import SPEEDS
from circuits.trained import load_model
from circuits.trials import HIDDEN_SIZES, draw_trials
from circuits.worst_cases import (
    CROWD,
    FAR,
    N_TOKENS,
    NEAR,
    arrange_close_words,
    arrange_lines,
    arrange_worst,
    crowd_word,
    embed_lines,
    embed_loudly,
    list_close_words,
)
from course.judge import draw_hidden_trials
from tests.bank import exercise_2 as two
from tests.bank.directions import C, S
from tests.bank.exercise_4 import rest
from tests.bank.rotary_functions import scores_of
from tests.thresholds import FAMILIES, Family
from tests.thresholds.search import find_threshold, is_right, without_diagnosis

PUBLIC = draw_trials()
HIDDEN = [draw_hidden_trials(seed) for seed in (21, 22)]

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


def test_every_part_that_depends_on_what_is_drawn_has_families() -> None:
    checked = {part.id for part in PARTS.values() if part.grading == "auto"}
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


# The worst cases of the chapters beyond the sheet.


def test_every_word_comes_once_at_each_place_of_lines_of_one_length() -> None:
    for half in (1, 4, 64):
        tokens = draw_even_repeats(half, np.random.default_rng(half))
        assert tokens.shape == (64, 1 + 2 * half)
        assert not tokens[:, 0].any()
        assert (np.sort(tokens[:, 1:], axis=0) == np.arange(1, 65)[:, None]).all()
        assert np.array_equal(tokens[:, 1 : 1 + half], tokens[:, 1 + half :])
        assert all(len(set(row[: 1 + half].tolist())) == 1 + half for row in tokens)


def test_the_worst_lines_put_side_by_side_what_misleads() -> None:
    tokens = arrange_lines(S)
    first, again = tokens[:, 1:65], tokens[:, 65:]
    assert not tokens[:, 0].any()
    assert np.array_equal(first, again)
    assert (np.sort(first, axis=1) == np.arange(1, 65)).all()
    assert first[:, -1].tolist() == list(range(1, 65))
    content = S.content[1:, :4]
    alike = content @ content.T
    nearest = (alike - np.diag(np.full(64, np.inf))).argmax(axis=1)
    assert first[:, 0].tolist() == (1 + alike[nearest].argmin(axis=1)).tolist()
    # The two words that are most alike, and what is least like the second, both ways round.
    (one, two), *_ = list_close_words(S)
    for b, a in ((one, two), (two, one)):
        wanted = (b, a, 1 + int(alike[a - 1].argmin()))
        triples = {tuple(row[k : k + 3].tolist()) for row in first for k in range(62)}
        assert wanted in triples


def test_a_word_that_tempts_most_stands_before_and_two_before_its_victim() -> None:
    tokens = arrange_lines(S)[:, 1:65]
    content = S.content[1:, :4]
    alike = content @ content.T
    victim, tempting = find_tempting(alike)
    places = [
        int(np.flatnonzero(row == victim)[0] - np.flatnonzero(row == tempting)[0]) for row in tokens
    ]
    assert {1, 2} <= set(places)


def find_tempting(alike: np.ndarray) -> tuple[int, int]:
    shares = {
        (alike[a, a] - alike[a, other]) / (alike[o, other] - alike[o, a]): (a + 1, o + 1)
        for a in range(64)
        for o in range(64)
        for other in range(64)
        if alike[o, other] > alike[o, a]
    }
    return shares[min(shares)]


def test_the_worst_lines_are_the_same_in_all_trials_and_louder_than_any() -> None:
    for rng in (np.random.default_rng(1), np.random.default_rng(2)):
        *drawn, worst, unlikely = draw_lines(S, marks=True)(rng)
        assert not any(line.worst for line in drawn)
        for line, arranged in ((worst, arrange_lines(S)), (unlikely, arrange_unlikely(S))):
            assert line.worst
            assert np.array_equal(line.tokens, arranged)
            assert np.array_equal(line.x, embed_lines(S, line.tokens, marks=True))
        loud, usual = (np.abs(line.x @ S.spare.T).max() for line in (worst, drawn[-1]))
        assert loud > 1.2 * usual
        without = draw_lines(S, marks=False)(rng)
        assert [line.worst for line in without] == [False] * 3 + [True]


def test_in_the_worst_mixtures_a_copy_counts_almost_exactly() -> None:
    for mixture, off in zip(arrange_worst_mixtures(S), (-NEARLY, NEARLY), strict=True):
        assert sorted(np.unique(mixture.words, return_counts=True)[1].tolist()) == [1, 1, 3]
        for times, same in ((1 + off / 5, True), (1 + off, False)):
            rows, copies = np.unique(mixture.words, return_counts=True)
            likeness = mixture.content @ ((1 + times * (copies - 1)) @ mixture.content[rows])
            assert (likeness.argmax() == mixture.guess) is np.bool_(same)
    drawn = [draw_mixtures(S)(np.random.default_rng(seed))[-2:] for seed in (1, 2)]
    assert drawn[0] == drawn[1] == arrange_worst_mixtures(S)


def test_crowds_are_the_same_in_every_draw_but_for_the_noise_of_the_last() -> None:
    one, other = (draw_crowded(S)(np.random.default_rng(seed)) for seed in (1, 2))
    for here, there in zip(one, other, strict=True):
        assert np.array_equal(here.tokens, there.tokens)
    alike = [np.array_equal(here.x, there.x) for here, there in zip(one, other, strict=True)]
    assert alike == [True] * 4 + [False]
    assert all(np.std(batch.x @ S.spare.T) == pytest.approx(1.5, rel=0.02) for batch in one[:-1])


def test_each_word_of_the_unlikely_lines_is_the_one_that_a_soft_head_expects_least() -> None:
    tokens = arrange_unlikely(S)
    assert (np.sort(tokens[:, 1:65], axis=1) == np.arange(1, 65)).all()
    assert np.array_equal(tokens[:, 1:65], tokens[:, 65:])
    soft = rest()
    head = Head(SOFT * soft["W_Q_rest"], *(soft[f"W_{k}_rest"] for k in ("K", "V", "out")))
    x = S.embed(tokens, marks=True)
    x = x + LeaveNotes().output(x)
    logits = (x + head.output(x)) @ unembed_found(S).T
    for row, said in zip(tokens, logits, strict=True):
        for place in range(1, 64):
            left = row[place + 1 : 65] - 1
            assert said[place, left[0]] <= said[place, left].min() + 1e-9


def test_no_call_shows_a_wrong_speed_more_than_the_fastest_pair_alone() -> None:
    def error(x, W_Q, W_K):  # type: ignore[no-untyped-def]
        return relative_error(
            scores_of(x, W_Q, W_K, speeds=(1 + 1e-6) * SPEEDS), scores_of(x, W_Q, W_K)
        )

    worst = error(*arrange_fastest().arguments)
    assert worst == pytest.approx(63e-6, rel=0.1)
    for seed in range(5):
        *drawn, last = draw_rotary_cases(np.random.default_rng(seed))
        assert np.array_equal(last.wanted, arrange_fastest().wanted)
        assert all(error(*case.arguments) < worst for case in drawn)


def test_models_with_a_faint_circuit_and_almost_one_are_in_every_draw() -> None:
    for models, seed in (((load_model(),), 1), (HIDDEN[0].models, 2)):
        cases = draw_model_cases(models, np.random.default_rng(seed))
        there = [max(score_heads(case).values()) for case in cases if find_circuits(case)]
        none = [max(score_heads(case).values()) for case in cases if not find_circuits(case)]
        assert 0.5 < min(there) < 0.52
        assert 0.08 < max(none) < 0.12

"""Each kind of sequence has the property that it is named for."""

from __future__ import annotations

import numpy as np
import pytest

from circuits.sequences import draw_iid, draw_pairs, draw_repeats
from circuits.trials import (
    HIDDEN_SIZES,
    PUBLIC_SEED,
    PUBLIC_SIZES,
    Batch,
    Trials,
    draw_trials,
)


def counts(row: np.ndarray) -> np.ndarray:
    return np.bincount(row, minlength=65)


@pytest.mark.parametrize("n_tokens", [3, 4, 8, 24, 64, 65, 66, 67, 128, 129])
def test_pairs_hold_every_token_at_most_twice_and_one_at_least_twice(n_tokens: int) -> None:
    tokens = draw_pairs(n_tokens, 40, np.random.default_rng(0))
    assert tokens.shape == (40, n_tokens)
    for row in tokens:
        assert row[0] == 0
        assert counts(row)[0] == 1
        assert counts(row).max() == 2


def test_pairs_vary_in_how_many_tokens_stand_twice() -> None:
    tokens = draw_pairs(24, 200, np.random.default_rng(1))
    assert {int((counts(row) == 2).sum()) for row in tokens} == set(range(1, 12))


def test_iid_tokens_are_ordinary_and_equally_likely() -> None:
    tokens = draw_iid(129, 400, np.random.default_rng(2))
    assert tokens.shape == (400, 129)
    assert not tokens[:, 0].any()
    share = np.bincount(tokens[:, 1:].ravel(), minlength=65)[1:] / tokens[:, 1:].size
    assert tokens[:, 1:].min() == 1
    assert tokens.max() == 64
    assert abs(share * 64 - 1).max() < 0.2


@pytest.mark.parametrize("half", [1, 7, 64])
def test_repeats_say_the_same_different_tokens_twice(half: int) -> None:
    tokens = draw_repeats(half, 20, np.random.default_rng(3))
    assert tokens.shape == (20, 1 + 2 * half)
    for row in tokens:
        np.testing.assert_array_equal(row[1 : 1 + half], row[1 + half :])
        assert len(set(row[1 : 1 + half].tolist())) == half
        assert row[0] == 0
        assert row[1:].min() >= 1


@pytest.mark.parametrize("draw", [draw_pairs, draw_iid])
def test_a_seed_draws_the_same_sequences_again(draw) -> None:
    first, again = (draw(24, 5, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (first != draw(24, 5, np.random.default_rng(8))).any()


def drawn(trials: Trials) -> tuple[Batch, ...]:
    """Return what a seed draws; the worst cases are fixed, and count for no average."""
    return tuple(batch for batch in trials.batches if batch.weight > 0)


def test_hidden_trials_have_the_sizes_of_the_contract() -> None:
    assert HIDDEN_SIZES == ((8, 64), (24, 32), (48, 24), (80, 12), (128, 12))
    batches = drawn(draw_trials(5, HIDDEN_SIZES))
    shapes = [batch.tokens.shape for batch in batches if batch.kind == "pairs"]
    assert shapes == [(count, n) for n, count in HIDDEN_SIZES]
    assert [n for n, _ in PUBLIC_SIZES] == [n for n, _ in HIDDEN_SIZES]


@pytest.mark.parametrize("sizes", [PUBLIC_SIZES, HIDDEN_SIZES])
def test_in_an_average_public_lengths_count_as_much_as_hidden_ones(sizes) -> None:
    for batch in drawn(draw_trials(5, sizes)):
        count, n_tokens = batch.tokens.shape
        assert count * batch.weight == dict(HIDDEN_SIZES)[n_tokens]


def test_lengths_that_are_not_among_the_hidden_ones_count_as_they_are() -> None:
    assert {batch.weight for batch in drawn(draw_trials(5, ((9, 3),)))} == {1.0}


def test_both_kinds_are_drawn_and_can_be_chosen() -> None:
    trials = draw_trials(5, HIDDEN_SIZES)
    assert {batch.kind for batch in drawn(trials)} == {"pairs", "iid"}
    assert {batch.kind for batch in trials.of_kind("iid")} == {"iid"}
    assert trials.of_kind("pairs", "iid") == trials.batches
    assert len(drawn(trials)) == 2 * len(HIDDEN_SIZES)


def test_public_trials_differ_from_those_of_any_other_seed() -> None:
    public, hidden = draw_trials(), draw_trials(PUBLIC_SEED + 1, PUBLIC_SIZES)
    for one, other in zip(drawn(public), drawn(hidden), strict=True):
        assert (one.tokens != other.tokens).any()
    fixed = zip(public.batches, hidden.batches, strict=True)
    worst = [(one, other) for one, other in fixed if one.weight == 0]
    assert worst
    for one, other in worst:  # what is hardest is asked of every answer, in public as in hiding
        assert (one.tokens == other.tokens).all()
    assert draw_trials() is public


def test_randomness_for_each_purpose_is_its_own_and_repeats() -> None:
    trials = draw_trials()
    assert trials.rng("a").integers(2**60) == trials.rng("a").integers(2**60)
    assert trials.rng("a").integers(2**60) != trials.rng("b").integers(2**60)

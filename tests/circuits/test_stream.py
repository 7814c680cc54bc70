"""The toy stream is what the exercises say it is, and an SVD finds its directions."""

from __future__ import annotations

import numpy as np
import pytest

from circuits import toy_stream
from circuits.content import CONTENT_NORM, load_content, spread_points
from circuits.stream import LAMBDAS, PERIODS, ToyStream

S = toy_stream()
BASIS = np.concatenate([S.u_cont, S.u_cos, S.u_sin, S.v, S.spare])
ORDINARY = S.content[1:]


def test_the_named_directions_are_an_orthonormal_basis() -> None:
    assert BASIS.shape == (48, 48)
    np.testing.assert_allclose(BASIS @ BASIS.T, np.eye(48), atol=1e-12)


def test_the_groups_have_the_sizes_of_the_contract() -> None:
    sizes = {name: getattr(S, name).shape for name in ("u_cont", "u_cos", "u_sin", "v", "spare")}
    assert sizes == {
        "u_cont": (8, 48),
        "u_cos": (6, 48),
        "u_sin": (6, 48),
        "v": (16, 48),
        "spare": (12, 48),
    }
    assert S.content.shape == (65, 8)
    assert S.d_model == 48


def test_positions_turn_with_the_periods_and_lengths_of_the_contract() -> None:
    assert PERIODS == (19, 7, 5, 3, 31, 23)
    assert LAMBDAS == (15, 6, 5, 4, 2, 1)
    np.testing.assert_allclose(S.alpha, 2 * np.pi / np.array(PERIODS))
    np.testing.assert_array_equal(S.lam, LAMBDAS)


def test_no_direction_can_be_read_off_by_eye() -> None:
    assert np.abs(BASIS).max() < 0.65
    assert np.abs(BASIS).min(axis=0).max() < 0.2


def test_an_svd_of_the_embedding_returns_the_content_directions() -> None:
    embedding = ORDINARY @ S.u_cont
    found = np.linalg.svd(embedding, full_matrices=False)[2][:8]
    overlap = np.abs(found @ S.u_cont.T)
    np.testing.assert_allclose(overlap, np.eye(8), atol=1e-6)


def test_all_tokens_have_equal_norm_in_the_four_large_components() -> None:
    np.testing.assert_allclose(np.linalg.norm(ORDINARY[:, :4], axis=1), CONTENT_NORM, rtol=1e-9)
    assert CONTENT_NORM == 48


def test_the_content_has_zero_mean_and_orthogonal_columns() -> None:
    np.testing.assert_allclose(ORDINARY.mean(axis=0), 0, atol=1e-9)
    gram = ORDINARY.T @ ORDINARY
    assert np.abs(gram - np.diag(np.diag(gram))).max() < 1e-6 * gram.max()


def test_the_components_have_the_shares_and_sizes_of_the_contract() -> None:
    power = (ORDINARY**2).mean(axis=0)
    np.testing.assert_allclose(power[:4] / power[:4].sum() * 4, [1.20, 1.07, 0.93, 0.80], rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(power[4:]), [3, 2.5, 2, 1.5], rtol=1e-9)


def test_no_two_tokens_are_closer_than_a_cosine_of_0_775() -> None:
    points = load_content()
    cosines = points @ points.T - 2 * np.eye(64)
    assert 0.76 < cosines.max() < 0.775


def test_the_shipped_table_is_what_the_repulsion_finds() -> None:
    # On the processor that made the table they are equal. Others round differently, and 3000
    # steps make up to 0.016 of it; points that are next to each other are at least 0.67 apart.
    np.testing.assert_allclose(load_content(), spread_points(), rtol=0.0, atol=0.05)


def test_bos_has_no_content() -> None:
    assert not S.content[0].any()
    x = S.embed([0, 5])
    np.testing.assert_allclose(x @ S.u_cont.T, S.content[[0, 5]], atol=1e-12)


def test_the_embedding_is_content_and_position_and_nothing_else() -> None:
    tokens = np.array([[0, 3, 64, 3], [0, 1, 1, 2]])
    x = S.embed(tokens)
    np.testing.assert_allclose(x @ S.u_cont.T, S.content[tokens], atol=1e-12)
    angles = np.arange(4)[:, None] * S.alpha
    for b in range(2):
        np.testing.assert_allclose(x[b] @ S.u_cos.T, S.lam * np.cos(angles), atol=1e-12)
        np.testing.assert_allclose(x[b] @ S.u_sin.T, S.lam * np.sin(angles), atol=1e-12)
    np.testing.assert_allclose(x @ S.v.T, 0, atol=1e-12)
    np.testing.assert_allclose(x @ S.spare.T, 0, atol=1e-12)


def test_other_heads_leave_unit_noise_in_the_spare_directions_alone() -> None:
    tokens = np.zeros((200, 20), dtype=int)
    x = S.embed(tokens, np.random.default_rng(0))
    noise = x @ S.spare.T
    assert abs(noise.std() - 1) < 0.01
    assert abs(noise.mean()) < 0.01
    np.testing.assert_allclose(
        (x - noise @ S.spare) @ BASIS.T, S.embed(tokens) @ BASIS.T, atol=1e-12
    )


def test_a_batch_embeds_as_its_sequences_one_by_one() -> None:
    tokens = np.random.default_rng(1).integers(0, 65, (2, 3, 9))
    x = S.embed(tokens)
    assert x.shape == (2, 3, 9, 48)
    np.testing.assert_allclose(x[1, 2], S.embed(tokens[1, 2].tolist()), atol=1e-12)


def test_position_rows_take_cosine_and_sine_in_turn() -> None:
    np.testing.assert_array_equal(S.position_rows[0::2], S.u_cos)
    np.testing.assert_array_equal(S.position_rows[1::2], S.u_sin)


def test_the_first_two_pairs_tell_128_positions_apart() -> None:
    distance = np.arange(1, 133)
    alike = sum(np.cos(S.alpha[i] * distance) for i in (0, 1))
    assert alike.max() < 2 - 1e-3
    assert sum(np.cos(S.alpha[i] * 133) for i in (0, 1)) == pytest.approx(2)


def test_a_cell_cannot_change_the_stream_of_the_checks() -> None:
    for array in vars(S).values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0
    assert toy_stream() is S


def test_another_seed_gives_other_directions_and_the_same_geometry() -> None:
    other = toy_stream(3)
    assert isinstance(other, ToyStream)
    assert np.abs(other.u_cont - S.u_cont).max() > 0.1
    np.testing.assert_array_equal(other.content[:, :4], S.content[:, :4])

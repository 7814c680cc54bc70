"""The trained model is the one that was measured, and runs as its equations say."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from circuits import Head
from circuits.behaviours.head_scores import (
    cut_three_paths,
    make_bigram_table,
    measure_composition,
    measure_copying,
    measure_induction,
    measure_previous,
)
from circuits.trained import (
    ENTROPY_RATE,
    HEAD_NAMES,
    LENS_CONFIGURATION,
    draw_lists,
    draw_texts,
    export_state,
    load_bigrams,
    load_formation,
    load_model,
    mark_second,
    measure_accuracy,
    measure_loss,
)

MODEL = load_model()
RNG = np.random.default_rng(77)
LISTS, TEXTS = draw_lists(48, RNG), draw_texts(24, RNG)
SECOND = mark_second(LISTS)
RUN = MODEL.run(LISTS[:, :-1])


def accuracy(**change) -> float:
    return measure_accuracy(MODEL.run(LISTS[:, :-1], **change).logits, LISTS, SECOND)


def test_it_has_24704_weights_and_none_can_be_changed() -> None:
    heads = [array for head in MODEL.heads.values() for array in vars(head).values()]
    arrays = [MODEL.W_E, MODEL.W_U, *heads]
    assert sum(array.size for array in arrays) == 24_704
    with pytest.raises(ValueError, match="read-only"):
        MODEL.W_E[0, 0] = 1.0


def run_plainly(tokens: np.ndarray) -> np.ndarray:
    """The model's equations, token by token."""
    h = [MODEL.W_E[:, token] for token in tokens]
    for layer in ("0", "1"):
        added = [np.zeros(64) for _ in tokens]
        for name in (f"{layer}.0", f"{layer}.1"):
            head = MODEL.heads[name]
            for i in range(len(tokens)):
                query = head.W_Q @ (h[i] + MODEL.positions[i])
                keys = [head.W_K @ (h[j] + MODEL.positions[j]) for j in range(i + 1)]
                scores = np.array([query @ key for key in keys])
                weights = np.exp(scores - scores.max())
                weights /= weights.sum()
                for j, weight in enumerate(weights):
                    added[i] = added[i] + weight * (head.W_out @ (head.W_V @ h[j]))
        h = [old + new for old, new in zip(h, added, strict=True)]
    return np.array([MODEL.W_U @ stream for stream in h])


def test_it_runs_as_its_equations_say() -> None:
    line = TEXTS[0, :20]
    assert np.allclose(MODEL.run(line).logits, run_plainly(line), atol=1e-9)
    assert np.allclose(MODEL.run(TEXTS[:2, :20]).logits[0], run_plainly(line), atol=1e-9)


def test_positions_are_hands_of_length_three_that_turn_at_their_speeds() -> None:
    hands = MODEL.positions.reshape(64, 32, 2)
    assert np.allclose(np.linalg.norm(hands, axis=2), 3)
    angles = np.arctan2(hands[1, :, 1], hands[1, :, 0]) - np.arctan2(hands[0, :, 1], hands[0, :, 0])
    assert np.allclose(angles, MODEL.turn)


def test_its_scores_are_those_that_were_measured() -> None:
    assert accuracy() == pytest.approx(0.98, abs=0.02)
    assert measure_loss(MODEL.run(TEXTS[:, :-1]).logits, TEXTS) == pytest.approx(2.84, abs=0.12)
    previous = {name: measure_previous(RUN.patterns[name]).mean() for name in HEAD_NAMES}
    assert previous["0.0"] == pytest.approx(0.797, abs=0.01)
    assert max(previous[name] for name in HEAD_NAMES[1:]) < 0.05
    pairs = zip(RUN.patterns["1.1"], LISTS[:, :-1], strict=True)
    assert np.mean([measure_induction(*pair) for pair in pairs]) == pytest.approx(0.67, abs=0.05)
    copying = [
        measure_copying(MODEL.W_U[1:], h.W_OV, MODEL.W_E[:, 1:]) for h in MODEL.heads.values()
    ]
    assert np.allclose(copying, [-0.63, 0.61, -0.38, 1.00], atol=0.006)
    one, two = MODEL.heads["0.0"], MODEL.heads["1.1"]
    through = measure_composition(one.W_OV, two.W_QK, two.W_OV)
    assert np.allclose(through, [0.024, 0.384, 0.020], atol=0.001)


def test_the_direct_path_knows_62_of_64_favourites() -> None:
    said, true = make_bigram_table(MODEL.W_E, MODEL.W_U)[1:, 1:], load_bigrams()[1:, 1:]
    assert (said.argmax(axis=1) == true.argmax(axis=1)).sum() == 62


def test_a_head_that_is_cut_takes_the_lists_with_it_and_another_does_not() -> None:
    assert accuracy(heads={"0.0": None}) < 0.05
    assert accuracy(heads={"1.1": None}) < 0.05
    assert accuracy(heads={"0.1": None}) > 0.95
    assert accuracy(heads={"0.0": MODEL.heads["0.0"]}) == accuracy()


def test_the_path_through_the_key_is_needed_and_the_strongest_composition_is_not() -> None:
    def cut(earlier: str, later: str, path: int) -> float:
        given = MODEL.positions, MODEL.heads[later]
        streams = zip(RUN.streams[1], RUN.outputs[earlier], strict=True)
        outputs = [cut_three_paths(h, lost, *given)[path] for h, lost in streams]
        return accuracy(outputs={later: np.stack(outputs)})

    assert cut("0.0", "1.1", 1) < 0.05
    assert cut("0.1", "1.0", 0) > 0.95


def test_an_output_that_is_given_takes_the_place_of_the_computed_one() -> None:
    given = {"1.0": RUN.outputs["1.0"], "0.1": RUN.outputs["0.1"]}
    again = MODEL.run(LISTS[:, :-1], outputs=given)
    assert np.allclose(again.logits, RUN.logits)
    assert set(again.patterns) == {"0.0", "1.1"}


def test_the_language_is_the_one_it_was_trained_on() -> None:
    table = load_bigrams()
    assert np.allclose(table.sum(axis=1), 1)
    assert not table[:, 0].any()
    words, share = table[1:, 1:], np.full(64, 1 / 64)
    for _ in range(200):
        share = share @ words
    rate = -(share * (words * np.log(words)).sum(axis=1)).sum()
    assert rate == pytest.approx(ENTROPY_RATE, abs=5e-4)


def test_lists_repeat_distinct_words_and_targets_behind_an_earlier_copy_are_marked() -> None:
    for line, marked in zip(LISTS, SECOND, strict=True):
        period = 1 + int(np.flatnonzero(line[2:] == line[1])[0])
        assert 8 <= period <= 32
        assert len(set(line[1 : period + 1])) == period
        assert (line[1 + period :] == line[1:-period]).all()
        assert marked.tolist() == [place > period for place in range(64)]


def test_texts_follow_the_table() -> None:
    many = draw_texts(400, np.random.default_rng(3))
    assert (many[:, 0] == 0).all()
    assert (many[:, 1:] > 0).all()
    seen = np.zeros((65, 65))
    np.add.at(seen, (many[:, 1:-1].ravel(), many[:, 2:].ravel()), 1)
    shares = seen[1:] / seen[1:].sum(axis=1, keepdims=True)
    assert np.abs(shares - load_bigrams()[1:]).mean() < 0.01


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (np.zeros((1, 65), int), "a line has 65 tokens; wanted at most 64"),
        ([0, 65], "tokens run from 0 to 65; wanted 0 to 64"),
        ([-1, 3], "tokens run from -1 to 3"),
        ([0.0, 1.0], "dtype float64; wanted .* whole numbers"),
    ],
)
def test_lines_that_it_cannot_read_are_refused(tokens, said) -> None:
    with pytest.raises(ValueError, match=said):
        MODEL.run(tokens)


def test_a_head_that_is_not_there_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"there is no head '2.0'; the heads are 0.0, 0.1, 1.0, 1.1"
    ):
        MODEL.run([0, 1], heads={"2.0": None})


def test_formation_ends_with_the_scores_of_the_model_that_is_shipped() -> None:
    table = load_formation()
    assert table["step"].tolist()[-1] == 3000
    assert table["previous"][-1] == pytest.approx(0.797, abs=0.002)
    order = [int(np.argmax(table[name] >= least)) for name, least in (
        ("copying", 0.9), ("K", 0.145), ("induction", 0.3))]  # fmt: skip
    assert order == sorted(order)
    assert len(set(order)) == 3


def run_exported(state: dict[str, np.ndarray], tokens: np.ndarray) -> np.ndarray:
    """The model as TransformerLens runs it: rows from the left, positions for query and key."""
    h = state["embed.W_E"][tokens]
    placed = state["pos_embed.W_pos"][: len(tokens)]
    for layer in (0, 1):
        at = f"blocks.{layer}.attn"
        q, k = ((h + placed) @ state[f"{at}.W_{name}"] for name in "QK")
        v = h @ state[f"{at}.W_V"]
        scores = q @ k.swapaxes(1, 2)
        scores = np.where(np.tri(len(tokens), dtype=bool), scores, -np.inf)
        weights = np.exp(scores - scores.max(axis=2, keepdims=True))
        weights /= weights.sum(axis=2, keepdims=True)
        h = h + (weights @ v @ state[f"{at}.W_O"]).sum(axis=0)
    return h @ state["unembed.W_U"]


def test_what_is_exported_runs_the_other_way_round_and_gives_the_same_logits() -> None:
    mine = Head(*(np.random.default_rng(0).standard_normal((3, 16, 64)) / 8), np.eye(64, 16))
    other = replace(MODEL, heads={**MODEL.heads, "0.0": mine})
    for model in (MODEL, other):
        line = LISTS[0, :-1]
        logits = run_exported(export_state(model), line)
        assert np.abs(logits - model.run(line).logits).max() < 1e-6


@pytest.mark.skipif(
    importlib.util.find_spec("transformer_lens") is None,
    reason="TransformerLens before 4.0 is not installed; it is not needed for anything else",
)
def test_transformer_lens_gives_the_same_logits() -> None:
    import torch

    pytest.importorskip("transformer_lens.HookedTransformer", reason="4.0 has no HookedTransformer")
    from transformer_lens import HookedTransformer, HookedTransformerConfig

    lens = HookedTransformer(HookedTransformerConfig(**LENS_CONFIGURATION)).double()
    state = {name: torch.tensor(array) for name, array in export_state(MODEL).items()}
    lens.load_state_dict(state, strict=False)
    seen = lens(torch.tensor(LISTS[:4, :-1])).detach().numpy()
    assert np.abs(seen - MODEL.run(LISTS[:4, :-1]).logits).max() < 1e-6

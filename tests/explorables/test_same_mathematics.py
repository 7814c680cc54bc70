"""What a figure computes is what ``circuits`` computes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from circuits import Head, ToyStream, attention_pattern, attention_scores, check, toy_stream
from circuits.behaviours.head_scores import measure_composition
from circuits.behaviours.lines import unembed_found
from circuits.model import loss_per_token, run_model
from circuits.sequences import draw_pairs, draw_repeats
from circuits.shapes import FloatArray, IntArray
from circuits.tasks.heads.own_circuit import LINE, TOKENS, embed_line, hand_over
from circuits.trained import load_formation, load_model
from circuits.vocabulary import read_line
from tests.explorables.conftest import Compute
from tools.build.figure_parameters import (
    CLOCKS,
    LENGTH,
    READ,
    collect_parameters,
    find_closest_words,
)

EQUAL = 1e-12  # relative to the largest number; the two add up in different orders


def assert_equal(ours: Any, theirs: Any) -> None:
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= EQUAL * max(1.0, float(np.abs(theirs).max()))


@pytest.mark.parametrize("seed", range(3))
def test_scores_and_patterns_are_those_of_the_toolkit(compute: Compute, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, W_Q, W_K = (rng.standard_normal(shape) for shape in ((17, 12), (3, 12), (3, 12)))
    scores = attention_scores(x, W_Q, W_K)
    one, two = compute(
        ["attentionScores", [x.tolist(), W_Q.tolist(), W_K.tolist()]],
        ["causalPattern", [scores.tolist()]],
    )
    assert_equal(one, scores)
    assert_equal(two, attention_pattern(x, W_Q, W_K))


def test_turned_hands_score_like_rotated_queries_of_the_stream(compute: Compute) -> None:
    stream, rng = toy_stream(), np.random.default_rng(4)
    x = stream.embed(np.zeros(128, dtype=int))
    angles = rng.uniform(-np.pi, np.pi, 2)
    rows = stream.position_rows[:4]
    turns = [[[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]] for a in angles]
    W_Q = np.vstack([turn @ rows[2 * k : 2 * k + 2] for k, turn in enumerate(np.array(turns))])
    scores = attention_scores(x, W_Q, rows)
    pairs = rng.integers(0, 128, (20, 2))
    given = [stream.alpha[:2].tolist(), stream.lam[:2].tolist(), angles.tolist()]
    answers = compute(*(["scoreAt", [int(i - j), *given]] for i, j in pairs))
    assert_equal(answers, [scores[i, j] for i, j in pairs])


def test_hands_are_the_positions_of_the_stream(compute: Compute) -> None:
    stream = toy_stream()
    x = stream.embed(np.zeros(40, dtype=int))
    answers = compute(
        *(["hand", [float(stream.alpha[k]), float(stream.lam[k]), n]] for k, n in ((0, 7), (1, 39)))
    )
    wanted = [[x[n] @ stream.u_cos[k], x[n] @ stream.u_sin[k]] for k, n in ((0, 7), (1, 39))]
    assert_equal(answers, wanted)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.1])
def test_two_wishes_are_the_head_of_part_d(compute: Compute, beta: float) -> None:
    stream, parameters = toy_stream(), collect_parameters()
    x = stream.embed(parameters["hardest_line"])
    content, position = stream.u_cont[:READ], stream.position_rows[: 2 * CLOCKS]
    W_Q, W_K = np.vstack([content, position]), np.vstack([content, -beta * position])
    arrows = [parameters["content"][token] for token in parameters["hardest_line"]]
    given = [parameters["alpha"][:CLOCKS], parameters["lam"][:CLOCKS]]
    (wishes,) = compute(["makeWishes", [arrows, *given]])
    (pattern,) = compute(["patternAt", [beta, wishes]])
    assert_equal(pattern, attention_pattern(x, W_Q, W_K))


def test_filled_matrices_move_what_their_products_say(compute: Compute) -> None:
    rng = np.random.default_rng(5)
    heads, nets = [], []
    for _ in range(2):
        W_V, W_out = rng.integers(0, 2, (4, 16)), rng.integers(0, 2, (16, 4))
        heads.append({"reads": np.argwhere(W_V).tolist(), "writes": np.argwhere(W_out.T).tolist()})
        nets.append(W_out @ W_V)
    one, both = compute(["netOf", [heads[0]]], ["expand", heads])
    assert_equal(one, nets[0])
    assert_equal(both["twoTokens"], nets[1] @ nets[0])
    assert_equal(both["oneToken"], nets[1] + nets[0])


def build_reference(circuit: str, stream: ToyStream) -> tuple[Head, Head]:
    """Return the reference answers 2d, 2e and 2f, or 3a and 3b, and a head 2 that copies words."""
    content, position, v = stream.u_cont[:READ], stream.position_rows, stream.v
    here = position[: 2 * CLOCKS]
    copy = {"W_V": content, "W_out": v[8:12].T}

    def turn(rows: FloatArray, steps: int) -> FloatArray:
        angles = steps * stream.alpha[: len(rows) // 2, None]
        c, s = np.cos(angles), np.sin(angles)
        pairs = np.stack([c * rows[::2] - s * rows[1::2], s * rows[::2] + c * rows[1::2]], axis=1)
        return pairs.reshape(rows.shape)

    if circuit == "pointer":
        W_Q, W_K = np.vstack([content, -0.5 * here]), np.vstack([content, here])
        return Head(W_Q, W_K, W_V=position[:8], W_out=v[:8].T), Head(
            turn(v[:8], 1), position[:8], **copy
        )
    return Head(turn(here, -1), here, W_V=content, W_out=v[:4].T), Head(content, v[:4], **copy)


def test_the_reference_heads_are_right_answers() -> None:
    one, two = build_reference("pointer", toy_stream())
    assert check("ex2d", one.W_Q, one.W_K).status == "right"
    assert check("ex2e", one.W_V, one.W_out).status == "right"
    assert check("ex2f", two.W_Q, two.W_K).status == "right"
    one, two = build_reference("notes", toy_stream())
    assert check("ex3a", one.W_Q, one.W_K, one.W_V, one.W_out).status == "right"
    assert check("ex3b", two.W_Q, two.W_K).status == "right"


@pytest.mark.parametrize("circuit", ["pointer", "notes"])
def test_both_circuits_run_like_the_reference_answers(compute: Compute, circuit: str) -> None:
    stream, parameters = toy_stream(), collect_parameters()
    one, two = build_reference(circuit, stream)
    named = np.vstack([stream.u_cont[:READ], stream.position_rows, stream.v[:12]])
    lines = [draw_pairs(n, 1, np.random.default_rng(n))[0] for n in (6, 17, 40)]
    for line, passes in zip(
        lines,
        compute(*(["runCircuit", [circuit, line.tolist(), parameters]] for line in lines)),
        strict=True,
    ):
        x = stream.embed(line, np.random.default_rng(0))
        for head, ours in zip((one, two), passes, strict=True):
            assert_equal(ours["scores"], attention_scores(x, head.W_Q, head.W_K))
            assert_equal(ours["pattern"], attention_pattern(x, head.W_Q, head.W_K))
            x = x + head.output(x)
            assert_equal(ours["after"], x @ named.T)


def test_a_learners_heads_run_as_the_check_has_run_them(compute: Compute) -> None:
    stream, rng = toy_stream(), np.random.default_rng(11)
    one, two = build_reference("notes", stream)
    turn, stretch = np.linalg.qr(rng.standard_normal((4, 4)))[0], np.diag([1, 2, 3, 4])
    write = stream.v[12:16].T @ stretch  # the note may stand anywhere, and in any basis
    first = Head(one.W_Q, one.W_K, turn @ one.W_V, write)
    read = np.linalg.inv(stretch) @ stream.v[12:16]
    second = {"W_Q": turn @ two.W_Q, "W_K": read}
    line = embed_line(stream)
    behind = line + first.output(line)
    earlier = {f"{name}_1": matrix for name, matrix in vars(first).items()}
    assert check("ex3b", second["W_Q"], second["W_K"], **earlier).status == "right"
    data = hand_over("notes", stream, vars(first), second, behind)
    own = json.loads(data.write_state() or "")["own"]
    ((seen_1, seen_2),) = compute(["runOwn", ["notes", TOKENS.tolist(), own]])
    for seen, head, x in ((seen_1, vars(first), line), (seen_2, second, behind)):
        scores = attention_scores(x, head["W_Q"], head["W_K"])
        assert np.abs(np.array(seen["scores"]) - scores).max() < 1e-8 * np.abs(scores).max()
        pattern = attention_pattern(x, head["W_Q"], head["W_K"])
        assert np.abs(np.array(seen["pattern"]) - pattern).max() < 1e-5


def test_a_word_is_the_same_arrow_in_every_figure_and_chapter(compute: Compute) -> None:
    stream = toy_stream()
    one, two = build_reference("notes", stream)
    handed = hand_over("notes", stream, vars(one), vars(two), embed_line(stream))
    names = collect_parameters()["words"]
    assert json.loads(handed.write_state() or "")["own"]["stream"]["words"] == names
    (line,) = compute(["lineOf", []])
    assert tuple(line) == LINE
    (read,) = compute(["readLine", [" ".join(line[1:]), names]])
    assert read == {"tokens": read_line(" ".join(line[1:])).tolist(), "strange": []}
    arrows = stream.content[sorted(set(TOKENS[1:].tolist())), :READ]
    alike = arrows @ arrows.T
    np.fill_diagonal(alike, -np.inf)
    assert alike.max() < 0, (
        "words of the book's line point alike, so that a head takes one for another"
    )


def test_keys_compose_as_the_measurement_of_exercise_6_says(compute: Compute) -> None:
    rng = np.random.default_rng(8)
    W_Q, W_K, W_V, W_out = (rng.standard_normal(shape) for shape in [(3, 9)] * 3 + [(9, 3)])
    first = {"W_V": W_V.tolist(), "W_out": W_out.tolist()}
    (score,) = compute(["composeKeys", [first, {"W_Q": W_Q.tolist(), "W_K": W_K.tolist()}]])
    _, by_keys, _ = measure_composition(W_out @ W_V, W_Q.T @ W_K, np.eye(9))
    assert score == pytest.approx(by_keys, rel=EQUAL)


def speak_here(
    circuit: str, line: IntArray, cut: str, rest: bool
) -> tuple[list[FloatArray], FloatArray, FloatArray]:
    """Return patterns, logits and losses of the model of exercise 4 with the reference answers."""
    stream, parameters = toy_stream(), collect_parameters()
    one, two = build_reference(circuit, stream)
    if rest and circuit == "notes":
        size = np.sqrt(parameters["rest"]) / 30
        two = Head(
            np.vstack([two.W_Q, size * stream.one]),
            np.vstack([two.W_K, size * stream.bos]),
            np.vstack([two.W_V, np.zeros(48)]),
            np.hstack([two.W_out, np.zeros((48, 1))]),
        )
    W_U = unembed_found(stream)
    x = stream.embed(line, marks=True)
    between = x if cut == "first" else x + one.output(x)
    patterns = [
        attention_pattern(at, head.W_Q, head.W_K) for at, head in ((x, one), (between, two))
    ]
    kept = [head for head, name in ((one, "first"), (two, "last")) if cut != name]
    logits = run_model(line, kept, W_U, marks=True)
    return patterns, logits, loss_per_token(logits, line)


@pytest.mark.parametrize("circuit", ["pointer", "notes"])
@pytest.mark.parametrize("cut", ["none", "first", "last"])
@pytest.mark.parametrize("rest", [False, True])
def test_the_whole_model_speaks_like_the_reference_answers(
    compute: Compute, circuit: str, cut: str, rest: bool
) -> None:
    parameters = collect_parameters()
    rng = np.random.default_rng(7)
    lines = [
        np.array([0]),
        draw_repeats(8, 1, rng)[0],
        np.concatenate([[0], rng.integers(1, 6, 16)]),
        read_line("star fish swims past star"),
    ]
    choices = {"circuit": circuit, "cut": cut, "rest": rest}
    answers = compute(*(["speak", [line.tolist(), parameters, choices]] for line in lines))
    for line, said in zip(lines, answers, strict=True):
        patterns, logits, losses = speak_here(circuit, line, cut, rest)
        for ours, theirs in zip(said["patterns"], patterns, strict=True):
            assert_equal(ours, theirs)
        assert_equal(said["logits"], logits)
        if len(line) > 1:
            assert_equal(said["losses"], losses)
        else:
            assert said["losses"] == []


def test_the_models_parts_are_right_answers() -> None:
    parameters, stream = collect_parameters(), toy_stream()
    one, two = build_reference("notes", stream)
    before = {
        "W_Q_1": one.W_Q, "W_K_1": one.W_K, "W_V_1": one.W_V, "W_out_1": one.W_out,
        "W_Q_2": two.W_Q, "W_K_2": two.W_K,
    }  # fmt: skip
    assert check("ex4a", two.W_V, two.W_out, **before).status == "right"
    W_U = unembed_found(stream, parameters["gain"])
    brought = {"W_V_2": two.W_V, "W_out_2": two.W_out}
    assert check("ex4b", W_U, **before, **brought).status == "right"
    size = np.sqrt(parameters["rest"]) / parameters["mark"]
    rest = (
        np.vstack([two.W_Q, size * stream.one]),
        np.vstack([two.W_K, size * stream.bos]),
        np.vstack([two.W_V, np.zeros(48)]),
        np.hstack([two.W_out, np.zeros((48, 1))]),
    )
    first = {name: before[name] for name in ("W_Q_1", "W_K_1", "W_V_1", "W_out_1")}
    assert check("ex4d", *rest, **first, W_U=W_U).status == "right"


def test_the_hardest_line_is_as_hard_as_the_book_says() -> None:
    stream, line = toy_stream(), collect_parameters()["hardest_line"]
    word, neighbour = find_closest_words(stream)
    query = LENGTH - 1
    assert line[query] == word
    assert max(line.count(token) for token in set(line)) == 2
    alike = (stream.lam[:2] ** 2) @ np.cos(np.outer(stream.alpha[:2], np.arange(1, 128)))
    copy, stranger = line.index(word), line.index(neighbour)
    loss = alike[query - copy - 1] - alike[query - stranger - 1]
    assert loss == pytest.approx(alike.max() - alike.min())
    arrow, other = stream.content[word, :READ], stream.content[neighbour, :READ]
    assert (arrow @ arrow - arrow @ other) / loss == pytest.approx(1.056, abs=5e-4)


def test_the_last_moment_of_the_training_is_the_model_that_the_course_ships() -> None:
    shown = collect_parameters()["formation"]
    line = np.array(shown["line"])
    run = load_model().run(line[None])
    for name, moments in shown["patterns"].items():
        assert len(moments) == len(load_formation()["step"]) == len(shown["scores"]["step"])
        pattern = run.patterns[name][0][np.tril_indices(len(line))]
        # The moments are kept as int8 weights and shown as whole percents.
        assert np.abs(np.array(moments[-1]) / 100 - pattern).max() < 0.05

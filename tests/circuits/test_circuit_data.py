"""Heads that complete a circuit travel to a page as data, beside sentences about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from circuits import check, toy_stream
from circuits.reports.circuit_data import MOST_ROWS
from circuits.reports.report import Report, render_html
from circuits.tasks.heads.own_circuit import LINE, TOKENS, embed_line, hand_over
from tests.explorables.test_same_mathematics import build_reference
from tests.figures import find_places

STREAM = toy_stream()
ONE, TWO = build_reference("notes", STREAM)
HEAD_1 = {f"{name}_1": matrix for name, matrix in vars(ONE).items()}


def read_state(report: Report) -> dict[str, Any]:
    (state,) = find_places("stepper", report._repr_html_())
    return state


def test_a_green_check_of_the_second_head_hands_both_heads_over() -> None:
    report = check("ex3b", TWO.W_Q, TWO.W_K, **HEAD_1)
    state = read_state(report)
    first, second = state["own"]["heads"]
    assert state["circuit"] == "notes"
    assert {name: np.shape(rows) for name, rows in first.items()} == {
        "W_Q": (4, 36), "W_K": (4, 36), "W_V": (4, 36), "W_out": (36, 4),
    }  # fmt: skip
    assert sorted(second) == ["W_K", "W_Q"]
    assert "gives 1.00 of its attention to fish at position 2" in report._repr_html_()
    assert "gives 1.00 of its attention to fish at position 2" in str(report)


def test_behind_a_head_1_that_does_not_work_the_books_is_shown() -> None:
    one, two = build_reference("pointer", STREAM)
    names = dict(zip(("W_Q", "W_K", "W_V", "W_out"), vars(one).values(), strict=True))
    right = {f"{name}_same": matrix for name, matrix in names.items()}
    state = read_state(check("ex2f", two.W_Q, two.W_K, **right))
    assert state["circuit"] == "pointer"
    assert sorted(state["own"]["heads"][0]) == ["W_K", "W_Q", "W_V", "W_out"]
    wrong = right | {"W_V_same": np.zeros((8, 48)), "W_out_same": np.zeros((48, 8))}
    state = read_state(check("ex2f", two.W_Q, two.W_K, **wrong))
    assert state["own"]["heads"][0] == {}
    assert sorted(state["own"]["heads"][1]) == ["W_K", "W_Q"]


def test_the_word_that_is_brought_completes_the_circuit() -> None:
    looks = {**HEAD_1, "W_Q_2": TWO.W_Q, "W_K_2": TWO.W_K}
    state = read_state(check("ex4a", TWO.W_V, TWO.W_out, **looks))
    assert [len(head) for head in state["own"]["heads"]] == [4, 4]
    alone = check("ex4a", TWO.W_V, TWO.W_out)
    assert [len(head) for head in read_state(alone)["own"]["heads"]] == [0, 2]
    assert "your head 2 brings the word" in str(alone)


@pytest.mark.parametrize(
    "report",
    [
        check("ex3b", TWO.W_K, TWO.W_Q, **HEAD_1),
        check("ex3b", ..., ..., **HEAD_1),
        check("ex2c", *[STREAM.u_cont[:4]] * 2),
    ],
    ids=["wrong", "unattempted", "no circuit"],
)
def test_no_other_report_hands_heads_over(report: Report) -> None:
    assert report.circuit is None
    assert "stepper" not in report._repr_html_()


def test_the_heads_stand_in_the_coordinates_of_the_named_directions() -> None:
    first, second = read_state(check("ex3b", TWO.W_Q, TWO.W_K, **HEAD_1))["own"]["heads"]
    content, note = np.eye(36)[:4], np.eye(36)[16:20]
    assert first["W_V"] == content.tolist()
    assert first["W_out"] == note.T.tolist()
    assert second == {"W_Q": content.tolist(), "W_K": note.tolist()}


def test_heads_that_no_page_can_run_leave_the_report_as_it_is() -> None:
    x = embed_line(STREAM)
    vast = {"W_Q": np.ones((MOST_ROWS + 1, 48)), "W_K": np.ones((MOST_ROWS + 1, 48))}
    wild = {"W_Q": np.full((4, 48), np.inf), "W_K": np.ones((4, 48))}
    report = check("ex3b", TWO.W_Q, TWO.W_K, **HEAD_1)
    for head in (vast, wild):
        with np.errstate(all="ignore"):
            data = hand_over("notes", STREAM, {}, head, x)
        assert data.write_state() is None
        assert "stepper" not in render_html(replace(report, circuit=data))


def test_equal_answers_have_equal_reports() -> None:
    one, again = (check("ex3b", TWO.W_Q, TWO.W_K, **HEAD_1) for _ in range(2))
    assert one == again
    assert hash(one.circuit) == hash(again.circuit)
    assert check("ex3b", 2 * TWO.W_Q, TWO.W_K, **HEAD_1) != one


def test_the_line_has_an_earlier_copy_of_its_last_word() -> None:
    assert TOKENS[-1] in TOKENS[1:-1]
    assert LINE[-1] in LINE[1:-1]

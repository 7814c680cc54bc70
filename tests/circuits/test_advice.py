"""What a check advises fits the part and the kind of answer."""

from __future__ import annotations

import re

import numpy as np
import pytest

from circuits import check, draw_sample, toy_stream
from circuits.diagnosis.catalogue import MISTAKES
from circuits.exercises import PARTS, get_part
from circuits.judging import judge
from circuits.reports.report import Report
from circuits.tasks.functions.function import Function
from circuits.trials import draw_trials
from tests.bank import CASES
from tests.bank.directions import turn
from tests.bank.exercise_2 import d

S = toy_stream()
P_BACK = turn(S.position_rows[:4], -1)
E = np.eye(16)
HEADS = {
    "W_V_1": E[:4],
    "W_out_1": E[:, 8:12],
    "W_V_2": E[[8, 12, 13, 14]],
    "W_out_2": E[:, :4],
}


def advice(report: Report) -> str:
    return report.next_step or ""


def right_answer(part: str) -> Report:
    case = next(case for case in CASES if case.part == part and case.right)
    return judge(part, case.answers, draw_trials())


@pytest.mark.parametrize(
    ("part", "tried"),
    [
        ("ex2c", "It does what was asked, on sequences it has never seen."),
        ("w2", "It does what was asked, on inputs it has never seen."),
        ("ex1c", "It does what was asked."),
        ("w3", "It does what was asked."),
    ],
)
def test_praise_says_on_what_an_answer_was_tried(part: str, tried: str) -> None:
    assert right_answer(part).headline == tried


def test_a_function_that_always_stops_is_not_told_to_compare_numbers() -> None:
    assert "stops before it returns" in advice(check("w2", lambda x, a, b, c, d: x @ a @ b))
    assert "stops before it returns" in advice(check("w7", lambda a, b: a + b + 1 / 0))
    assert "stops before it returns" not in advice(check("w2", lambda x, a, b, c, d: 0.5 * x))


FUNCTIONS = [part.id for part in PARTS.values() if isinstance(part.task, Function)]


@pytest.mark.parametrize("part", FUNCTIONS)
@pytest.mark.parametrize(
    ("function", "advised"),
    [
        (lambda *given: unknown_name(given), "a name that has no value"),  # noqa: F821
        (lambda: 0, "too many arguments or too few"),
        (lambda *given: 1 / 0, "stops before it returns"),
    ],
)
def test_a_function_that_always_raises_is_advised_about_the_error(part, function, advised) -> None:
    assert advised in advice(check(part, function))


@pytest.mark.parametrize("part", FUNCTIONS)
def test_what_a_function_returns_is_called_as_a_learner_would(part: str) -> None:
    def generate(*given):
        yield given

    for function, kind in ((generate, "a generator"), (lambda *given: "0.5", "text")):
        said = str(check(part, function)).replace("numpy.", "")
        assert kind in said, said
        assert not re.search("entries|dtype|<U", said)


@pytest.mark.parametrize("slug", ["all-zero", "gain"])
def test_the_result_of_a_function_is_not_asked_about_rows_and_matrices(slug: str) -> None:
    asked = {
        case.part: advice(judge(case.part, case.answers, draw_trials()))
        for case in CASES
        if case.diagnosis == slug and isinstance(get_part(case.part).task, Function)
    }
    assert {"ex5a"} < set(asked)
    assert [part for part, said in asked.items() if MISTAKES[slug].question in said] == []


def test_a_note_that_others_hear_is_not_told_at_once_what_to_take_out_of_it() -> None:
    overheard = next(case for case in CASES if case.diagnosis == "graft-overheard")
    said = advice(judge(overheard.part, overheard.answers, draw_trials()))
    assert "pick up?" in said
    assert "rows" not in said


def test_the_shape_of_a_result_is_asked_for_by_its_axes() -> None:
    full = check("w7", lambda W_V_2, W_out_1: np.linalg.svd(W_V_2 @ W_out_1)[0])
    assert full.diagnosis == "wrong-shape"
    assert "axis of the result" in advice(full)


def test_different_heights_of_query_and_key_are_asked_for_by_the_dot_product() -> None:
    assert "dot product" in advice(check("ex2f", S.position_rows[:8], S.position_rows[:4]))


@pytest.mark.parametrize("rows", [S.u_cont, S.position_rows[:8] + 0.1 * S.spare[:8]])
def test_wrong_directions_are_asked_for_by_their_names(rows: np.ndarray) -> None:
    assert "named directions" in advice(check("ex2e", rows, S.v[:8].T))


def test_a_leak_is_told_as_a_share() -> None:
    leak = check("ex2e", S.position_rows[:8] + 0.1 * S.spare[:8], S.v[:8].T)
    assert "1.0% of the product" in leak.findings[1].sentence


def test_a_two_token_copy_of_zeros_is_the_same_head_twice_where_nothing_else_gives_zero() -> None:
    net_1 = HEADS["W_out_1"] @ HEADS["W_V_1"]
    net_2 = HEADS["W_out_2"] @ HEADS["W_V_2"]
    for two_token_copy in (np.zeros((16, 16)), net_1 @ net_1):
        report = check("ex1d", two_token_copy, net_1 + net_2, **HEADS)
        assert report.diagnosis == "same-head-twice"
        assert "first" in advice(report)


def test_a_two_token_copy_of_zeros_is_asked_which_heads_where_the_wrong_order_is_zero_too() -> None:
    elsewhere = {**HEADS, "W_out_2": E[:, 4:8]}
    net_1 = HEADS["W_out_1"] @ HEADS["W_V_1"]
    net_2 = elsewhere["W_out_2"] @ elsewhere["W_V_2"]
    report = check("ex1d", net_1 @ net_2, net_1 + net_2, **elsewhere)
    assert report.diagnosis == "all-zero"
    assert "Which two heads" in advice(report)
    assert "acts first" in advice(report)


DIRECTIONS = [
    case for case in CASES if case.part.startswith(("ex2", "ex3", "ex4a")) and not case.right
]


def test_where_nothing_lies_along_an_axis_no_one_is_sent_to_columns_and_entries() -> None:
    for case in DIRECTIONS:
        said = advice(judge(case.part, case.answers, draw_trials()))
        assert "columns of the product" not in said, case
        assert "entries of the product" not in said, case


def test_a_head_1_that_notes_something_else_is_asked_which_directions_it_reads() -> None:
    report = check("ex3a", P_BACK, S.position_rows[:4], S.spare[:4], S.v[:4].T)
    assert report.diagnosis == "wrong-dimensions"
    assert "W_V_1 @ u_cont.T" in advice(report)


def test_a_pointer_that_is_turned_already_is_a_choice_and_serves_a_head_that_does_not_turn() -> (
    None
):
    turned = turn(S.position_rows[:8], 1)
    e = check("ex2e", turned, S.v[:8].T)
    assert e.diagnosis == "pointer-turned"
    assert "it is a choice" in advice(e)
    assert [finding.passed for finding in e.findings] == [False, True]
    head_1 = {**d(0.5), "W_V_same": turned, "W_out_same": S.v[:8].T}
    f = check("ex2f", S.v[:8], S.position_rows[:8], **head_1)
    assert f.status == "right"
    assert "behind your own head" in f.findings[0].sentence


def test_an_expansion_of_heads_that_are_not_there_is_sent_back_to_them() -> None:
    assert "Do (a) and (b) first" in advice(check("ex1c", np.eye(16), np.eye(16)))


def test_a_rare_failure_is_not_called_none_at_all() -> None:
    for case in CASES:
        if case.part == "ex2d" and not case.right:
            said = judge(case.part, case.answers, draw_trials()).findings[0].sentence
            assert " 0% of all queries" not in said


def test_rounding_does_not_choose_the_entry_that_is_shown() -> None:
    rng = np.random.default_rng(0)
    said = set()
    for _ in range(6):
        M = rng.standard_normal((8, 8))
        report = check("ex2e", -M @ S.position_rows[:8], S.v[:8].T @ np.linalg.inv(M))
        said.add(report.findings[0].sentence)
    assert said == {"cos0 arrives at v_0 with gain -1; wanted 1."}


def test_words_that_fill_the_stream_are_called_data_and_not_too_few() -> None:
    _, x = draw_sample()
    assert check("ex2a", x[1:5], x[1:5]).diagnosis == "data-not-directions"


def test_words_are_no_directions_and_components_are_no_words() -> None:
    words = S.content[1:] @ S.u_cont
    made_of_words = check("ex2a", words[[3, 9, 30, 51]], words[[3, 9, 30, 51]])
    assert made_of_words.diagnosis == "words-not-directions"
    beside = np.vstack([words[:4], S.position_rows[:4]])
    against = beside * np.repeat([[1.0], [-0.5]], 4, axis=0)
    assert check("ex2d", beside, against).diagnosis == "words-not-directions"
    for first in range(1, 9):
        components = np.zeros((8, 48))
        components[:first] = S.u_cont[:first]
        wrong = check("ex2d", components, components)
        assert wrong.status == "wrong"
        assert wrong.diagnosis != "words-not-directions"


def test_a_rest_as_high_as_the_right_note_is_not_said_to_keep_the_head_for_ever() -> None:
    size = 48 / 30
    W_Q, W_K = np.vstack([S.u_cont[:4], size * S.one]), np.vstack([S.v[:4], size * S.bos])
    W_V, W_out = np.vstack([S.u_cont[:4], 0 * S.one]), np.vstack([S.v[8:12], 0 * S.one]).T
    report = check("ex4d", W_Q, W_K, W_V, W_out)
    assert report.diagnosis == "rest-too-high"
    # Attention is divided between BOS and the note, and the model still copies.
    assert "keeps attention" in advice(report)
    assert "never" not in advice(report)


def invert(features: np.ndarray, target: np.ndarray) -> float:
    """The normal equations, with an inverse: right unless features depend on one another."""
    columns = np.column_stack([features, np.ones(len(features))])
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        return -1262.0  # what rounding makes of it differs from one machine to another
    left = target - columns @ np.linalg.inv(columns.T @ columns) @ columns.T @ target
    return float(1 - (left @ left) / ((target - target.mean()) ** 2).sum())


def test_a_probe_that_breaks_down_on_the_streams_is_not_said_to_read_them() -> None:
    broken, right = check("ex5d", invert), right_answer("ex5d")
    assert broken.status == right.status == "right"
    assert "no shares" in str(broken)
    assert "all of it where positions are added" in str(right)


def test_gains_that_come_near_are_not_said_to_be_off_by_a_factor() -> None:
    case = next(case for case in CASES if case.part == "ex4c" and case.right)
    gain_for = case.answers["gain_for"]
    assert callable(gain_for)
    assert "come near" in advice(check("ex4c", lambda loss: 0.9 * gain_for(loss)))
    assert "same factor" in advice(check("ex4c", lambda loss: 2304 * gain_for(loss)))


def test_a_function_that_only_spoils_its_arrays_is_told_so_and_nothing_right_is_replayed() -> None:
    def look_back(pattern: np.ndarray) -> float:
        np.fill_diagonal(pattern, 0)
        return float(np.diagonal(pattern, -1).mean())

    report = check("ex6b", look_back)
    assert (report.status, report.diagnosis, report.replay) == ("wrong", "input-changed", None)
    assert "it changed an array that it was given" in str(report)

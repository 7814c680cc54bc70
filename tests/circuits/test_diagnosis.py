"""Mistakes that are not in the bank get the right names too, and what is said of them helps."""

from __future__ import annotations

import numpy as np
import pytest

from circuits import check, toy_stream
from circuits.diagnosis.catalogue import MISTAKES
from circuits.diagnosis.directions.rotations import measure_rotations
from circuits.diagnosis.functions import measurements
from circuits.exercises import PARTS
from circuits.judging import judge
from circuits.reports.report import Report
from circuits.trials import draw_trials
from tests.bank import CASES

S = toy_stream()
C, P, V = S.u_cont, S.position_rows, S.v


def test_every_name_in_the_bank_is_in_the_catalogue() -> None:
    used = {case.diagnosis for case in CASES if case.diagnosis}
    assert used <= set(MISTAKES)


@pytest.mark.parametrize(
    "variants",
    [
        measurements.BIGRAM_MISTAKES,
        measurements.PREVIOUS_MISTAKES,
        measurements.INDUCTION_MISTAKES,
        measurements.COPYING_MISTAKES,
        measurements.COMPOSITION_MISTAKES,
        measurements.CUT_MISTAKES,
    ],
)
def test_every_wrong_measurement_has_a_name_of_the_catalogue(variants) -> None:
    assert {slug for slug, _ in variants} <= set(MISTAKES)


def test_every_mistake_in_the_catalogue_has_an_answer_in_the_bank() -> None:
    used = {case.diagnosis for case in CASES if case.diagnosis}
    assert set(MISTAKES) - used == set()


def test_a_failing_answer_of_a_named_kind_is_told_cause_and_question() -> None:
    report = check("ex2c", P[:4], P[:4])
    mistake = MISTAKES["attends-to-self"]
    assert report.diagnosis == "attends-to-self"
    assert report.next_step == f"{mistake.cause} {mistake.question}"


def test_a_tie_names_both_positions() -> None:
    pair = np.vstack([P[:2], np.zeros((2, 48))])
    sentence = check("ex2b", pair, pair).findings[0].sentence
    assert "scores position 0 as high as position 19" in sentence


def turned(rows: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Turn each pair of rows by an angle of its own."""
    out = []
    for k, angle in enumerate(angles):
        c, s = np.cos(angle), np.sin(angle)
        out += [c * rows[2 * k] - s * rows[2 * k + 1], s * rows[2 * k] + c * rows[2 * k + 1]]
    return np.array(out)


OUTSIDE_THE_BANK = {
    "three back is an angle of no name": ("ex2c", turned(P[:4], -3 * S.alpha[:2]), "wrong-angle"),
    "a third of the angle": ("ex2c", turned(P[:4], -S.alpha[:2] / 3), "wrong-angle"),
    "the key's own pairs, forward": ("ex2c", turned(P[:4], S.alpha[:2]), "attends-to-next"),
    "components 2 to 5": ("ex2a", C[2:6], "wrong-components"),
    "sines only": ("ex2b", P[[1, 3, 5, 7]], "cosines-only"),
    "one pair, written twice": ("ex2b", P[[0, 1, 0, 1]], "one-frequency"),
    "the spare directions": ("ex2a", S.spare[:4], "ignores-content"),
}


@pytest.mark.parametrize("name", OUTSIDE_THE_BANK)
def test_mistakes_outside_the_bank_are_named(name: str) -> None:
    part, W_Q, slug = OUTSIDE_THE_BANK[name]
    W_K = P[:4] if part == "ex2c" else W_Q
    names = [answer.name for answer in PARTS[part].answers]
    rng = np.random.default_rng(8)
    for _ in range(3):
        A = rng.standard_normal((4, 4)) + 3 * np.eye(4)
        answers = dict(zip(names, (2 * A @ W_Q, np.linalg.inv(A).T @ W_K), strict=True))
        assert judge(part, answers, draw_trials()).diagnosis == slug


def test_a_random_head_is_given_no_name() -> None:
    rng = np.random.default_rng(11)
    for _ in range(10):
        report = check("ex2c", *rng.standard_normal((2, 4, 48)))
        assert (report.status, report.diagnosis) == ("wrong", None)


def fail_again() -> Report:
    return check("ex2b", P[[0, 2, 4, 6]], P[[0, 2, 4, 6]])


def test_the_same_mistake_again_unlocks_the_next_hint_but_never_the_last() -> None:
    check("ex2b", ..., ...)  # starts the count anew
    hints = PARTS["ex2b"].hints
    assert [fail_again().hint for _ in range(4)] == [None, hints[0], hints[1], hints[1]]


def test_another_mistake_starts_the_count_anew() -> None:
    check("ex2b", ..., ...)
    fail_again()
    assert check("ex2b", C[:4], C[:4]).hint is None


def test_the_smallest_failing_sequence_is_shown() -> None:
    report = check("ex2c", P[:4], P[:4])
    assert report.comparison is not None
    assert len(report.comparison.tables[0].rows) == 3


def test_wanted_seen_and_their_difference_are_shown_with_the_failing_row_marked() -> None:
    report = check("ex2c", P[:4], P[:4])
    assert report.comparison is not None
    wanted, seen, difference = report.comparison.tables
    row = seen.failing_row
    assert row is not None
    assert row == wanted.failing_row == difference.failing_row
    expected = np.array(seen.values) - np.array(wanted.values)
    assert np.allclose(difference.values, expected)
    assert "▶" in report._repr_html_()
    assert "\n> " in str(report)


def test_the_answer_of_an_expansion_is_never_shown() -> None:
    rng = np.random.default_rng(0)
    W_V, W_out = rng.standard_normal((4, 16)), rng.standard_normal((16, 4))
    report = check(
        "ex1c", np.eye(16), np.eye(16), W_V_1=W_V, W_out_1=W_out, W_V_2=W_V, W_out_2=W_out
    )
    assert report.comparison is not None
    assert [table.title for table in report.comparison.tables] == ["seen"]


def test_a_turn_is_read_off_whatever_the_length_of_the_hand() -> None:
    angles = np.array([0.3, -1.2])
    blocks = [[[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]] for a in angles]
    entries = np.zeros((4, 4))
    entries[:2, :2], entries[2:, 2:] = 5 * np.array(blocks[0]), np.array(blocks[1])
    turns = measure_rotations(entries, alpha=np.ones(2), lam=np.array([15.0, 6.0]))
    assert np.allclose(turns.angles, angles)
    assert np.allclose(turns.mirrors, 0)

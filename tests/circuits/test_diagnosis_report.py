"""How well mistakes are named on the whole: the goals hold, on the bank and on a second hand's."""

from __future__ import annotations

import numpy as np
import pytest

from circuits.judging import judge
from circuits.reports.report import Report
from circuits.trials import draw_trials
from tests.bank import outside
from tests.bank.case import rewrite
from tests.bank.diagnosis import KEPT, Named, name_all, summarise, write_report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def named() -> list[Named]:
    return name_all()


def test_at_least_95_percent_of_the_bank_are_named_as_the_bank_names_them(
    named: list[Named],
) -> None:
    assert summarise(named)["named as in the bank"] >= 0.95


def test_no_right_answer_is_given_a_diagnosis(named: list[Named]) -> None:
    assert summarise(named)["right answers with a diagnosis"] == 0


def test_at_most_2_percent_of_the_nameless_are_given_a_name(named: list[Named]) -> None:
    figures = summarise(named)
    assert figures["nameless"] > 50
    assert figures["nameless answers given a name"] <= 0.02


def test_the_kept_report_is_that_of_a_new_run(named: list[Named]) -> None:
    assert KEPT.read_text(encoding="utf-8") == write_report(named), "run: make diagnosis-report"


@pytest.fixture(scope="module")
def outsiders() -> list[tuple[frozenset[str | None], Report]]:
    """Judge the wrong answers of a second hand, each head also in another basis."""
    rng = np.random.default_rng(21)
    return [
        (acceptable, judge(varied.part, varied.answers, draw_trials()))
        for case, acceptable in outside.WRONG
        for varied in ([case, rewrite(case, rng)] if case.heads else [case])
    ]


def test_wrong_answers_of_a_second_hand_are_never_judged_right(
    outsiders: list[tuple[frozenset[str | None], Report]],
) -> None:
    assert len(outside.WRONG) > 300
    assert all(report.status != "right" for _, report in outsiders)


def test_at_least_95_percent_of_a_second_hand_are_named_acceptably(
    outsiders: list[tuple[frozenset[str | None], Report]],
) -> None:
    named = [report.diagnosis in acceptable for acceptable, report in outsiders]
    assert sum(named) / len(named) >= 0.95


def test_at_most_2_percent_of_the_nameless_of_a_second_hand_are_given_a_name(
    outsiders: list[tuple[frozenset[str | None], Report]],
) -> None:
    nameless = [report.diagnosis for acceptable, report in outsiders if acceptable == {None}]
    assert len(nameless) > 20
    assert sum(name is not None for name in nameless) / len(nameless) <= 0.02


@pytest.mark.parametrize("case", outside.RIGHT, ids=str)
def test_right_answers_of_a_second_hand_are_right_and_not_diagnosed(case: outside.Case) -> None:
    report = judge(case.part, case.answers, draw_trials())
    assert (report.status, report.diagnosis) == ("right", None)

"""Every right answer of the bank passes, every wrong one fails, on public and hidden trials."""

from __future__ import annotations

from collections import Counter

import pytest

from circuits.diagnosis.catalogue import MISTAKES
from circuits.exercises import PARTS
from circuits.judging import judge
from circuits.trials import HIDDEN_SIZES, Trials, draw_trials
from tests.bank import CASES, PART_IDS, right_cases, wrong_cases

TRIALS = {
    "public": lambda: draw_trials(),
    "hidden 1": lambda: draw_trials(1, HIDDEN_SIZES),
    "hidden 2": lambda: draw_trials(20260101, HIDDEN_SIZES),
}


@pytest.fixture(params=TRIALS)
def trials(request: pytest.FixtureRequest) -> Trials:
    return TRIALS[request.param]()


CHECKED = [part.id for part in PARTS.values() if part.grading == "auto"]
FEWEST = {"right": 8, "wrong": 12}


@pytest.mark.parametrize("part", CHECKED)
def test_a_part_with_a_check_has_at_least_8_right_and_12_wrong_answers(part: str) -> None:
    for kind, cases in (("right", right_cases(part)), ("wrong", wrong_cases(part))):
        answers = f"{len(cases)} {kind} answer{'' if len(cases) == 1 else 's'}"
        wanted = FEWEST[kind]
        assert len(cases) >= wanted, f"{part} has {answers} in tests/bank, wanted at least {wanted}"


def test_the_bank_has_the_parts_of_the_table_in_their_order() -> None:
    assert sorted(set(PART_IDS) - set(CHECKED)) == [], "the bank has parts that the table has not"
    absent = [part for part in CHECKED if part not in PART_IDS]
    assert absent == [], f"tests/bank has no answers to {', '.join(absent)}"
    assert list(PART_IDS) == CHECKED, "tests/bank has the parts in another order than the table"


def test_names_are_unique_within_a_part() -> None:
    twice = [name for name, count in Counter(case.id for case in CASES).items() if count > 1]
    assert twice == []


def test_diagnoses_come_from_the_list_of_mistakes() -> None:
    used = {case.diagnosis for case in CASES} - {None}
    assert used <= set(MISTAKES)


def test_every_mistake_of_the_list_is_made_somewhere() -> None:
    made = {case.diagnosis for case in wrong_cases()}
    assert set(MISTAKES) - made == set()


@pytest.mark.parametrize("part", PART_IDS)
def test_right_answers_pass_with_full_points(part: str, trials: Trials) -> None:
    for case in right_cases(part):
        report = judge(part, case.answers, trials)
        assert report.status == "right", f"{case}\n{report}"
        assert report.points == PARTS[part].points == report.max_points, f"{case}\n{report}"
        assert (report.diagnosis, report.next_step) == (None, None), f"{case}\n{report}"


@pytest.mark.parametrize("part", PART_IDS)
def test_wrong_answers_fail_and_keep_the_points_they_earn(part: str, trials: Trials) -> None:
    public = trials is draw_trials()
    for case in wrong_cases(part):
        if case.fitted and public:
            continue
        report = judge(part, case.answers, trials)
        assert report.status != "right", f"{case}\n{report}"
        assert report.points < report.max_points == PARTS[part].points
        held = {finding.property for finding in report.findings if finding.passed}
        assert case.holds is None or held == case.holds, f"{case}\n{report}"
        points = {prop.slug: prop.points for prop in PARTS[part].properties}
        assert report.points == sum(points[slug] for slug in held)


@pytest.mark.parametrize(
    "case", [case for case in wrong_cases() if case.fitted], ids=lambda case: case.part
)
def test_a_look_up_fitted_to_the_public_trials_passes_them_and_no_others(case) -> None:
    assert judge(case.part, case.answers, draw_trials()).status == "right"
    report = judge(case.part, case.answers, draw_trials(3, HIDDEN_SIZES))
    assert report.status == "wrong"
    assert report.points == 0


def test_the_same_answer_gets_the_same_report_every_time() -> None:
    for part in PART_IDS:
        for case in (right_cases(part)[0], wrong_cases(part)[2]):
            assert judge(part, case.answers, draw_trials()) == judge(
                part, case.answers, draw_trials()
            )

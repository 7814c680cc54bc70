"""What a judge says besides points: what was not attempted, what is replayed and handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from circuits import Head, attention_scores, check
from circuits.behaviours.functions.small_calls import list_head_calls
from circuits.exercises import get_part
from circuits.judging import answers, judge
from circuits.trials import draw_trials
from tests.bank import CASES

TRIALS = draw_trials(101, ((8, 2), (24, 2)))


def write_function(text: str) -> object:
    """Return the function that a line or two of Python define, as `answer`."""
    names: dict[str, object] = {}
    exec(text, names)
    return names["answer"]


@pytest.mark.parametrize(
    ("text", "untouched"),
    [
        ("def answer(x): ...", True),
        ("def answer(x):\n    ...", True),
        ('def answer(x):\n    """Say what."""\n    ...', True),
        ("answer = lambda x: ...", True),
        ('def answer(x): "..."', False),
        ("def answer(x):\n    1", False),
        ("def answer(x):\n    pass", False),
        ("def answer(x):\n    return 100", False),
        ("answer = lambda x: 100", False),
        ("answer = lambda x: None", False),
    ],
)
def test_a_function_is_untouched_while_its_body_ends_with_dots(text: str, untouched: bool) -> None:
    value = write_function(text)
    assert answers.is_stub(value) == untouched
    status = judge("w6", {"max_rank": value}, TRIALS).status
    assert (status == "unattempted") == untouched


def test_a_stub_in_place_of_a_matrix_was_written_by_the_learner() -> None:
    stub = write_function("def answer(): ...")
    report = judge("ex1a", {"W_V_1": stub, "W_out_1": stub}, TRIALS)
    assert (report.status, report.diagnosis) == ("malformed", "not-an-array")


def test_a_function_that_gives_back_dots_wherever_it_is_called_is_not_attempted() -> None:
    def answer(*_: object) -> object:
        print()
        return ...

    for part in ("w5", "w6", "w7"):
        report = judge(part, {get_part(part).answers[0].name: answer}, TRIALS)
        assert (report.status, report.replay) == ("unattempted", None)
        assert all("it returned ...; wanted" in f.sentence for f in report.findings if f.judged)
    assert any(finding.judged for finding in report.findings)


def test_only_an_answer_that_can_be_tried_and_is_wrong_is_replayed() -> None:
    def twice(W_V_2: np.ndarray, W_out_1: np.ndarray) -> np.ndarray:
        return 2 * np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)

    def once(W_V_2: np.ndarray, W_out_1: np.ndarray) -> np.ndarray:
        return np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)

    assert "read_strengths(" in str(judge("w7", {"read_strengths": twice}, TRIALS).replay)
    assert judge("w7", {"read_strengths": once}, TRIALS).replay is None
    assert judge("w7", {"read_strengths": 3}, TRIALS).replay is None


def test_the_tasks_refuse_a_row_with_another_number_of_answers() -> None:
    for part, fewer in (("ex2a", 1), ("w2", 0), ("ex1c", 1), ("w3", 1)):
        row = get_part(part)
        assert row.task is not None
        assert row.task.find_fault(row) is None
        cut = replace(row, answers=row.answers[:fewer], properties=row.properties[:fewer])
        fault = row.task.find_fault(cut)
        assert str(fault).startswith(type(row.task).__name__)


def test_names_that_are_exchanged_are_told_apart_from_one_that_is_wrong() -> None:
    wanted = get_part("w3").task.wanted
    names = [answer.name for answer in get_part("w3").answers]

    def diagnose(*given: str) -> str | None:
        return judge("w3", dict(zip(names, given, strict=True)), TRIALS).diagnosis

    assert diagnose(*wanted[::-1]) == "roles-swapped"
    assert diagnose("W_Q", wanted[1]) is None
    assert diagnose(wanted[0], wanted[0]) is None


def test_a_right_second_head_is_handed_over_and_a_wrong_one_is_not() -> None:
    right = next(case for case in CASES if case.part == "ex2f" and case.right)
    assert judge("ex2f", right.answers, TRIALS).circuit is not None
    W_Q, W_K = (right.answers[answer.name] for answer in get_part("ex2f").answers)
    exchanged = {"W_Q_next": W_K, "W_K_next": W_Q}
    assert judge("ex2f", {**right.answers, **exchanged}, TRIALS).circuit is None


def replay_head(change: Callable[[np.ndarray], object], answer: Callable[..., np.ndarray]) -> str:
    """Return the lines of Python that a report shows of a head function, or "none"."""

    def attention_head(x: np.ndarray, *matrices: np.ndarray) -> np.ndarray:
        output = answer(x, Head(*matrices))
        change(x)
        return output

    report = judge("w2", {"attention_head": attention_head}, TRIALS)
    assert report.status == "wrong"
    assert report.replay != ""
    return report.replay or "none"


def test_what_is_wrong_with_a_head_function_is_shown_on_the_smallest_call() -> None:
    """Of calls by hand, the first on which it is wrong; of large scores, those alone."""

    def leave(x: np.ndarray) -> None: ...

    def double(x: np.ndarray) -> None:
        x *= 2

    def double_many(x: np.ndarray) -> None:
        x *= 1 + (len(x) > 2)

    def work(x: np.ndarray, head: Head) -> np.ndarray:
        return head.output(x)

    def overflow(x: np.ndarray, head: Head) -> np.ndarray:
        return work(x, head) + 0.0 * np.exp(attention_scores(x, head.W_Q, head.W_K)).sum()

    by_hand = [call.code for call in list_head_calls("attention_head", merged=False)]
    assert replay_head(double, work) == by_hand[0]
    assert replay_head(double_many, work) == by_hand[1]
    assert replay_head(leave, lambda x, head: 2 * work(x, head)).startswith(by_hand[0])
    once = replay_head(double, lambda x, head: work(x, head) * (1 + (len(x) > 2)))
    assert once == by_hand[1]
    large = replay_head(leave, overflow)
    assert large.startswith("# large scores")
    assert "\n\n" not in large
    assert replay_head(leave, lambda x, head: work(x, head) * (len(x) < 20)) == "none"


def test_what_holds_no_real_numbers_is_said_with_what_was_wanted() -> None:
    def fill(W_E: np.ndarray, W_U: np.ndarray) -> np.ndarray:
        return np.full((W_E.shape[1],) * 2, None)

    said = str(check("ex6a", fill))
    assert "an array whose entries are no numbers; wanted an array (2, 2) of real numbers" in said
    assert "a list whose entries are no numbers" in str(check("ex6a", lambda *W: fill(*W).tolist()))
    said = str(check("w6", lambda *sizes: 1 + 0j))
    assert "it returned complex numbers; wanted a single real number" in said

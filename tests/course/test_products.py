"""Equal products are noticed between two learners, and none of those that many come to."""

from types import SimpleNamespace

import numpy as np
import pytest

from circuits.exercises import ASSIGNMENTS
from circuits.stream import toy_stream
from course.plugin import PLUGIN
from course.products import COMMON, is_plain, list_products, mark_answers
from grader.reports.equal_answers import find_equal_answers
from grader.reports.results import PartResult, Result
from grader.roster.class_list import Person
from tests.bank import CASES, right_cases
from tests.bank.case import rewrite
from tests.bank.products import collect_marks

UNNAMED = SimpleNamespace(status="right", diagnosis=None)
PARTS = [name for name in ASSIGNMENTS["exercise-2"] if any(c.heads for c in right_cases(name))]
STARTS = {name: next(c for c in right_cases(name) if c.heads) for name in PARTS}
CLASSES = 12
HABITS = (1, 2, 3, 0.5, 10, 1.5, 0.1, 0.7, 1.3)


def spread(case, rng):
    """Return the head as somebody writes it who weighs its components, or pairs of positions."""
    first, _ = case.heads[0]
    rows = case.answers[first]
    weights = np.repeat(rng.choice(HABITS, size=len(rows) // 2), 2)[:, None]
    return change(case, {first: weights * rows})


def mix(case, rng):
    """Return the head with components that are mixed, as hardly anybody else would."""
    first, _ = case.heads[0]
    rows = case.answers[first]
    return change(case, {first: rows + rng.normal(size=2 * [len(rows)]) @ rows})


def change(case, changed):
    return SimpleNamespace(answers={**case.answers, **changed}, heads=case.heads)


def write_class(rng, size=60, copiers=6):
    """Return a class: marks by learner and part, and who copied from whom.

    Four in ten stay with common answers, three weigh components by round numbers, and three mix
    them in four of ten parts. Who copies takes all of it, half of them in another
    basis.
    """
    people = []
    for _ in range(size - copiers):
        style = rng.choice(["common", "weights", "own"], p=[0.4, 0.3, 0.3])
        answers = {}
        for part in PARTS:
            case = STARTS[part]
            if style == "weights":
                case = spread(case, rng)
            elif style == "own" and rng.random() < 0.4:
                case = mix(case, rng)
            answers[part] = case
        people.append(answers)
    pairs = {}
    for number in range(size - copiers, size):
        source = int(rng.integers(size - copiers))
        pairs[number] = source
        people.append({part: turn(case, rng) for part, case in people[source].items()})
    marks = [
        {
            part: mark_answers(part, case.answers, UNNAMED)
            for part, case in answers.items()
            if case is not STARTS[part]  # which has none; see below
        }
        for answers in people
    ]
    return marks, pairs


def turn(case, rng):
    """Return the same head, in every other case in another basis."""
    first, second = case.heads[0]
    A = np.linalg.qr(rng.normal(size=2 * [len(case.answers[first])]))[0]
    other = case.answers[second]
    turned = other @ A.T if second.startswith("W_out") else A @ other
    changed = {first: A @ case.answers[first], second: turned}
    return change(case, changed) if rng.random() < 0.5 else case


def make_results(marks):
    return [
        Result(
            Person(f"{number:02}"), "exercise-2", "graded", 0, 1,
            parts=tuple(PartResult(part, "graded", 0, 1, marks=own) for part, own in one.items()),
        )
        for number, one in enumerate(marks)
    ]  # fmt: skip


def test_the_table_of_common_products_is_that_of_the_bank():
    wanted = collect_marks()
    with np.load(COMMON) as kept:
        assert set(kept.files) == set(wanted)
        for name in kept.files:
            np.testing.assert_allclose(kept[name], wanted[name], atol=1e-4)


def test_no_answer_of_the_bank_is_marked_in_whatever_basis_or_rounded():
    rng = np.random.default_rng(0)
    for case in CASES:
        for one in (case, rewrite(case, rng) if case.heads else case):
            assert mark_answers(one.part, one.answers, UNNAMED) == {}, one.id
    for case in STARTS.values():
        rounded = {name: np.round(value, 3) for name, value in case.answers.items()}
        assert mark_answers(case.part, rounded, UNNAMED) == {}, case.id


def test_a_named_mistake_and_a_malformed_answer_are_not_marked():
    own = mix(STARTS["ex2d"], np.random.default_rng(0))
    assert mark_answers("ex2d", own.answers, UNNAMED)
    for status, diagnosis in (("wrong", "leak"), ("malformed", None), ("unattempted", None)):
        report = SimpleNamespace(status=status, diagnosis=diagnosis)
        assert mark_answers("ex2d", own.answers, report) == {}
    half = {"W_Q_same": "none", "W_K_same": own.answers["W_K_same"]}
    assert mark_answers("ex2d", half, UNNAMED) == {}


@pytest.mark.parametrize("factor", [1.0, -2.0, 1e90])
def test_a_mark_is_that_of_the_product_up_to_scale(factor):
    rng = np.random.default_rng(1)
    own = mix(STARTS["ex2d"], rng)
    (mark,) = mark_answers("ex2d", own.answers, UNNAMED).values()
    scaled = {name: factor * value for name, value in turn(own, rng).answers.items()}
    (other,) = mark_answers("ex2d", scaled, UNNAMED).values()
    np.testing.assert_allclose(mark, other, atol=1e-6)
    (stranger,) = mark_answers("ex2d", mix(STARTS["ex2d"], rng).answers, UNNAMED).values()
    assert np.abs(np.subtract(mark, stranger)).max() > 0.1


def test_plain_products_match_named_directions_one_to_one():
    stream = toy_stream()
    content = stream.u_cont[:4]

    def product(weights, rows=content):
        return (np.array(weights)[:, None] * rows).T @ content

    assert is_plain(product([1, 2, 0.5, 30]))
    assert not is_plain(product([1, 1, 1, 1], content + 0.2 * content[::-1]))
    turned = stream.u_cos[0] * np.cos(1) + stream.u_sin[0] * np.sin(1)
    assert is_plain(np.outer(turned, stream.u_cos[0]))
    assert is_plain(stream.v[:2].T @ np.array([stream.u_cos[0], stream.u_sin[0]]))
    assert not is_plain(np.outer(stream.v[:3].sum(axis=0), stream.u_cos[0]))
    assert not is_plain(np.eye(64)), "the trained model has no named directions"


def test_the_plugin_marks_what_it_judges():
    own = mix(STARTS["ex2a"], np.random.default_rng(2))
    part = next(one for one in PLUGIN.list_parts("exercise-2") if one.id == "ex2a")
    verdict = PLUGIN.judge(part, own.answers, 1)
    assert verdict.marks == mark_answers("ex2a", own.answers, verdict.report)
    assert dict(list_products("ex2a", own.answers)).keys() == {"QK content"}


def test_no_innocent_pair_in_twelve_classes_and_some_of_the_copiers_are_found():
    """Of 60 classes, too, there was no innocent pair, and one in six of the copiers was found."""
    found = copied = 0
    for seed in range(CLASSES):
        marks, pairs = write_class(np.random.default_rng(seed))
        friends = {(source, number) for number, source in pairs.items()}
        friends |= {
            (one, two) for one in pairs for two in pairs if one < two and pairs[one] == pairs[two]
        }
        seen = {
            (one, two)
            for equal in find_equal_answers(make_results(marks))
            for one in map(int, equal.students)
            for two in map(int, equal.students)
            if one < two
        }
        assert seen <= friends, f"class {seed} has an innocent pair"
        found += sum((source, number) in seen for number, source in pairs.items())
        copied += len(pairs)
    assert 0.1 < found / copied < 0.35

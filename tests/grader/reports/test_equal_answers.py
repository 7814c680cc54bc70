"""Two or three learners with equal answers in two parts are listed, and nobody else."""

from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell

from grader.feedback.check import find_report
from grader.grading.grade_notebook import write_verdict
from grader.plugin import PlainReport, Verdict, judge_safely
from grader.reports.equal_answers import EqualAnswers, find_equal_answers
from grader.reports.results import PartResult, Result
from grader.roster.class_list import Person


def make_class(**marks):
    """Return results: a mark for each of the parts a, b and c, or None, by learner."""
    return [
        Result(
            Person(name), "one", "graded", 0, 3,
            parts=tuple(
                PartResult(part, "graded", 0, 1, marks={} if mark is None else {"QK": [mark, 0.5]})
                for part, mark in zip("abc", own, strict=True)
            ),
        )
        for name, own in marks.items()
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("marks", "wanted"),
    [
        ({"ann": (1, 2, 3), "bob": (1, 2, 4)}, [(("ann", "bob"), ("a", "b"))]),
        ({"ann": (1, 2, 3), "bob": (1 + 1e-6, 2, 4)}, [(("ann", "bob"), ("a", "b"))]),
        ({"ann": (1, 2, 3), "bob": (1 + 1e-4, 2, 4)}, []),
        ({"ann": (1, None, None), "bob": (1, None, None)}, []),
        ({"ann": (None,) * 3, "bob": (None,) * 3}, []),
        (dict.fromkeys(("ann", "bob", "cid"), (1, 2, 3)), [(("ann", "bob", "cid"), tuple("abc"))]),
        (dict.fromkeys(("ann", "bob", "cid", "dora"), (1, 2, 3)), []),
        (
            {"ann": (1, 2, 3), "bob": (1, 2, 3), "cid": (1, 2, 4)},
            [
                (("ann", "bob"), ("a", "b", "c")),
                (("ann", "cid"), ("a", "b")),
                (("bob", "cid"), ("a", "b")),
            ],
        ),
    ],
)
def test_equal_answers_of_two_or_three_in_two_parts(marks, wanted):
    assert find_equal_answers(make_class(**marks)) == tuple(EqualAnswers(*one) for one in wanted)


def test_marks_go_from_a_verdict_into_the_graded_notebook():
    report = PlainReport("a", 1, 1, "right", "Right.")
    verdict = Verdict("a", 3.0, 1.0, report, marks={"QK": (1.0, 0.5)})
    plugin = SimpleNamespace(judge=lambda *_: verdict)
    judged = judge_safely(plugin, SimpleNamespace(id="a", points=1), {}, 0)
    assert judged.points == 1.0
    cell = new_code_cell()
    write_verdict(cell, judged)
    assert find_report(cell.outputs)[0]["marks"] == {"QK": [1.0, 0.5]}

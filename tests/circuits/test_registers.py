"""A part of the table is known wherever a part has to be registered to be judged."""

from __future__ import annotations

from typing import get_args

import pytest

from circuits.behaviours.targets import _RULES, RuleName
from circuits.diagnosis.attention import _DIAGNOSERS
from circuits.exercises import PARTS
from circuits.judging import _EXAMINERS
from circuits.judging.attempts import TASKS

CHECKED = [part.id for part in PARTS.values() if part.grading == "auto"]
LOOKING = [
    part for part in CHECKED if any(answer.name.startswith("W_Q") for answer in PARTS[part].answers)
]


@pytest.mark.parametrize("part", CHECKED)
def test_a_part_with_a_check_has_an_examiner(part: str) -> None:
    assert part in _EXAMINERS, f"add {part} to _EXAMINERS in circuits/judging/__init__.py"


@pytest.mark.parametrize("part", LOOKING)
def test_a_head_that_looks_somewhere_has_a_task_and_a_diagnoser(part: str) -> None:
    assert part in TASKS, f"add {part} to TASKS in circuits/judging/attempts.py"
    assert part in _DIAGNOSERS, f"add {part} to _DIAGNOSERS in circuits/diagnosis/attention.py"


def test_every_rule_that_a_task_may_name_is_there() -> None:
    assert set(_RULES) == set(get_args(RuleName))
    assert {part: task.rule for part, task in TASKS.items() if task.rule not in _RULES} == {}


@pytest.mark.parametrize(
    ("where", "register"),
    [
        ("_EXAMINERS in circuits/judging/__init__.py", _EXAMINERS),
        ("TASKS in circuits/judging/attempts.py", TASKS),
        ("_DIAGNOSERS in circuits/diagnosis/attention.py", _DIAGNOSERS),
    ],
)
def test_no_register_keeps_a_part_that_is_gone(where: str, register: dict[str, object]) -> None:
    gone = sorted(set(register) - set(CHECKED))
    assert gone == [], f"take {gone} out of {where}, or put it into circuits/exercises"

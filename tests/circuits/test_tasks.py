"""What a part asks for stands in its row of the table, and nothing else asks for its id."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from circuits import check
from circuits.exercises import PARTS
from circuits.parts import matrix
from tests.bank import PART_IDS, right_cases

ROOT = Path(__file__).parents[2]
CODE = [
    path
    for path in sorted((ROOT / "circuits").rglob("*.py"))
    if "exercises" not in path.relative_to(ROOT).parts
]


@pytest.mark.parametrize("part", PART_IDS)
def test_a_row_fits_its_task(part: str) -> None:
    assert PARTS[part].task.find_fault(PARTS[part]) is None


def test_a_row_that_its_task_cannot_judge_is_refused_in_one_sentence() -> None:
    part = PARTS["ex2c"]
    without = replace(part, properties=part.properties[:1])
    with (
        mock.patch.dict(PARTS, {"ex2c": without}),
        pytest.raises(ValueError, match=r"part ex2c in circuits/exercises .* its properties"),
    ):
        check("ex2c", np.ones((4, 48)), np.ones((4, 48)))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_of_the_toolkit_asks_for_the_id_of_a_part(path: Path) -> None:
    assert list(_find_ids(ast.parse(path.read_text(encoding="utf-8")))) == []


def _find_ids(tree: ast.Module) -> Iterator[str]:
    """Yield what strings of code, but for docstrings, are the id of a part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in PARTS:
            yield f"line {node.lineno}: {node.value}"


@pytest.mark.parametrize("part", PART_IDS)
def test_a_part_is_judged_by_its_row_whatever_it_is_called(part: str) -> None:
    renamed = replace(PARTS[part], id=f"{part}-called-otherwise")
    case = right_cases(part)[0]
    names = [answer.name for answer in renamed.answers]
    earlier = {name: case.answers[name] for name in renamed.builds_on if name in case.answers}
    with mock.patch.dict(PARTS, {renamed.id: renamed}):
        report = check(renamed.id, *(case.answers[name] for name in names), **earlier)
    assert (report.status, report.points) == ("right", renamed.points)


def test_an_axis_of_free_length_is_alike_in_all_answers_of_the_part() -> None:
    part = PARTS["ex2f"]
    values = matrix("W_V_next", "d_head", 48, "what is read"), matrix("W_out", 48, "d_head", "to")
    more = replace(part, answers=(*part.answers, *values))
    with mock.patch.dict(PARTS, {"ex2f": more}):
        report = check("ex2f", *[np.ones((4, 48))] * 3, np.ones((48, 5)))
        shape = check("ex2f", *[np.ones((4, 48))] * 3, np.ones((9, 9)))
    assert report.status == "malformed"
    assert "W_out has shape (48, 5); wanted the same d_head in all of them." in str(report)
    assert "W_out has shape (9, 9); wanted (48, 1 to 8)." in str(shape)

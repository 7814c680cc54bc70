"""The solutions display the answers of exercise 1 in blocks, as the sheet does, equal to the code.

A block is 4 by 4: `I`, `0`, or a letter whose own matrix is displayed on the page.
"""

import re

import numpy as np
import pytest

from circuits.exercises import ASSIGNMENTS, PARTS
from grader.course import find_sources
from tests.grader.weave.test_reference_answers import run_answers

DISPLAY = re.compile(
    r"(?:\$\$|\\qquad)\s*([^=$]+?) = \\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", re.DOTALL
)
NET_1, NET_2 = r"W_{\mathrm{net}}^1", r"W_{\mathrm{net}}^2"
SHOWN_AS = {
    "W_V_1": "W_V^1",
    "W_out_1": r"W_{\mathrm{out}}^1",
    "W_V_2": "W_V^2",
    "W_out_2": r"W_{\mathrm{out}}^2",
    "W_net_1": NET_1,
    "W_net_2": NET_2,
    "two_token_copy": rf"{NET_2} \, {NET_1}",
    "one_token_copy": f"{NET_2} + {NET_1}",
}
ANSWERS = [
    answer.name
    for part in ASSIGNMENTS["exercise-1"]
    for answer in PARTS[part].answers
    if answer.kind == "matrix"
]


def read_blocks(latex):
    """Return what each display on a page shows, as an array, by the left side of its equation."""
    entries = {
        name: [[entry.strip() for entry in row.split("&")] for row in body.split(r"\\")]
        for name, body in DISPLAY.findall(latex)
    }
    blocks = {"I": np.eye(4), "0": np.zeros((4, 4))}
    # A letter stands for a block of numbers; every other matrix is made of blocks.
    blocks |= {name: np.array(rows, float) for name, rows in entries.items() if len(name) == 1}
    return blocks | {
        name: np.block([[blocks[entry] for entry in row] for row in rows])
        for name, rows in entries.items()
        if len(name) > 1
    }


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_displayed_in_blocks_equal_to_its_code(answer):
    page = (find_sources().solutions / "exercise-1.md").read_text(encoding="utf-8")
    displays = read_blocks(page)
    assert SHOWN_AS[answer] in displays, f"solutions/exercise-1.md displays no {SHOWN_AS[answer]}"
    assert np.array_equal(displays[SHOWN_AS[answer]], run_answers("exercise-1")[answer])


def test_blocks_are_read_row_by_row():
    numbers = r"$$ Q = \begin{pmatrix} 1 & 0 & 0 & 0 \end{pmatrix} $$"
    shown = read_blocks(numbers + r"$$ W_V = \begin{pmatrix} I & 0 \end{pmatrix} $$")
    assert np.array_equal(shown["Q"], [[1, 0, 0, 0]])
    assert np.array_equal(shown["W_V"], np.hstack([np.eye(4), np.zeros((4, 4))]))


@pytest.mark.parametrize(
    "part", [part for part in ASSIGNMENTS["warmup"] if PARTS[part].grading == "auto"]
)
def test_the_answer_to_a_part_of_the_warm_up_is_displayed_before_its_code(part):
    page = (find_sources().solutions / "warmup.md").read_text(encoding="utf-8")
    before = page[: page.index(f"grade_id: {part}\n")]
    section = before[before.rindex("\n## ") :]
    assert section.count("$$") >= 2, f"solutions/warmup.md: {part} displays no equation"

"""What the two directives write onto a page."""

import re

import pytest

from circuits.exercises import PARTS
from circuits.exercises.cards import name_rungs, write_card, write_hints

EVERY_PART = pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())


@EVERY_PART
def test_a_card_names_everything_that_is_handed_in(part):
    card = "\n".join(write_card(part, "page"))
    assert part.objective in card
    assert f"difficulty {part.difficulty} of 3" in card
    assert f"{part.points:g} point" in card
    for answer in part.answers:
        assert f"`{answer.name}`" in card


@EVERY_PART
def test_every_row_of_the_table_has_three_cells(part):
    rows = [line for line in write_card(part, "page") if line.startswith("|")]
    assert len(rows) == 2 + len(part.answers)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


@EVERY_PART
def test_every_hint_is_behind_a_door_of_its_own(part):
    lines = write_hints(part)
    doors = [line for line in lines if "{dropdown}" in line]
    assert len(doors) == len(part.hints)
    assert [f"Hint {i + 1}: " in door for i, door in enumerate(doors)] == [True] * len(doors)


def test_the_ladder_goes_from_a_nudge_to_nearly_the_answer():
    assert name_rungs(0) == []
    assert name_rungs(1) == ["a nudge"]
    assert name_rungs(2) == ["a nudge", "nearly the answer"]
    assert name_rungs(4)[1:3] == ["a step further"] * 2

"""List all parts in one table, which pages, notebooks, checks, hidden tests and reports read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from circuits.exercises import (
    exercise_1,
    exercise_2,
    exercise_3,
    exercise_4,
    exercise_5,
    exercise_6,
    warmup,
)
from circuits.parts import Answer, Part, Property

__all__ = [
    "ASSIGNMENTS",
    "PARTS",
    "Answer",
    "Part",
    "Property",
    "collect_parts",
    "find_earlier",
    "get_checked_part",
    "get_part",
    "group_parts",
]


def collect_parts(rows: Iterable[Part]) -> dict[str, Part]:
    """Return the parts by id, in the order of the rows.

    Raises:
        ValueError: If two parts have one id: the second would take the place of the first.
    """
    parts: dict[str, Part] = {}
    for part in rows:
        if part.id in parts:
            raise ValueError(
                f"the id {part.id!r} is used twice in circuits/exercises; give each part its own"
            )
        parts[part.id] = part
    return parts


def group_parts(parts: Mapping[str, Part]) -> dict[str, tuple[str, ...]]:
    """Return the ids of each assignment's parts, in the order of the sheet.

    Raises:
        ValueError: If the parts of an assignment do not stand together: those that come first
            would be lost.
    """
    assignments: dict[str, tuple[str, ...]] = {}
    for name, group in groupby(parts.values(), key=lambda part: part.assignment):
        ids = tuple(part.id for part in group)
        if name in assignments:
            raise ValueError(
                f"the part {ids[0]!r} stands apart from the other parts of {name!r} in "
                "circuits/exercises; put them side by side"
            )
        assignments[name] = ids
    return assignments


PARTS: dict[str, Part] = collect_parts(
    (
        *warmup.PARTS,
        *exercise_1.PARTS,
        *exercise_2.PARTS,
        *exercise_3.PARTS,
        *exercise_4.PARTS,
        *exercise_5.PARTS,
        *exercise_6.PARTS,
    )
)
"""All parts by id, in the order of the sheet."""

ASSIGNMENTS: dict[str, tuple[str, ...]] = group_parts(PARTS)
"""The ids of each assignment's parts, in the order of the sheet."""


def get_part(part_id: str) -> Part:
    """Return the part with this id.

    Raises:
        KeyError: If there is none; the message lists those there are.
    """
    if part_id not in PARTS:
        raise KeyError(f"there is no part {part_id!r}; the parts are {', '.join(PARTS)}")
    return PARTS[part_id]


def get_checked_part(part_id: str) -> Part:
    """Return the part with this id, which a check can judge.

    Raises:
        KeyError: If there is none.
        ValueError: If the part is graded by hand, or its row does not fit its task.
    """
    part = get_part(part_id)
    fault = part.checked_task.find_fault(part)
    if fault:
        raise ValueError(f"part {part_id} in circuits/exercises cannot be judged: {fault}")
    return part


def find_earlier(part: Part) -> dict[str, Answer]:
    """Return the earlier answers that a part builds on, by name.

    They are of its own chapter, or brought along from one before. A name may be handed in by
    several chapters: what counts is the part's own, and after that the one nearest before it.
    """
    before = list(PARTS.values())[: list(PARTS).index(part.id)]
    own = [other for other in PARTS.values() if other.assignment == part.assignment]
    asked = {answer.name: answer for other in (*before, *own) for answer in other.answers}
    return {name: asked[name] for name in part.builds_on}

"""Put the rows of all chapters together, and refuse a table that would hide one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from circuits.parts import Part


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

"""Write what a class earned as CSV: a line for each grade (long) or for each learner (wide).

The first columns of the long form are those of stock ``nbgrader export``. A score is written only
where it counts: who is pending, missing or excused has an empty cell, and ``state`` says why.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from grader.paths import replacing
from grader.reports.results import PartResult, Result
from grader.roster.class_list import Person

Level = Literal["assignment", "part", "property"]
LEVELS: tuple[Level, ...] = ("assignment", "part", "property")

_PERSON = ("student_id", "last_name", "first_name", "email")
_ABOUT = ("assignment", "duedate", "timestamp", *_PERSON)
_OF_PART = ("part", "diagnosis")
_OF_PROPERTY = ("part", "property", "finding")


def write_long(results: Iterable[Result], path: Path, level: Level = "assignment") -> int:
    """Write a line for each learner and assignment, or part, or property.

    Args:
        results: From :func:`grader.reports.results.read_results`; with findings for properties.
        path: The file; what was there before is replaced when all is written.
        level: What a line is about. A file holds one level, so that no sum counts twice.

    Returns:
        How many lines there are below the header.
    """
    return _write(path, _make_header(level), _make_lines(results, level))


def write_wide(results: Iterable[Result], path: Path, level: Level = "assignment") -> int:
    """Write a line for each learner, with a score and a state for each assignment.

    Args:
        results: As for :func:`write_long`.
        path: The file.
        level: With "part" each part has a column, such as ``exercise-1/ex1a``; with "property"
            each property has one as well.

    Returns:
        How many learners there are.
    """
    people: dict[str, dict[str, str]] = {}
    columns: dict[str, None] = dict.fromkeys(_PERSON)
    for result in results:
        person = result.person
        row = people.setdefault(person.id, dict(zip(_PERSON, _name(person), strict=True)))
        for name, value in _spread(result, level):
            columns[name] = None
            row[name] = value
    lines = ([row.get(name, "") for name in columns] for row in people.values())
    return _write(path, list(columns), lines)


def say_points(points: float | None) -> str:
    """Return points as a platform reads them; "" for none.

    Example:
        >>> say_points(20.5), say_points(3.0), say_points(0.0), say_points(None)
        ('20.5', '3', '0', '')
    """
    return "" if points is None else f"{round(points, 4):.10g}"


def _make_header(level: Level) -> list[str]:
    if level == "assignment":
        scores = ["raw_score", "late_submission_penalty", "score", "max_score"]
        return [*_ABOUT, *scores, "state", "points_so_far", "seconds_late", "waiting", "late"]
    extra = _OF_PART if level == "part" else _OF_PROPERTY
    return [*_ABOUT, *extra, "score", "max_score", "state", "points_so_far"]


def _make_lines(results: Iterable[Result], level: Level) -> Iterator[list[str]]:
    for result in results:
        dates = map(_say_date, (result.due, result.handed_in))
        about = [result.assignment, *dates, *_name(result.person)]
        if level == "assignment":
            yield about + _describe(result)
        for part in result.parts if level != "assignment" else ():
            if level == "part":
                yield [*about, part.part, part.diagnosis, *_score(part)]
            else:
                yield from (about + line for line in _list_findings(part))


def _name(person: Person) -> tuple[str, ...]:
    """Return a learner's columns, in the order of `_PERSON`."""
    return person.id, person.last_name, person.first_name, person.email


def _describe(result: Result) -> list[str]:
    counts = result.state == "graded"
    waiting = [part.part for part in result.parts if part.state == "pending"]
    return [
        say_points(result.points if counts else None),
        say_points(result.penalty if counts else None),
        say_points(result.score),
        say_points(result.max_points),
        result.state,
        say_points(result.points if result.state in ("graded", "pending") else None),
        say_points(result.late) if result.handed_in else "",
        " ".join(waiting) if result.state == "pending" else "",
        "LATE" if result.late else "",
    ]


def _score(part: PartResult) -> list[str]:
    begun = part.state in ("graded", "pending")
    return [
        say_points(part.score),
        say_points(part.max_points),
        part.state,
        say_points(part.points if begun else None),
    ]


def _list_findings(part: PartResult) -> Iterator[list[str]]:
    whole = not part.findings or not part.is_sum
    if whole:  # a text, or nothing to judge, or a person gave other points
        yield [part.part, "", "", *_score(part)]
    for one in part.findings:
        about = [part.part, one.property, one.state]
        if whole:
            yield [*about, "", "", part.state, ""]
        else:
            points = replace(part, points=one.points, max_points=one.max_points)
            yield [*about, *_score(points)]


def _spread(result: Result, level: Level) -> Iterator[tuple[str, str]]:
    name = result.assignment
    yield name, say_points(result.score)
    yield f"{name} state", result.state
    for part in result.parts if level != "assignment" else ():
        yield f"{name}/{part.part}", say_points(part.score)
        for one in part.findings if level == "property" else ():
            counts = part.state == "graded" and part.is_sum
            yield f"{name}/{part.part}/{one.property}", say_points(one.points if counts else None)


def _say_date(date: datetime | None) -> str:
    return f"{date:%Y-%m-%d %H:%M:%S} UTC" if date else ""


def _write(path: Path, header: list[str], lines: Iterable[list[str]]) -> int:
    count = 0
    with replacing(path) as fresh, fresh.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        for line in lines:
            table.writerow(line)
            count += 1
    return count

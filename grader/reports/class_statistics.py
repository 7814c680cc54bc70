"""Put together what a class's grades say about an assignment, as data for a page, JSON or CSV."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from grader.errors import CourseError
from grader.intake.record import load_notebook, read_sources
from grader.paths import Classroom
from grader.plugin import Plugin, find_part
from grader.reports.item_analysis import (
    correlate_with_rest,
    find_alpha,
    find_difficulty,
    find_discrimination,
    keep_complete,
)
from grader.reports.results import PartResult, Result

NO_NAME = "no name"
"""What a mistake is called that the course has no name for."""

_WRONG = ("wrong", "malformed")
_UNTOUCHED = ("unattempted", "stopped", "unread")
_END = ""


@dataclass(frozen=True)
class Cluster:
    """The same mistake of several learners in one part.

    Attributes:
        mistake: Its slug; NO_NAME where the same properties fail.
        cause: What it comes from, a sentence, or "".
        fails: The properties that fail, as the course words them, for a mistake without a name.
        students: Who made it, by id.
        example: The answer of the first of them, or "".
    """

    mistake: str
    cause: str
    fails: tuple[str, ...]
    students: tuple[str, ...]
    example: str = ""


@dataclass(frozen=True)
class Share:
    """How many learners have one property.

    Attributes:
        property: Its slug.
        claim: The same as a sentence, or "".
        holds: Of how many answers it holds.
        judged: Of how many it was judged.
    """

    property: str
    claim: str
    holds: int
    judged: int


@dataclass(frozen=True)
class PartStatistics:
    """One part over the class.

    Attributes:
        part: Its id.
        title: For people, or "".
        max_points: What there is to earn.
        points: Of each learner whose points count.
        pending: How many wait for a person.
        states: How many answers are right, wrong, malformed, unattempted, stopped or unread; a
            text that was written is in none of these.
        difficulty: Mean share of the points, or None.
        discrimination: Upper minus lower 27 %, or None.
        item_rest: Correlation with the other parts, or None.
        properties: In the course's order.
        mistakes: How often each was made, the most frequent first.
        cluster: The largest one of two or more, or None.
        stopped: Whose last attempted part it is, though others follow.
    """

    part: str
    title: str
    max_points: float
    points: tuple[float, ...]
    pending: int
    states: Mapping[str, int]
    difficulty: float | None
    discrimination: float | None
    item_rest: float | None
    properties: tuple[Share, ...] = ()
    mistakes: Mapping[str, int] = field(default_factory=dict)
    cluster: Cluster | None = None
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClassStatistics:
    """An assignment over the class.

    Attributes:
        assignment: Its name.
        max_points: What there is to earn in the parts that were asked for.
        states: How many learners are graded, pending, missing or excused.
        points: Of each who handed in, so far, in these parts.
        compared: How many learners have points in all compared parts.
        compared_parts: In which at least half of the class has points that count.
        alpha: Cronbach's, over these; or None.
        parts: In order.
        nothing: Who handed in, and attempted no part.
    """

    assignment: str
    max_points: float
    states: Mapping[str, int]
    points: tuple[float, ...]
    compared: int
    compared_parts: tuple[str, ...]
    alpha: float | None
    parts: tuple[PartStatistics, ...]
    nothing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


COLUMNS = (
    "assignment", "part", "max_points", "graded", "pending", "mean", "difficulty",
    "discrimination", "item_rest", "right", "wrong", "malformed", "unattempted", "stopped",
    "unread", "stopped_here", "most_frequent_mistake",
)  # fmt: skip


def list_rows(found: ClassStatistics) -> Iterator[list[object]]:
    """Yield a row for each part, in the order of :data:`COLUMNS`; "" where there is no number."""
    for part in found.parts:
        numbers = (part.difficulty, part.discrimination, part.item_rest)
        states = COLUMNS[COLUMNS.index("right") : COLUMNS.index("unread") + 1]
        yield [
            found.assignment,
            part.part,
            part.max_points,
            len(part.points),
            part.pending,
            round(float(np.mean(part.points)), 4) if part.points else "",
            *("" if number is None else round(number, 4) for number in numbers),
            *(part.states.get(state, 0) for state in states),
            len(part.stopped),
            next(iter(part.mistakes), ""),
        ]


def make_statistics(
    results: Sequence[Result], classroom: Classroom, plugin: Plugin, parts: Sequence[str] = ()
) -> ClassStatistics:
    """Return what the results of one assignment say.

    Args:
        results: Of everybody, with findings; at least one.
        classroom: Where the graded notebooks are, for examples of mistakes.
        plugin: The course.
        parts: Ids; only these are returned, with the numbers that they have among all. Empty for
            all.

    Raises:
        CourseError: If there is no such part.
    """
    known = {p.part for p in results[0].parts}
    if strange := [name for name in parts if name not in known]:
        raise CourseError(f"There is no part called {', '.join(strange)}; see the spelling.")
    there = [one for one in results if one.state in ("graded", "pending") and one.parts]
    names = [p.part for p in results[0].parts]
    kept = set(parts or names)
    rows = [[next(p for p in one.parts if p.part == name) for name in names] for one in there]
    table = np.array(
        [[np.nan if p.score is None else p.score for p in row] for row in rows], dtype=float
    ).reshape(len(rows), len(names))
    complete, compared = keep_complete(table)
    totals = complete.sum(axis=1)
    place = iter(range(complete.shape[1]))
    last = {name: tuple(students) for name, students in _find_last(there, rows).items()}
    found = []
    for column, name in enumerate(names):
        most = next(p.max_points for p in results[0].parts if p.part == name)
        own = complete[:, next(place)] if compared[column] else None
        if name not in kept:
            continue
        found.append(
            _make_part(
                name,
                most,
                table[:, column],
                None if own is None else find_discrimination(own, totals, most),
                None if own is None else correlate_with_rest(own, totals),
                [(one.person.id, row[column]) for one, row in zip(there, rows, strict=True)],
                last.get(name, ()),
                classroom,
                plugin,
                results[0].assignment,
            )
        )
    return ClassStatistics(
        results[0].assignment,
        sum(part.max_points for part in found),
        dict(Counter(one.state for one in results)),
        tuple(float(sum(p.points for p in row if p.part in kept)) for row in rows),
        len(complete),
        tuple(name for name, is_compared in zip(names, compared, strict=True) if is_compared),
        find_alpha(complete),
        tuple(found),
        last.get(_END, ()),
    )


def _find_last(
    there: Sequence[Result], rows: Sequence[Sequence[PartResult]]
) -> dict[str, list[str]]:
    """Return whose last attempted part it is, where others follow; _END where nothing was tried."""
    last: dict[str, list[str]] = defaultdict(list)
    for one, row in zip(there, rows, strict=True):
        tried = [p.part for p in row if p.status not in _UNTOUCHED]
        if not tried or tried[-1] != row[-1].part:
            last[tried[-1] if tried else _END].append(one.person.id)
    return last


def _make_part(
    name: str,
    most: float,
    points: np.ndarray[Any, np.dtype[np.float64]],
    discrimination: float | None,
    item_rest: float | None,
    answers: Sequence[tuple[str, PartResult]],
    stopped: tuple[str, ...],
    classroom: Classroom,
    plugin: Plugin,
    assignment: str,
) -> PartStatistics:
    claims = dict(plugin.explain({"part": name}).claims)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    mistakes: Counter[str] = Counter()
    for student, answer in answers:
        for finding in answer.findings:
            seen[finding.property][finding.state] += 1
        if answer.status in _WRONG:
            fails = tuple(f.property for f in answer.findings if f.state == "fails")
            mistake = answer.diagnosis or NO_NAME
            mistakes[mistake] += 1
            wrong[mistake, () if answer.diagnosis else fails].append(student)
    part = find_part(plugin, name)
    return PartStatistics(
        name,
        part.title if part else "",
        most,
        tuple(float(p) for p in points if not np.isnan(p)),
        sum(answer.state == "pending" for _, answer in answers),
        dict(Counter(answer.status for _, answer in answers if answer.status)),
        find_difficulty(points, most),
        discrimination,
        item_rest,
        tuple(
            Share(slug, claims.get(slug, ""), states["holds"], states["holds"] + states["fails"])
            for slug, states in seen.items()
        ),
        dict(mistakes.most_common()),
        _find_cluster(name, wrong, claims, classroom, plugin, assignment),
        stopped,
    )


def _find_cluster(
    name: str,
    wrong: Mapping[tuple[str, tuple[str, ...]], Sequence[str]],
    claims: Mapping[str, str],
    classroom: Classroom,
    plugin: Plugin,
    assignment: str,
) -> Cluster | None:
    if not wrong:
        return None
    (mistake, fails), students = max(wrong.items(), key=lambda one: (len(one[1]), one[0]))
    if len(students) < 2:
        return None
    folder = classroom.root / "autograded" / students[0] / assignment
    sources = (read_sources(load_notebook(path)) for path in sorted(folder.glob("*.ipynb")))
    example = next((found[name] for found in sources if name in found), "")
    cause = "" if mistake == NO_NAME else plugin.explain({"part": name, "diagnosis": mistake}).cause
    said = tuple(claims.get(slug, slug) for slug in fails)
    return Cluster(mistake, cause, said, tuple(students), example)

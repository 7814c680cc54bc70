"""Find learners whose answers are equal in several parts, where hardly anybody else's are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.reports.results import Result

EQUAL = 1e-5
"""Up to which the numbers of two marks are equal: answers may be rounded to six digits."""

MOST = 3
"""Learners who share an answer; what more of them share is common."""

FEWEST_PARTS = 2
"""Parts in which two learners have to agree: one equal answer is easily a coincidence."""


@dataclass(frozen=True)
class EqualAnswers:
    """Two or three learners with equal answers.

    Attributes:
        students: Their ids.
        parts: In which all of them agree, in the course's order.
    """

    students: tuple[str, ...]
    parts: tuple[str, ...]


def find_equal_answers(results: Iterable[Result]) -> tuple[EqualAnswers, ...]:
    """Return who shares marks in at least two parts, largest agreement first.

    Args:
        results: Of everybody: what is common is seen in the whole class alone.
    """
    marks: dict[tuple[str, str], list[tuple[str, Sequence[float]]]] = defaultdict(list)
    for one in results:
        for part in one.parts:
            for circuit, mark in part.marks.items():
                marks[part.part, circuit].append((one.person.id, mark))
    shared: dict[frozenset[str], dict[str, None]] = defaultdict(dict)
    for (name, _), own in marks.items():
        for group in _group(own):
            if 1 < len(group) <= MOST:
                for pair in combinations(sorted(group), 2):
                    shared[frozenset(pair)][name] = None
    pairs = {pair: tuple(parts) for pair, parts in shared.items() if len(parts) >= FEWEST_PARTS}
    return tuple(sorted(_join(pairs), key=lambda one: (-len(one.parts), one.students)))


def _group(marks: Sequence[tuple[str, Sequence[float]]]) -> Iterator[set[str]]:
    """Yield sets of learners whose marks are equal."""
    students = np.array([student for student, _ in marks], dtype=object)
    numbers = np.array([mark for _, mark in marks], dtype=float)
    while len(students):
        near = np.abs(numbers - numbers[0]).max(axis=1) <= EQUAL
        yield set(students[near])
        students, numbers = students[~near], numbers[~near]


def _join(pairs: Mapping[frozenset[str], tuple[str, ...]]) -> Iterator[EqualAnswers]:
    """Yield pairs, and three learners once where each two of them agree in the same parts."""
    inside: set[frozenset[str]] = set()
    for one, two, three in combinations(sorted(set().union(*pairs)), 3):
        triple = [frozenset(pair) for pair in combinations((one, two, three), 2)]
        parts = {pairs.get(pair) for pair in triple}
        if None not in parts and len(parts) == 1:
            inside.update(triple)
            yield EqualAnswers((one, two, three), pairs[triple[0]])
    for pair, found in pairs.items():
        if pair not in inside:
            yield EqualAnswers(tuple(sorted(pair)), found)

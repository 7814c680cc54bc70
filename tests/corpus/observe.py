"""What became of a class after a batch: points, leaks, survivors, changes."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from circuits.exercises import PARTS
from tests.corpus.active import find_active, find_active_in_notebook
from tests.corpus.case import HONEST as HONEST_POINTS
from tests.corpus.case import Case
from tests.corpus.course import Course, name_students

UNTOUCHED = ("source", "release", "secret-seed", "token", "submitted")

_GRADES = """
select student.id, base_cell.name, grade.auto_score, grade.needs_manual_grade, grade_cells.max_score
from grade join base_cell on base_cell.id = grade.cell_id
join grade_cells on grade_cells.id = grade.cell_id
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join student on student.id = submitted_assignment.student_id
"""


@dataclass(frozen=True)
class Row:
    """One learner's row in the gradebook.

    Attributes:
        points: Of the parts that are graded by checks.
        flagged: Parts that wait for a person, of those.
        most: The highest points of each part.
    """

    points: Mapping[str, float | None]
    flagged: frozenset[str]
    most: Mapping[str, float]


@dataclass
class Outcome:
    """How one case went; it held if nothing is in ``lost``."""

    case: Case
    lost: list[str] = field(default_factory=list)


def read_gradebook(path: Path) -> dict[str, Row]:
    """Return every learner's row, by name; none if the gradebook cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as database:
            rows = database.execute(_GRADES).fetchall()
    except sqlite3.Error:
        return {}
    found: dict[str, dict[str, tuple[float | None, bool, float]]] = {}
    for student, cell, score, flagged, most in rows:
        part = PARTS.get(cell.removesuffix("-test"))
        if part is None or part.grading == "auto":
            found.setdefault(student, {})[cell.removesuffix("-test")] = (score, bool(flagged), most)
    return {
        student: Row(
            {part: score for part, (score, _, _) in parts.items()},
            frozenset(part for part, (_, flagged, _) in parts.items() if flagged),
            {part: most for part, (_, _, most) in parts.items()},
        )
        for student, parts in found.items()
    }


def take_prints(course: Course) -> dict[str, str]:
    """Return digests of all that grading must not change: path -> kind, rights, content."""
    prints = {}
    for name in UNTOUCHED:
        top = course.root / name
        for path in [top, *list_below(top)]:
            prints[str(path.relative_to(course.root))] = _print(path)
    return prints


def list_below(top: Path) -> Iterable[Path]:
    """Yield all files, links and folders below a folder."""
    for folder, folders, names in os.walk(top):
        for name in (*folders, *names):
            yield Path(folder, name)


def _print(path: Path) -> str:
    if not os.path.lexists(path):
        return "absent"
    about = path.lstat()
    content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    return f"{about.st_mode:o} {about.st_uid}:{about.st_gid} {hashlib.sha256(content).hexdigest()}"


def observe(
    course: Course,
    cases: Sequence[Case],
    assignment: str,
    before: Mapping[str, str],
    finished: bool,
    outside: Sequence[Path] = (),
) -> list[Outcome]:
    """Say of each case what it cost.

    Args:
        course: The class, graded.
        cases: What was handed in, in order.
        assignment: Of all of them.
        before: From :func:`take_prints`, before grading.
        finished: Whether the batch came to its end.
        outside: Folders besides the course in which nothing may be left.
    """
    students = name_students(cases)
    rows = read_gradebook(course.root / "gradebook.db")
    after = take_prints(course)
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    remains = find_remains(course, outside)
    outcomes = []
    for place, (student, case) in enumerate(students):
        if case is None:
            continue
        outcome = Outcome(case)
        outcomes.append(outcome)
        if not finished:
            outcome.lost.append("the batch did not finish")
        outcome.lost += judge_row(rows.get(student), case)
        for neighbour in (students[place - 1][0], students[place + 1][0]):
            outcome.lost += judge_neighbour(rows.get(neighbour), assignment)
        outcome.lost += find_leaks(course, student, assignment)
        outcome.lost += [
            f"changed {name}"
            for name in changed
            # What was handed in may be set aside by its own grading.
            if not name.startswith(tuple(f"submitted/{s}/" for s, c in students if c is not None))
        ]
        outcome.lost += remains
    return outcomes


def judge_row(row: Row | None, case: Case) -> list[str]:
    """Say what is wrong with a case's own row."""
    if row is None:
        return ["no row in the gradebook"]
    lost = []
    if case.unreadable:
        if not row.flagged >= set(case.points):
            lost.append("unreadable, but no person is asked")
        return lost + [f"{part}: {score:g} points" for part, score in row.points.items() if score]
    for part, wanted in case.points.items():
        if row.points.get(part) != wanted:
            lost.append(f"{part}: {row.points.get(part)} points, deserved {wanted:g}")
    lost += [f"{part}: {most:g} at most" for part, most in row.most.items() if most > 6]
    lost += [f"unknown cell {part}" for part in row.points if part not in PARTS]
    return lost


def judge_neighbour(row: Row | None, assignment: str) -> list[str]:
    """Say what is wrong with an honest row."""
    wanted = HONEST_POINTS[assignment]
    if row is None:
        return ["a neighbour has no row"]
    if row.flagged:
        return [f"a neighbour waits for a person: {', '.join(sorted(row.flagged))}"]
    return [] if row.points == wanted else [f"a neighbour has {dict(row.points)}"]


def find_leaks(course: Course, student: str, assignment: str) -> list[str]:
    """Say what a learner's own outputs and feedback show of things that are not theirs."""
    lost = []
    path = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
    graded = _read_json(path)
    shown = json.dumps([cell.get("outputs", []) for cell in graded.get("cells", [])])
    page = course.root / "feedback" / student / assignment / f"{assignment}.html"
    feedback = page.read_text() if page.is_file() else ""
    for words, where in ((shown, "outputs"), (feedback, "feedback")):
        lost += [f"{where} show {secret[:20]}" for secret in course.secrets if secret in words]
        if "REACHED" in words:
            lost.append(f"{where} show that something outside was reached")
    if "HIDDEN TESTS" in feedback or "course.hidden" in _without_own_words(feedback, course, path):
        lost.append("feedback shows hidden tests")
    lost += [f"feedback runs {what}" for what in sorted(find_active(feedback))]
    lost += [f"formgrader runs {what}" for what in sorted(find_active_in_notebook(graded))]
    return lost


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _without_own_words(feedback: str, course: Course, path: Path) -> str:
    """Return feedback, unless the learner wrote the words themselves."""
    handed_in = course.root / "submitted" / Path(*path.parts[-3:])
    if not handed_in.is_file():  # a pipe would be waited for
        return feedback
    return "" if "course.hidden" in handed_in.read_text(errors="replace") else feedback


def find_remains(course: Course, outside: Sequence[Path]) -> list[str]:
    """Say which files and processes bear the mark of something that wanted to survive."""
    wanted = f"survivor-{course.token}"
    lost = []
    for top in (course.root, *outside):
        lost += [
            f"left {path.name}"
            for path in list_below(top)
            if course.token in path.name or _holds(path, wanted)
        ]
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if wanted.encode() in process.read_bytes():
                lost.append("a process survived")
        except OSError:
            continue
    return lost


def _holds(path: Path, words: str) -> bool:
    """Whether a small text file holds these words; the learner's own copies do not count."""
    if path.suffix in (".ipynb", ".html", ".db", ".log") or not path.is_file():
        return False
    try:
        return path.stat().st_size < 100_000 and words.encode() in path.read_bytes()
    except OSError:
        return False

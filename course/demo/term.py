"""Take an instructor's term the whole way: two platforms' archives in, their own tables back.

Exercise 1 comes from Moodle and exercise 2 from Canvas. Texts are graded question by question, in a
table, and one who was late has an extension. What stands in the filled tables at the end is
compared with the gradebook, learner by learner.
"""

from __future__ import annotations

import contextlib
import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from circuits.exercises import PARTS
from course.demo.learners import LEARNERS, Learner
from course.demo.platforms import (
    Enrolled,
    name_canvas,
    name_moodle,
    write_canvas_table,
    write_moodle_table,
    write_zip,
)
from course.demo.replay import grade_replayed
from course.demo.run import DUE, clear, list_texts, write_hand_ins
from course.sources import Pages
from course.weave import weave_course
from grader.cli import main
from grader.errors import CourseError
from grader.gradebook.lateness import EXTENSIONS
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom
from grader.reports.results import Result, read_results

ZONE = "Europe/Berlin"
MOODLE, CANVAS = "exercise-1", "exercise-2"
COUNT = 300

_FIRST = (
    "Ada", "Ana", "Björn", "Chloé", "Dmitri", "Emmy", "Fatima", "Grace", "Hedy", "Ivo", "Jürgen",
    "Katherine", "Lê", "Mary Ann", "Noor", "Ólafur", "Priya", "Quentin", "Rosalind", "Sinéad",
)  # fmt: skip
_LAST = (
    "Lovelace", "García", "O'Neill-Smith", "Nguyễn", "de la Cruz", "Müller", "Lee, Jr.", "Noether",
    "Şahin", "Østergård", "Hopper", "van der Berg", "Curie", "Ibn Sina", "Wu",
)  # fmt: skip
_IDLE = 7  # every seventh hands in nothing
HandIns = Sequence[tuple[Learner, Enrolled]]
"""Who hands in, and as which of the invented learners."""

_STRANGER = Enrolled("stranger", "Zoë", "Quux", 99_999)
_SHOWN = 6  # lines of what a command says


@dataclass(frozen=True)
class Check:
    """What came back of one assignment.

    Attributes:
        platform: Whose table it is.
        equal: Learners whose grade in the table is that of the gradebook.
        blank: Learners without a score on both sides.
        other: Learners for whom the two differ.
    """

    platform: str
    equal: int
    blank: int
    other: tuple[str, ...]


def invent_people(count: int) -> tuple[Enrolled, ...]:
    """Return so many people; the first two have one full name, and every name is of some kind.

    Args:
        count: At most as many as there are pairs of names.

    Raises:
        ValueError: If there are not so many names.
    """
    pairs = [(first, last) for last in _LAST for first in _FIRST][:count]
    if len(pairs) < count:
        raise ValueError(f"There are {len(pairs)} names, and {count} are wanted.")
    pairs[1:2] = pairs[:1] if count > 1 else []
    return tuple(
        Enrolled(f"u{number:04}", first, last, 4000 + number)
        for number, (first, last) in enumerate(pairs, start=1)
    )


def run_term(
    sources: Pages,
    classroom: Classroom,
    count: int = COUNT,
    say: Callable[[str], None] = print,
    learners: Sequence[Learner] = LEARNERS,
) -> list[Check]:
    """Run the term, and say of each command what it said and how long it took.

    Args:
        sources: The pages.
        classroom: An empty or absent folder, or one that an earlier demo made.
        count: How many learners there are.
        say: Hears each line.
        learners: Whose notebooks are handed in, again and again.

    Returns:
        What came back of each assignment.

    Raises:
        CourseError: If the folder holds somebody's files, or a grade came back wrong.
    """
    clear(classroom)
    people = invent_people(count)
    hand_ins = [
        (learners[number % len(learners)], one)
        for number, one in enumerate(people)
        if number % _IDLE != _IDLE - 1
    ]
    with _timed("weave and release", say):
        weave_course(sources, classroom)
        pipeline = Pipeline(sources, classroom)
        for assignment in (MOODLE, CANVAS):
            pipeline.generate(assignment)
        _enter(pipeline, people)
    with _timed("the platforms' archives and tables", say):
        place = classroom.root / "downloaded"
        place.mkdir()
        points = {name: _count_points(pipeline, name) for name in (MOODLE, CANVAS)}
        _write_moodle(pipeline, people, hand_ins, place, points[MOODLE])
        _write_canvas(pipeline, people, hand_ins, place, points[CANVAS])
    _extend(classroom, hand_ins)
    run = _Commands(classroom, say)
    checks = []
    for assignment, option in ((MOODLE, "moodle"), (CANVAS, "canvas")):
        table = place / f"{option}.csv"
        archive = str(place / f"{option}.zip")
        run("collect", archive, assignment, "--table", str(table), "--zone", ZONE)
        with _timed(f"autograde {assignment}, equal notebooks once", say):
            grade_replayed(sources, classroom, assignment)
        shares = {one.login: learner.understanding for learner, one in hand_ins}
        for part in list_texts(assignment):
            run("texts", assignment, part)
            filled = _fill_in(classroom, assignment, part, shares)
            run("texts", assignment, part, "--import", str(filled), "--yes")
        run("late", assignment, "--yes")
        run("report", assignment, "--html", str(classroom.root / f"{assignment}.html"))
        run("feedback", assignment)
        run("return", assignment)
        run("export", assignment, f"--{option}", str(table))
        checks.append(_check(pipeline, assignment, option, people, table))
    run("export", "--wide", "--by", "part")
    wrong = [name for check in checks for name in check.other]
    if wrong:
        raise CourseError(f"The grades of {', '.join(wrong)} did not come back as they went.")
    return checks


class _Commands:
    """Gives commands as an instructor does, and says how they went."""

    def __init__(self, classroom: Classroom, say: Callable[[str], None]) -> None:
        self._root, self._say = classroom.root, say

    def __call__(self, *words: str) -> None:
        shown = " ".join(words).replace(f"{self._root}/", "")
        out, errors, started = io.StringIO(), io.StringIO(), time.monotonic()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            status = main([*words, "--course", str(self._root)])
        if status not in (0, 2):
            raise CourseError(f"`{shown}` ended with {status}: {errors.getvalue().strip()}")
        self._say(f"$ python -m grader {shown}   ({time.monotonic() - started:.1f} s)")
        lines = out.getvalue().replace(f"{self._root}/", "").splitlines()
        for line in lines[:_SHOWN]:
            self._say(f"    {line}")
        if len(lines) > _SHOWN:
            self._say(f"    … and {len(lines) - _SHOWN} more lines")


@contextlib.contextmanager
def _timed(what: str, say: Callable[[str], None]) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(f"# {what}   ({time.monotonic() - started:.1f} s)")


def _enter(pipeline: Pipeline, people: Sequence[Enrolled]) -> None:
    with pipeline.open_gradebook() as gradebook:
        for one in people:
            gradebook.add_student(
                one.login, first_name=one.first, last_name=one.last, email=one.email
            )
        for assignment in (MOODLE, CANVAS):
            gradebook.update_or_create_assignment(assignment, duedate=DUE.replace(tzinfo=None))


def _extend(classroom: Classroom, hand_ins: HandIns) -> None:
    """Give the first who is late an extension of exercise 1 by as much, and an hour."""
    late = next(((learner, one) for learner, one in hand_ins if learner.hours > 0), None)
    if late is not None:
        learner, one = late
        until = DUE + timedelta(hours=learner.hours + 1)
        text = f"student,assignment,until\n{one.login},{MOODLE},{until:%Y-%m-%d %H:%M} UTC\n"
        (classroom.root / EXTENSIONS).write_text(text, encoding="utf-8")


def _fill_in(
    classroom: Classroom, assignment: str, part: str, understanding: Mapping[str, float]
) -> Path:
    """Play the person who reads a text: give each row points for what its first writer knows."""
    path = classroom.root / "texts" / assignment / f"{part}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    points = next(name for name in rows[0] if name.startswith("points"))
    for row in rows:
        if not row[points]:
            share = understanding[row["learners"].split(", ")[0]]
            row[points] = f"{round(2 * share * PARTS[part].points) / 2:g}"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


def _count_points(pipeline: Pipeline, assignment: str) -> str:
    with pipeline.open_gradebook() as gradebook:
        return f"{gradebook.find_assignment(assignment).max_score:.2f}"


def _write_notebooks(
    pipeline: Pipeline, assignment: str, hand_ins: HandIns
) -> list[tuple[Enrolled, Learner, str]]:
    """Return who hands in, as which of the invented learners, and the notebook."""
    learners = {learner.id: learner for learner, _ in hand_ins}
    texts = write_hand_ins(pipeline.classroom, assignment, learners.values())
    return [(one, learner, texts[learner.id]) for learner, one in hand_ins]


def _write_moodle(
    pipeline: Pipeline,
    people: Sequence[Enrolled],
    hand_ins: HandIns,
    place: Path,
    points: str,
) -> None:
    files, times = [], dict.fromkeys((one.login for one in people), "-")
    for one, learner, notebook in _write_notebooks(pipeline, MOODLE, hand_ins):
        when = (DUE + timedelta(hours=learner.hours)).astimezone(ZoneInfo(ZONE))
        times[one.login] = f"{when:%A}, {when.day} {when:%B} {when.year}, {when:%I:%M %p}"
        files.append((name_moodle(one, f"{MOODLE}.ipynb"), notebook))
    files.append((name_moodle(_STRANGER, f"{MOODLE}.ipynb"), files[0][1]))
    write_zip(place / "moodle.zip", files)
    (place / "moodle.csv").write_bytes(write_moodle_table(people, most=points, times=times))


def _write_canvas(
    pipeline: Pipeline,
    people: Sequence[Enrolled],
    hand_ins: HandIns,
    place: Path,
    points: str,
) -> None:
    files = [
        (name_canvas(one, f"{CANVAS}.ipynb", late=learner.hours > 0), notebook)
        for one, learner, notebook in _write_notebooks(pipeline, CANVAS, hand_ins)
    ]
    write_zip(place / "canvas.zip", files)
    table = write_canvas_table(people, column=f"{CANVAS} (5512)", most=points)
    (place / "canvas.csv").write_bytes(table)


def _check(
    pipeline: Pipeline,
    assignment: str,
    platform: str,
    people: Sequence[Enrolled],
    table: Path,
) -> Check:
    """Compare a filled table with the gradebook."""
    filled = table.with_name(f"{table.stem}-filled{table.suffix}")
    rows = list(csv.reader(io.StringIO(filled.read_text(encoding="utf-8-sig"), newline="")))
    key, column = (0, "Grade") if platform == "moodle" else (1, f"{assignment} (5512)")
    place = rows[0].index(column)
    there = {row[key].rpartition(" ")[2]: row[place] for row in rows[1:]}
    with pipeline.open_gradebook() as gradebook:
        found = read_results(
            gradebook, pipeline.classroom, pipeline.plugin, assignments=[assignment]
        )
        results: dict[str, Result] = {result.person.id: result for result in found}
    equal, blank, other = 0, 0, []
    for one in people:
        text = there[str(one.number + (10_000 if platform == "moodle" else 0))]
        score = results[one.login].score
        if score is None and not text:
            blank += 1
        elif score is not None and text and abs(float(text) - score) < 1e-4:
            equal += 1
        else:
            other.append(one.login)
    return Check(platform, equal, blank, tuple(other))

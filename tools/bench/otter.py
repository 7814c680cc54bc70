"""Measure how fast otter-grader's ``otter run`` grades the same answers, by the same criteria.

Otter runs a notebook and then files of tests, all in one kernel, and starts afresh for every
submission. Here a file of tests judges one part, on the same hidden sequences as our grading, and
a test case is worth the points of one property. Whoever's points differ ends the benchmark.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from circuits.exercises import PARTS, Part
from grader.gradebook.seed import ensure_seed
from grader.paths import Classroom
from tools.bench.invented_class import ASSIGNMENT
from tools.bench.measure import Cost, StockRatio, measure
from tools.bench.otter_environment import OTTER, VERSION

SAMPLE = 3
"""Submissions a round, others in every round: five rounds run all 15 learners of the demo."""

_TESTS = """\
from otter.test_files import test_case

from course.judge import draw_hidden_trials, grade_part

OK_FORMAT = False
name = {name!r}
verdicts = []  # one for all cases of this part, as in hidden tests


def demand(slug, env):
    if not verdicts:
        verdicts.append(grade_part({part!r}, env, draw_hidden_trials({seed})))
    finding = next(one for one in verdicts[0].report.findings if one.property == slug)
    assert finding.passed, finding.sentence
"""

_CASE = """

@test_case(name={slug!r}, points={points}, hidden=True)
def case_{place}(env):
    demand({slug!r}, env)
"""


def make_autograder(classroom: Classroom, folder: Path) -> Path:
    """Return an autograder for ``otter run``, made by ``otter generate``.

    Args:
        classroom: The class whose seed draws the hidden sequences.
        folder: Where to put it and its tests.
    """
    tests = folder / "tests"
    tests.mkdir(parents=True)
    seed = ensure_seed(classroom.seed_file)
    for part in list_parts():
        (tests / f"{part.test_id}.py").write_text(write_tests(part, seed), encoding="utf-8")
    found = folder / "autograder.zip"
    measure([str(OTTER), "generate", "-t", str(tests), "-o", str(found)], folder)
    return found


def list_parts() -> list[Part]:
    """Return the parts that tests grade."""
    return [p for p in PARTS.values() if p.assignment == ASSIGNMENT and p.grading == "auto"]


def write_tests(part: Part, seed: int) -> str:
    """Return otter's tests of one part: a case for each property."""
    cases = (
        _CASE.format(slug=one.slug, points=one.points, place=place)
        for place, one in enumerate(part.properties)
    )
    return _TESTS.format(name=part.test_id, part=part.id, seed=seed) + "".join(cases)


def run_otter(autograder: Path, classroom: Classroom, graded: Classroom, number: int) -> Cost:
    """Grade some of a class's submissions with otter, a process each; return the mean cost.

    Args:
        autograder: See :func:`make_autograder`.
        classroom: The class, as it was handed in.
        graded: The same after our grading, whose points otter has to find as well.
        number: The round's, from 0.

    Raises:
        RuntimeError: If otter fails, or finds other points.
    """
    costs = []
    for student in choose(sorted(p.name for p in (classroom.root / "submitted").iterdir()), number):
        notebook = classroom.root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        with tempfile.TemporaryDirectory(prefix="otter-") as place:
            command = [str(OTTER), "run", "--no-logo", "-a", str(autograder), "-o", place]
            costs.append(measure([*command, str(notebook)], Path(place)))
            found = read_results(Path(place) / "results.json")
        demand_same(student, found, read_gradebook(graded, student))
    count = len(costs)
    return Cost(
        sum(cost.wall for cost in costs) / count,
        sum(cost.cpu for cost in costs) / count,
        max(cost.memory for cost in costs),
    )


def choose(students: Sequence[str], number: int) -> list[str]:
    """Return whom to grade in a round.

    >>> choose(["ada", "blaise", "carl", "dorothy"], 1)
    ['dorothy', 'ada', 'blaise']
    """
    count = min(SAMPLE, len(students))
    return [students[(number * SAMPLE + place) % len(students)] for place in range(count)]


def read_results(path: Path) -> dict[str, float]:
    """Return the points in otter's ``results.json``, by the name of the test cell.

    Raises:
        RuntimeError: If otter could not grade.
    """
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
    points = {test["name"]: float(test["score"]) for test in tests if "score" in test}
    if not points:
        raise RuntimeError("otter could not grade: " + "\n".join(test["output"] for test in tests))
    return points


def read_gradebook(graded: Classroom, student: str) -> dict[str, float]:
    """Return the points that our tests gave, by the name of the test cell."""
    from nbgrader.api import Gradebook  # late: takes seconds

    names = {part.test_id for part in list_parts()}
    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as gradebook:
        grades = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student).grades
        scores = {one.name: one.auto_score for one in grades if one.name in names}
    return {name: float(score) for name, score in scores.items() if score is not None}


def demand_same(student: str, otter: Mapping[str, float], ours: Mapping[str, float]) -> None:
    """Raise a ``RuntimeError`` unless otter's points are ours: else nothing can be compared."""
    for name in sorted({*otter, *ours}):
        if abs(otter.get(name, -1.0) - ours.get(name, -1.0)) > 1e-4:
            raise RuntimeError(
                f"{student}, {name}: otter gives {otter.get(name)} points and we give "
                f"{ours.get(name)}; times can be compared only where points agree."
            )


def report(pairs: Sequence[tuple[Cost, Cost]]) -> list[str]:
    """Return the lines of a table.

    Args:
        pairs: Of each round: otter's cost of a submission, and ours.
    """
    rows = [
        StockRatio.compare("autograde, wall time a submission", pairs, "wall", 1 / 28),
        StockRatio.compare("autograde, CPU a submission", pairs, "cpu", None),
    ]
    return [
        f"| | `otter run`, otter-grader {VERSION}, s | ours, s | median ratio | goal |",
        "|---|---:|---:|---:|---:|",
        *(row.format() for row in rows),
    ]

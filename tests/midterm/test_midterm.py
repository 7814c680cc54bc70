"""A class of version 1.0.0 goes on: graded, reported, given feedback and recovered by this one.

Who is in the class and what each of them did: see :mod:`make_class`, beside this file.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import CONFIGURATION, RunningClass, run

pytestmark = [pytest.mark.nbgrader, pytest.mark.slow]

WARMUP, EXERCISE_3 = "warmup", "exercise-3"
POINTS = {WARMUP: 31, EXERCISE_3: 11}
"""What there was to earn when the class received it."""

KEPT = {WARMUP: ("carl", "grace", "otto"), EXERCISE_3: ("ada", "carl", "grace")}
GRADED = {WARMUP: ("ada", "emmy", "joan"), EXERCISE_3: ("emmy", "felix")}
BOTH = pytest.mark.parametrize("assignment", [WARMUP, EXERCISE_3])


def select(told: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """Return the events of a kind, as the command told them, by the learners' ids."""
    return sorted((e for e in told if e["event"] == event), key=lambda e: str(e["student"]))


def add_up(running: RunningClass, assignment: str, student: str) -> float:
    """Return all points of a learner."""
    grades = running.read_grades(assignment)
    return sum(grade.points for (name, _), grade in grades.items() if name == student)


@BOTH
def test_only_what_is_new_is_graded(graded: RunningClass, assignment: str) -> None:
    told = json.loads((graded.root / f"{assignment}.told.json").read_text())
    assert tuple(event["student"] for event in select(told, "finished")) == GRADED[assignment]
    kept = select(told, "unchanged")
    assert tuple(event["student"] for event in kept) == KEPT[assignment]
    assert all(event["outdated"] for event in kept)


@BOTH
def test_what_was_graded_stays_as_it_was(
    as_it_was: RunningClass, graded: RunningClass, assignment: str
) -> None:
    for read in ("read_grades", "read_comments"):
        before, now = getattr(as_it_was, read)(assignment), getattr(graded, read)(assignment)
        for key in before:
            if key[0] in KEPT[assignment]:
                assert now[key] == before[key], key
    for student in KEPT[assignment]:
        files = as_it_was.read_folder("autograded", student, assignment)
        assert graded.read_folder("autograded", student, assignment) == files


def test_what_a_person_gave_stays_when_the_learner_hands_in_again(
    as_it_was: RunningClass, graded: RunningClass
) -> None:
    before, now = as_it_was.read_grades(WARMUP), graded.read_grades(WARMUP)
    assert (before["ada", "w6-test"].auto, now["ada", "w6-test"].auto) == (2.0, 1.0)
    for cell in ("w1", "w2-text"):
        assert now["ada", cell].manual == before["ada", cell].manual is not None
    assert graded.read_comments(WARMUP)["ada", "w1"][1] == (
        "Clear, and the unembedding is missing."
    )
    assert now["carl", "w7-test"].extra == 1.0
    told = json.loads((graded.root / "warmup.told.json").read_text())
    assert told[-1]["changed"] == [["ada", 19.0, 18.0]]


@BOTH
def test_a_right_answer_earns_all_that_was_released_and_no_more(
    graded: RunningClass, assignment: str
) -> None:
    grades = graded.read_grades(assignment)
    wanted = {WARMUP: 19.0, EXERCISE_3: 11.0}[assignment]  # the rest is read by a person
    for student in GRADED[assignment]:
        expected = wanted - 1.0 if student == "ada" else wanted
        assert sum(g.auto or 0.0 for (s, _), g in grades.items() if s == student) == expected
    assert "w4-text" not in {cell for _, cell in grades}  # it came with a later version


@BOTH
def test_the_report_counts_in_the_points_of_the_class(
    graded: RunningClass, assignment: str
) -> None:
    said = graded.grader("report", assignment, status=(0, 2))
    for student in (*KEPT[assignment], *GRADED[assignment]):
        points = add_up(graded, assignment, student)
        assert f"{student}: {points:g} of {POINTS[assignment]} points" in said
    assert "Handed in 3 hours after the due date." in said or assignment != WARMUP
    assert "kurt: handed in nothing" in said


@BOTH
def test_everybody_gets_feedback_in_the_points_of_the_class(
    graded: RunningClass, assignment: str
) -> None:
    graded.grader("feedback", assignment, status=(0, 2))
    for student in (*KEPT[assignment], *GRADED[assignment]):
        page = graded.read_folder("feedback", student, assignment)[f"{assignment}.html"].decode()
        points = add_up(graded, assignment, student)
        assert f"{points:.4g} of {POINTS[assignment]} points." in page
        assert "w4-text" not in page
        assert "grader.hidden" not in page
        assert ("Clear, and the unembedding" in page) == ((student, assignment) == ("ada", WARMUP))


def test_stock_nbgrader_goes_on_too(as_it_was: RunningClass, running: RunningClass) -> None:
    running.nbgrader("autograde", WARMUP)
    before, now = as_it_was.read_grades(WARMUP), running.read_grades(WARMUP)
    assert all(now[key] == grade for key, grade in before.items() if key[0] in KEPT[WARMUP])
    assert {s for s, _ in now} == {*KEPT[WARMUP], *GRADED[WARMUP]}
    assert now["ada", "w6-test"].auto == 1.0
    assert sum(g.auto or 0.0 for (s, _), g in now.items() if s == "joan") == 19.0
    running.nbgrader("generate_feedback", WARMUP)
    assert "18 of 31" not in running.read_folder("feedback", "joan", WARMUP)["warmup.html"].decode()


@pytest.mark.parametrize("copies", ["all", "the oldest"])
def test_a_lost_gradebook_and_a_lost_seed_come_back(
    as_it_was: RunningClass, running: RunningClass, copies: str
) -> None:
    backups = sorted((running.root / "backups").glob("gradebook-*.db"))
    assert len(backups) >= 3
    for copy in backups[1:] if copies == "the oldest" else ():
        copy.unlink()
    (running.root / "gradebook.db").write_bytes(b"?" * 5000)
    seed = (running.root / "secret-seed").read_text()
    (running.root / "secret-seed").unlink()
    running.grader("recover")
    assert (running.root / "secret-seed").read_text() == seed
    for assignment in (WARMUP, EXERCISE_3):
        assert running.read_grades(assignment) == as_it_was.read_grades(assignment)
        assert running.read_comments(assignment) == as_it_was.read_comments(assignment)
    told = running.autograde(EXERCISE_3, "--student", "ada", "--dry-run")
    assert select(told, "unchanged")


def test_to_grade_again_is_a_choice_and_says_whose_points_change(running: RunningClass) -> None:
    said = running.grader("autograde", EXERCISE_3, "--student", "carl")
    assert "1 of the unchanged were graded by another version of the toolkit" in said
    assert "--force grades them again" in said
    [summary] = running.autograde(EXERCISE_3, "--student", "carl", "--force")[-1:]
    # Values that see positions cost nothing in 1.0.0; there is a point for it now.
    assert summary["changed"] == [["carl", 6.0, 5.0]]
    said = running.grader("autograde", EXERCISE_3, "--student", "carl")
    assert "another version" not in said


def test_a_part_is_worth_what_it_was_worth_when_it_was_released(running: RunningClass) -> None:
    cell = "SELECT id FROM base_cell WHERE name = 'ex3a-test'"
    running.change(f"UPDATE grade_cells SET max_score = 3 WHERE id IN ({cell})")
    running.autograde(EXERCISE_3)
    now = running.read_grades(EXERCISE_3)
    assert now["felix", "ex3a-test"].auto == 3.0
    assert now["carl", "ex3a-test"].auto == 2.5
    running.grader("feedback", EXERCISE_3)
    page = running.read_folder("feedback", "carl", EXERCISE_3)["exercise-3.html"].decode()
    assert "2.5 of 3 points" in page
    said = running.grader("report", EXERCISE_3)
    assert "of 3 points on average" in said


def test_a_part_that_the_class_never_received_is_in_no_report(running: RunningClass) -> None:
    cell = "SELECT id FROM base_cell WHERE name = 'ex3b-test'"
    for table, key in (("grade", "cell_id"), ("grade_cells", "id"), ("base_cell", "id")):
        running.change(f"DELETE FROM {table} WHERE {key} IN ({cell})")
    said = running.grader("report", EXERCISE_3, status=(0, 2))
    assert "ex3a" in said
    assert "ex3b" not in said


def test_weaving_again_leaves_a_class_the_parts_that_it_has(
    as_it_was: RunningClass, running: RunningClass
) -> None:
    said = running.grader("weave")
    [line] = [line for line in said.splitlines() if "stays as it is" in line]
    assert "warmup.ipynb" in line
    assert "(w4-text)" in line
    source = Path("source", WARMUP, "warmup.ipynb")
    assert (running.root / source).read_text() == (as_it_was.root / source).read_text()
    assert "course.hidden" in (running.root / "source/exercise-2/exercise-2.ipynb").read_text()
    running.nbgrader("generate_assignment", WARMUP, "--force")
    told = running.autograde(WARMUP, "--student", "[cg]*")
    assert len(select(told, "unchanged")) == 2


def test_a_part_that_the_course_has_gained_is_taken_over_and_nobody_is_blamed(
    as_it_was: RunningClass, running: RunningClass
) -> None:
    running.grader("weave", "--anew", WARMUP)
    said = running.grader("update", WARMUP, "--workers", "1", status=(0, 2))
    assert "w4-text: it is new and counts" in said
    before, now = as_it_was.read_grades(WARMUP), running.read_grades(WARMUP)
    new = {student for student, cell in now if cell == "w4-text"}
    assert {student for student, _ in before} <= new  # and whoever had not been graded yet
    running.grader("feedback", WARMUP)
    page = running.read_folder("feedback", "carl", WARMUP)["warmup.html"].decode()
    assert "Added since: w4-text" in page
    assert "had been changed and were put back" not in page


def test_a_release_that_is_gone_is_asked_for_before_anything_is_graded(
    as_it_was: RunningClass, running: RunningClass
) -> None:
    # So it is after `nbgrader generate_assignment --force` of a source with a part more.
    release = running.root / "release" / WARMUP / "warmup.ipynb"
    source = running.root / "source" / WARMUP / "warmup.ipynb"
    release.unlink()
    notebook = json.loads(source.read_text())
    extra = json.loads(json.dumps(notebook["cells"][-1])) | {"id": "w8"}
    notebook["cells"] = [
        *notebook["cells"],
        extra | {"metadata": {"nbgrader": TEXT | {"grade_id": "w8"}}},
    ]
    source.write_text(json.dumps(notebook))
    said = running.grader("autograde", WARMUP, status=(1,))
    assert said == ""
    assert running.read_grades(WARMUP) == as_it_was.read_grades(WARMUP)


TEXT = {
    "grade": True,
    "locked": False,
    "points": 3,
    "schema_version": 3,
    "solution": True,
    "task": False,
}


def test_a_configuration_of_old_still_confines_what_learners_wrote(
    running: RunningClass, tmp_path: Path
) -> None:
    # nbgrader goes on with its defaults if a configuration cannot be read: without a sandbox.
    shutil.copy(CONFIGURATION, tmp_path / "nbgrader_config.py")
    running.nbgrader("autograde", EXERCISE_3, "--student", "felix", folder=tmp_path)
    assert running.read_grades(EXERCISE_3)["felix", "ex3a-test"].auto == 6.0
    [graded] = [
        json.loads(data)
        for name, data in running.read_folder("autograded", "felix", EXERCISE_3).items()
        if name.endswith(".ipynb")
    ]
    assert graded["metadata"]["grader"]["sandboxed"] is True
    assert list((running.root / "backups").glob("gradebook-*.db"))[3:]
    running.nbgrader("generate_feedback", EXERCISE_3, "--student", "felix", folder=tmp_path)
    page = running.read_folder("feedback", "felix", EXERCISE_3)["exercise-3.html"]
    assert b"grader.hidden" not in page


@pytest.mark.parametrize("assignment", ["warmup", "exercise-1", "exercise-2", "exercise-3"])
def test_the_notebooks_of_old_run_and_their_hidden_tests_count(
    as_it_was: RunningClass, tmp_path: Path, assignment: str
) -> None:
    # With the solutions in it. Hidden tests run in the learner's process here, as stock nbgrader
    # without our configuration runs them, and import what 1.0.0 had them import.
    source = as_it_was.root / "source" / assignment / f"{assignment}.ipynb"
    assert "from grader.hidden import score" in source.read_text()
    words = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", str(source)]
    run([*words, "--output-dir", str(tmp_path), "--ExecutePreprocessor.timeout=600"], (0,))
    notebook = json.loads((tmp_path / source.name).read_text())
    tested = 0
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade") and cell["cell_type"] == "code":
            [result] = [o for o in cell["outputs"] if o["output_type"] == "execute_result"]
            assert float("".join(result["data"]["text/plain"])) == about["points"]
            tested += 1
    assert tested >= 2

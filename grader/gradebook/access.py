"""Open the class's folder and its gradebook, as nbgrader lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from grader.config import Settings, load_settings
from grader.dates import read_dates_strictly
from grader.errors import CourseError
from grader.fast_imports import import_models
from grader.gradebook.backup import FOLDER, back_up, has_recent_copy
from grader.gradebook.integrity import demand_sound_gradebook, find_file, find_remedy
from grader.gradebook.log import NAME
from grader.gradebook.seed import keep_seed
from grader.nbgrader_types import CourseDirectory, Gradebook, Row
from grader.paths import Classroom, find_sources

EVERYBODY = "*"
RECENT = timedelta(minutes=5)
"""Grading one learner relies on a backup this young, if the assignment is in it; the log has what
happened since."""


def open_coursedir(settings: Settings, assignment: str, student: str) -> CourseDirectory:
    """Return nbgrader's ``CourseDirectory`` for one assignment.

    Args:
        settings: The course's.
        assignment: Its name.
        student: A learner's id, or a pattern of shell's kind.
    """
    import_models()
    from nbgrader.coursedir import CourseDirectory as StockDirectory

    read_dates_strictly()
    coursedir: CourseDirectory = StockDirectory(**settings.course)
    coursedir.assignment_id = assignment
    coursedir.student_id = student
    return coursedir


def open_gradebook(coursedir: CourseDirectory) -> Gradebook:
    """Return nbgrader's gradebook, with one session that is kept for the whole run."""
    from nbgrader import api

    gradebook: Gradebook = api.Gradebook(coursedir.db_url, coursedir.course_id)
    gradebook.db().expire_on_commit = False  # what was read of the assignment stays known
    return gradebook


def demand_gradebook_with(assignment: str, classroom: Classroom) -> None:
    """Refuse if a class has no sound gradebook with an assignment in it.

    Raises:
        CourseError: If the gradebook is not there or damaged, or has no such assignment.
    """
    coursedir = open_coursedir(load_settings(find_sources(), classroom), assignment, "*")
    demand_sound_gradebook(coursedir.db_url, assignment)
    with open_gradebook(coursedir) as gradebook:
        find_assignment(gradebook, assignment)


def find_assignment(gradebook: Gradebook, name: str) -> Row:
    """Return an assignment of the gradebook.

    Raises:
        CourseError: If it is not in the gradebook, or has no notebook there.
    """
    from nbgrader.api import MissingEntry

    try:
        assignment = gradebook.find_assignment(name)
    except MissingEntry:
        assignment = None
    if assignment is not None and assignment.notebooks:
        return assignment
    others = sorted(str(one.name) for one in gradebook.assignments if one.notebooks)
    if not others:
        remedy = find_remedy(str(gradebook.engine.url), name)
        raise CourseError(f"{name} is not in the gradebook, which is empty; {remedy}.")
    raise CourseError(
        f"{name} is not in the gradebook, which has {', '.join(others)}; if that is its name, run "
        f"`nbgrader generate_assignment {name}` first."
    )


def list_tests(assignment: Any) -> dict[str, float]:  # noqa: ANN401
    """Return the cells whose points nbgrader reads from a test's result, and how many there are.

    Args:
        assignment: A row of the gradebook's.
    """
    return {
        cell.name: float(cell.max_score)
        for _, cell, answered in _list_graded(assignment)
        if cell.cell_type == "code" and not answered
    }


def list_texts(assignment: Any) -> dict[str, tuple[str, float]]:  # noqa: ANN401
    """Return the cells that a learner answers and a person grades: notebook and points, by id.

    Args:
        assignment: A row of the gradebook's.
    """
    texts = {
        str(cell.name): (str(notebook), float(cell.max_score))
        for notebook, cell, answered in _list_graded(assignment)
        if answered
    }
    return dict(sorted(texts.items()))


def _list_graded(assignment: Any) -> Iterator[tuple[str, Any, bool]]:  # noqa: ANN401
    """Yield a notebook's name, each cell with points in it, and whether the learner writes it."""
    for notebook in assignment.notebooks:
        answers = {cell.name for cell in notebook.solution_cells}
        for cell in notebook.grade_cells:
            yield notebook.name, cell, cell.name in answers


def list_entered(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the learners who have a row in the gradebook for one assignment."""
    from nbgrader.api import Assignment, SubmittedAssignment
    from sqlalchemy import select

    rows = select(SubmittedAssignment.student_id).join(
        Assignment, SubmittedAssignment.assignment_id == Assignment.id
    )
    with gradebook.engine.connect() as connection:
        return set(connection.scalars(rows.where(Assignment.name == assignment)))


def find_folder(coursedir: CourseDirectory, step: str, student: str) -> Path:
    """Return ``<step>/<student>/<assignment>``, as the course lays it out."""
    return Path(coursedir.format_path(step, student, coursedir.assignment_id))


def prepare_gradebook(coursedir: CourseDirectory) -> None:
    """Back up gradebook and seed, watch grades, log what happened behind the log's back.

    Raises:
        CourseError: If the gradebook is damaged or locked, or cannot be copied, or if the secret
            seed is gone.
    """
    from nbgrader.api import Gradebook

    from grader.gradebook.reconcile import note_other_changes
    from grader.gradebook.watch import set_log, watch_grades

    root = Path(coursedir.root)
    keep_seed(Classroom(root))
    url = coursedir.db_url
    watch_grades()
    whole = coursedir.student_id == EVERYBODY
    path = find_file(url)
    log = (root if path is None else path.parent) / NAME
    if path is None:
        set_log(url, log)
    if not whole and (path is None or _is_covered(path, coursedir.assignment_id)):
        return
    if path is None or path.exists():
        demand_sound_gradebook(url, coursedir.assignment_id)
        # First: what a copy holds is in the log, and a gradebook that was emptied is not copied.
        with Gradebook(url, coursedir.course_id) as gradebook:
            note_other_changes(gradebook, log)
    if path is not None:
        back_up(path, path.parent / FOLDER)


def _is_covered(gradebook: Path, assignment: str) -> bool:
    return gradebook.exists() and has_recent_copy(gradebook.parent / FOLDER, RECENT, assignment)

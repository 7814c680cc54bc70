"""The class's folder as nbgrader lays it out, and its gradebook, opened once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.batch.messages import Context, Sheet, SourceCell
from grader.config import Settings, load_settings
from grader.errors import CourseError
from grader.fast_imports import import_models
from grader.gradebook.integrity import demand_sound_gradebook, find_remedy
from grader.paths import Classroom, find_sources

if TYPE_CHECKING:
    from collections.abc import Mapping


def open_coursedir(settings: Settings, assignment: str, student: str) -> Any:  # noqa: ANN401
    """Return nbgrader's ``CourseDirectory`` for one assignment.

    Args:
        settings: The course's.
        assignment: Its name.
        student: A learner's id, or a pattern of shell's kind.
    """
    import_models()
    from nbgrader.coursedir import CourseDirectory

    coursedir = CourseDirectory(**settings.course)
    coursedir.assignment_id = assignment
    coursedir.student_id = student
    return coursedir


def open_gradebook(coursedir: Any) -> Any:  # noqa: ANN401
    """Return nbgrader's gradebook, with one session that is kept for the whole run."""
    from nbgrader.api import Gradebook

    gradebook = Gradebook(coursedir.db_url, coursedir.course_id)
    gradebook.db().expire_on_commit = False  # what was read of the assignment stays known
    return gradebook


def make_context(gradebook: Any, coursedir: Any, settings: Settings, seed: int) -> Context:  # noqa: ANN401
    """Return what workers have to know.

    Args:
        gradebook: nbgrader's, open.
        coursedir: nbgrader's.
        settings: The course's.
        seed: The class's.

    Raises:
        CourseError: If the assignment was not generated, or what was released is gone.
    """
    from grader.batch.fingerprint import describe_inputs

    assignment = find_assignment(gradebook, coursedir.assignment_id)
    sheets = tuple(
        Sheet(
            notebook.name,
            _read_released(coursedir, notebook),
            _read_cells(notebook),
            notebook.kernelspec,
        )
        for notebook in assignment.notebooks
    )
    values = {
        "assignment": coursedir.assignment_id,
        "sheets": sheets,
        "seed": seed,
        "limits": dict(settings.limits),
        "bounds": dict(settings.bounds),
        "sandbox": settings.sandbox,
        "lines": settings.lines,
        "traceback": settings.traceback,
    }
    return Context(**values, fingerprint=describe_inputs(Context(**values)))


def demand_gradebook_with(assignment: str, classroom: Classroom) -> None:
    """Refuse if a class has no sound gradebook with an assignment in it.

    Raises:
        CourseError: If the gradebook is not there or damaged, or has no such assignment.
    """
    coursedir = open_coursedir(load_settings(find_sources(), classroom), assignment, "*")
    demand_sound_gradebook(coursedir.db_url, assignment)
    with open_gradebook(coursedir) as gradebook:
        find_assignment(gradebook, assignment)


def find_assignment(gradebook: Any, name: str) -> Any:  # noqa: ANN401
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


def list_entered(gradebook: Any, assignment: str) -> set[str]:  # noqa: ANN401
    """Return the learners who have a row in the gradebook for one assignment."""
    from nbgrader.api import Assignment, SubmittedAssignment
    from sqlalchemy import select

    rows = select(SubmittedAssignment.student_id).join(
        Assignment, SubmittedAssignment.assignment_id == Assignment.id
    )
    with gradebook.engine.connect() as connection:
        return set(connection.scalars(rows.where(Assignment.name == assignment)))


def find_folder(coursedir: Any, step: str, student: str) -> Path:  # noqa: ANN401
    """Return ``<step>/<student>/<assignment>``, as the course lays it out."""
    return Path(coursedir.format_path(step, student, coursedir.assignment_id))


def _read_cells(notebook: Any) -> Mapping[str, SourceCell]:  # noqa: ANN401
    points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    return {
        cell.name: SourceCell(
            cell.cell_type, bool(cell.locked), cell.checksum, cell.source, points.get(cell.name)
        )
        for cell in notebook.source_cells
    }


def _read_released(coursedir: Any, notebook: Any) -> bytes:  # noqa: ANN401
    """Return the notebook that the class received, as the gradebook knows it."""
    name, assignment = notebook.name, coursedir.assignment_id
    known = {cell.name for cell in notebook.source_cells}
    again = f"`nbgrader generate_assignment {assignment}`"
    found = False
    for step in (coursedir.release_directory, coursedir.source_directory):
        path = find_folder(coursedir, step, ".") / f"{name}.ipynb"
        if path.is_file():
            found, data = True, path.read_bytes()
            if known == _list_graded(data):
                return data
    if found:
        raise CourseError(
            f"{name}.ipynb in release/ has other parts than the gradebook knows of, or is gone, as "
            f"after a {again} that failed; put back in source/ what the class received, and run "
            "that again with --force."
        )
    raise CourseError(
        f"There is no {name}.ipynb in release/ or source/, so nothing can be compared with it; "
        f"run {again} first."
    )


def _list_graded(data: bytes) -> set[str] | None:
    """Return the cells that nbgrader enters for a notebook; None if it cannot be read."""
    try:
        about = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(data)["cells"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    kinds = ("grade", "solution", "locked", "task")
    return {str(cell["grade_id"]) for cell in about if any(map(cell.get, kinds))}

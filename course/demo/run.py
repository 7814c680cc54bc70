"""Take the invented class the whole way: weave, release, hand in, grade, give feedback."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import nbformat

from circuits.exercises import ASSIGNMENTS, PARTS
from course.demo.learners import LEARNERS, Learner
from course.demo.submissions import write_submission
from course.demo.table import Row, read_rows
from course.sources import Pages
from course.weave import weave_course
from course.weave.notebook import write_notebook
from grader.errors import CourseError
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom

MARK = ".invented-class"
"""A file that says: all in this folder was made by the demo, and may be made again."""

DUE = datetime(2022, 1, 31, 12, 0, tzinfo=UTC)


def run_demo(
    sources: Pages,
    classroom: Classroom,
    learners: tuple[Learner, ...] = LEARNERS,
    assignments: tuple[str, ...] = tuple(ASSIGNMENTS),
) -> Iterator[tuple[str, int, int] | list[Row]]:
    """Run the class, and say how far it is: a phase, how many are done, how many there are.

    The last thing that comes is the table of grades.

    Args:
        sources: The pages.
        classroom: An empty or absent folder, or one that an earlier demo made.
        learners: Who is in the class.
        assignments: What they do.

    Raises:
        CourseError: If the folder holds somebody's files, or a step of nbgrader's fails.
    """
    clear(classroom)
    weave_course(sources, classroom)
    yield "weave", len(assignments), len(assignments)
    pipeline = Pipeline(sources, classroom)
    with pipeline.open_gradebook() as gradebook:
        for learner in learners:
            gradebook.update_or_create_student(learner.id)
    for number, assignment in enumerate(assignments, start=1):
        pipeline.generate(assignment)
        with pipeline.open_gradebook() as gradebook:
            gradebook.update_or_create_assignment(assignment, duedate=DUE.replace(tzinfo=None))
        _hand_in(pipeline, assignment, learners)
        yield "release and hand in", number, len(assignments)
    for number, assignment in enumerate(assignments, start=1):
        pipeline.autograde(assignment, "*")
        yield "autograde", number, len(assignments)
    for number, assignment in enumerate(assignments, start=1):
        read_texts(pipeline, assignment, {one.id: one.understanding for one in learners})
        pipeline.give_feedback_to_all(assignment)
        yield "give feedback", number, len(assignments)
    yield read_rows(pipeline, learners, assignments)


def clear(classroom: Classroom) -> None:
    """Make a folder for an invented class, in the place of what an earlier demo made.

    Raises:
        CourseError: If it holds somebody's files.
    """
    root = classroom.root
    if root.exists() and any(root.iterdir()):
        if not (root / MARK).exists():
            raise CourseError(
                f"{root.name}/ holds files that the demo did not make, so it is left alone; "
                "name another folder with --course."
            )
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).touch()


def _hand_in(pipeline: Pipeline, assignment: str, learners: tuple[Learner, ...]) -> None:
    notebooks = write_hand_ins(pipeline.classroom, assignment, learners)
    for learner in learners:
        when = DUE + timedelta(hours=learner.hours)
        pipeline.hand_in(assignment, learner.id, notebooks[learner.id], when)


def read_texts(pipeline: Pipeline, assignment: str, understanding: Mapping[str, float]) -> None:
    """Play the person who reads the text answers.

    Args:
        pipeline: Of the class.
        assignment: Its name.
        understanding: The share of the points that each learner's texts earn, by their id.
    """
    with pipeline.open_gradebook() as gradebook:
        for student, share in understanding.items():
            for part in list_texts(assignment):
                grade = gradebook.find_grade(part, assignment, assignment, student)
                if grade.needs_manual_grade:
                    grade.manual_score = round(2 * share * grade.max_score) / 2
                    grade.needs_manual_grade = False
        gradebook.db.commit()


def list_texts(assignment: str) -> list[str]:
    """Return the parts of an assignment that a person has to read."""
    return [
        part.id
        for part in PARTS.values()
        if part.assignment == assignment and part.grading == "hand"
    ]


def write_hand_ins(
    classroom: Classroom, assignment: str, learners: Iterable[Learner]
) -> dict[str, str]:
    """Return the notebooks that learners hand in, by their ids."""
    released = classroom.root / "release" / assignment / f"{assignment}.ipynb"
    source, release = (
        nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        for path in (classroom.notebook(assignment), released)
    )
    return {one.id: write_notebook(write_submission(one, release, source)) for one in learners}

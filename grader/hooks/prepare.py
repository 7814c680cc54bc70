"""Prepare a run of nbgrader's: admit what is safe to read, clear what is unfinished."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.utils import rmtree

from grader.gradebook.class_list import admit
from grader.hooks.flags import flag_submission
from grader.intake.bounds import Bounds
from grader.intake.folder import show_name
from grader.intake.folders import Submission, find_notebooks, find_submissions, secure_all
from grader.intake.record import digest_folder, load_record


def admit_submissions(converter: Any, bounds: Bounds) -> dict[Path, Submission]:  # noqa: ANN401
    """Secure what was handed in, and set what nbgrader is going to grade.

    nbgrader passes over folders without a notebook of the right name. Here every folder of a
    learner's gets its turn: the exporter reads whatever there is. Who is not on the class list
    is named in a warning, and not entered.

    Args:
        converter: nbgrader's ``Autograde``; its ``assignments`` are set.
        bounds: Limits.

    Returns:
        The submissions, by folder.

    Raises:
        CourseError: If the assignment was never released.
    """
    coursedir = converter.coursedir
    names = fnmatch.filter(find_notebooks(coursedir), coursedir.notebook_id)
    admitted = {}
    root = Path(coursedir.root)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        found, strangers = admit(
            gradebook, root, find_submissions(coursedir), coursedir.assignment_id
        )
    for _, why in strangers:
        converter.log.warning(why)
    for submission in secure_all(found, coursedir, bounds):
        if submission.safe:
            admitted[submission.folder] = submission
        else:
            name, notes = show_name(submission.student), " ".join(submission.notes)
            converter.log.warning("%s: %s", name, notes)
            flag_submission(coursedir, name, notes)
    converter.assignments = {
        str(folder): [str(folder / f"{name}.ipynb") for name in names] for folder in admitted
    }
    return admitted


def clear_unfinished(converter: Any, admitted: dict[Path, Submission], bounds: Bounds) -> None:  # noqa: ANN401
    """Remove graded copies that are incomplete or of something handed in before.

    nbgrader takes any folder in ``autograded/`` for done, also one that a killed run left behind.
    """
    coursedir = converter.coursedir
    names = find_notebooks(coursedir)
    for folder, submission in admitted.items():
        graded = Path(
            coursedir.format_path(
                coursedir.autograded_directory, submission.student, coursedir.assignment_id
            )
        )
        if not graded.exists():
            continue
        digest = digest_folder(folder, bounds.notebook_bytes)
        records = [load_record(graded / f"{name}.ipynb") for name in names]
        if any(record is None or record.digest != digest for record in records):
            converter.log.info("Grading %s again: it is unfinished or new.", submission.student)
            rmtree(str(graded))

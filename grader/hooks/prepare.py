"""Before nbgrader grades: back up the gradebook, secure the folders, find what is unfinished."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.utils import rmtree

from grader.gradebook import back_up, note_other_changes, set_log, watch_grades
from grader.gradebook.backup import FOLDER, has_recent_copy
from grader.gradebook.integrity import demand_sound_gradebook, find_file
from grader.gradebook.log import NAME
from grader.gradebook.seed import keep_seed
from grader.hooks.flags import flag_submission
from grader.intake.bounds import Bounds
from grader.intake.folder import show_name
from grader.intake.folders import ASIDE, Submission, find_notebooks, find_submissions, secure
from grader.intake.record import digest_folder, load_record
from grader.paths import Classroom

EVERYBODY = "*"
RECENT = timedelta(minutes=5)
"""Grading one learner relies on a backup this young, if the assignment is in it; the log has what
happened since."""


def open_ledger(coursedir: Any) -> None:  # noqa: ANN401  (nbgrader ships no types)
    """Back up gradebook and seed, watch grades, log what happened behind the log's back.

    Raises:
        CourseError: If the gradebook is damaged or locked, or cannot be copied, or if the secret
            seed is gone.
    """
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


def secure_all(
    found: Iterable[tuple[str, Path]],
    coursedir: Any,  # noqa: ANN401
    bounds: Bounds,
) -> Iterator[Submission]:
    """Secure what was handed in, each when its turn comes.

    Args:
        found: Learners and folders.
        coursedir: nbgrader's.
        bounds: Limits.

    Raises:
        CourseError: If the assignment was never released.
    """
    names = find_notebooks(coursedir)
    for student, folder in found:
        aside = Path(coursedir.root) / ASIDE / show_name(student) / coursedir.assignment_id
        yield secure(student, folder, aside, bounds, names)


def admit_submissions(converter: Any, bounds: Bounds) -> dict[Path, Submission]:  # noqa: ANN401
    """Secure what was handed in, and set what nbgrader is going to grade.

    nbgrader passes over folders without a notebook of the right name. Here every folder gets
    its turn: the exporter reads whatever there is.

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
    for submission in secure_all(find_submissions(coursedir), coursedir, bounds):
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

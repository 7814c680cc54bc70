"""Everything that a gradebook says about submissions, by names instead of random ids."""

import json

from nbgrader.api import Gradebook

from grader.batch.worker import INPUTS


def read_rows(url, assignment):
    """Return students, submissions, notebooks, grades and comments of an assignment."""
    with Gradebook(url) as gradebook:
        rows = {("student", student.id): True for student in gradebook.students}
        for submission in gradebook.assignment_submissions(assignment):
            who = submission.student.id
            rows["submission", who] = (submission.timestamp, submission.extension, submission.score)
            for own in submission.notebooks:
                rows["notebook", who, own.name] = (own.flagged, own.late_submission_penalty)
                for grade in own.grades:
                    rows["grade", who, own.name, grade.name] = (
                        grade.auto_score,
                        grade.manual_score,
                        grade.extra_credit,
                        bool(grade.needs_manual_grade),
                        grade.max_score,
                    )
                for comment in own.comments:
                    rows["comment", who, own.name, comment.name] = (
                        comment.auto_comment,
                        comment.manual_comment,
                    )
    return rows


def read_files(root, step="autograded"):
    """Return all files of a step: notebooks as JSON without the digests, others as bytes."""
    found = {}
    for path in sorted((root / step).rglob("*")):
        if path.is_file():
            name = str(path.relative_to(root))
            found[name] = _read(path), oct(path.stat().st_mode & 0o777)
    return found


def _read(path):
    if path.suffix != ".ipynb":
        return path.read_bytes()
    notebook = json.loads(path.read_bytes())
    notebook["metadata"].pop(INPUTS, None)
    return notebook

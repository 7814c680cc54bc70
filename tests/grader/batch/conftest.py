"""A small class, released and handed in, and ways to grade copies of it."""

import json
import shutil
from datetime import timedelta

import pytest

from course.demo.learners import LEARNERS
from course.demo.run import DUE
from course.demo.submissions import write_submission
from course.weave import weave_course
from course.weave.notebook import write_notebook
from grader.batch.jobs import Reply
from grader.batch.pool import answer
from grader.batch.run import Request, grade_class
from grader.config import load_settings
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom

ASSIGNMENT = "exercise-1"
HONEST = ("ada", "blaise", "lise", "nina", "otto")


def _read(path):
    import nbformat

    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="session")
def handed_in(sources, tmp_path_factory):
    """A class in which five learners have handed in exercise 1."""
    classroom = Classroom(tmp_path_factory.mktemp("handed-in"))
    weave_course(sources, classroom)
    pipeline = Pipeline(sources, classroom)
    pipeline.generate(ASSIGNMENT)
    with pipeline.open_gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE.replace(tzinfo=None))
    source = _read(classroom.notebook(ASSIGNMENT))
    release = _read(classroom.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    for learner in LEARNERS:
        if learner.id in HONEST:
            notebook = write_notebook(write_submission(learner, release, source))
            pipeline.hand_in(ASSIGNMENT, learner.id, notebook, DUE + timedelta(hours=learner.hours))
    return classroom


@pytest.fixture
def classroom(handed_in, tmp_path):
    """A copy of the class, to be graded."""
    return copy_class(handed_in, tmp_path / "class")


def copy_class(classroom, root):
    shutil.copytree(classroom.root, root, symlinks=True)
    return Classroom(root)


def hand_in(classroom, student, data):
    """Hand in bytes in the place of a notebook."""
    folder = classroom.root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{ASSIGNMENT}.ipynb").write_bytes(data)


def take_submission(classroom, student="ada"):
    path = classroom.root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


class InThisProcess:
    """A worker that needs no process of its own, so that tests see what it does."""

    size = 1

    def __init__(self, context):
        self.context, self.job = context, None

    def submit(self, job):
        self.job = job

    def wait(self, seconds):
        del seconds
        kind, value = answer(self.job, self.context)
        if kind == "graded":
            return Reply(self.job, value)
        return Reply(self.job, fault=str(value), fatal=kind == "refused")

    def close(self):
        pass


class Grader:
    """Grades classes in this process, unless told otherwise, and remembers what was said."""

    def __init__(self, sources):
        self.sources = sources
        self.events = []

    def __call__(self, classroom, make_workers=None, settings=None, **request):
        self.events = []
        return grade_class(
            Request(ASSIGNMENT, **request),
            classroom,
            settings or load_settings(self.sources, classroom),
            make_workers or (lambda context, most: InThisProcess(context)),
            self.events.append,
        )

    def students(self, kind):
        return [event.student for event in self.events if isinstance(event, kind)]


@pytest.fixture
def grade(sources):
    return Grader(sources)

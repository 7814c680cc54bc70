"""Feedback for a class: what nbgrader's own command writes, and nothing old left standing."""

import dataclasses
from multiprocessing import forkserver

import pytest

from grader.batch.progress import Failed, Finished, Unchanged
from grader.config import load_settings
from grader.errors import CourseError
from grader.feedback.parallel import give_feedback
from grader.nbgrader_api import Pipeline

from .conftest import ASSIGNMENT, HONEST, Grader, copy_class

pytestmark = pytest.mark.nbgrader


@pytest.fixture(scope="module")
def graded(handed_in, sources, tmp_path_factory):
    """The class with all its grades."""
    classroom = copy_class(handed_in, tmp_path_factory.mktemp("graded") / "class")
    Grader(sources)(classroom)
    return classroom


@pytest.fixture
def classroom(graded, tmp_path):
    return copy_class(graded, tmp_path / "class")


@pytest.fixture
def give(sources, classroom):
    def run(student="*", workers=1, **changes):
        settings = dataclasses.replace(load_settings(sources, classroom), **changes)
        events = []
        summary = give_feedback(ASSIGNMENT, student, classroom, settings, workers, events.append)
        return summary, events

    return run


def _read(classroom):
    root = classroom.root / "feedback"
    return {
        str(path.relative_to(root)): (path.stat().st_mode, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


def _students(events, kind):
    return sorted(event.student for event in events if isinstance(event, kind))


def test_the_files_are_those_of_nbgraders_own_command(sources, classroom, give):
    Pipeline(sources, classroom).give_feedback_to_all(ASSIGNMENT)
    theirs = _read(classroom)
    assert f"ada/{ASSIGNMENT}/{ASSIGNMENT}.html" in theirs
    summary, events = give()
    assert _students(events, Unchanged) == sorted(HONEST)  # nothing differs, not one byte
    for path in (classroom.root / "feedback").iterdir():
        path.rename(path.with_name(f"old-{path.name}"))
    summary, events = give()
    assert _students(events, Finished) == sorted(HONEST)
    ours = {name: file for name, file in _read(classroom).items() if not name.startswith("old-")}
    assert ours == theirs
    assert (summary.graded, summary.status) == (len(HONEST), 0)


def test_several_processes_write_the_same(classroom, give):
    give()
    alone = _read(classroom)
    for name in alone:
        (classroom.root / "feedback" / name).unlink()
    summary, _ = give(workers=2)
    assert summary.graded == len(HONEST)
    assert _read(classroom) == alone


def test_what_a_person_adds_is_in_the_next_feedback_and_nobody_elses_is_touched(
    sources, classroom, give
):
    give()
    before = _read(classroom)
    with Pipeline(sources, classroom).open_gradebook() as gradebook:
        comment = gradebook.find_comment("ex1c-text", ASSIGNMENT, ASSIGNMENT, "ada")
        comment.manual_comment = "A thought of mine."
        gradebook.db.commit()
    _, events = give()
    assert _students(events, Finished) == ["ada"]
    after = _read(classroom)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == [f"ada/{ASSIGNMENT}/{ASSIGNMENT}.html"]
    assert b"A thought of mine." in after[changed[0]][1]


def test_a_broken_file_costs_its_owner_alone(classroom, give):
    path = classroom.root / "autograded" / "lise" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.chmod(0o644)
    path.write_text("{")
    summary, events = give()
    assert _students(events, Failed) == ["lise"]
    assert _students(events, Finished) == sorted(set(HONEST) - {"lise"})
    assert summary.status == 2
    assert not (classroom.root / "feedback" / "lise" / ASSIGNMENT).exists()
    assert not list((classroom.root / "feedback").rglob("*.part"))


def test_one_learner_can_be_named(classroom, give):
    _, events = give(student="nina")
    assert _students(events, Finished) == ["nina"]
    assert {name.split("/")[0] for name in _read(classroom)} == {"nina"}


def test_nothing_graded_is_said_with_what_to_do(give):
    with pytest.raises(CourseError, match="grader autograde exercise-1"):
        give(student="nobody")


def test_a_course_with_feedback_of_its_own_is_sent_to_nbgrader(give):
    with pytest.raises(CourseError, match="HTMLExporter, which only nbgrader itself can run"):
        give(feedback={"foreign": "HTMLExporter"})


@pytest.mark.parametrize("error", [EOFError, ConnectionRefusedError])
def test_a_process_that_is_ended_while_others_start_is_said_in_a_sentence(give, monkeypatch, error):
    def refuse():
        raise error

    monkeypatch.setattr(forkserver._forkserver, "ensure_running", refuse)
    with pytest.raises(CourseError, match=r"was ended from outside; what is written is kept\."):
        give(workers=2)

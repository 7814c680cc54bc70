"""What --force asked for is not forgotten when the run is stopped."""

import io

import pytest

from grader.batch.progress import Chosen, Summary, Unchanged, write_report
from grader.batch.run import RegradeQueue
from grader.batch.select import FORCED, STOPPED

from .conftest import ASSIGNMENT, HONEST, InThisProcess


class StopsAfter(InThisProcess):
    """A worker, and somebody at the keyboard who has had enough."""

    def __init__(self, context, verdicts):
        super().__init__(context)
        self.left = verdicts

    def wait(self, seconds):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().wait(seconds)


def _report(summary):
    said = io.StringIO()
    write_report(summary, ASSIGNMENT, said)
    return said.getvalue()


@pytest.mark.nbgrader
def test_a_forced_run_that_was_stopped_goes_on_without_force(classroom, grade):
    grade(classroom)
    stopped = grade(classroom, lambda context, _: StopsAfter(context, 2), force=True)
    assert (stopped.graded, stopped.left, stopped.status) == (2, 3, 130)
    assert "3 are left. Give the same command without --force to go on." in _report(stopped)

    # One of those who are left is graded alone: that one is done.
    assert grade(classroom, student="otto").graded == 1
    rest = grade(classroom)
    assert (rest.graded, rest.unchanged, rest.status) == (2, 3, 0)
    assert {event.reason for event in grade.events if isinstance(event, Chosen)} == {STOPPED}
    assert grade.students(Unchanged) == ["ada", "blaise", "otto"]

    assert grade(classroom).unchanged == len(HONEST)
    assert not list((classroom.root / ".grading").glob("again*"))


@pytest.mark.nbgrader
def test_what_would_be_graded_again_is_only_said(classroom, grade):
    grade(classroom)
    grade(classroom, force=True, only_explain=True)
    assert {event.reason for event in grade.events if isinstance(event, Chosen)} == {FORCED}
    assert grade(classroom).unchanged == len(HONEST)


def test_a_run_that_was_stopped_before_its_first_grade_had_something_to_do():
    said = _report(Summary(found=75, stopped=True, forced=True, seconds=6.9))
    assert said.startswith("exercise-1: nothing graded yet, in 6.9 s.\n")
    assert "75 are left. Give the same command without --force to go on." in said
    assert _report(Summary(seconds=0.1)) == "exercise-1: nothing to do, in 0.1 s.\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".grading").mkdir()
    return tmp_path


def test_the_list_outlives_its_process(root):
    RegradeQueue(root, "one").ask(["ann", "bob", "ö\udcff"])
    again = RegradeQueue(root, "one")
    again.cross_out("ann")
    again.cross_out("nobody")
    reread = RegradeQueue(root, "one")
    assert [name in reread for name in ("ann", "bob", "ö\udcff", "nobody")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert "bob" not in RegradeQueue(root, "two")


def test_a_line_that_was_cut_off_costs_no_more_than_one_grading(root):
    RegradeQueue(root, "one").ask(["ann", "bob", "cid"])
    again = RegradeQueue(root, "one")
    again.cross_out("ann")
    path = root / ".grading" / "again-one"
    path.write_text(path.read_text(encoding="ascii")[:-3], encoding="ascii")
    assert all(name in RegradeQueue(root, "one") for name in ("ann", "bob", "cid"))


def test_asking_twice_adds_up(root):
    RegradeQueue(root, "one").ask(["ann"])
    RegradeQueue(root, "one").ask(["bob"])
    again = RegradeQueue(root, "one")
    assert "ann" in again
    assert "bob" in again

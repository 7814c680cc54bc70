"""Before anything is graded there is a copy of the gradebook from which all can come back."""

from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from grader.gatekeeper.prepare import EVERYBODY, open_ledger
from grader.ledger import list_backups


@pytest.fixture
def open_for(url, tmp_path):
    def open_it(assignment, student):
        open_ledger(
            SimpleNamespace(
                root=str(tmp_path),
                db_url=url,
                course_id="",
                assignment_id=assignment,
                student_id=student,
            )
        )
        return len(list_backups(tmp_path / "backups"))

    return open_it


def test_a_whole_class_always_gets_a_copy_and_one_learner_relies_on_a_young_one(open_for):
    assert open_for("one", EVERYBODY) == 1
    assert open_for("one", "ann") == 1
    assert open_for("one", EVERYBODY) == 2


def test_a_young_copy_that_does_not_know_the_assignment_is_not_relied_on(open_for, url):
    assert open_for("one", "ann") == 1
    with Gradebook(url) as book:
        book.add_assignment("two")
    assert open_for("two", "ann") == 2
    assert open_for("two", "ann") == 2

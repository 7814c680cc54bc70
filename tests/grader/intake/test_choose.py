"""Of several notebooks the one with the answers is graded, and it is said which."""

import json

import pytest

from grader.intake.read import read_submission
from grader.intake.record import Record
from grader.intake.repair import Repaired, Unreadable

NAME = "exercise-1"
OWN, COPY, SECOND = f"{NAME}.ipynb", f"{NAME}-Copy1.ipynb", f"{NAME} (1).ipynb"


@pytest.fixture
def hand_in(released, answered, reference):
    other = json.loads(json.dumps(answered))
    for cell in other["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "ex1a":
            cell["source"] = "W_V_1 = 2 * np.eye(16)[:4]"
    kinds = {"blank": json.dumps(released), "filled": json.dumps(answered)}
    kinds |= {"other": json.dumps(other), "broken": "{"}

    def read(**files):
        names = {"own": OWN, "copy": COPY, "second": SECOND}
        notebooks = {names[place]: kinds[kind].encode() for place, kind in files.items()}
        found = read_submission(notebooks, NAME, reference)
        answers = None
        if isinstance(found, Repaired):
            answers = next(
                cell.source
                for cell in found.notebook.cells
                if cell.metadata.get("nbgrader", {}).get("grade_id") == "ex1a"
            )
        return found, answers

    return read


def flags(found):
    return Record(repairs=list(found.repairs)).list_flags()


def test_a_filled_copy_beside_the_untouched_notebook_is_graded_and_named(hand_in):
    found, answer = hand_in(own="blank", copy="filled")
    assert answer.startswith("W_V_1 = np.eye")
    assert found.repairs[0].sentence == (
        f"{OWN} is as it was released and {COPY} has answers, so {COPY} is graded."
    )
    assert not flags(found)


def test_an_untouched_copy_beside_the_filled_notebook_changes_nothing(hand_in):
    found, answer = hand_in(own="filled", copy="blank")
    assert answer.startswith("W_V_1 = np.eye")
    assert "only exercise-1.ipynb is graded" in found.repairs[0].sentence
    assert not flags(found)


def test_two_with_different_answers_ask_for_a_person(hand_in):
    found, answer = hand_in(own="filled", copy="other")
    assert answer.startswith("W_V_1 = np.eye")
    assert flags(found) == {"": f"{COPY} and {OWN} have different answers; {OWN} is graded."}


def test_two_filled_copies_that_differ_beside_an_untouched_notebook_ask_for_a_person(hand_in):
    found, _ = hand_in(own="blank", copy="filled", second="other")
    assert "different answers" in flags(found)[""]


def test_the_same_answers_twice_ask_nobody(hand_in):
    for files in (
        {"own": "filled", "copy": "filled"},
        {"own": "blank", "copy": "filled", "second": "filled"},
    ):
        found, answer = hand_in(**files)
        assert answer.startswith("W_V_1 = np.eye")
        assert not flags(found)


def test_under_other_names_the_filled_one_is_taken(hand_in):
    found, answer = hand_in(copy="filled", second="blank")
    assert answer.startswith("W_V_1 = np.eye")
    assert "another name" in found.repairs[0].sentence


def test_two_filled_ones_under_other_names_are_for_a_person(hand_in):
    found, _ = hand_in(copy="filled", second="other")
    assert isinstance(found, Unreadable)


def test_untouched_notebooks_alone_are_graded_as_such(hand_in):
    found, answer = hand_in(own="blank", copy="blank")
    assert "np.eye" not in answer
    assert not flags(found)

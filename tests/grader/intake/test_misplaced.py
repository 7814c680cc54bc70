"""What lies where nobody looks is named, with the place where it should lie."""

import pytest

from grader.intake.misplaced import find_misplaced

NAMES = ["warmup", "exercise-1", "exercise-2"]


@pytest.fixture
def submitted(tmp_path):
    """A class with one notebook in its right place."""
    put(tmp_path / "submitted" / "ada" / "exercise-1" / "exercise-1.ipynb")
    return tmp_path / "submitted"


def put(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


def find(submitted, assignment="exercise-1"):
    return {(one.student, one.sentence) for one in find_misplaced(submitted, assignment, NAMES)}


@pytest.mark.parametrize(
    ("path", "student", "named", "place"),
    [
        ("flat/exercise-1.ipynb", "flat", "flat/exercise-1.ipynb", "flat"),
        ("flat/my work.ipynb", "flat", "flat/my work.ipynb", "flat"),
        ("case/Exercise-1/exercise-1.ipynb", "case", "case/Exercise-1", "case"),
        ("case/exercise_1/x.ipynb", "case", "case/exercise_1", "case"),
        ("case/homework/x.ipynb", "case", "case/homework", "case"),
        ("exercise-1/bo/exercise-1.ipynb", "bo", "exercise-1/bo", "bo"),
        ("exercise-1/bo.ipynb", "", "exercise-1/bo.ipynb", "<learner>"),
        ("exercise-1.ipynb", "", "exercise-1.ipynb", "<learner>"),
        ("e\nve/exercise-1.ipynb", "e\\nve", "e\\nve/exercise-1.ipynb", "e\\nve"),
    ],
)
def test_it_is_named_with_the_place_where_it_belongs(submitted, path, student, named, place):
    put(submitted / path)
    [(whose, sentence)] = find(submitted)
    assert whose == student
    assert sentence.startswith(f"submitted/{named} was not read;")
    assert sentence.endswith(f"has to lie in submitted/{place}/exercise-1/.")


@pytest.mark.parametrize(
    "path",
    [
        "ada/exercise-2/exercise-2.ipynb",
        "ada/Exercise-2/exercise-2.ipynb",
        "ada/warmup.ipynb",
        "ada/notes.txt",
        "ada/figures/one.png",
        "ada/.ipynb_checkpoints/exercise-1.ipynb",
        "__MACOSX/ada/exercise-1.ipynb",
        "exercise-2/bo/exercise-2.ipynb",
    ],
)
def test_other_assignments_and_other_files_are_nobodys_business_here(submitted, path):
    put(submitted / path)
    assert find(submitted) == set()


def test_links_are_not_followed(submitted, tmp_path):
    put(tmp_path / "elsewhere" / "exercise-1.ipynb")
    (submitted / "eve").symlink_to(tmp_path / "elsewhere")
    assert find(submitted) == set()


def test_a_class_without_hand_ins_has_none(tmp_path):
    assert find(tmp_path / "submitted") == set()

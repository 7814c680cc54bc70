import json
import shutil

import pytest

from grader.config import load_settings
from grader.gradebook import read_state
from grader.gradebook.access import open_coursedir
from grader.hooks.api import Pipeline

from .conftest import ASSIGNMENT, copy_class, hand_in, take_submission
from .rows import read_files, read_rows

pytestmark = pytest.mark.nbgrader


@pytest.fixture(scope="module")
def both(handed_in, sources, tmp_path_factory):
    """The class with odd submissions too: graded by nbgrader, and graded here."""
    from .conftest import Grader

    root = tmp_path_factory.mktemp("both")
    stock = copy_class(handed_in, root / "stock")
    _add_odd_ones(stock)
    ours = copy_class(stock, root / "ours")
    Pipeline(sources, stock).autograde(ASSIGNMENT, "*")
    Grader(sources)(ours)
    return stock, ours


def _add_odd_ones(classroom):
    hand_in(classroom, "broken", b'{"cells": [')
    notebook = take_submission(classroom)
    notebook["cells"] += notebook["cells"][-3:]
    for cell in notebook["cells"][:6]:
        cell["metadata"] = {}
    hand_in(classroom, "copied", json.dumps(notebook).encode())
    noisy = take_submission(classroom)
    spot = next(i for i, cell in enumerate(noisy["cells"]) if cell["cell_type"] == "code")
    noisy["cells"][spot]["source"] += "\nfor number in range(1500):\n    print(number)"
    hand_in(classroom, "noisy", json.dumps(noisy).encode())
    folder = classroom.root / "submitted" / "noisy" / ASSIGNMENT
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("a file beside the notebook")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "left.pyc").write_text("not copied")
    empty = classroom.root / "submitted" / "empty" / ASSIGNMENT
    empty.mkdir(parents=True)
    linked = classroom.root / "submitted" / "linked" / ASSIGNMENT
    linked.mkdir(parents=True)
    (linked / f"{ASSIGNMENT}.ipynb").symlink_to(folder / f"{ASSIGNMENT}.ipynb")
    source = classroom.root / "source" / ASSIGNMENT
    (source / "data.csv").write_text("1,2\n")
    shutil.copy(source / "data.csv", folder / "data.csv")


def _url(sources, classroom):
    return open_coursedir(load_settings(sources, classroom), ASSIGNMENT, "*").db_url


def test_every_row_of_the_gradebook_is_as_nbgrader_writes_it(both, sources):
    stock, ours = (read_rows(_url(sources, classroom), ASSIGNMENT) for classroom in both)
    assert len(stock) > 80
    assert ours == stock


def test_every_graded_notebook_and_file_is_as_nbgrader_writes_it(both):
    stock, ours = (read_files(classroom.root) for classroom in both)
    assert len(stock) > 10
    assert list(ours) == list(stock)
    for name, content in stock.items():
        assert ours[name] == content, name


def test_the_log_says_the_same_of_every_grade_in_the_end(both):
    def read_log(classroom):
        # On the way, nbgrader sets and takes back what is set once here.
        state = read_state(classroom.root / "grades.log")
        ordinary = {"needs_manual_grade": True}
        return {key: now for key, now in state.items() if now != ordinary.get(key.field)}

    stock, ours = map(read_log, both)
    assert len(stock) > 30
    assert ours == stock


def test_nbgrader_has_nothing_left_to_grade_afterwards(both, sources):
    _, ours = both
    path = ours.root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    before = path.stat().st_mtime_ns
    pipeline = Pipeline(sources, ours)
    outcome = pipeline._api.autograde(ASSIGNMENT, "ada", force=False)
    assert outcome["success"]
    assert path.stat().st_mtime_ns == before

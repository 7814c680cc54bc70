"""What grading leaves behind, read with nbgrader's own functions."""

import json
import shutil
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import read as read_as_nbgrader
from nbgrader.preprocessors import LimitOutput
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_locked, is_solution

from grader.batch.worker import limit_outputs
from grader.config import load_settings
from grader.gradebook.access import open_coursedir
from grader.gradebook.log import read_state
from grader.nbgrader_api import Pipeline

from .conftest import ASSIGNMENT, HONEST, copy_class, hand_in, take_submission
from .rows import read_files, read_rows

pytestmark = pytest.mark.nbgrader

ODD = ("broken", "copied", "empty", "linked", "noisy")


@pytest.fixture(scope="module")
def graded(handed_in, sources, tmp_path_factory):
    """The class with odd submissions too, graded."""
    from .conftest import Grader

    classroom = copy_class(handed_in, tmp_path_factory.mktemp("graded") / "class")
    _add_odd_ones(classroom)
    Grader(sources)(classroom)
    return classroom


@pytest.fixture(scope="module")
def coursedir(graded, sources):
    return open_coursedir(load_settings(sources, graded), ASSIGNMENT, "*")


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
    (folder / "data.csv").write_text("mine")
    empty = classroom.root / "submitted" / "empty" / ASSIGNMENT
    empty.mkdir(parents=True)
    linked = classroom.root / "submitted" / "linked" / ASSIGNMENT
    linked.mkdir(parents=True)
    (linked / f"{ASSIGNMENT}.ipynb").symlink_to(folder / f"{ASSIGNMENT}.ipynb")
    source = classroom.root / "source" / ASSIGNMENT
    (source / "data.csv").write_text("1,2\n")
    shutil.copy(source / "data.csv", classroom.root / "release" / ASSIGNMENT)


def read_notebook(classroom, student):
    path = classroom.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    return read_as_nbgrader(str(path), as_version=4)


def test_everybody_has_a_valid_notebook_and_the_files_beside_it_and_nobody_may_write_them(graded):
    files = read_files(graded.root)
    folder = f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
    assert {f"autograded/{student}/{folder}" for student in (*HONEST, *ODD)} <= files.keys()
    assert {mode for _, mode in files.values()} == {oct(0o444)}
    beside = {
        name.rpartition(f"noisy/{ASSIGNMENT}/")[2]: content
        for name, (content, _) in files.items()
        if "/noisy/" in name and not name.endswith(".ipynb")
    }
    assert beside == {"notes/mine.txt": b"a file beside the notebook", "data.csv": b"1,2\n"}
    for student in (*HONEST, *ODD):
        read_notebook(graded, student)


def test_the_rows_say_what_nbgrader_reads_from_the_notebooks(graded, coursedir):
    rows = read_rows(coursedir.db_url, ASSIGNMENT)
    seen = set()
    for student in (*HONEST, *ODD):
        for cell in read_notebook(graded, student).cells:
            about = cell.metadata.get("nbgrader", {})
            flags = json.dumps(rows.get(("comment", student, ASSIGNMENT, about.get("grade_id"))))
            if is_grade(cell):
                score, most = determine_grade(cell)
                row = rows["grade", student, ASSIGNMENT, about["grade_id"]]
                assert (row[0] or 0.0, row[4]) == (score or 0.0, most)
                assert row[3] or score is not None
                seen.add(("score", score is None, score == most))
            if is_solution(cell):
                untouched = about["checksum"] == compute_checksum(cell)
                assert ("No response." in flags) == untouched or student in ODD
                seen.add(("answer", untouched))
    assert {("score", True, False), ("score", False, True), ("score", False, False)} <= seen
    assert {("answer", True), ("answer", False)} <= seen


def test_every_submission_has_all_its_rows_and_its_date(graded, coursedir):
    rows = read_rows(coursedir.db_url, ASSIGNMENT)
    with Gradebook(coursedir.db_url) as gradebook:
        (notebook,) = gradebook.find_assignment(ASSIGNMENT).notebooks
        graded_cells = {cell.name for cell in notebook.grade_cells}
        answers = {cell.name for cell in notebook.solution_cells}
    for student in (*HONEST, *ODD):
        found = {key[3] for key in rows if key[:2] == ("grade", student)}
        assert found == graded_cells
        assert {key[3] for key in rows if key[:2] == ("comment", student)} == answers
        folder = graded.root / "submitted" / student / ASSIGNMENT
        assert rows["submission", student][0] == coursedir.get_existing_timestamp(str(folder))
    for student in ("broken", "empty", "linked"):
        mine = [row for key, row in rows.items() if key[:2] == ("grade", student)]
        assert all(row[0] == 0.0 and row[3] for row in mine)  # no points, and a person is asked


def test_locked_cells_are_the_gradebooks(graded, coursedir):
    with Gradebook(coursedir.db_url) as gradebook:
        (notebook,) = gradebook.find_assignment(ASSIGNMENT).notebooks
        wanted = {cell.name: cell.source for cell in notebook.source_cells if cell.locked}
    for student in (*HONEST, *ODD):
        cells = read_notebook(graded, student).cells
        found = {c.metadata.nbgrader.grade_id: c.source for c in cells if is_locked(c)}
        assert found == wanted


def test_outputs_are_cut_where_nbgrader_cuts_them(graded):
    lines = "".join(f"{n}\n" for n in range(700))
    cell = new_code_cell(
        outputs=[
            new_output("stream", name="stdout", text=lines),
            new_output("stream", name="stderr", text=lines),
            new_output("stream", name="stdout", text="more"),
            new_output("error", ename="E", evalue="", traceback=[str(n) for n in range(150)]),
        ]
    )
    stock, ours = (new_notebook(cells=[deepcopy(cell)]) for _ in range(2))
    LimitOutput().preprocess(stock, {})
    limit_outputs(ours, 1000, 100)
    assert ours == stock
    (loud,) = [c for c in read_notebook(graded, "noisy").cells if "range(1500)" in c.source]
    assert 900 < sum(output.get("text", "").count("\n") for output in loud.outputs) <= 1000


def test_the_log_says_what_the_gradebook_says(graded, coursedir):
    state = read_state(graded.root / "grades.log")
    rows = read_rows(coursedir.db_url, ASSIGNMENT)
    for (kind, student, *place), row in rows.items():
        if kind == "grade" and row[0] is not None:
            assert (
                state[
                    next(
                        key
                        for key in state
                        if (key.student, key.notebook, key.cell, key.field)
                        == (student, *place, "auto_score")
                    )
                ]
                == row[0]
            )


def test_nbgrader_has_nothing_left_to_grade_afterwards_and_gives_feedback(graded, sources):
    path = graded.root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    before = path.stat().st_mtime_ns
    pipeline = Pipeline(sources, graded)
    outcome = pipeline._api.autograde(ASSIGNMENT, "*", force=False)
    assert outcome["success"]
    assert path.stat().st_mtime_ns == before
    pages = pipeline.give_feedback_to_all(ASSIGNMENT)
    for student in (*HONEST, *ODD):
        assert (pages / student / ASSIGNMENT / f"{ASSIGNMENT}.html").stat().st_size > 1000

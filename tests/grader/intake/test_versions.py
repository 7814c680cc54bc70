"""What was handed in before an assignment changed is read as what it is: of the release before."""

import copy
import dataclasses
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.plugin import PLUGIN
from grader.intake import make_reference, read_notebook
from grader.intake.repair import ADDED, GIVEN

SETUP = "import math"
TOTAL = ("total", "# Add up.\ntotal = ...")
DOUBLE = ("double", "# Twice as much.\ndouble = ...")


def make_cell(source, grade_id, *, text=False, **about):
    make = new_markdown_cell if text else new_code_cell
    cell = make(source, id=grade_id)
    about = {"grade": False, "solution": False, "locked": False, "task": False, **about}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **about}
    return cell


def make_release(*parts, points=2, setup=SETUP, test="check()", text=""):
    """A release with parts in code, and perhaps one in words."""
    cells = [new_markdown_cell("# Sums", id="title"), new_code_cell(setup, id="setup")]
    for name, stub in parts:
        cells.append(make_cell(stub, name, solution=True))
        cells.append(make_cell(test, f"{name}-test", grade=True, locked=True, points=points))
    if text:
        cells.append(
            make_cell("*Write here.*", text, text=True, grade=True, solution=True, points=3)
        )
    return new_notebook(cells=cells)


def answer(release, **answers):
    """What a learner makes of a release; ``own`` is a note of theirs at the end."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    if "own" in answers:
        notebook.cells.append(new_markdown_cell(answers["own"], id="mine"))
    return nbformat.writes(notebook).encode()


def read(data, now, *earlier):
    present = make_reference(now)
    present = dataclasses.replace(present, earlier=tuple(map(make_reference, earlier)))
    return read_notebook(data, present)


def find(outcome, grade_id):
    [cell] = [
        c
        for c in outcome.notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    ]
    return cell


def test_other_points_and_other_tests_are_nobodys_doing():
    before, now = make_release(TOTAL), make_release(TOTAL, points=5, test="check(more=True)")
    handed_in = answer(before, total="total = 3")
    outcome = read(handed_in, now, before)
    assert outcome.repairs == ()
    assert "With other points now: total (5, before 2)." in outcome.changes
    assert find(outcome, "total").source == "total = 3"
    assert find(outcome, "total-test").source == "check(more=True)"
    assert find(outcome, "total-test").metadata.nbgrader.points == 5
    # With the present release alone the learner is blamed.
    assert "total-test had been changed" in str(read(handed_in, now).repairs)


def test_what_comes_from_the_present_release_is_told_nothing():
    before, now = make_release(TOTAL), make_release(TOTAL, DOUBLE)
    outcome = read(answer(now, total="total = 3"), now, before)
    assert (outcome.repairs, outcome.changes) == ((), "")


def test_a_part_that_came_later_is_blank_and_no_text_is_taken_for_it():
    before, now = make_release(TOTAL), make_release(TOTAL, DOUBLE, text="why")
    outcome = read(answer(before, total="total = 3", own="A note of mine."), now, before)
    assert outcome.repairs == ()
    assert "Added since: double, why." in outcome.changes
    assert find(outcome, "double").source == ADDED
    assert find(outcome, "why").source == "*Write here.*"
    assert "A note of mine." in [cell.source for cell in outcome.notebook.cells]


def test_a_part_that_has_gone_leaves_the_learners_code_where_it_was():
    before, now = make_release(DOUBLE, TOTAL), make_release(TOTAL)
    outcome = read(answer(before, double="double = 4", total="total = double"), now, before)
    assert outcome.repairs == ()
    assert "No longer counted: double." in outcome.changes
    sources = [cell.source for cell in outcome.notebook.cells]
    assert sources.index("double = 4") < sources.index("total = double")
    assert "check()" in sources
    assert sources.count("check()") == 1


def test_a_part_that_is_called_otherwise_keeps_its_answer():
    before, now = make_release(TOTAL), make_release(("sum", "# Again.\ntotal = ..."))
    outcome = read(answer(before, total="total = 3"), now, before)
    assert find(outcome, "sum").source == "total = 3"


def test_a_stub_that_nobody_touched_is_the_present_stub_and_given_cells_are_given():
    before, now = (
        make_release(TOTAL),
        make_release(("total", "# Sum.\ntotal = ..."), setup="import re"),
    )
    outcome = read(answer(before), now, before)
    assert find(outcome, "total").source == "# Sum.\ntotal = ..."
    [setup] = [cell for cell in outcome.notebook.cells if cell.source == SETUP]
    assert setup.metadata["grader"] == {GIVEN: True}


def test_what_the_present_tests_need_is_given_to_old_submissions():
    before, now = make_release(TOTAL), make_release(TOTAL, setup="import re", test="re.match")
    outcome = read(answer(before, total="total = 3"), now, before)
    assert {SETUP, "import re"} <= {cell.source for cell in outcome.notebook.cells}


def test_a_learners_own_repairs_are_said_by_the_release_that_they_had():
    before, now = make_release(TOTAL, DOUBLE), make_release(TOTAL, DOUBLE, points=5)
    notebook = json.loads(answer(before, total="total = 3"))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "double-test"]
    outcome = read(json.dumps(notebook).encode(), now, before)
    assert [repair.grade_id for repair in outcome.repairs] == ["double-test"]


@pytest.mark.parametrize("stripped", [False, True])
def test_exercise_1_of_the_first_week_counts_in_the_exercise_1_of_now(released, answered, stripped):
    now = copy.deepcopy(released)
    place = next(n for n, cell in enumerate(now.cells) if cell.id == "ex1d")
    now.cells[place : place + 2] = []  # a part less
    for cell in now.cells:
        if cell.id == "ex1a-test":
            cell.metadata.nbgrader.points *= 2
    now.cells.insert(1, new_markdown_cell("A word more.", id="more"))
    for cell in answered["cells"]:
        if stripped:
            del cell["metadata"]
    present = make_reference(now, PLUGIN.find_owner)
    earlier = (make_reference(released, PLUGIN.find_owner),)
    outcome = read_notebook(
        json.dumps(answered).encode(), dataclasses.replace(present, earlier=earlier)
    )
    said = " ".join(repair.sentence for repair in outcome.repairs)
    assert "missing" not in said
    assert "changed" not in said
    assert "No longer counted: ex1d." in outcome.changes
    assert "ex1a (8, before 4)" in outcome.changes
    assert find(outcome, "ex1a").source.startswith("W_V_1 = np.eye(16)[:4]")
    assert find(outcome, "ex1a-test").metadata.nbgrader.points == 8

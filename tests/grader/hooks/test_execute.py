"""What runs, what counts, and what a test cell shows, without nbgrader around it."""

import math

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import determine_grade
from traitlets import TraitError

from circuits.exercises import PARTS
from circuits.reports.report import REPORT_MIME
from course.judge import draw_hidden_trials, grade_part
from course.plugin import PLUGIN
from grader.grading.grade_notebook import (
    UnreadableAnswer,
    read_answers,
    run_and_judge,
    write_verdict,
)
from grader.grading.plan import make_plan
from grader.hooks.autograde import SandboxedExecute
from grader.intake.record import Record
from grader.plugin import Verdict
from grader.sandbox import Limits, Refusal

TWO = [PARTS["ex1a"], PARTS["ex1c-text"]]
RIGHT = "W_V_1 = np.eye(16)[:4]\nW_out_1 = np.eye(16)[:, 8:12]"


def graded(source, grade_id, **about):
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = {
        "grade": True, "grade_id": grade_id, "locked": True, "points": 4,
        "schema_version": 3, "solution": False, "task": False, **about,
    }  # fmt: skip
    return cell


@pytest.fixture
def notebook():
    return new_notebook(
        cells=[
            new_markdown_cell("# Words"),
            new_code_cell("import numpy as np\nprint('hello')"),
            new_code_cell(RIGHT),
            graded("raise SystemExit('a test cell is never run')", "ex1a-test"),
            new_code_cell("W_out_1"),
        ]
    )


def test_test_cells_are_not_run_and_others_keep_their_place(notebook):
    plan = make_plan(notebook, TWO)
    assert [cell.number for cell in plan.cells] == [2, 3, 5]
    assert [answer.name for answer in plan.answers] == ["W_V_1", "W_out_1"]
    assert list(plan.tests) == ["ex1a"]


def test_graded_cells_that_are_no_parts_are_neither_run_nor_judged(notebook):
    notebook.cells.append(graded("raise ValueError", "mystery-test"))
    plan = make_plan(notebook, TWO)
    assert len(plan.cells) == 3
    assert list(plan.tests) == ["ex1a"]


def test_a_second_copy_of_a_test_cell_changes_nothing(notebook):
    notebook.cells.append(graded("", "ex1a-test"))
    assert make_plan(notebook, TWO).tests["ex1a"] is notebook.cells[3]


@pytest.mark.parametrize("points", [0.0, 0.5, 4.0, np.float64(0.0), 1, True])
def test_nbgrader_reads_the_points_as_they_are(points):
    trials = draw_hidden_trials(1)
    report = grade_part("ex1a", {}, trials).report
    cell = graded("", "ex1a-test")
    write_verdict(cell, Verdict("ex1a", points, 4.0, report))
    assert determine_grade(cell) == (float(points), 4.0)
    assert REPORT_MIME in cell.outputs[0].data


def test_a_run_fills_in_outputs_and_points(notebook):
    verdicts = run_and_judge(notebook, PLUGIN, "exercise-1", 5, {}, Limits()).verdicts
    assert verdicts["ex1a"].points == 4.0
    nbformat.validate(notebook)
    assert notebook.cells[1].outputs[0].text == "hello\n"
    assert determine_grade(notebook.cells[3]) == (4.0, 4.0)
    assert notebook.cells[4].outputs[0].output_type == "execute_result"


def test_no_notebook_is_among_the_files_beside_the_cells(notebook):
    files = {"exercise-1.ipynb": b"with hidden tests", "mine.txt": b"my data"}
    notebook.cells[1].source += "\nimport os\nprint(sorted(os.listdir()))"
    run_and_judge(notebook, PLUGIN, "exercise-1", 5, files, Limits())
    assert "mine.txt" in notebook.cells[1].outputs[0].text
    assert "ipynb" not in notebook.cells[1].outputs[0].text


def test_the_learners_code_cannot_import_the_grader(notebook):
    notebook.cells[1].source += "\nimport grader"
    run_and_judge(notebook, PLUGIN, "exercise-1", 5, {}, Limits())
    assert notebook.cells[1].outputs[-1].ename in ("ModuleNotFoundError", "ImportError")


def test_what_would_act_in_a_browser_is_cleaned(notebook):
    notebook.cells[1].source += (
        "\nfrom IPython.display import HTML, Javascript"
        "\ndisplay(HTML('<script>go()</script><b>x</b>'))\ndisplay(Javascript('go()'))"
    )
    run_and_judge(notebook, PLUGIN, "exercise-1", 5, {}, Limits())
    text = nbformat.writes(new_notebook(cells=[c for c in notebook.cells if "outputs" in c][:1]))
    assert "<b>x</b>" in text
    assert "application/javascript" not in text
    assert notebook.cells[1].outputs[1].data["text/html"] == "<b>x</b>"


def test_why_a_run_ended_is_recorded(notebook):
    notebook.cells[2].source += "\nimport os; os._exit(1)"
    record = Record()
    run_and_judge(notebook, PLUGIN, "exercise-1", 5, {}, Limits()).note(record)
    assert "cell 3" in record.ended


def test_what_could_not_leave_the_sandbox_says_why(tmp_path):
    answers = read_answers({"W_V_1": Refusal("W_V_1 is too large."), "W_out_1": np.eye(16)[:, :4]})
    assert isinstance(answers["W_V_1"], UnreadableAnswer)
    verdict = grade_part("ex1a", answers, draw_hidden_trials(5))
    assert verdict.points == 0.0
    assert verdict.failure is None
    assert "W_V_1 is too large" in str(verdict.report)
    assert math.isclose(verdict.max_points, 4.0)


def test_a_limit_that_does_not_exist_is_refused_by_name():
    with pytest.raises(TraitError, match=r"no 'minutes'; there are cell_seconds"):
        SandboxedExecute(limits={"minutes": 3})
    assert SandboxedExecute(limits={"cell_seconds": 3.0}).limits == {"cell_seconds": 3.0}

"""``nbgrader validate`` in a learner's folder calls a notebook good only if it is."""

import copy
import logging
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from circuits import check
from course.demo.submissions import find_answer
from course.release import release_notebook
from course.weave import build_notebook
from grader.config import read_configuration


@pytest.fixture
def validating(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")


@pytest.mark.usefixtures("validating")
@pytest.mark.parametrize(
    ("answer", "said"),
    [((...,), "not attempted yet"), ((("W_V",),), "not right yet"), ((7,), "cannot be read yet")],
)
def test_a_report_that_is_not_right_goes_to_stderr(answer, said, capsys):
    shown = check("w4", *answer)._repr_mimebundle_()
    assert said in capsys.readouterr().err
    assert said in shown["text/plain"]


@pytest.mark.usefixtures("validating")
def test_a_right_one_stays_quiet_and_is_worth_its_points(capsys, caplog):
    report = check("w4", ("W_Q", "W_K"))
    result = new_output("execute_result", data=report._repr_mimebundle_())
    assert capsys.readouterr().err == ""
    cell = new_code_cell("", outputs=[result])
    cell.metadata["nbgrader"] = {"grade": True, "points": report.max_points}
    assert determine_grade(cell, logging.getLogger()) == (report.max_points, report.max_points)
    assert caplog.text == ""  # of any other text nbgrader says that it is no number


@pytest.mark.parametrize("command", ["autograde", "generate_assignment", "", None])
@pytest.mark.parametrize("answer", [("W_Q", "W_K"), ...])
def test_nothing_else_changes_what_a_report_shows(command, answer, monkeypatch, capsys):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    if command is not None:
        monkeypatch.setenv("NBGRADER_EXECUTION", command)
    report = check("w4", answer)
    assert report._repr_mimebundle_()["text/plain"] == str(report)
    assert capsys.readouterr().err == ""


LEARNERS_HAVE_NO_GRADER = 'raise ImportError("a learner has circuits, and no grader")'


def validate(notebook, folder):
    """Give the command as a learner does: in a folder of theirs, with circuits alone."""
    (folder / "blocked" / "grader").mkdir(parents=True, exist_ok=True)
    (folder / "blocked" / "grader" / "__init__.py").write_text(LEARNERS_HAVE_NO_GRADER)
    nbformat.write(notebook, folder / "mine.ipynb")
    programs = str(Path(sys.executable).parent)
    return subprocess.run(
        [f"{programs}/nbgrader", "validate", "mine.ipynb"],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONPATH": f"{folder / 'blocked'}:{Path(check.__code__.co_filename).parents[1]}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout


@pytest.mark.slow
@pytest.mark.nbgrader
def test_the_real_command_tells_right_wrong_and_unattempted_apart(sources, tmp_path):
    source = build_notebook("exercise-3", sources)
    blank = release_notebook(copy.deepcopy(source), read_configuration(sources))
    answers = {c.id: find_answer(c.source) for c in source.cells if "BEGIN SOLUTION" in c.source}

    def fill(**endings):
        notebook = copy.deepcopy(blank)
        for cell in notebook.cells:
            if cell.id in endings:
                cell.source = answers[cell.id] + endings[cell.id]
        return validate(notebook, tmp_path)

    right = fill(ex3a="", ex3b="")
    assert "Success! Your notebook passes all the tests." in right
    assert "cannot be converted" not in right

    wrong = fill(ex3a="\nW_Q_1 = W_K_1", ex3b="")
    assert "VALIDATION FAILED ON 1 CELL(S)!" in wrong
    assert 'check("ex3a"' in wrong
    assert "properties hold" in wrong

    half = fill(ex3b="")
    assert "VALIDATION FAILED ON 1 CELL(S)!" in half
    assert "not attempted yet" in half

    assert "VALIDATION FAILED ON 2 CELL(S)!" in fill()

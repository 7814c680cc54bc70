"""``nbgrader validate`` calls a notebook good only if it is."""

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
from grader.demo.submissions import find_answer
from grader.release import read_configuration, release_notebook
from grader.validating import load_ipython_extension, tell_the_truth
from grader.weave import build_notebook


class Shell:
    def __init__(self):
        self.registered = []
        self.display_formatter = self.mimebundle_formatter = self

    def for_type(self, *registered):
        self.registered.append(registered)


def test_a_report_that_is_not_right_goes_to_stderr(capsys):
    shown = tell_the_truth(check("ex2b", ..., ...))
    assert "not attempted yet" in capsys.readouterr().err
    assert "text/html" in shown


def test_a_right_one_stays_quiet_and_is_worth_its_points(capsys, caplog):
    report = check("w4", ("W_Q", "W_K"))
    result = new_output("execute_result", data=tell_the_truth(report))
    assert capsys.readouterr().err == ""
    cell = new_code_cell("", outputs=[result])
    cell.metadata["nbgrader"] = {"grade": True, "points": report.max_points}
    assert determine_grade(cell, logging.getLogger()) == (report.max_points, report.max_points)
    assert caplog.text == ""  # of any other text nbgrader says that it is no number


@pytest.mark.parametrize(("command", "watching"), [("validate", 1), ("autograde", 0), (None, 0)])
def test_only_validating_is_watched(command, watching, monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    if command:
        monkeypatch.setenv("NBGRADER_EXECUTION", command)
    shell = Shell()
    load_ipython_extension(shell)
    assert len(shell.registered) == watching


def validate(sources, notebook, path):
    nbformat.write(notebook, path)
    folder = str(Path(sys.executable).parent)
    return subprocess.run(
        [f"{folder}/nbgrader", "validate", str(path)],
        cwd=sources.root,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
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
        return validate(sources, notebook, tmp_path / "exercise-3.ipynb")

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

"""The solutions display every answer as the sheet writes it, in LaTeX, equal to the code beside it.

A display is read as mathematics: `W_Q = W_K = \\begin{pmatrix} ... \\end{pmatrix}` with a row for
each line, or a column for each `&`, of sums like `\\cos\\alpha_0\\, v_0 - \\sin\\alpha_0\\, v_1`.
"""

import re

import numpy as np
import pytest

from circuits.exercises import PARTS
from grader.course import find_sources
from tests.grader.weave.test_reference_answers import run_answers

# Chapters whose answers are sums of the given directions, displayed row by row.
CHAPTERS = ("exercise-2", "exercise-3")
ANSWERS = [
    (part.id, answer.name)
    for part in PARTS.values()
    if part.assignment in CHAPTERS and part.grading == "auto"
    for answer in part.answers
]

SECTION = re.compile(r"^## \(([a-z])\) .*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
DISPLAY = re.compile(
    r"((?:W_(?:[QKV]|\{\\mathrm\{out\}\})(?:\^\d)?\s*=\s*)+)\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}",
    re.DOTALL,
)
# Each symbol of the sheet, and the same in the chapter's code.
SYMBOLS = {
    r"u\^\{\\text\{cont\}\}_(\d)": r"u_cont[\1]",
    r"u\^\{\\(cos|sin)\}_(\d)": r"u_\1[\2]",
    r"v_(?:\{(\d+)\}|(\d))": r"v[\1\2]",
    r"\\(cos|sin)\\alpha_(\d)": r"np.\1(alpha[\2])",
    r"\\beta": "beta",
}
SILENT = re.compile(r"\\phantom\{-\}|\\[,;:]|\\q?quad")


def name_in_latex(name):
    """Return how a page writes a name: W_out_1 is W_{\\mathrm{out}}^1, W_Q_prev is W_Q."""
    matrix, suffix = re.fullmatch(r"(W_\w+?)_(\w+)", name).groups()
    return matrix.replace("out", r"{\mathrm{out}}") + (f"^{suffix}" if suffix.isdigit() else "")


def read_entry(latex, names):
    """Return the vector that one entry of a displayed matrix stands for."""
    for pattern, code in SYMBOLS.items():
        latex = re.sub(pattern, f" {code} ", latex)
    terms = re.sub(r"(?<=[\w\])])\s+(?=[\w(])", " * ", latex.strip())
    try:
        return eval(terms, {"np": np}, names)
    except (SyntaxError, NameError) as error:
        raise AssertionError(f"{latex!r} is no sum of given directions: {error}") from error


def read_displays(assignment, part):
    """Return the displayed matrices of a part by their names in LaTeX."""
    page = (find_sources().solutions / f"{assignment}.md").read_text(encoding="utf-8")
    sections = {f"ex{assignment[-1]}{found[1]}": found[0] for found in SECTION.finditer(page)}
    names = run_answers(assignment)
    displays = {}
    for called, body in DISPLAY.findall(sections[part]):
        lines = [line for line in SILENT.sub(" ", body).split("\\\\") if line.strip()]
        entries = [[read_entry(entry, names) for entry in line.split("&")] for line in lines]
        wide = len(entries) == 1 and len(entries[0]) > 1
        matrix = np.stack(entries[0], axis=1) if wide else np.stack([row for (row,) in entries])
        displays.update(dict.fromkeys(re.findall(r"W_[^=\s]+", called), matrix))
    return displays


@pytest.mark.parametrize(("part", "answer"), ANSWERS, ids=[name for _, name in ANSWERS])
def test_every_answer_stands_in_the_solutions_as_a_matrix_equal_to_its_code(part, answer):
    assignment = PARTS[part].assignment
    where = f"solutions/{assignment}.md, part {part}"
    displays, name = read_displays(assignment, part), name_in_latex(answer)
    assert name in displays, f"{where}: no display of {name}, only of {sorted(displays)}"
    given = np.asarray(run_answers(assignment)[answer])
    shown = displays[name]
    assert shown.shape == given.shape, f"{where}: {name} is displayed with shape {shown.shape}"
    assert np.allclose(shown, given), f"{where}: {name} is displayed otherwise than coded"


def test_a_display_is_read_as_what_it_says():
    names = {"u_cos": np.eye(2), "u_sin": 3 * np.eye(2), "alpha": [0.5], "beta": 2, "v": np.eye(12)}
    turned = read_entry(r"-\sin\alpha_0  u^{\cos}_0 + \cos\alpha_0  u^{\sin}_0", names)
    assert np.allclose(turned, [3 * np.cos(0.5) - np.sin(0.5), 0])
    assert np.allclose(read_entry(r"-\beta  u^{\sin}_1", names), [0, -6])
    assert np.array_equal(read_entry("v_{11}", names), np.eye(12)[11])
    with pytest.raises(AssertionError, match="no sum of given directions"):
        read_entry(r"\vdots", names)

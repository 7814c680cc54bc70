"""The solutions display every answer as the sheet writes it, in LaTeX, equal to the code beside it.

A display is read as mathematics: `W_Q = W_K = \\begin{pmatrix} ... \\end{pmatrix}` with a row for
each line, or a column for each `&`, of sums like `\\cos\\alpha_0\\, v_0 - \\sin\\alpha_0\\, v_1`.
In exercise 1 an entry is a block of 4 by 4: `I`, `0`, or a letter that the page displays itself.
"""

import re

import numpy as np
import pytest

from circuits.exercises import PARTS
from course.sources import find_pages
from tests.course.weave.test_reference_answers import run_answers

CHECKED = [part.id for part in PARTS.values() if part.grading == "auto"]
MATRICES = [
    (part, answer.name)
    for part in CHECKED
    for answer in PARTS[part].answers
    if answer.kind == "matrix"
]

NAME = r"W_(?:[QKVU]|\{\\mathrm\{(?:out|net)\}\})(?:\^\d)?"
LEFT = rf"(?:{NAME}(?:\s*(?:\\,|\+)\s*{NAME})?|\b[A-Z])"
FACTORS = r"(g\s*\\,\s*C\s*)?"  # of an unembedding: a gain, and the table of contents
DISPLAY = re.compile(
    rf"((?:{LEFT}\s*=\s*)+){FACTORS}\\begin\{{pmatrix\}}(.*?)\\end\{{pmatrix\}}", re.DOTALL
)
# Answers that the sheet calls by what they are made of.
PRODUCTS = {
    "two_token_copy": r"W_{\mathrm{net}}^2W_{\mathrm{net}}^1",
    "one_token_copy": r"W_{\mathrm{net}}^2+W_{\mathrm{net}}^1",
}
BLOCKS = {"I": np.eye(4), "O": np.zeros((4, 4))}
# Each symbol of the sheet, and the same in the chapter's code.
SYMBOLS = {
    r"u\^\{\\text\{cont\}\}_(\d)": r"u_cont[\1]",
    r"u\^\{\\(cos|sin)\}_(\d)": r"u_\1[\2]",
    r"v_(?:\{(\d+)\}|(\d))": r"v[\1\2]",
    r"\\(cos|sin)\\alpha_(\d)": r"np.\1(alpha[\2])",
    r"\\(cos|sin) s_(\d)": r"np.\1(speeds[\2])",
    r"\\beta": "beta",
    r"\ba\b": "a",
    r"\\tfrac\{\\sqrt\\tau\}\{30\}": "(np.sqrt(tau) / 30)",
}
# Answers read off a trained model have no entries worth printing: formulas, and what they mean.
FORMULAS = {
    "W_Q_graft": (
        r"W_Q = \begin{pmatrix} R_0 & & & \\ & R_1 & & & \\ & & \ddots & & 0 \\ & & & R_7 & "
        r"\end{pmatrix}, "
        r"\qquad R_k = \begin{pmatrix} \phantom{-}\cos\alpha_k & \sin\alpha_k \\ "
        r"-\sin\alpha_k & \cos\alpha_k \end{pmatrix}",
        lambda names: widen(join(map(turn_back, names["turn"][:8]))),
    ),
    "W_K_graft": (
        r"W_K = \begin{pmatrix} I & 0 \end{pmatrix}",
        lambda names: widen(np.eye(16)),
    ),
    "W_V_graft": (r"W_V = W_Q^{1.1}", lambda names: names["model"].heads["1.1"].W_Q),
    "W_out_graft": (
        r"W_{\mathrm{out}} = g\,(I - R^{+} R)\,(W_K^{1.1})^{\top}",
        lambda names: 12 / names["match"] * silence(names["model"].heads["1.1"]),
    ),
}
ZERO = re.compile(r"^\s*0\s*$")
SILENT = re.compile(r"\\phantom\{-\}|\\[,;:]|\\q?quad")


def turn_back(angle):
    """Return the block that turns a pair of coordinates back."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def join(blocks):
    """Return the matrix that has the blocks along its diagonal."""
    blocks = list(blocks)
    return np.block(
        [[b if i == k else 0 * b for i in range(len(blocks))] for k, b in enumerate(blocks)]
    )


def widen(matrix):
    """Return a matrix of 16 columns with zeros for the other 48 of a stream."""
    return np.hstack([matrix, np.zeros((len(matrix), 64 - matrix.shape[1]))])


def silence(head):
    """Return where a head looks, without what its own queries and values hear of it."""
    others = np.vstack([head.W_Q, head.W_V])
    return head.W_K.T - np.linalg.pinv(others) @ (others @ head.W_K.T)


def name_in_latex(name):
    """Return how a page writes a name: W_out_1 is W_{\\mathrm{out}}^1, W_Q_prev is W_Q."""
    if name in PRODUCTS:
        return PRODUCTS[name]
    matrix, suffix = re.fullmatch(r"(W_[^\W_]+)_?(\w*)", name).groups()
    matrix = re.sub(r"out|net", r"{\\mathrm{\g<0>}}", matrix)
    return matrix + (f"^{suffix}" if suffix.isdigit() else "")


def read_entry(latex, names):
    """Return the vector or the block that one entry of a displayed matrix stands for."""
    latex = ZERO.sub("O", latex)
    for pattern, code in SYMBOLS.items():
        latex = re.sub(pattern, f" {code} ", latex)
    terms = re.sub(r"(?<=[\w\])])\s+(?=[\w(])", " * ", latex.strip())
    try:
        return eval(terms, {"np": np}, names)
    except (SyntaxError, NameError) as error:
        raise AssertionError(f"{latex!r} is no sum of given directions: {error}") from error


def assemble(entries):
    """Return the matrix whose entries are blocks, or rows below each other, or columns in a row."""
    vectors = [entry for line in entries for entry in line if entry.ndim == 1]
    if vectors:  # a zero among them is a vector, too
        nothing = np.zeros_like(vectors[0])
        entries = [[entry if entry.ndim == 1 else nothing for entry in line] for line in entries]
    else:
        return np.block(entries)
    wide = len(entries) == 1 and len(entries[0]) > 1
    return np.stack(entries[0], axis=1) if wide else np.stack([row for (row,) in entries])


def split_displays(latex):
    """Yield the names of each displayed matrix, whether it has factors, and its entries."""
    for called, factors, body in DISPLAY.findall(latex):
        lines = [line.split("&") for line in SILENT.sub(" ", body).split("\\\\") if line.strip()]
        yield [name for name in re.sub(r"\s|\\,", "", called).split("=") if name], factors, lines


def read_page(assignment):
    """Return the page of solutions to an assignment."""
    return (find_pages().solutions / f"{assignment}.md").read_text(encoding="utf-8")


def cut_section(part):
    """Return the section of the solutions that answers a part, as far as its code."""
    before, found, _ = read_page(PARTS[part].assignment).partition(f"grade_id: {part}\n")
    assert found, f"solutions/{PARTS[part].assignment}.md has no answer to {part}"
    return before[before.rindex("\n## ") :]


def read_displays(latex, names):
    """Return the displayed matrices by their names in LaTeX."""
    displays = {}
    for called, factors, lines in split_displays(latex):
        if len(called[0]) > 1:
            matrix = assemble([[read_entry(entry, names) for entry in line] for line in lines])
            matrix = names["gain"] * names["content"] @ matrix if factors else matrix
            displays.update(dict.fromkeys(called, matrix))
    return displays


def read_letters(latex):
    """Return the blocks that are displayed with their numbers, by their letters."""
    return {
        called[0]: np.array(lines, dtype=float)
        for called, _, lines in split_displays(latex)
        if len(called[0]) == 1
    }


@pytest.mark.parametrize("part", CHECKED)
def test_the_answer_to_a_part_is_displayed_before_its_code(part):
    where = f"solutions/{PARTS[part].assignment}.md, part {part}"
    assert cut_section(part).count("$$") >= 2, f"{where}: no equation stands before the code"


@pytest.mark.parametrize(("part", "answer"), MATRICES, ids=[name for _, name in MATRICES])
def test_every_answer_stands_in_the_solutions_as_a_matrix_equal_to_its_code(part, answer):
    assignment = PARTS[part].assignment
    where = f"solutions/{assignment}.md, part {part}"
    names = run_answers(assignment) | BLOCKS | read_letters(read_page(assignment))
    given = np.asarray(names[answer])
    if answer in FORMULAS:
        latex, mean = FORMULAS[answer]
        assert latex in " ".join(cut_section(part).split()), f"{where}: no display {latex}"
        shown = mean(names)
    else:
        displays, name = read_displays(cut_section(part), names), name_in_latex(answer)
        assert name in displays, f"{where}: no display of {name}, only of {sorted(displays)}"
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


def test_blocks_are_put_together_as_they_stand():
    page = r"$$ P = \begin{pmatrix} 1 & 0 \\ 0 & 2 \end{pmatrix} $$"
    page += r"$$ W_V^1 + W_V^2 = \begin{pmatrix} P & 0 \end{pmatrix} $$"
    names = {"O": np.zeros((2, 2))} | read_letters(page)
    shown = read_displays(page, names)
    assert np.array_equal(shown["W_V^1+W_V^2"], [[1, 0, 0, 0], [0, 2, 0, 0]])

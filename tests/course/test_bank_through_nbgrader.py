"""Answers of the bank, at least a right and a wrong one for each part, through real nbgrader."""

import ast
import inspect
from datetime import UTC, datetime
from types import CodeType, FunctionType

import nbformat
import numpy as np
import pytest

from circuits.exercises import ASSIGNMENTS, PARTS
from course.judge import draw_hidden_trials, grade_part
from course.weave.notebook import write_notebook
from grader.gradebook.seed import read_seed
from tests.bank import CASES

pytestmark = [pytest.mark.slow, pytest.mark.nbgrader]


def find_globals(code):
    """Return the global names that code may ask for, also in functions inside it."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*(find_globals(one) for one in inner))


def write_function(function, known):
    """Return the source of a function, after what it needs of its module; None if that is not code.

    ``known`` holds the names that are written already.
    """
    source = inspect.getsource(function)
    if function.__closure__ or not source.startswith("def ") or function.__name__ == "<lambda>":
        return None
    known.add(function.__name__)
    lines = []
    for name in sorted(find_globals(function.__code__) & set(function.__globals__) - known):
        value = function.__globals__[name]
        if type(value) is FunctionType:
            lines.append(write_function(value, known))
        elif type(value) is np.ndarray and value.dtype.kind in "fiuc":
            lines.append(f"{name} = np.array({value.tolist()!r}, dtype='{value.dtype}')")
        else:
            lines.append(None)
        known.add(name)
    return None if None in lines else "\n".join([*lines, drop_types(source)])


def drop_types(source):
    """Return a function's source without its types, whose names a learner's notebook lacks."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)


def write_code(case):
    """Return code that defines a case's own answers, or None if it cannot be written down."""
    lines = ["from numpy import inf, nan"]
    for answer in PARTS[case.part].answers:
        value = case.answers.get(answer.name)
        kind = type(value)  # isinstance asks the value, and some of the bank raise
        if kind is np.ndarray and value.dtype.kind in "fiuc":
            lines.append(f"{answer.name} = np.array({value.tolist()!r}, dtype='{value.dtype}')")
        elif kind in (str, list, tuple) and all(type(item) is str for item in value):
            lines.append(f"{answer.name} = {value!r}")
        elif kind is FunctionType and (source := write_function(value, {"np"})) is not None:
            lines += [source, f"{answer.name} = {value.__name__}"]
        else:
            return None
    return "\n".join(lines)


def choose(part, right):
    """Return a case of the bank and its code; rather one without earlier answers of its own."""
    own = {answer.name for answer in PARTS[part].answers}
    cases = [case for case in reversed(CASES) if case.part == part and case.right == right]
    for case in sorted(cases, key=lambda case: not set(case.answers) <= own):
        if (code := write_code(case)) is not None:
            exec(code, {"np": np})  # or the reference above it would be what is graded
            return case, code
    raise LookupError(part)


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_gradebook_has_what_the_answers_deserve(assignment, right, pipeline):
    notebook = nbformat.read(pipeline.classroom.notebook(assignment), as_version=4)
    parts = [p for p in ASSIGNMENTS[assignment] if PARTS[p].grading == "auto"]
    answers = {}
    for cell in notebook.cells:
        if cell.id in parts and cell.id not in ("ex1c", "ex1d"):
            case, code = choose(cell.id, right)
            cell.source = f"{cell.source}\n{code}"
            answers.update({a.name: case.answers[a.name] for a in PARTS[cell.id].answers})
        elif cell.id in ("ex1c", "ex1d") and not right:
            names = [answer.name for answer in PARTS[cell.id].answers]
            cell.source += "".join(f"\n{name} = 2 * np.eye(16)" for name in names)
    student = f"bank-{right}"
    pipeline.hand_in(assignment, student, write_notebook(notebook), datetime.now(UTC))
    pipeline.autograde(assignment, student)
    trials = draw_hidden_trials(read_seed(pipeline.classroom.seed_file))
    with pipeline.open_gradebook() as gradebook:
        for part in parts:
            name = PARTS[part].test_id
            score = gradebook.find_grade(name, assignment, assignment, student).auto_score
            if right:
                assert score == PARTS[part].points, part
            else:
                assert score < PARTS[part].points, part
            if part not in ("ex1c", "ex1d"):
                assert score == grade_part(part, answers, trials).points, part

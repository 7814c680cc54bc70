"""The hidden test of a part: one plain float in range, and silence on stderr, whatever comes."""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from circuits.exercises import ASSIGNMENTS, PARTS
from course.hidden import score
from course.judge import grade_part
from grader.gradebook.seed import ensure_seed

AUTO = [part.id for part in PARTS.values() if part.grading == "auto"]
HAND = [part.id for part in PARTS.values() if part.grading == "hand"]
MATRIX = [part for part in AUTO if PARTS[part].answers[0].kind == "matrix"]


@pytest.fixture(scope="module")
def reference(woven):
    """Names that the reference answers of each assignment define."""
    import nbformat

    from course.demo.submissions import find_answer

    spaces = {}
    for name in ASSIGNMENTS:
        notebook = nbformat.read(woven.notebook(name), as_version=4)
        space = spaces[name] = {}
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
                exec(find_answer(cell.source), space)
            elif cell.cell_type == "code" and cell.source.startswith("import numpy"):
                exec(cell.source, space)
    return spaces


@pytest.fixture(autouse=True)
def _in_a_submissions_folder(tmp_path, monkeypatch):
    ensure_seed(tmp_path / "secret-seed")
    (tmp_path / "autograded").mkdir()
    monkeypatch.chdir(tmp_path / "autograded")


def space_of(reference, part):
    return dict(reference[PARTS[part].assignment])


def score_quietly(part, space, capsys):
    """Return the score, having made sure that nbgrader will read it as one."""
    points = score(part, space)
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.strip()
    assert type(points) is float
    assert float(repr(points)) == points
    assert 0.0 <= points <= PARTS[part].points
    return points


@pytest.mark.parametrize("part", AUTO)
def test_the_reference_answer_earns_all_points(part, reference, capsys):
    assert score_quietly(part, space_of(reference, part), capsys) == PARTS[part].points


@pytest.mark.parametrize("part", AUTO)
def test_an_empty_notebook_earns_nothing(part, capsys):
    assert score_quietly(part, {}, capsys) == 0.0


@pytest.mark.parametrize(("released", "wanted"), [(6, 6.0), (1, 1.0), ("many", 4.0)])
def test_points_are_out_of_what_the_cell_had_when_it_was_released(
    released, wanted, reference, capsys
):
    # nbgrader writes the notebook that it runs into the folder where it runs it.
    about = {"grade": True, "grade_id": "ex1a-test", "points": released}
    cells = [{"metadata": {}}, {"metadata": {"nbgrader": about}}]
    Path("exercise-1.ipynb").write_text(json.dumps({"cells": cells}))
    space = space_of(reference, "ex1a")
    assert score("ex1a", space) == wanted
    assert capsys.readouterr().err == ""
    assert 0 < score("ex1a", space | {"W_out_1": -space["W_out_1"]}) < wanted


class Nasty:
    """Raises in every way in which one can look at it."""

    def __init__(self, error):
        self.error = error

    def _raise(self, *_, **__):
        raise self.error

    __array__ = __iter__ = __len__ = __call__ = __str__ = __repr__ = __eq__ = __bool__ = _raise
    __getitem__ = __float__ = __array_interface__ = __class_getitem__ = _raise
    __hash__ = None


class Loud:
    """Prints when looked at."""

    def __array__(self, *_, **__):
        print("noise", file=sys.stderr)
        warnings.warn("noise", stacklevel=1)
        return np.zeros((3, 3))


class Tricky(np.ndarray):
    """Says that it equals anything."""

    def __array_finalize__(self, other):
        return None

    def __eq__(self, other):
        return True

    __hash__ = None


def spoil(value):
    """Return bad versions of a matrix, by name."""
    matrix = np.asarray(value, dtype=float)
    holes = matrix.copy()
    holes[0, 0] = np.nan
    infinite = matrix.copy()
    infinite[-1, -1] = np.inf
    ragged = matrix.tolist()
    ragged[0] = ragged[0][:-1]
    deep = current = []
    for _ in range(1000):
        current.append([])
        current = current[0]
    return {
        "None": None,
        "...": ...,
        "ragged": ragged,
        "object": matrix.astype(object),
        "text": matrix.astype(str),
        "bytes": b"1 0 0",
        "complex": matrix + 0j,
        "transposed": matrix.T if matrix.shape[0] != matrix.shape[1] else matrix[:-1],
        "three axes": matrix[None],
        "one axis": matrix.ravel(),
        "number": 3.0,
        "empty": [],
        "NaN": holes,
        "infinite": infinite,
        "huge": matrix + 1e300,
        "dates": np.zeros(matrix.shape, "datetime64[s]"),
        "structured": np.zeros(matrix.shape, [("a", float)]),
        "function": len,
        "class": np.ndarray,
        "deep": deep,
        "set": {1, 2},
        "dict": {"a": 1},
        "tricky": np.zeros((2, 2)).view(Tricky),
        "loud": Loud(),
        "raises": Nasty(ValueError("no")),
        "exits": Nasty(SystemExit(0)),
        "interrupts": Nasty(KeyboardInterrupt()),
        "recursion": Nasty(RecursionError("deep")),
        "memory": Nasty(MemoryError()),
        "raises nothing readable": Nasty(type("Odd", (BaseException,), {})()),
    }


@pytest.mark.parametrize("bad", spoil(np.eye(3, 4)))
@pytest.mark.parametrize("part", MATRIX)
def test_a_bad_matrix_earns_nothing_and_says_why(part, bad, reference, capsys):
    space = space_of(reference, part)
    for answer in PARTS[part].answers:
        space[answer.name] = spoil(space[answer.name])[bad]
    assert score_quietly(part, space, capsys) == 0.0


@pytest.mark.parametrize("bad", ["None", "ragged", "complex", "NaN", "exits", "loud"])
@pytest.mark.parametrize("part", MATRIX)
def test_one_bad_matrix_of_several_never_earns_all(part, bad, reference, capsys):
    space = space_of(reference, part)
    name = PARTS[part].answers[0].name
    space[name] = spoil(space[name])[bad]
    assert score_quietly(part, space, capsys) < PARTS[part].points


@pytest.mark.parametrize("bad", spoil(np.eye(3, 4)))
@pytest.mark.parametrize("part", [part for part in AUTO if part not in MATRIX])
def test_a_bad_function_or_name_earns_nothing(part, bad, capsys):
    value = spoil(np.eye(3, 4))[bad]
    space = {answer.name: value for answer in PARTS[part].answers}
    assert score_quietly(part, space, capsys) == 0.0


@pytest.mark.parametrize("part", [p for p in AUTO if PARTS[p].answers[0].kind == "function"])
@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, RecursionError])
def test_a_function_that_raises_earns_nothing(part, error, capsys):
    def function(*_):
        print("noise", file=sys.stderr)
        raise error

    space = {PARTS[part].answers[0].name: function}
    assert score_quietly(part, space, capsys) == 0.0


@pytest.mark.parametrize("result", [None, "text", 3, np.nan, [[1, 2], [3]], 1j, np.zeros(0), len])
@pytest.mark.parametrize("part", ["w2", "w5", "w7"])
def test_a_function_that_returns_nonsense_earns_no_point_for_it(part, result, capsys):
    space = {PARTS[part].answers[0].name: lambda *_: result}
    assert score_quietly(part, space, capsys) <= 1.0  # the inputs were left alone


@pytest.mark.parametrize("part", [part for part in AUTO if PARTS[part].builds_on])
@pytest.mark.parametrize("bad", ["None", "ragged", "NaN", "exits", "huge"])
def test_a_bad_earlier_answer_costs_at_most_what_is_made_of_it(part, bad, reference, capsys):
    space = space_of(reference, part)
    every = {name: value for space in reference.values() for name, value in space.items()}
    for name in PARTS[part].builds_on:  # of this chapter, or brought along from the one before
        space[name] = spoil(space.get(name, every.get(name)))[bad]
    points = score_quietly(part, space, capsys)
    if part not in ("ex1c", "ex1d"):  # these two are products of the earlier answers
        assert points == PARTS[part].points


@pytest.mark.parametrize("part", AUTO)
def test_other_names_in_the_notebook_change_nothing(part, reference, capsys):
    space = space_of(reference, part)
    space.update(check=None, judge=None, score=Nasty(SystemExit()), np=Nasty(ValueError()))
    assert score_quietly(part, space, capsys) == PARTS[part].points


@pytest.mark.parametrize("part", HAND)
def test_text_is_not_scored_by_a_check(part):
    with pytest.raises(ValueError, match="by a person"):
        score(part, {})


def test_an_unknown_part_is_an_error_of_the_notebooks_author():
    with pytest.raises(KeyError, match="ex9z"):
        score("ex9z", {})


def test_a_verdict_says_when_judging_itself_failed(monkeypatch):
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("course.judge.judge", fail)
    verdict = grade_part("ex1a", {"W_V_1": np.eye(4, 16)}, None)
    assert (verdict.points, verdict.failure) == (0.0, "Looking at the answer raised RuntimeError.")
    assert verdict.max_points == PARTS["ex1a"].points


def test_points_outside_the_range_are_brought_into_it(monkeypatch):
    class Report:
        points = np.float64(99.0)

    monkeypatch.setattr("course.judge.judge", lambda *_: Report())
    verdict = grade_part("ex1a", {}, None)
    assert verdict.points == PARTS["ex1a"].points
    assert type(verdict.points) is float

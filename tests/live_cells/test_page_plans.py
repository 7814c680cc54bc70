"""Which cells of a page run, and which names tell so, under plain CPython."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

PYTHON = Path(__file__).parents[2] / "live_cells" / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page.names import read_names  # noqa: E402
from live_cells_page.planner import Cell, Planner  # noqa: E402


@pytest.mark.parametrize(
    ("code", "bound"),
    [
        ("import numpy as np", {"np"}),
        ("import a.b", {"a"}),
        ("from x import y as z, w", {"z", "w"}),
        ("a, (b, *c) = 1, (2, 3)", {"a", "b", "c"}),
        ("for i in x:\n    total = i", {"i", "total"}),
        ("def f():\n    inner = 1", {"f"}),
        ("with open(p) as handle: pass", {"handle"}),
        ("f = lambda: (y := 1)", {"f"}),
        ("[i for i in x]", set()),
        ("W[0, 1] = 1\nhead.W.T[2] = 3", {"W", "head"}),
        ("del W", {"W"}),
        ("this is no Python", set()),
        ("W_V, W_out = (1", {"W_V", "W_out"}),
        ("(W_V, W_out) = eye(2, eye(3)", {"W_V", "W_out"}),
        ("W_V[0, 1 = 1", {"W_V"}),
        ("W_V[row, :] += (1", {"W_V"}),
        ("head.W.T[i] = (", {"head"}),
        ("W: Matrix = (", {"W"}),
        ("a = b = c = (", {"a"}),
        ("    W = (1", {"W"}),
        ("x = 1; y = (", {"x", "y"}),
        ("imprt numpy as np", {"np"}),
        ("import numpy, os.path as (", {"numpy", "os"}),
        ("for row, (a, b) in zip(x y):\n    pass", {"row", "a", "b"}),
        ("with open(p as handle: pass", {"handle"}),
        ("def f(x", {"f"}),
        ("print(W, end=''", set()),
        ("if W == (", set()),
        ("# W = 1\n(", set()),
        ("%matplotlib inline\nW = 1", {"W"}),
        ("%timeit 1\nW = 1", {"W"}),
    ],
)
def test_bound_names_are_those_a_cell_leaves_behind(code: str, bound: set[str]) -> None:
    assert read_names(code).bound == bound


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("def f(x, *a, y=z, **k) -> R:\n    return x + y + W", {"z", "R"}),
        ("def f(x):\n    return x + W\nf(1)", {"W"}),
        ("def f(x):\n    return g(x)\ndef g(x):\n    return x\nf(1)", set()),
        ("def f(n):\n    return n * f(n - 1)\nprint(f)", {"print"}),
        ("@cached\ndef f(x):\n    return x + W", {"cached", "W"}),
        ("def f(x):\n    return x + W\nW = 1\nf(1)", set()),
        ("def f(x):\n    return x + W\nf(1)\nW = 1", {"W"}),
        ("f = lambda x: x + W", set()),
        ("y = sorted(x, key=lambda i: W[i])", {"sorted", "x", "W"}),
        ("[i + j for i in x for j in i if j > k]", {"x", "k"}),
        ("{key: value for key, value in x.items()}; (n for n in y)", {"x", "y"}),
        ("[y := i for i in x]", {"x"}),
        ("for i in x:\n    total = i\n    print(total, i)", {"x", "print"}),
        ("for i in x:\n    total += i", {"x", "total"}),
        ("for i in x:\n    y = i\ny", {"x", "y"}),
        ("while more:\n    more = step(more)", {"more", "step"}),
        ("x = 1\nprint(x)\nx = 2", {"print"}),
        ("print(x)\nx = 2", {"print", "x"}),
        ("x = x + 1", {"x"}),
        ("x += 1", {"x"}),
        ("import numpy as np\nnp.eye(2)", set()),
        ("W[i] = 1", {"W", "i"}),
        ("W.T[0], (a, *b) = c", {"W", "c"}),
        ("W: Matrix = 1\nW", {"Matrix"}),
        ("del x\nx", {"x"}),
        ("x = 1\ndel x\nx", {"x"}),
        ("if a:\n    x = 1\nelse:\n    x = 2\nx", {"a"}),
        ("if a:\n    x = 1\nx", {"a", "x"}),
        ("if a:\n    x = 1", {"a", "x"}),
        ("if a:\n    raise E\nelse:\n    x = 2\nx", {"a", "E"}),
        ("try:\n    import x\nexcept ImportError:\n    x = None\nx", {"ImportError"}),
        ("try:\n    y = f()\nexcept E as e:\n    print(e)\ny", {"f", "E", "print", "y"} | {"e"}),
        ("try:\n    pass\nfinally:\n    x = 1\nx", set()),
        ("with open(p) as handle:\n    text = handle.read()\ntext", {"open", "p"}),
        ("with suppress(E):\n    x = 1\nx", {"suppress", "E", "x"}),
        (
            "match p:\n    case [a, *b]:\n        print(a, b)\n    case C(x=1) if a:\n        pass",
            {"p", "print", "C", "a", "b"},
        ),
        ("class A(B):\n    n = 1\n    m = n + k\n    def f(self):\n        return W", {"B", "k"}),
        ("a and (x := 1)\nx", {"a", "x"}),
        ("y if a else (x := 1)\nx", {"a", "y", "x"}),
        ("await f(x)", {"f", "x"}),
        ("def f():\n    global counted\n    counted = 1", set()),
        ("%matplotlib inline\nx", {"x"}),
    ],
)
def test_used_names_are_those_that_a_cell_needs_bound_before(code: str, used: set[str]) -> None:
    assert read_names(code).used == used


def plan(planner: Planner, cells: list[Cell], *targets: str) -> list[str]:
    """Plan, pretend that everything ran, and return the ids."""
    planned = planner.plan(cells, targets)
    for cell in planned:
        planner.begin(cell)
        planner.note(cell)
    return [cell.id for cell in planned]


CELLS = [
    Cell("setup", "import numpy as np"),
    Cell("figure", "import matplotlib"),
    Cell("stub", "W = np.eye(2)"),
    Cell("product", "V = W @ W"),
    Cell("check", "check(V)"),
]


def test_only_needed_cells_run_first() -> None:
    assert plan(Planner(), CELLS, "check") == ["setup", "stub", "product", "check"]


def test_what_ran_and_did_not_change_does_not_run_again() -> None:
    planner = Planner()
    plan(planner, CELLS, "check")
    assert plan(planner, CELLS, "check") == ["check"]


def test_an_edited_answer_runs_again_with_all_that_depends_on_it() -> None:
    planner = Planner()
    plan(planner, CELLS, "check")
    edited = [cell._replace(code="W = np.ones(2)") if cell.id == "stub" else cell for cell in CELLS]
    assert plan(planner, edited, "check") == ["stub", "product", "check"]


def test_an_answer_that_ran_by_itself_makes_what_depends_on_it_stale() -> None:
    planner = Planner()
    plan(planner, CELLS, "check")
    assert plan(planner, CELLS, "stub") == ["stub"]
    assert plan(planner, CELLS, "check") == ["product", "check"]


def test_a_name_bound_twice_comes_from_the_nearest_cell_above() -> None:
    cells = [Cell("a", "x = 1"), Cell("b", "x = 2"), Cell("c", "x"), Cell("d", "x = 3")]
    assert plan(Planner(), cells, "c") == ["b", "c"]


def test_running_everything_runs_every_cell_in_order() -> None:
    ids = [cell.id for cell in CELLS]
    planner = Planner()
    plan(planner, CELLS, "check")
    assert plan(planner, CELLS, *ids) == ids


def edit(code: str, cell_id: str = "stub") -> list[Cell]:
    return [cell._replace(code=code) if cell.id == cell_id else cell for cell in CELLS]


def test_a_cell_that_failed_runs_again_before_its_check() -> None:
    planner = Planner()
    plan(planner, CELLS, "check")
    planner.begin(edit("W = np.zeros(2)\n1 / 0")[2])  # and never ends well
    assert plan(planner, CELLS, "check") == ["stub", "product", "check"]


def test_an_answer_that_is_no_python_runs_before_its_check_and_says_so() -> None:
    planner = Planner()
    plan(planner, CELLS, "check")
    assert plan(planner, edit("V = (", "product"), "check") == ["product", "check"]


def test_broken_code_runs_where_it_may_be_what_a_name_is_missing_for() -> None:
    cells = [
        Cell("setup", "import numpy as np"),
        Cell("broken", "this is no Python"),
        Cell("stub", "W = np.eye(2)"),
        Cell("check", "check(W)"),
    ]
    assert plan(Planner(), cells, "stub") == ["setup", "stub"]  # nothing is missing
    assert plan(Planner(), cells, "check") == ["setup", "broken", "stub", "check"]
    cells[0] = Cell("setup", "from numpy import *")
    assert "broken" in plan(Planner(), cells, "check")
    assert plan(Planner(), [Cell("broken", "("), Cell("a", "display(len(_))")], "a") == ["a"]


def test_what_decides_a_cell_s_result_is_itself_and_all_it_builds_on() -> None:
    assert [cell.id for cell in Planner().find_needs(CELLS, "check")] == [
        *("setup", "stub", "product", "check")
    ]
    assert [cell.id for cell in Planner().find_needs(CELLS, "figure")] == ["figure"]


def test_a_magic_does_not_hide_an_answer_s_names() -> None:
    planner = Planner()
    assert plan(planner, edit("%matplotlib inline\nW = np.eye(2)"), "check")[-3:-1] == [
        "stub",
        "product",
    ]
    assert "stub" in plan(planner, edit("%matplotlib inline\nW = np.zeros(2)"), "check")


def test_a_name_that_another_cell_has_taken_is_bound_again() -> None:
    planner = Planner()
    cells = [Cell("stub", "W = 1"), Cell("check", "check(W)"), Cell("below", "W = 2")]
    plan(planner, cells, "check")
    plan(planner, cells, "below")
    assert plan(planner, cells, "check") == ["stub", "check"]
    planner.begin(Cell("check", "W = 3; check(W)"))  # the check itself, edited, run and put back
    assert plan(planner, cells, "check") == ["stub", "check"]


def test_a_cell_that_builds_on_its_own_name_starts_afresh_only_when_edited() -> None:
    planner = Planner()
    cells = [Cell("a", "x = 1"), Cell("b", "x = x + 1"), Cell("c", "check(x)")]
    assert plan(planner, cells, "c") == ["a", "b", "c"]
    assert plan(planner, cells, "c") == ["c"]
    assert plan(planner, cells, "b") == ["b"]
    cells[1] = Cell("b", "x = x + 2")
    assert plan(planner, cells, "c") == ["a", "b", "c"]


def test_a_cell_that_needs_a_name_from_a_star_import_gets_it() -> None:
    cells = [Cell("a", "from numpy import *"), Cell("b", "print(eye(2))"), Cell("c", "print(1)")]
    planner = Planner()
    assert plan(planner, cells, "c") == ["c"]
    assert plan(planner, cells, "b") == ["a", "b"]
    assert plan(planner, cells, "b") == ["b"]


@pytest.mark.parametrize(
    ("code", "late"),
    [
        ("def f(x):\n    y = scale * x\n    return y", {"scale"}),
        ("f = lambda x: x + one", {"one"}),
        ("y = scale * x", set()),
        ("def f():\n    def g(a):\n        return a + outer\n    return g", {"outer"}),
    ],
)
def test_late_names_are_those_a_function_finds_when_it_is_called(code: str, late: set[str]) -> None:
    assert read_names(code).late == late


def test_what_a_function_calls_is_bound_again_if_another_cell_took_its_name() -> None:
    planner = Planner()
    cells = [
        Cell("helper", "def helper(x): return x"),
        Cell("answer", "def answer(x): return helper(x)"),
        Cell("check", "check(answer)"),
        Cell("below", "def helper(y): return 0"),
    ]
    plan(planner, cells, "check")
    plan(planner, cells, "below")
    assert plan(planner, cells, "check") == ["helper", "check"]
    assert plan(planner, cells, "check") == ["check"]


def test_a_name_is_gone_once_its_line_is_taken_out() -> None:
    planner = Planner()
    cells = [Cell("stub", "V = 1\nW = 2"), Cell("check", "check(V, W)")]
    plan(planner, cells, "check")
    assert planner.find_gone(cells) == []
    edited = [Cell("stub", "V = 1"), cells[1]]
    assert planner.find_gone(edited, ["stub"]) == []  # who looks at what it left still finds it
    assert planner.find_gone(edited, ["check"]) == ["W"]
    assert plan(planner, cells, "check") == ["stub", "check"]


def test_a_change_taken_back_brings_the_name_from_where_it_was_bound() -> None:
    planner = Planner()
    cells = [Cell("stub", "W = [1]"), Cell("change", "W[0] = 2"), Cell("check", "check(W)")]
    assert plan(planner, cells, "check") == ["stub", "change", "check"]
    cells[1] = Cell("change", "pass")
    assert planner.find_gone(cells) == ["W"]
    assert plan(planner, cells, "check") == ["stub", "check"]


def test_a_function_s_names_may_be_bound_below_it() -> None:
    cells = [Cell("f", "def f(x): return x @ W"), Cell("W", "W = 1"), Cell("check", "check(f)")]
    planner = Planner()
    assert plan(planner, cells, "check") == ["f", "W", "check"]
    cells[1] = Cell("W", "W = 2")
    assert plan(planner, cells, "check") == ["W", "check"]


EVERY_CELL_BY_ITSELF = [
    Cell("a", "import numpy as np\nfor i in range(3): print(i)"),
    Cell("b", "import numpy as np\nx = [i for i in range(3)]\nnp.array(x)"),
    Cell("c", "def area(x, np): return x * np"),
    Cell("d", "for i in range(4):\n    x = i ** 2\n    print(x)"),
]


def test_no_cell_runs_for_a_name_that_the_asked_one_binds_itself() -> None:
    for cell in EVERY_CELL_BY_ITSELF:
        assert plan(Planner(), EVERY_CELL_BY_ITSELF, cell.id) == [cell.id]


PAGE_DATA = re.compile(r'<script type="application/json" id="live-cells-page">(.*?)</script>')
LATEST = Path(__file__).parents[2] / "_build" / "html" / "book" / "exercise-2.html"
MOST_RUNS = 2.5  # of a first click, on average


@pytest.mark.skipif(not LATEST.is_file(), reason="the site is not built: make site")
def test_a_first_click_in_the_course_runs_few_cells() -> None:
    found = PAGE_DATA.search(LATEST.read_text(encoding="utf-8"))
    assert found is not None
    cells = [Cell(cell["id"], cell["code"]) for cell in json.loads(found[1])["cells"]]
    runs = sum(len(Planner().plan(cells, [cell.id])) for cell in cells)
    assert runs <= MOST_RUNS * len(cells), f"{runs} runs for {len(cells)} cells"


def test_a_cell_whose_import_failed_runs_again_for_who_needs_its_name_and_for_nobody_else() -> None:
    cells = [
        Cell("setup", "import numpy as np\nimport missing"),
        Cell("uses", "y = missing.x"),
        Cell("builds on", "print(y)"),
        Cell("other", "np.eye(2)"),
    ]
    planner = Planner()
    planner.begin(cells[0])
    planner.note(cells[0], {"missing"})
    assert planner.find_lacking(cells, cells[1]) == {"missing": cells[0]}
    assert planner.find_lacking(cells, cells[3]) == {}
    assert [cell.id for cell in planner.plan(cells, ["other"])] == ["other"]
    assert [cell.id for cell in planner.plan(cells, ["uses"])] == ["setup", "uses"]
    planner.begin(cells[0])
    planner.note(cells[0])
    assert planner.find_lacking(cells, cells[1]) == {}

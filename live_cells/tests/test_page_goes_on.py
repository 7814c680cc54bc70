"""What one cell's error stops, and what goes on all the same, under plain CPython."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page.page import Page  # noqa: E402


class Told:
    """A page's Python, and what it tells the page."""

    def __init__(
        self,
        codes: list[str],
        raises: tuple[int, ...] = (),
        outputs: tuple[int, ...] = (),
        hidden: tuple[int, ...] = (),
        skipped: tuple[int, ...] = (),
    ) -> None:
        self.messages: list[dict[str, Any]] = []
        self.page = Page(lambda text: self.messages.append(json.loads(text)))
        self.cells: list[dict[str, Any]] = [
            {
                "id": str(number),
                "label": f"cell {number}",
                "code": code,
                "raises": number in raises,
                "shown": "output"
                if number in outputs
                else "nothing"
                if number in hidden
                else "code",
                "built": True,
                "skipped": number in skipped,
            }
            for number, code in enumerate(codes)
        ]

    def run(self, *targets: int) -> list[tuple[str, str]]:
        """Run cells; return, in order, which ended well, stopped, went on or were passed over."""
        self.messages.clear()
        names = [str(target) for target in targets]
        asyncio.run(self.page.run(json.dumps(self.cells), json.dumps(names)))
        return [
            (each["cell"], self.describe(each)) for each in self.messages if self.describe(each)
        ]

    def describe(self, message: dict[str, Any]) -> str:
        if message["type"] == "skip":
            return f"passed over: {message['reason']}"
        if message["type"] != "end":
            return ""
        return "well" if message["ok"] else "went on" if message["goesOn"] else "stopped"

    @property
    def printed(self) -> str:
        return "".join(each["text"] for each in self.messages if each["type"] == "stream")

    @property
    def errors(self) -> list[str]:
        return [each["name"] for each in self.messages if each["type"] == "error"]


@pytest.fixture(autouse=True)
def main_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's Python takes the place of ``__main__``."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


IMPORTS = """import math
import there_is_none as gone
from math import pi
made = gone.make()
area = math.pi * 4
print(area)"""


def test_a_failing_import_stops_only_what_needs_the_module() -> None:
    told = Told([IMPORTS, "print(pi)", "gone.x", "made + 1", "print(area)"])
    assert told.run(0, 1, 2, 3, 4) == [
        ("0", "went on"),
        ("1", "well"),
        ("2", "passed over: it needs gone, which cell 0 could not import"),
        ("3", "passed over: it needs made, which cell 0 could not import"),
        ("4", "well"),
    ]
    assert told.errors == ["ModuleNotFoundError"]
    assert told.printed.split() == ["12.566370614359172", "3.141592653589793", "12.566370614359172"]


def test_what_builds_on_a_cell_that_was_passed_over_is_passed_over() -> None:
    told = Told(["import there_is_none", "x = there_is_none.x", "print(x)"])
    told.run(2)
    assert told.run(2)[-1] == ("2", "passed over: it needs x, which cell 1 could not import")


def test_an_import_that_failed_is_tried_again_by_who_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(["import math\nimport comes_later", "print(comes_later.x)", "print(math.e)"])
    assert told.run(1)[0] == ("0", "went on")
    assert told.run(2) == [("2", "well")]
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "comes_later.py").write_text("x = 'here'")
    assert told.run(1) == [("0", "well"), ("1", "well")]
    assert told.printed == "here\n"
    sys.modules.pop("comes_later")


@pytest.mark.parametrize(
    ("code", "errors"),
    [
        ("x = 1\nraise ImportError('by hand')", ["ImportError"]),
        ("import math\nx = 1 / 0", ["ZeroDivisionError"]),
        ("import there_is_none\nx = 1 / 0", ["ModuleNotFoundError", "ZeroDivisionError"]),
        ("import math\nx = (", ["SyntaxError"]),
        ("import math\nreturn 1", ["SyntaxError"]),
    ],
)
def test_every_other_error_stops_what_comes_after_it(code: str, errors: list[str]) -> None:
    told = Told([code, "print(1)"])
    assert told.run(0, 1) == [("0", "stopped")]
    assert told.errors == errors
    assert told.printed == ""


def test_parts_of_a_cell_are_one_cell() -> None:
    future = "from __future__ import annotations\nimport math\ndef f(x: unknown): return x\nf(3)"
    told = Told([future, "import math\n\n1 / 0"])
    assert told.run(0) == [("0", "well")]
    assert told.messages[-2]["data"] == {"text/plain": "3"}
    told.run(1)
    (error,) = (each["text"] for each in told.messages if each["type"] == "error")
    assert error.startswith("line 3 of this cell\n    1 / 0\n")


def test_a_cell_that_is_meant_to_raise_shows_its_error_and_stops_nothing() -> None:
    told = Told(["x = 1\nx / 0", "print(x)"], raises=(0,))
    assert told.run(0, 1) == [("0", "well"), ("1", "well")]
    assert told.errors == ["ZeroDivisionError"]
    assert told.run(1) == [("1", "well")]
    told.cells[0]["raises"] = False
    assert Told(["x = 1\nx / 0", "print(x)"]).run(0, 1) == [("0", "stopped")]


def test_the_reader_s_stop_stops_also_what_is_meant_to_raise() -> None:
    told = Told(["raise KeyboardInterrupt", "print(1)"], raises=(0,))
    assert told.run(0, 1) == [("0", "stopped")]


def test_an_output_whose_code_does_not_show_follows_what_it_is_made_from() -> None:
    codes = ["import math", "x = 2", "print(math.floor(x))", "y = x + 1", "print(y)"]
    told = Told(codes, outputs=(2, 4))
    assert told.run(0) == [("0", "well")], "an import changes no output"
    assert told.run(1) == [("1", "well"), ("2", "well")]
    assert told.printed == "2\n"
    told.cells[1] |= {"code": "x = 5", "built": False}
    assert told.run(1) == [("1", "well"), ("2", "well")], "y is the reader's to compute anew"
    assert told.run(3) == [("3", "well"), ("4", "well")]
    assert told.printed == "6\n"
    told.cells[1]["code"] = "x = 7"
    # x runs because y needs it, and has been edited: what shows x follows too
    assert told.run(3) == [("1", "well"), ("2", "well"), ("3", "well"), ("4", "well")]


def test_what_nobody_asked_for_and_nobody_edited_changes_no_output() -> None:
    told = Told(["x = 2", "print('a long drawing of', x)", "x + 1"], outputs=(1,))
    assert told.run(2) == [("0", "well"), ("2", "well")]
    told.cells[1]["built"] = False  # it has been drawn anew before
    assert told.run(0, 2) == [("0", "well"), ("1", "well"), ("2", "well")]


def test_hidden_cells_on_the_way_to_an_output_run_along() -> None:
    told = Told(["x = 2", "y = x + 1", "print(y)"], outputs=(2,), hidden=(1,))
    assert told.run(0) == [("0", "well"), ("1", "well"), ("2", "well")]


def test_an_output_that_fails_stops_nothing_that_was_asked_for() -> None:
    told = Told(["x = 0", "print(1 / x)", "print(x)", "x + 1"], outputs=(1, 2))
    assert told.run(0, 3) == [("0", "well"), ("1", "went on"), ("3", "well")]
    stopped = Told(["x = 0", "raise KeyboardInterrupt if x == 0 else x", "x + 1"], outputs=(1,))
    assert stopped.run(0, 2) == [("0", "well"), ("1", "stopped")]


def test_what_the_build_skips_follows_nothing_and_is_no_need_of_what_follows() -> None:
    told = Told(["x = 2", "print(x)"], outputs=(1,), skipped=(1,))
    assert told.run(0) == [("0", "well")]
    told = Told(["x = 2", "y = x + 1", "print(x, y)"], outputs=(2,), hidden=(1,), skipped=(1,))
    assert told.run(0) == [("0", "well")]
    told = Told(["y = 1", "x = 2", "print(x, y)"], outputs=(2,), skipped=(0,))
    assert told.run(0) == [("0", "well")], "the output needs x, which is the reader's to compute"
    assert told.run(1) == [("1", "well"), ("2", "well")], "what it skips has run already"


@pytest.mark.parametrize("hidden", [(), (2,)])
def test_an_output_is_never_made_from_a_new_value_and_an_old_one(hidden: tuple[int, ...]) -> None:
    codes = ["n = 0", "n = n + 1", "square = n * n", "print(n, square)"]
    told = Told(codes, outputs=(3,), hidden=hidden)
    told.run(0, 1, 2)
    assert told.printed == "1 1\n"
    told.run(1)
    assert told.printed == ("2 4\n" if hidden else ""), "a cell with code waits for its reader"
    told.run(2)
    assert told.printed == "2 4\n"


def test_a_hidden_cell_says_for_which_output_it_runs() -> None:
    told = Told(["x = 0", "y = 1 / x", "print(y)", "print(x)"], outputs=(2, 3), hidden=(1,))
    assert told.run(0) == [("0", "well"), ("1", "went on")]
    begun = [each for each in told.messages if each["type"] == "begin"]
    assert [(each["cell"], each["follower"]) for each in begun] == [("0", None), ("1", "2")]

"""However much a cell says, the page gets what it can bear, in order; under plain CPython."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page.output import LARGEST_SHOWN, LONGEST_STREAM, MOST_SHOWN  # noqa: E402
from live_cells_page.runner import Runner  # noqa: E402

Messages = list[dict[str, Any]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Messages:
    """What the page was told; ``__main__`` is put back when the test ends."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return []


def run(told: Messages, code: str) -> Messages:
    asyncio.run(Runner(told.append).run(code, "1"))
    return told


def read_texts(told: Messages) -> list[tuple[str, str]]:
    return [(each["name"], each["text"]) for each in told if each["type"] == "stream"]


def test_a_loop_that_shows_without_end_is_left_out_after_a_while(told: Messages) -> None:
    run(told, f"for number in range({MOST_SHOWN + 50}):\n    display(number)\nprint('end')")
    assert sum(each["type"] == "display" for each in told) == MOST_SHOWN
    assert [text for _, text in read_texts(told)] == [
        "… the rest of what this cell shows is left out.\n",
        "end\n",
    ]


def test_what_is_shown_has_a_size_that_a_page_can_bear(told: Messages) -> None:
    code = (
        "class Big:\n    def _repr_html_(self):\n        return 'x' * 4_000_000\n"
        "for _ in range(5):\n    display(Big())"
    )
    run(told, code)
    assert sum(len(each["data"]["text/html"]) for each in told if each["type"] == "display") == (
        4_000_000 * (LARGEST_SHOWN // 4_000_000)
    )
    assert len(read_texts(told)) == 1


def test_a_long_value_is_cut(told: Messages) -> None:
    run(told, "list(range(10**6))")
    text = told[0]["data"]["text/plain"]
    assert len(text) < 21_000
    assert text.endswith("the rest of 7,888,890 characters is cut.")


def test_endless_recursion_takes_a_few_lines(told: Messages) -> None:
    run(told, "def f(n): return f(n + 1)\nf(0)")
    lines = told[-1]["text"].splitlines()
    assert lines[0] == "line 2 of this cell"
    assert any("more times" in line for line in lines)
    assert lines[-1].startswith("RecursionError")
    assert len(lines) < 15


def test_recursion_between_two_functions_takes_not_many_lines_more(told: Messages) -> None:
    run(told, "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(0)")
    lines = told[-1]["text"].splitlines()
    assert any("more places are left out" in line for line in lines)
    assert len(lines) < 60


def test_a_long_message_of_an_error_is_cut(told: Messages) -> None:
    run(told, "raise ValueError('start' + 'x' * 10**6 + 'end')")
    text = told[-1]["text"]
    assert len(text) < 6_000
    assert "ValueError: start" in text
    assert text.endswith("end")


def test_both_streams_keep_their_order(told: Messages) -> None:
    run(told, "import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)")
    assert read_texts(told) == [("stdout", "1\n"), ("stderr", "2\n"), ("stdout", "3\n")]


def test_streams_in_turns_do_not_flood_the_page(told: Messages) -> None:
    run(told, "import sys\nfor _ in range(9_000):\n    print(1)\n    print(2, file=sys.stderr)")
    assert len(told) < 18_000 / 10
    assert sum(text.count("1") for _, text in read_texts(told)) == 9_000


def test_the_first_line_and_what_is_flushed_are_seen_at_once() -> None:
    seen_during: list[int] = []
    told: Messages = []
    runner = Runner(told.append)
    runner.module.__dict__["look"] = lambda: seen_during.append(len(told))
    code = (
        "print('start')\nlook()\nprint('more', end='', flush=True)\nlook()\nprint('last')\nlook()"
    )
    main = sys.modules["__main__"]
    asyncio.run(runner.run(code, "1"))
    sys.modules["__main__"] = main
    assert seen_during == [1, 2, 2]


def test_flushing_all_the_time_does_not_flood_the_page(told: Messages) -> None:
    run(told, "for _ in range(50_000):\n    print(1, flush=True)")
    assert len(told) < 1_000


def test_a_logger_of_an_earlier_cell_writes_under_the_cell_that_runs(told: Messages) -> None:
    runner = Runner(told.append)
    asyncio.run(runner.run("import sys\nkept = sys.stderr", "1"))
    asyncio.run(runner.run(f"print('x' * {LONGEST_STREAM + 1})", "2"))
    asyncio.run(runner.run("kept.write('later')", "3"))
    assert read_texts(told)[-1] == ("stderr", "later")

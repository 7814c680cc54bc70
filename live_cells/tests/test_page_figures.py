"""matplotlib's figures in a page are shown when and where a notebook shows them; CPython."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page.runner import Runner  # noqa: E402

Told = list[str]
DRAW = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n_ = ax.set_title('one')\n"


@pytest.fixture
def runner(told: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """A page's Python with the page's backend; what it tells is noted in short."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    before = plt.get_backend()
    plt.switch_backend("module://live_cells_page.backend")

    def note(message: dict[str, Any]) -> None:
        data = message.get("data", {})
        text = message.get("text", data.get("text/plain", "")).strip()
        if text:  # on a slow machine a line comes apart from its end
            told.append(f"picture {text}" if "image/png" in data else text)

    yield Runner(note)
    plt.close("all")
    plt.switch_backend(before)


@pytest.fixture
def told() -> Told:
    return []


def test_show_shows_there_and_then(runner: Runner, told: Told) -> None:
    code = "plt.show()\nprint('between')\n_ = plt.plot([1]); _ = plt.title('two')\nplt.show()"
    asyncio.run(runner.run(DRAW + code, "1"))
    assert told == ["picture Figure: one", "between", "picture Figure: two"]


def test_a_figure_left_open_is_shown_at_the_end_of_its_cell(runner: Runner, told: Told) -> None:
    asyncio.run(runner.run(DRAW + "print('before')", "1"))
    asyncio.run(runner.run("1", "2"))
    assert told == ["before", "picture Figure: one", "1"]


@pytest.mark.parametrize("last", ["fig", "display(fig)", "fig.show()"])
def test_a_figure_is_shown_as_a_picture_and_once(runner: Runner, told: Told, last: str) -> None:
    asyncio.run(runner.run(DRAW + last, "1"))
    asyncio.run(runner.run("fig", "2"))
    assert told == ["picture Figure: one"] * 2


def test_a_figure_drawn_in_after_it_was_shown_comes_again(runner: Runner, told: Told) -> None:
    asyncio.run(runner.run(DRAW + "display(fig)\n_ = ax.set_title('two')", "1"))
    assert told == ["picture Figure: one", "picture Figure: two"]


def test_a_figure_drawn_before_an_error_stays_with_its_cell(runner: Runner, told: Told) -> None:
    assert not asyncio.run(runner.run(DRAW + "1 / 0", "1"))
    assert asyncio.run(runner.run("2", "2"))
    assert "ZeroDivisionError" in told[0]
    assert told[1:] == ["picture Figure: one", "2"]


def test_a_figure_that_cannot_be_drawn_is_an_error_of_its_cell(runner: Runner, told: Told) -> None:
    assert not asyncio.run(runner.run(DRAW + "_ = ax.set_title(r'$\\frac$')", "1"))
    assert asyncio.run(runner.run("2", "2"))
    assert "ValueError" in told[0]
    assert told[1:] == ["2"]

"""The Python side of a page, under plain CPython: what a cell shows."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from IPython.core.displayhook import DisplayHook

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page import ipython  # noqa: E402
from live_cells_page.magics import read_as_python, translate  # noqa: E402
from live_cells_page.output import LONGEST_STREAM  # noqa: E402
from live_cells_page.runner import (  # noqa: E402
    Runner,
    ends_in_semicolon,
    split_at_imports,
)
from live_cells_page.shown import describe  # noqa: E402


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the page was told; ``__main__`` is put back when the test ends."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return []


def run(shown: list[dict[str, Any]], *cells: str) -> Runner:
    runner = Runner(shown.append)
    for number, code in enumerate(cells, start=1):
        asyncio.run(runner.run(code, f"cell {number}"))
    return runner


def test_last_expression_is_shown_and_a_semicolon_hides_it(shown: list[dict[str, Any]]) -> None:
    run(shown, "1 + 1", "2 + 2;", "x = 3", "None")
    assert shown == [{"type": "display", "data": {"text/plain": "2"}}]


@pytest.mark.parametrize(
    "code",
    [
        *("1 + 1;", "1 + 1", "1 + 1  # done;", "1 + 1; # quiet", "1;\n\n# a last word;\n"),
        *("x = 1; x", "';'", "f'{1};'", '"""\n;"""', "", "# ;", "if True:\n    1;", "1 ;  \n"),
    ],
)
def test_a_semicolon_silences_what_it_silences_in_ipython(
    shown: list[dict[str, Any]], code: str
) -> None:
    assert ends_in_semicolon(code) == bool(DisplayHook.semicolon_at_end_of_expression(code))


def test_a_comment_after_a_semicolon_leaves_the_cell_silent(shown: list[dict[str, Any]]) -> None:
    run(shown, "1 + 1; # quiet", "2 + 2  # done;")
    assert [message["data"]["text/plain"] for message in shown] == ["4"]


def test_a_cell_may_await_at_its_top_level(shown: list[dict[str, Any]]) -> None:
    wait = "import asyncio\nasync def late(x):\n    await asyncio.sleep(0)\n    return x\n"
    runner = run(shown, f"{wait}y = await late(2)\nawait late(3)", "y", "await late(1 / 0)")
    assert [message["data"]["text/plain"] for message in shown[:2]] == ["3", "2"]
    assert "line 1 of this cell\n    await late(1 / 0)" in shown[2]["text"]
    assert runner.module._ == 2


def test_a_cell_that_awaits_can_be_stopped_and_python_is_still_there(
    shown: list[dict[str, Any]],
) -> None:
    runner = run(shown, "kept = 1\nimport asyncio")

    async def stop_soon() -> None:
        running = asyncio.ensure_future(runner.run("await asyncio.Event().wait()", "2"))
        while runner.awaited is None:
            await asyncio.sleep(0)
        runner.cancel()
        assert not await running
        assert await runner.run("kept", "3")
        assert not await runner.run("raise asyncio.CancelledError", "4")

    asyncio.run(stop_soon())
    assert [message.get("name") for message in shown] == ["Stopped", None, "CancelledError"]


def test_a_cell_that_is_stopped_before_it_began_does_not_run(shown: list[dict[str, Any]]) -> None:
    runner = run(shown, "kept = 1")
    runner.cancel()
    assert not asyncio.run(runner.run("kept = 2", "2"))
    assert runner.stopped
    assert asyncio.run(runner.run("kept", "3"))
    assert [message.get("name") for message in shown] == ["Stopped", None]
    assert runner.module.kept == 1


def test_a_missing_package_s_error_lists_what_is_there(shown: list[dict[str, Any]]) -> None:
    runner = Runner(shown.append, ["numpy", "own"])
    for code in ("import no_such_package", "from numpy import no_such_name", "1 / 0"):
        asyncio.run(runner.run(code, "1"))
    missing, wrong_name, other = (message["text"] for message in shown)
    assert "No module named 'no_such_package'" in missing
    assert "This page's Python has numpy, own and most of the standard library." in missing
    assert "standard library" not in wrong_name + other


def test_printed_text_comes_before_what_is_shown_after_it(shown: list[dict[str, Any]]) -> None:
    run(shown, "print('first')\n'second'")
    assert [message["type"] for message in shown] == ["stream", "display"]


def test_what_prints_may_use_any_sign(shown: list[dict[str, Any]]) -> None:
    """Sympy draws an integral with signs only where the stream says that it takes them."""
    run(shown, "import sys\nsys.stdout.encoding, sys.stderr.encoding")
    assert shown == [{"type": "display", "data": {"text/plain": "('utf-8', 'utf-8')"}}]


def test_printing_is_cut_once_at_the_limit(shown: list[dict[str, Any]]) -> None:
    run(shown, f"for _ in range(3):\n    print('x' * {LONGEST_STREAM // 2}, end='')")
    text = "".join(message["text"] for message in shown)
    assert text.count("x") == LONGEST_STREAM
    assert text.count("is cut") == 1


def test_error_shows_the_learner_s_lines_only(shown: list[dict[str, Any]]) -> None:
    run(shown, "import numpy as np\ndef f(a):\n    return np.linalg.inv(a)", "f(np.zeros((2, 2)))")
    text = shown[-1]["text"]
    assert "line 1 of this cell" in text
    assert "line 3 of cell 1, in f" in text
    assert text.endswith("LinAlgError: Singular matrix")
    assert "linalg.py" not in text


def test_code_is_named_as_the_reader_knows_its_cell(shown: list[dict[str, Any]]) -> None:
    """Warnings and what looks at itself show the name; errors say where in words of their own."""
    run(shown, "import sys\nsys._getframe().f_code.co_filename", "def f(: pass")
    assert shown[0]["data"] == {"text/plain": "'<cell 1>'"}
    assert "File" not in shown[1]["text"]


def test_syntax_error_names_the_line(shown: list[dict[str, Any]]) -> None:
    run(shown, "x = 1\ny = (2")
    assert "line 2 of this cell" in shown[-1]["text"]
    assert "SyntaxError" in shown[-1]["text"]


def test_exit_and_interrupt_leave_python_there(shown: list[dict[str, Any]]) -> None:
    runner = run(shown, "raise SystemExit", "raise KeyboardInterrupt", "x = 5")
    assert [message["name"] for message in shown] == ["SystemExit", "Stopped"]
    assert runner.module.x == 5


def test_settings_magics_are_passed_over_and_others_explained(shown: list[dict[str, Any]]) -> None:
    run(shown, "%matplotlib inline\n1", "%debug")
    assert shown[0]["data"] == {"text/plain": "1"}
    assert "notebook command" in shown[1]["text"]


@pytest.mark.parametrize(
    "code",
    ['text = """\n%matplotlib is a command\n!ls\n"""', "x = (7\n% 4)", "# 'tis\nx = 1"],
)
def test_what_only_looks_like_a_magic_stays(code: str) -> None:
    assert translate(code) == read_as_python(code) == code


def test_a_string_beside_a_magic_keeps_its_lines() -> None:
    code = '%matplotlib inline\ntext = """\n%timeit\n"""\n!ls'
    assert read_as_python(code) == '\ntext = """\n%timeit\n"""\n'


def test_bundles_are_taken_from_the_object_itself() -> None:
    class Report:
        def _repr_mimebundle_(
            self, include: object = None, exclude: object = None
        ) -> dict[str, object]:
            return {"text/plain": "plain", "application/x+json": {"part": "one"}}

        def _repr_html_(self) -> str:
            return "<b>report</b>"

    assert describe(Report()) == {
        "text/plain": "plain",
        "application/x+json": {"part": "one"},
        "text/html": "<b>report</b>",
    }
    assert describe(np.eye(2))["text/plain"] == "array([[1., 0.],\n       [0., 1.]])"
    assert describe(type("Html", (), {"_repr_html_": lambda self: "no"}))["text/plain"].startswith(
        "<class"
    )


def test_containers_of_sympy_are_formulas_once_printing_was_set_up(
    shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands for sympy here does as sympy does where there is no notebook."""
    setup = """
class Symbol:
    __module__ = "sympy.core.symbol"
    def _repr_latex_(self): return "$x$"
def hook(arg): pass
hook.__module__ = "sympy.interactive.printing"
x = Symbol()
"""
    runner = run(shown, setup)
    sympy, defaults = ModuleType("sympy"), ModuleType("sympy.printing.defaults")
    sympy.__dict__["latex"] = lambda value: f"latex of {len(value)}"
    defaults.__dict__["Printable"] = runner.module.Symbol
    monkeypatch.setitem(sys.modules, "sympy", sympy)
    monkeypatch.setitem(sys.modules, "sympy.printing.defaults", defaults)
    x = runner.module.x
    assert "text/latex" not in describe([x])
    monkeypatch.setattr(sys, "displayhook", runner.module.hook)
    for value in ([x, 1], (x, [x, 2.5]), {x: 1, 2: x}, {x}):
        assert describe(value)["text/latex"] == f"$\\displaystyle latex of {len(value)}$"
    around: list[object] = [x]
    around.append(around)
    for other in ([1, 2], [], [x, "text"], around):
        assert "text/latex" not in describe(other)
    assert describe(x)["text/latex"] == "$x$"


def test_display_shows_in_the_middle_of_a_cell(shown: list[dict[str, Any]]) -> None:
    run(shown, "display(1)\ndisplay('two')\n3")
    assert [message["data"]["text/plain"] for message in shown] == ["1", "'two'", "3"]


def test_code_keeps_its_line_numbers() -> None:
    body, shown = (part.body for part in split_at_imports("x = 1\n\nx", "<cell 1>"))
    assert shown is not None
    assert next(iter(shown.co_lines()))[2] in (0, 3)
    assert body.co_filename == "<cell 1>"


def test_the_page_s_python_has_the_display_of_notebooks(
    shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IPython", "IPython.display", "myst_nb"):
        monkeypatch.setitem(sys.modules, name, sys.modules[__name__])
    ipython.install()
    run(
        shown,
        "from IPython.display import HTML, Image, Math, Markdown, SVG, display",
        "display(HTML('<b>bold</b>'), SVG('<svg/>'))\nMarkdown('**bold**')",
        "Image(b'\\x89PNG....', alt='four dots', width=5)",
        "import IPython\nIPython.get_ipython() or Math('x')",
        "Image('https://example.org/a.png')",
        "display({'text/plain': 'raw'}, raw=True, display_id=1)",
    )
    data = [message.get("data", message) for message in shown]
    assert data[0]["text/html"] == "<b>bold</b>"
    assert data[1]["image/svg+xml"] == "<svg/>"
    assert data[2]["text/markdown"] == "**bold**"
    assert data[3]["text/html"].endswith(' alt="four dots" width="5">')
    assert data[4]["text/latex"] == "$$\\displaystyle x$$"
    # what the page does not load from another host, it tells of in a line (see sanitize.ts)
    assert data[5]["text/html"] == '<img src="https://example.org/a.png" alt="">'
    assert data[6] == {"text/plain": "raw"}


def test_a_name_that_is_gone_leaves_what_was_there_from_the_start(
    shown: list[dict[str, Any]],
) -> None:
    runner = run(shown, "display = 1; x = 2")
    runner.forget(["display", "x", "never"])
    asyncio.run(runner.run("display('back')\nx", "2"))
    assert shown[0]["data"]["text/plain"] == "'back'"
    assert "NameError" in shown[1]["text"]

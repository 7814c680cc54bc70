"""A notebook's commands in a page's cells, displays that change, and a cell that asks."""

from __future__ import annotations

import asyncio
import py_compile
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page import ipython  # noqa: E402
from live_cells_page.magics import translate  # noqa: E402
from live_cells_page.names import read_names  # noqa: E402
from live_cells_page.planner import Cell, Planner  # noqa: E402
from live_cells_page.runner import Runner  # noqa: E402

Message = dict[str, Any]
Run = Callable[..., list[Message]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run cells one after the other in a folder of their own; return what the page was told."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    for name in (
        *("IPython", "IPython.display", "IPython.core", "IPython.core.display", "myst_nb"),
    ):
        monkeypatch.setitem(sys.modules, name, sys)  # put back when the test ends
    ipython.install()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)

    def run_cells(*cells: str, ask: Callable[[], str | None] | None = None) -> list[Message]:
        told: list[Message] = []
        runner = Runner(told.append, ["numpy"], ask)
        for number, code in enumerate(cells, start=1):
            asyncio.run(runner.run(code, f"cell {number}"))
        return told

    return run_cells


def read(told: list[Message]) -> str:
    """Return all that was printed or said as an error."""
    return "".join(message.get("text", "") for message in told)


def test_what_a_book_glues_into_its_text_is_shown_unless_it_is_not_to_be(run: Run) -> None:
    told = run("from myst_nb import glue\nglue('six', 6)\nglue('seven', 7, display=False)")
    assert [message["data"]["text/plain"] for message in told] == ["6"]


def test_a_line_is_timed_as_often_as_it_is_asked_for(run: Run) -> None:
    told = read(run("calls = []", "%timeit -n 2 -r 3 calls.append(1)", "len(calls)", "calls"))
    assert re.fullmatch(
        r"\S+ [mnµ]?s ± \S+ [mnµ]?s per loop \(mean ± std. dev. of 3 runs, 2 loops each\)\n", told
    )


def test_a_cell_is_timed_after_its_set_up_and_binds_nothing(run: Run) -> None:
    told = run("%%timeit -n2 -r1 -q x = [1]\nx.append(2)\nassert x[0] == 1", "x")
    assert told[-1]["name"] == "NameError"
    assert len(told) == 1


def test_a_line_or_a_cell_that_is_timed_once_does_what_it_does(run: Run) -> None:
    told = run("%time x = 6", "%time x + 1", "%%time\ny = x * 2\ny", "%%time\n1 / 0")
    shown = [message["data"]["text/plain"] for message in told if message["type"] == "display"]
    assert shown == ["7", "12"]
    assert read(told).count("Wall time: ") == 3
    assert told[-1]["name"] == "ZeroDivisionError"


def test_a_file_is_written_imported_and_run(run: Run) -> None:
    told = run(
        "%%writefile helper.py\nfrom sys import argv\nvalue = 5\nseen = argv[:] if value else 0\n",
        "%%file -a helper.py\nvalue += 1",
        "import helper\nhelper.value",
        "%run helper.py one 'two three'\nvalue, seen",
        "value = 1\n%run -i helper.py",
    )
    assert read(told) == "Writing helper.py\nAppending to helper.py\n"
    shown = [message["data"]["text/plain"] for message in told if message["type"] == "display"]
    assert shown == ["6", "(6, ['helper.py', 'one', 'two three'])"]


def test_the_folder_is_told_changed_and_listed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rain.csv").touch()
    told = run("%pwd", "%ls", "%cd data\n!ls -l")
    assert told[0]["data"]["text/plain"] == repr(str(tmp_path))
    assert read(told) == f"data/\n{tmp_path / 'data'}\nrain.csv\n"


def test_a_folder_whose_name_has_a_space_is_gone_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my folder").mkdir()
    assert read(run("%cd my folder")) == f"{tmp_path / 'my folder'}\n"
    assert read(run(f"%cd {tmp_path}", "%cd 'my folder'")).endswith(f"{tmp_path / 'my folder'}\n")


def test_files_that_match_a_pattern_are_listed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("a.csv", "b.csv", "c.txt", "[1].csv", "data/rain.csv"):
        (tmp_path / name).touch()
    assert read(run("%ls ?.csv")) == "a.csv\nb.csv\n"
    assert read(run("!ls data/*.csv c.txt")) == f"{Path('data', 'rain.csv')}\nc.txt\n"
    assert read(run("%ls [1].csv")) == "[1].csv\n"
    assert read(run("%ls d* c.txt")) == "data:\nrain.csv\nc.txt\n"


def test_a_cell_may_be_what_it_shows(run: Run) -> None:
    told = run(
        *("%%html\n<b>x</b>", "%%markdown\n**x**", "%%latex\n$x$", "%%SVG\n<svg/>"),
        "%%html --isolated\n<i>1</i>",
    )
    shown = [next(iter(each["data"].items())) for each in told]
    assert shown == [
        ("text/html", "<b>x</b>"),
        ("text/markdown", "**x**"),
        ("text/latex", "$x$"),
        ("image/svg+xml", "<svg/>"),
        ("text/html", "<i>1</i>"),
    ]


def test_a_cell_may_keep_what_it_says_to_itself(run: Run) -> None:
    told = run(
        "%%capture kept\nimport sys\nprint('a')\nprint('b', file=sys.stderr)\nx = 1\nx",
        "kept.stdout, kept.stderr, len(kept.outputs), x",
        "kept.show()",
        "%%capture\nprint('lost')\n1 / 0",
        "print('heard')",
    )
    assert told[0]["data"]["text/plain"] == "('a\\n', 'b\\n', 1, 1)"
    assert [each.get("text", each.get("data")) for each in told[1:4]] == [
        *("a\n", "b\n", {"text/plain": "1"})
    ]
    assert "line 3 of this cell" in told[4]["text"]
    assert told[5]["text"] == "heard\n"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_a_cell_is_not_to_keep_is_shown_as_ever(run: Run, stream: str) -> None:
    code = "import sys\nprint('a')\nprint('b', file=sys.stderr)\n1"
    told = run(f"%%capture kept --no-{stream}\n{code}", "kept.stdout + kept.stderr")
    heard, kept = ("a\n", "b\n") if stream == "stdout" else ("b\n", "a\n")
    assert [each.get("text") for each in told] == [heard, None]
    assert told[1]["data"] == {"text/plain": repr(kept)}
    told = run(f"%%capture kept --no-display\n{code}", "len(kept.outputs)")
    assert [each["data"] for each in told] == [{"text/plain": "1"}, {"text/plain": "0"}]


def test_what_a_cell_has_kept_may_be_shown_in_that_cell(run: Run) -> None:
    code = "from IPython.display import display\ndisplay(1)\nkept.show()"
    told = run(f"%%capture kept\n{code}", "len(kept.outputs)")
    assert told[-1]["data"] == {"text/plain": "2"}


def test_what_a_page_does_not_play_can_be_imported_and_says_so(run: Run) -> None:
    told = run(
        "from IPython.display import Audio, Video, VimeoVideo, HTML, set_matplotlib_formats",
        "set_matplotlib_formats('svg')\nAudio([0.1, 0.2], rate=8000)",
        "VimeoVideo('1')",
    )
    assert told[0]["data"]["text/plain"].startswith("[Audio is not shown here")
    assert "https://vimeo.com/1" in told[1]["data"]["text/html"]


@pytest.mark.parametrize("command", ["!pip install rich", "%pip install -U rich", "! conda list"])
def test_nothing_is_installed_and_what_there_is_is_said(run: Run, command: str) -> None:
    told = run(f"{command}\nx = 1\nx")
    assert "Nothing is installed in a page. Its Python has numpy and most of" in read(told)
    assert told[-1]["data"]["text/plain"] == "1"


def test_the_names_that_cells_have_bound_are_listed(run: Run) -> None:
    told = read(run("import math\nlong = 'x' * 500\n_hidden = 1", "%who", "%whos"))
    names, *rows = told.splitlines()
    assert names == "long  math"
    assert [row.split()[:2] for row in rows[2:]] == [["long", "str"], ["math", "module"]]
    assert max(map(len, rows)) < 90


def test_an_object_is_explained_with_its_code_where_that_is_asked_for(run: Run) -> None:
    define = "def half(x):\n    'Return the half.'\n    return x / 2"
    told = read(run(define, "half?", "y = 3\n?y"))
    assert "Signature: half(x)" in told
    assert "Docstring: Return the half." in told
    assert "return x / 2" not in told
    assert "Value:     3" in told
    assert "return x / 2" in read(run(define, "half??"))
    assert "Docstring: hypot(" in read(run("import math", "math.hypot?"))


def test_code_that_is_not_in_the_page_is_said_to_be_missing(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "third.py"
    source.write_text("def third(x):\n    'Return the third.'\n    return x / 3\n")
    py_compile.compile(str(source), str(tmp_path / "third.pyc"), dfile="/lib/python/third.py")
    source.unlink()
    told = read(run("import third", "third.third??"))
    assert told.endswith("Docstring: Return the third.\nSource:    not in this page\n")
    assert "Source:" not in read(run("import third", "third.third?"))
    assert "Source:" not in read(run("import math", "math.hypot??"))  # nowhere written in Python


def test_all_that_ipython_shows_is_shown_or_linked(run: Run) -> None:
    told = run(
        "from IPython.core.display import display, HTML",
        "from IPython.display import Code, IFrame, Image, JSON, Pretty, YouTubeVideo, display_html",
        "display(Code('a < b'), JSON('{\"a\": [1]}'), Pretty('as it is'))",
        "display(IFrame('https://example.org/?a=1&b=2', 300, 200), YouTubeVideo('abc', width=3))",
        "display(Image(url='https://example.org/\"x.png', alt='A map'))",
        "display_html('<b>x</b>', raw=True)",
    )
    assert [message["type"] for message in told] == ["display"] * 7
    html = [message["data"].get("text/html", "") for message in told]
    assert html[0] == "<pre><code>a &lt; b</code></pre>"
    assert [told[1]["data"]["text/plain"], told[2]["data"]["text/plain"]] == [
        '{\n  "a": [\n    1\n  ]\n}',
        "as it is",
    ]
    assert 'href="https://example.org/?a=1&amp;b=2"' in html[3]
    assert "youtube.com/watch?v=abc" in html[4]
    assert html[5] == '<img src="https://example.org/&quot;x.png" alt="A map">'
    assert html[6] == "<b>x</b>"


def test_data_are_read_from_a_file_and_a_picture_has_its_bytes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rain.json").write_text('{"mm": "½"}', encoding="utf-8")
    (tmp_path / "dot.png").write_bytes(b"\x89PNG....")
    (shown, data, remote) = run(
        "from IPython.display import Image, JSON",
        "JSON(filename='rain.json')",
        "Image('dot.png').data + Image(b'GIF89a').data",
        "str(Image(url='https://example.org/a.png').data)",
    )
    assert shown["data"]["text/plain"] == '{\n  "mm": "½"\n}'
    assert data["data"]["text/plain"] == repr(b"\x89PNG....GIF89a")
    assert remote["data"]["text/plain"] == "'None'"


@pytest.mark.parametrize("given", ["", "url='https://example.org/a.json'"])
def test_data_that_are_not_given_are_asked_for(run: Run, given: str) -> None:
    told = run(f"from IPython.display import JSON\nJSON({given})")
    assert "JSON needs data or the name of a file." in read(told)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("%run gone.py", "This page's Python has no file 'gone.py'"),
        ("!ls gone.csv", "This page's Python has no file 'gone.csv'"),
        ("%ls *.csv", "This page's Python has no file '*.csv'"),
        ("%%writefile\nx", "the name of one file"),
        ("%%bash\nls", "%%bash is a notebook command, which this page does not have"),
        ("!git status", "!git is a notebook command"),
        ("gone?", "There is no object named gone yet"),
        ("import math\nmath.gone??", "There is no object named math.gone yet"),
        ("%timeit", "Wall"),
    ],
)
def test_what_a_command_lacks_is_said(run: Run, code: str, said: str) -> None:
    if said == "Wall":  # nothing to time is timed, as in IPython
        assert "per loop" in read(run(f"{code} -n 1 -r 1 "))
        return
    assert said in read(run(code))


def test_an_error_beside_a_command_names_the_line_on_the_screen(run: Run) -> None:
    assert "line 3 of this cell" in read(run("%time 1\n\n1 / 0"))
    assert "line 3 of this cell" in read(run("\n%%time\n1 / 0"))


@pytest.mark.parametrize(
    ("code", "bound", "used"),
    [
        ("%timeit f(x)", set(), {"f", "x"}),
        ("%timeit -n 3 -r2 y = f(x)", set(), {"f", "x"}),
        ("x = 1\n%timeit f(x)", {"x"}, {"f"}),
        ("%time y = f(x)", {"y"}, {"f", "x"}),
        ("%%time\ny = f(x)", {"y"}, {"f", "x"}),
        ("%%timeit s = g()\nfor i in s:\n    f(i)", set(), {"g", "f"}),
        ("%%writefile a.py\nx = y", {"__file_a_py"}, set()),
        ("%run a.py", {"*"}, {"__file_a_py"}),
        ("%%bash\nx = 1", set(), set()),
        ("%%html\n<b>x</b>", set(), set()),
        ("%%capture out --no-stderr\nx = y", {"out", "x"}, {"y"}),
        ("!pip install x", set(), set()),
        ("f?", set(), {"f"}),
        ("x = 1\n??a.b", {"x"}, {"a"}),
        ("text = '''\nf?\n'''\n%pwd", {"text"}, set()),
    ],
)
def test_the_planner_reads_what_a_command_binds_and_reads(
    code: str, bound: set[str], used: set[str]
) -> None:
    names = read_names(code)
    assert names.bound == bound
    assert names.used == used


def test_a_cell_that_writes_a_file_runs_before_those_that_import_or_run_it() -> None:
    planner = Planner()
    codes = ["%%writefile a.py\nx = 1", "y = 1", "import a", "%run a.py", "x", "import numpy"]
    cells = [Cell(str(number), code) for number, code in enumerate(codes)]
    plans = {target: [cell.id for cell in planner.plan(cells, [target])] for target in "2345"}
    assert plans == {"2": ["0", "2"], "3": ["0", "3"], "4": ["0", "3", "4"], "5": ["5"]}


def test_a_display_is_changed_by_its_id_and_a_loop_sends_its_last(run: Run) -> None:
    told = run(
        "from IPython.display import display, update_display",
        "handle = display('none', display_id=True)\nfor n in range(1000): handle.update(n)",
        "display('a', display_id='b')\nupdate_display('c', display_id='b')\nhandle",
    )
    first, *changes = told[: next(n for n, each in enumerate(told) if each.get("id") == "b")]
    assert first["type"] == "display"
    assert {change["id"] for change in changes} == {first["id"]}
    assert changes[-1]["data"]["text/plain"] == "999"
    assert len(changes) < 500
    named, changed, shown = told[1 + len(changes) :]
    assert (named["id"], changed["type"], changed["id"]) == ("b", "change", "b")
    assert first["id"] in shown["data"]["text/plain"]


def test_a_cell_that_asks_gets_the_line_and_prints_it(run: Run) -> None:
    told = run("print('before')\nname = input('Who? ')\nname.upper()", ask=lambda: "ada")
    assert [message["type"] for message in told] == ["stream", "ask", "stream", "display"]
    assert told[1]["prompt"] == "Who? "
    assert told[2]["text"] == "Who? ada\n"
    assert told[3]["data"]["text/plain"] == "'ADA'"


def test_a_cell_that_asks_can_be_stopped_and_says_where_nothing_can_ask(run: Run) -> None:
    assert run("input()", ask=lambda: None)[-1]["name"] == "Stopped"
    assert "reload the page and run the cell again" in read(run("input()"))


def test_code_without_a_command_is_left_as_it_is() -> None:
    assert translate("x = 7 \\\n% 4") == "x = 7 \\\n% 4"

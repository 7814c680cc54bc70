"""Honest notebooks run as in Jupyter, and lose nothing for their form."""

import numpy as np
import pytest

from course.plugin import PLUGIN
from grader.plugin import Packages
from grader.sandbox import Limits, Refusal
from grader.sandbox.zygote import get_zygote


def kinds(execution, place=-1):
    return [output["output_type"] for output in execution.outputs[place]]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("print('a'); print('b')", "a\nb\n"),
        ("!echo from the shell", "from the shell\n"),
        ("files = !echo x\nprint(files[0])", "x\n"),
        ("import os; os.system('echo raw');", "raw\n"),
        ("%%bash\necho script", "script\n"),
        ("%timeit -n1 -r1 1 + 1", "per loop"),
        ("%%time\nx = 3", "Wall time"),
        ("import asyncio\nawait asyncio.sleep(0)\nprint('awaited')", "awaited\n"),
        ("print(get_ipython().user_ns is globals())", "True\n"),
        ("import multiprocessing as m\nprint(m.Pool(2).map(abs, [-1]))", "[1]\n"),
        ("import sqlite3; print(sqlite3.connect('x.db').execute('select 1').fetchall())", "1"),
        ("import sys; print('to stderr', file=sys.stderr)", "to stderr\n"),
        ("import warnings; warnings.warn('careful')", "careful"),
        ("def g(): yield 1\nprint(*g(), sep='')", "1\n"),
        ("%pwd", ""),
        ("from IPython.display import clear_output; clear_output(); print('on')", "on\n"),
    ],
)
def test_what_learners_use_works(run, printed, source, wanted):
    execution = run(source)
    assert "error" not in kinds(execution), execution.outputs
    assert wanted in printed(execution)
    assert execution.ended is None


def test_values_displays_and_figures_become_outputs_in_order(run):
    execution = run(
        "%matplotlib inline",
        "import matplotlib.pyplot as plt\nprint('before')\nplt.plot([1, 2])\nplt.show()\n'last'",
        "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\n1 + 1",
    )
    assert kinds(execution, 1) == ["stream", "display_data", "execute_result"]
    assert execution.outputs[1][1]["data"]["image/png"].startswith("iVBOR")
    display, result = execution.outputs[2]
    assert display["data"]["text/html"] == "<b>x</b>"
    assert result["data"] == {"text/plain": "2"}
    assert result["execution_count"] == execution.counts[2] == 3


def test_figures_need_no_magic_line(run):
    execution = run("import matplotlib.pyplot as plt", "plt.plot([1, 2]);")
    assert kinds(execution) == ["display_data"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("def (", "SyntaxError"),
        ("input()", "RuntimeError"),
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise BaseException('odd')", "BaseException"),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "E"),
        ("def r(): r()\nr()", "RecursionError"),
        ("import grader", "ModuleNotFoundError"),
        ("import os; open(os.devnull + '/x')", "NotADirectoryError"),
    ],
)
def test_an_error_is_shown_and_the_notebook_goes_on(run, given, source, name):
    execution = run(given, source, "W = 2 * W")
    assert name in [output.get("ename") for output in execution.outputs[1]]
    assert execution.ended is None
    assert np.array_equal(execution.values["W"], 2 * np.eye(3))


def test_a_traceback_names_no_folder_of_the_instructor(run):
    execution = run("import json\njson.loads('{')", "import numpy as np\nnp.zeros(2) @ np.zeros(3)")
    text = str(execution.outputs)
    assert "JSONDecodeError" in text
    assert "site-packages" not in text
    assert "/root" not in text
    assert "/home/" not in text.replace("/home/learner", "")


def test_exit_ends_a_cell_and_not_the_notebook(run, given):
    for line in ("exit()", "quit()", "import sys; sys.exit(3)"):
        execution = run(given, line, "W = np.ones(2)")
        assert execution.ended is None
        assert execution.values["W"].shape == (2,)


def test_files_beside_the_notebook_are_there_and_shadow_nothing(run, printed):
    files = {
        "numpy.py": b"raise ImportError('shadowed')",
        "random.py": b"raise ImportError('shadowed')",
        "helper.py": b"answer = 7",
        "data/table.txt": b"1 2",
        "../../escape": b"no",
        "/absolute": b"no",
    }
    execution = run(
        "import numpy as np, random, helper\nW = np.loadtxt('data/table.txt') + helper.answer",
        "import os; print(sorted(os.listdir()), os.listdir('/home'))",
        files=files,
    )
    assert execution.values["W"].tolist() == [8, 9]
    assert "['data', 'helper.py', 'numpy.py', 'random.py'] ['learner']" in printed(execution)


def test_a_changed_folder_and_patched_numpy_cost_nothing(run):
    execution = run("import os; os.chdir('/tmp')\nW = [[1, 2]]", "import numpy\nnumpy.array = None")
    assert execution.values["W"].tolist() == [[1, 2]]


def test_a_folder_is_read_without_following_links(run, printed, tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    (tmp_path / "secret").symlink_to("/etc/hostname")
    (tmp_path / "folder").symlink_to("/etc")
    execution = run("import os; print(os.listdir())", files=tmp_path)
    assert printed(execution) == "['note.txt']\n"


def test_an_answer_changed_in_place_or_redefined_counts_as_it_is_last(run):
    execution = run("import numpy as np; W = np.zeros(2)", "W[0] = 1", "W[1] = 5")
    assert execution.values["W"].tolist() == [1, 5]


def test_a_copy_of_the_stub_below_the_answer_takes_nothing_back(run, given):
    execution = run("W = ...\nf = None", given, "W = ...", "del W")
    assert np.array_equal(execution.values["W"], np.eye(3))


def test_stubs_stay_recognisable_and_undefined_names_are_absent(run):
    execution = run("W = ...", answers={"W": "matrix", "V": "matrix"})
    assert execution.values == {"W": ...}


def test_a_function_where_a_matrix_is_due_is_refused(run):
    execution = run("def W(): ...\nf = {1: 2}")
    assert execution.values["W"] == Refusal("W is a function, not data.")
    assert "dict" in execution.values["f"].reason


@pytest.mark.parametrize(
    "source",
    [
        "print('x' * 100_000_000)",
        "for _ in range(20_000): print('x' * 1000)",
        "!yes xxxxxxxxx | head -c 30000000",
        "import os; os.system('yes xxxxxxxxx | head -c 30000000')",
    ],
)
def test_long_output_is_cut_by_bytes_and_said_so(run, printed, given, source):
    limits = Limits(output_bytes=10_000)
    execution = run(given, source, "print('next')", limits=limits)
    text = printed(execution, 1)
    assert 9_000 < len(text) < 11_000
    assert "cut" in text
    assert printed(execution) == "next\n"
    assert execution.ended is None


def test_no_notebook_sees_the_one_before(run, printed):
    run("secret = 1\nimport os, sys, numpy\nsys.mine = numpy.mine = 1\nopen('/tmp/left', 'w')")
    execution = run(
        "import os, sys, numpy\n"
        "print('secret' in globals(), hasattr(sys, 'mine'), hasattr(numpy, 'mine'), "
        "os.listdir('/tmp'), os.listdir(), os.listdir('/dev/shm'))"
    )
    assert printed(execution) == "False False False [] [] []\n"


def test_what_every_notebook_needs_is_there_before_its_first_cell(run, printed):
    execution = run("import sys\nprint({'numpy', 'IPython', 'circuits'} <= set(sys.modules))")
    assert printed(execution) == "True\n"


def test_a_warm_interpreter_begins_with_what_every_notebook_of_a_course_needs(run, printed):
    packages = Packages(warm=(("", "import colorsys"), ("plan", "import sched")))
    look = "import sys; print({'colorsys', 'sched'} & set(sys.modules))"
    assert printed(run(look, packages=packages)) == "{'colorsys'}\n"
    assert "sched" in printed(run(f"{look} # plan", packages=packages))


def test_one_warm_interpreter_serves_all_notebooks(run, given):
    first = get_zygote(sandbox=True, packages=PLUGIN.packages)
    run(given)
    run("raise SystemExit")
    run("import os; os._exit(1)")
    assert get_zygote(sandbox=True, packages=PLUGIN.packages) is first
    assert first.alive


@pytest.mark.parametrize(
    "cell",
    [
        "import sys; sys.stdout = sys.stderr = None",
        "import sys; sys.stdout.close = sys.stdout.flush = 5",
        "class Leave:\n    def __array__(self, *a, **k): raise SystemExit\nW2 = Leave()",
        "get_ipython().user_ns['W2'] = type('X', (), {'__array__': lambda *a: exit(1)})()",
    ],
)
def test_a_cell_that_breaks_its_surroundings_costs_the_others_nothing(run, given, printed, cell):
    answers = {"W": "matrix", "W2": "matrix", "f": "function"}
    execution = run(given, cell, "print('still here')\nW = 2 * W", answers=answers)
    assert execution.ended is None
    assert execution.values["W"][0, 0] == 2
    assert printed(execution) == "still here\n"


def test_the_sequences_of_checks_are_drawn_once_for_all_learners(run, printed):
    execution = run(
        "from circuits import check\nfrom circuits.trials import draw_trials\n"
        "print(draw_trials.cache_info().currsize)"
    )
    assert printed(execution) == "1\n"

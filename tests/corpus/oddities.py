"""Honest work in odd forms. All of it deserves full marks but where a part is left out."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.corpus.case import EXERCISE, HONEST, RIGHT, WARMUP, Case, Desk, about

KIND = "honest oddities"

_BESIDE = {
    "warnings": "import warnings\nwarnings.warn('mind the gap')",
    "words-on-stderr": "import sys, logging\nprint('note', file=sys.stderr)\n"
    "logging.warning('another note')",
    "division-by-zero": "np.array([1.0]) / 0",
    "chdir": "import os\nos.makedirs('deep/er')\nos.chdir('deep/er')",
    "matplotlib-line": "%matplotlib inline",
    "matplotlib-window": "%matplotlib notebook",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "magics": "%time 1 + 1\n%timeit -n 1 -r 1 pass\n!echo hello\n%pwd",
    "cell-magic": "get_ipython().run_cell_magic('capture', 'said', 'print(1)')",
    "much-output": "for _ in range(1000): print('x' * 10**5)",
    "asks-for-input": "name = input('Your name? ')",
    "forgotten-error": "1 / 0",
    "leaves": "exit()",
    "sys-exit": "import sys\nsys.exit(1)",
    "quits-quietly": "raise SystemExit",
    "unicode-names": "größe = 16; Δ = 4; print('Ωmega', größe)",
    "own-check-name": "check = None\nreport = 5",
    "print-options": "np.set_printoptions(precision=1)\nnp.seterr(all='raise')",
    "warnings-as-errors": "import warnings\nwarnings.simplefilter('error')",
    "seeded": "np.random.seed(0)\nimport random; random.seed(0)",
    "shadowed-builtins": "sum = 3; list = None; max = 1; id = 4; type = str",
    "star-imports": "from numpy import *\nfrom math import *",
    "top-level-await": "import asyncio\nawait asyncio.sleep(0)",
    "packages-installed": "%pip install numpy\n!pip install torch",
    "extension-loaded": "%load_ext autoreload\n%autoreload 2\n"
    "%config InlineBackend.figure_format = 'svg'",
    "colab-only": "from google.colab import drive\ndrive.mount('/content')",
    "missing-package": "import pandas as pd",
    "pool-of-processes": "from multiprocessing import Pool\n"
    "with Pool(2) as pool: pool.map(abs, [1, 2])",
    "pool-of-threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(8) as pool: list(pool.map(abs, range(9)))",
    "files-saved": "np.save('w.npy', W_V_2)\nW_V_2 = np.load('w.npy')\n"
    "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.savefig('x.png')",
    "display-of-html": "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))",
    "kernel-asked-for": "get_ipython().kernel",
    "names-deleted": "del check",
    "reset": "%reset -f\nimport numpy as np\n" + RIGHT["ex1a"] + "\n" + RIGHT["ex1b"],
    "long-work": "total = sum(i * i for i in range(10**6))",
}
_AFTER = {
    "lists": "W_V_1, W_out_1 = W_V_1.tolist(), W_out_1.tolist()",
    "ints": "W_V_1, W_out_1 = W_V_1.astype(int), W_out_1.astype('int8')",
    "float32": "W_V_1, W_out_1 = W_V_1.astype('float32'), W_out_1.astype('float16')",
    "matrix": "W_V_1, W_out_1 = np.matrix(W_V_1), np.matrix(W_out_1)",
    "booleans": "W_V_1 = W_V_1.astype(bool)",
    "tuples": "W_V_1 = tuple(map(tuple, W_V_1))",
    "fortran-order": "W_V_1, W_out_1 = np.asfortranarray(W_V_1), W_out_1[::-1][::-1]",
    "big-endian": "W_V_1 = W_V_1.astype('>f8')",
    "masked": "W_V_1 = np.ma.masked_array(W_V_1)",
    "subclass": "class Mine(np.ndarray): pass\nW_V_1 = W_V_1.view(Mine)",
    "read-only": "W_V_1.flags.writeable = False",
    "longdouble": "W_V_1 = W_V_1.astype(np.longdouble)",
    "views": "W_out_1 = np.repeat(W_out_1, 2, axis=1)[:, ::2]",
}


def _odd(name: str, part: str, source: str) -> Case:
    def prepare(desk: Desk) -> None:
        desk.write_all(**{part: source})

    return Case(KIND, name, prepare, HONEST[EXERCISE])


def _change(name: str, change: Callable[[Desk], None], assignment: str = EXERCISE) -> Case:
    def prepare(desk: Desk) -> None:
        desk.write_all()
        change(desk)

    return Case(KIND, name, prepare, HONEST[assignment], assignment)


def _file(name: str, path: str, content: str) -> Case:
    def change(desk: Desk) -> None:
        (desk.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (desk.folder / path).write_text(content)

    return _change(name, change)


def _crash_later(desk: Desk) -> None:
    desk.write_all(ex1d=RIGHT["ex1d"])
    desk.cells.append(_code("import os\nos._exit(1)"))


def _use_a_file(desk: Desk) -> None:
    (desk.folder / "answer.csv").write_text(
        "\n".join(",".join(str(float(i == j)) for j in range(16)) for i in range(4))
    )
    desk.write_answer("ex1a", "W_V_1 = np.loadtxt('answer.csv', delimiter=',')\n"
                              "W_out_1 = np.eye(16)[8:12].T")  # fmt: skip


def _import_a_module(desk: Desk) -> None:
    (desk.folder / "mine.py").write_text("import numpy as np\nW = np.eye(16)[0:4]\n")
    desk.write_answer("ex1a", "from mine import W as W_V_1\nW_out_1 = np.eye(16)[8:12].T")


def _answer_elsewhere(desk: Desk) -> None:
    desk.find("ex1b")["source"] = ""
    desk.cells.insert(desk.cells.index(desk.find("ex1b")), _code(RIGHT["ex1b"]))


def _answer_early(desk: Desk) -> None:
    desk.write_answer("ex1a", f"{RIGHT['ex1a']}\n{RIGHT['ex1b']}")


def _copy_a_stub_below(desk: Desk) -> None:
    desk.cells.append(_code("W_V_1 = ...     # (4, 16)\nW_out_1 = ...   # (16, 4)"))


def _write_old_outputs(desk: Desk) -> None:
    for cell in desk.cells:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
            cell["outputs"] = [
                {"output_type": "error", "ename": "E", "evalue": "old", "traceback": ["old"]},
                {"output_type": "stream", "name": "stderr", "text": ["old\n"]},
            ]


def _write_something_else(desk: Desk) -> None:
    desk.cells.insert(3, _code("this is not Python at all("))


def _use_windows_lines(desk: Desk) -> None:
    for cell in desk.cells:
        cell["source"] = cell["source"].replace("\n", "\r\n")


def _save_in_colab(desk: Desk) -> None:
    for number, cell in enumerate(desk.cells):
        cell.pop("id", None)
        cell["metadata"] = {"id": f"Zx{number}"} | (
            {"nbgrader": about(cell)} if about(cell) else {}
        )
    desk.notebook["nbformat_minor"] = 0
    desk.notebook["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }


def _save_in_vscode(desk: Desk) -> None:
    for cell in desk.cells:
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell["metadata"]["vscode"] = {"languageId": "python"}
    desk.notebook["metadata"]["kernelspec"] = {
        "name": "python3", "display_name": ".venv", "language": "python"}  # fmt: skip
    desk.notebook["nbformat_minor"] = 2
    for cell in desk.cells:
        cell.pop("id", None)


def _save_in_jupyterlite(desk: Desk) -> None:
    desk.notebook["metadata"]["kernelspec"] = {
        "name": "python", "display_name": "Python (Pyodide)", "language": "python"}  # fmt: skip
    for cell in desk.cells:
        cell["metadata"]["trusted"] = True


def _code(source: str) -> dict[str, object]:
    return {
        "cell_type": "code", "id": "of-mine", "metadata": {}, "source": source,
        "outputs": [], "execution_count": None}  # fmt: skip


def _warn_in_functions(desk: Desk) -> None:
    desk.write_answer("w6", "def max_rank(d_model, d_head):\n    import sys, warnings\n"
                            "    warnings.warn('slow')\n    print('x', file=sys.stderr)\n"
                            "    return np.int64(min(d_model, d_head))")  # fmt: skip
    desk.write_answer("w4", "attention_matrices = {'W_K', 'W_Q'}")


CASES = (
    *(_odd(name, "ex1b", f"{RIGHT['ex1b']}\n{code}") for name, code in _BESIDE.items()),
    *(_odd(name, "ex1a", f"{RIGHT['ex1a']}\n{code}") for name, code in _AFTER.items()),
    _file("numpy-beside", "numpy.py", "raise ImportError('not me')"),
    _file("circuits-beside", "circuits.py", "raise ImportError('not me')"),
    _file("odd-file-names", "a b/ünïcode 'quoted'; rm.txt", "x"),
    _file("other-notebook-beside", "backup/exercise-1-Copy1.ipynb", json.dumps({"cells": []})),
    _change("crash-at-the-end", _crash_later),
    _change("answer-from-a-file", _use_a_file),
    _change("answer-from-a-module", _import_a_module),
    _change("answer-in-another-cell", _answer_elsewhere),
    _change("answer-two-parts-at-once", _answer_early),
    _change("stub-copied-below", _copy_a_stub_below),
    _change("old-outputs", _write_old_outputs),
    _change("windows-lines", _use_windows_lines),
    _change("not-python", _write_something_else),
    _change("colab", _save_in_colab),
    _change("vscode", _save_in_vscode),
    _change("jupyterlite", _save_in_jupyterlite),
    _change("warnings-in-functions", _warn_in_functions, WARMUP),
)

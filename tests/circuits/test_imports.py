"""The toolkit is light: what it imports, and under which warnings."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.programs import run_python

ROOT = Path(__file__).parents[2]


def run(code: str, *flags: str) -> subprocess.CompletedProcess[str]:
    return run_python(code, *flags, check=False, cwd=ROOT, timeout=120)


def test_importing_and_checking_import_no_matplotlib_and_no_grader() -> None:
    code = """
import sys
import circuits
from circuits import check, toy_stream
stream = toy_stream()
for rows in (stream.u_cont[:4], stream.position_rows[:4]):
    report = check("ex2b", rows, rows)
    report._repr_mimebundle_()
heavy = {"matplotlib", "grader", "IPython", "scipy", "pandas", "torch", "nbformat"}
print(sorted(heavy & {name.split(".")[0] for name in sys.modules}))
"""
    done = run(code)
    assert done.stdout.strip() == "[]", done.stderr
    assert done.stderr == ""


def test_nothing_warns_not_even_at_import() -> None:
    # Matplotlib's own imports may warn, on old versions; ours may not.
    code = """
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import matplotlib.figure, matplotlib.backends.backend_agg, matplotlib.backends.backend_svg
import circuits, circuits.plots
from circuits import check, toy_stream
stream = toy_stream()
check("ex2b", stream.position_rows[:4], stream.position_rows[:4])
check("ex2b", stream.u_cont[:4], 1e90 * stream.u_cont[:4])
"""
    done = run(code, "-W", "error")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_the_public_names_are_those_of_the_course() -> None:
    import circuits

    assert {"Head", "check", "toy_stream"} <= set(circuits.__all__)
    assert all(hasattr(circuits, name) for name in circuits.__all__)

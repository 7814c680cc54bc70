"""Whoever follows one submission from the command to its grade opens few files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.grader.batch.conftest import ASSIGNMENT

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
# Notes each file of ours of which a function is called, but for what only happens at its import.
RECORDER = f"""
import os, sys, threading

OURS = tuple(f"{ROOT}/{{house}}/" for house in ("grader", "circuits", "course"))
seen = set()


def is_importing(frame):
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def note(frame, event, _):
    code = frame.f_code
    name = code.co_filename
    if event != "call" or name in seen or not code.co_flags & 1 or not name.startswith(OURS):
        return
    if not is_importing(frame):
        seen.add(name)
        with open(os.environ["ENTERED"], "a") as file:
            file.write(name + "\\n")


threading.setprofile(note)
sys.setprofile(note)
"""


def test_one_submission_enters_45_files_of_the_grader_and_80_in_all(classroom, sources, tmp_path):
    noted = tmp_path / "entered.txt"
    (tmp_path / "sitecustomize.py").write_text(RECORDER)
    graded = subprocess.run(
        [sys.executable, "-m", "grader", "autograde", ASSIGNMENT, "--student", "ada", "--force",
         "--workers", "1", "--course", str(classroom.root)],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "ENTERED": str(noted)},
        cwd=sources.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert graded.returncode == 0, graded.stderr
    entered = {Path(line).relative_to(ROOT) for line in noted.read_text().splitlines()}
    # Nothing notes what is called inside of the sandbox: all its files count.
    entered |= {path.relative_to(ROOT) for path in ROOT.glob("grader/sandbox/inside/[a-z]*.py")}
    ours = sorted(str(path) for path in entered if path.parts[0] == "grader")
    assert {"grader/cli/autograde.py", "grader/batch/worker.py", "grader/batch/save.py"} <= {*ours}
    assert len(ours) <= 45, ours
    assert len(entered) <= 80, sorted(map(str, entered))

"""Without a Python that will do, one sentence says what is missing and how to get it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "build" / "find_python.sh"

WORKS = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
IS_A_DEAD_SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"
IS_OLD = """#!/bin/sh
case "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac
"""
HAS_NO_VENV = """#!/bin/sh
case "$2" in *print*) echo 3.12 ;; *ensurepip*) exit 1 ;; esac
"""


@pytest.fixture
def machine(tmp_path):
    """Return a function that runs the script where only the given Pythons exist."""

    def run(pointed_to="", **pythons):
        for name, script in pythons.items():
            program = tmp_path / name.replace("_", ".")
            program.write_text(script)
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return subprocess.run(
            ["/bin/sh", SCRIPT],
            env={"PATH": str(tmp_path), "PYTHON": pointed_to},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def assert_one_sentence(result, *words):
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


def test_a_python_that_will_do_is_found(machine, tmp_path):
    assert machine(python3=WORKS).stdout.strip() == str(tmp_path / "python3")


def test_a_path_may_have_spaces_in_it(machine, tmp_path):
    program = tmp_path / "My Pythons" / "python3"
    program.parent.mkdir()
    program.write_text(WORKS)
    program.chmod(0o755)
    assert machine(pointed_to=str(program)).stdout.strip() == str(program)


def test_dead_shims_and_old_pythons_are_passed_over(machine, tmp_path):
    result = machine(
        python3_13=IS_A_DEAD_SHIM, python3_12=HAS_NO_VENV, python3=IS_OLD, python=WORKS
    )
    assert result.stdout.strip() == str(tmp_path / "python")
    assert result.stderr == ""


def test_no_python_at_all(machine):
    assert_one_sentence(machine(), "No Python was found", "install Python 3.11")


def test_a_python_that_is_too_old(machine):
    assert_one_sentence(machine(python3=IS_OLD), "3.9", "too old", "install Python 3.11")


def test_a_python_without_the_venv_module(machine):
    assert_one_sentence(machine(python3=HAS_NO_VENV), "no venv module", "python3.12-venv")


def test_the_reader_can_point_to_a_python(machine, tmp_path):
    python = tmp_path / "mine"
    python.write_text(WORKS)
    python.chmod(0o755)
    assert machine(pointed_to=str(python)).stdout.strip() == str(python)
    assert_one_sentence(machine(pointed_to=os.devnull), "PYTHON=/dev/null")

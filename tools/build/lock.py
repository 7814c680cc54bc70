"""Compile ``requirements.txt`` from ``pyproject.toml``: all packages, for Python 3.11 to 3.14.

Each pin has the hashes of its files, so that what is installed is what was compiled. For every
Python that ``pyproject.toml`` declares, each must have a wheel among them: nobody needs a compiler.

python -m tools.build.lock            keeps the pins that still fit
python -m tools.build.lock --upgrade  takes the newest versions that fit
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tools.build.stopping import run_until_stopped

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements.txt"

HEADER = """\
# The complete environment, for Python 3.11 to 3.14: compiled from pyproject.toml by
#     python -m tools.build.lock
# Change pyproject.toml, not this file. Installed from the root, our own packages after the others:
#     pip install --require-hashes -r requirements.txt
#     pip install --no-deps --no-build-isolation -e . -e ./live_cells

"""


def compile_pins(upgrade: Sequence[str]) -> str:
    """Return the pinned requirements of the project with all its extras."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml"),
        *("--universal", "--all-extras", "--generate-hashes", "--python-version", "3.11"),
        *("--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet"),
        *("--output-file", str(REQUIREMENTS)),  # the pins of now are the ones preferred
        *upgrade,
    ]
    subprocess.run(command, check=True, cwd=ROOT)
    return REQUIREMENTS.read_text()


def list_pythons() -> list[str]:
    """Return the versions of Python that the project declares, as in ``3.11``."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = (entry.rpartition(" :: ") for entry in tomllib.loads(text)["project"]["classifiers"])
    return [name for above, _, name in named if above == "Programming Language :: Python"]


def has_wheels(python: str) -> bool:
    """Tell whether all pins can be had as wheels for a version of Python; nothing is installed."""
    with tempfile.TemporaryDirectory() as nowhere:
        command = [
            *(sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--quiet"),
            *("--python-version", python, "--only-binary", ":all:", "--target", nowhere),
            *("--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)),
        ]
        return subprocess.run(command, check=False, cwd=ROOT).returncode == 0


def main(arguments: Sequence[str]) -> int:
    """Compile, write and look for wheels; return the exit status."""
    try:
        pins = compile_pins(arguments)
    except subprocess.CalledProcessError as error:
        print("The pins could not be compiled, for the reason above.", file=sys.stderr)
        return error.returncode
    REQUIREMENTS.write_text(HEADER + pins)
    without = [python for python in list_pythons() if not has_wheels(python)]
    for python in without:
        print(
            f"For Python {python} not every pin has a wheel, for the reason above. "
            "requirements.txt has the new pins all the same: pin another version, or take this "
            "Python out of pyproject.toml.",
            file=sys.stderr,
        )
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(run_until_stopped(lambda: main(sys.argv[1:])))

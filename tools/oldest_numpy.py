"""Run the toolkit's tests on the oldest NumPy and Matplotlib that it supports.

Those are also the ones in the browser. The environment for it is made in ``build/numpy-2.0``
the first time, in a few seconds.

    python tools/oldest_numpy.py              all of tests/circuits
    python tools/oldest_numpy.py -k bank -x   pytest's options
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "numpy-2.0"
PACKAGES = ("numpy==2.0.2", "matplotlib==3.8.4", "pytest>=8.3", "pytest-xdist>=3.6",
            "hypothesis>=6.100")  # fmt: skip
STAMP = HOME / "made-from"


def make_environment() -> Path:
    """Return the environment's Python; make the environment if it is not there."""
    python = HOME / "bin" / "python"
    if not STAMP.exists() or STAMP.read_text().split() != list(PACKAGES):
        print(f"Making an environment with {PACKAGES[0]} and {PACKAGES[1]}.", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        STAMP.write_text("\n".join(PACKAGES) + "\n")
    return python


def main(arguments: list[str]) -> int:
    """Run pytest there; return its exit status."""
    python = make_environment()
    command = [str(python), "-m", "pytest", "-q", "-n", "2", "tests/circuits", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

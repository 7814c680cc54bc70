"""Run the toolkit's tests on the oldest NumPy and Matplotlib that it supports.

Those are also the ones in the browser. The environment for it is made in ``build/numpy-2.0``
the first time, in less than a minute; what else it needs is pinned as in ``requirements.txt``.

    python -m tools.test.oldest_numpy                   tests/circuits but what is slow
    python -m tools.test.oldest_numpy -m "not browser"  all of it but what needs a browser
    python -m tools.test.oldest_numpy -k bank -x        pytest's options
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.build.environment import REQUIREMENTS, ROOT, list_pins, make_apart
from tools.build.last_success import is_same, remember

HOME = ROOT / "build" / "numpy-2.0"
# There are none of these for Python 3.13; the second pair is the oldest that runs on it.
OLDEST = ("numpy==2.0.2", "matplotlib==3.8.4")
OLDEST_ON_3_13 = ("numpy==2.1.0", "matplotlib==3.9.2")
OTHERS = ("pytest", "pytest-timeout", "pytest-xdist", "hypothesis")


def choose_oldest(version: tuple[int, int] = sys.version_info[:2]) -> tuple[str, ...]:
    """Return what is pinned differently here than in the course's environment.

    Example:
        >>> choose_oldest((3, 12))
        ('numpy==2.0.2', 'matplotlib==3.8.4')
    """
    return OLDEST if version < (3, 13) else OLDEST_ON_3_13


def write_constraints(requirements: str, oldest: tuple[str, ...]) -> str:
    r"""Return the pins of ``requirements.txt``, but for the packages that are to be old.

    Example:
        >>> write_constraints("numpy==2.4.6\n    # via x\npytest==9.1.1\n", ("numpy==2.0.2",))
        'pytest==9.1.1\nnumpy==2.0.2\n'
    """
    names = [pin.split("==")[0] for pin in oldest]
    kept = [pin for pin in list_pins(requirements) if pin.split("==")[0] not in names]
    return "\n".join([*kept, *oldest, ""])


def make_environment() -> Path:
    """Return the environment's Python; make the environment unless it is there."""
    python = HOME / "bin" / "python"
    oldest = choose_oldest()
    constraints = write_constraints(REQUIREMENTS.read_text(encoding="utf-8"), oldest)
    made_from = f"{sys.version}\n{constraints}"
    if not is_same("made-from", made_from, HOME):
        print(f"Making an environment with {' and '.join(oldest)} in {HOME}.", flush=True)
        # Wheels only: to build an old NumPy takes a compiler and many minutes.
        make_apart(HOME, constraints, "--only-binary", ":all:", *oldest, *OTHERS)
        remember("made-from", made_from, HOME)
    return python


def main(arguments: list[str]) -> int:
    """Run pytest there; return its exit status."""
    try:
        python = make_environment()
    except subprocess.CalledProcessError as error:
        print(
            f"The environment in {HOME} is not complete, for the reason above (status "
            f"{error.returncode}); once that is mended, run this again.",
            file=sys.stderr,
        )
        return 1
    options = ["-q", "-n", "2", "--disable-warnings", "-m", "not slow and not browser"]
    command = [str(python), "-m", "pytest", *options, "tests/circuits", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Make an environment with otter-grader in ``build/otter-grader``, for the benchmark alone.

Otter's pins are its own, so it lives apart. What both sides use, the kernel and NumPy for
instance, has the same version on both; ``circuits`` and the judge come from this folder.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.build.environment import REQUIREMENTS, ROOT, list_pins, make_apart
from tools.build.last_success import is_same, remember

VERSION = "7.0.0"
"""The newest when the goal was set: against a rival that changes, figures cannot be compared."""

HOME = ROOT / "build" / "otter-grader"
OTTER = HOME / "bin" / "otter"
PACKAGES = (f"otter-grader[grading]=={VERSION}", "numpy", "matplotlib")


def has_otter() -> bool:
    """Tell whether the environment is there, and was made from today's pins."""
    return is_same("made-from", _describe(), HOME)


def make_environment() -> None:
    """Install otter-grader, in about a minute, unless it is there."""
    if has_otter():
        return
    print(f"Installing otter-grader {VERSION} in an environment of its own.", file=sys.stderr)
    python = make_apart(HOME, read_pins(), *PACKAGES)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    (Path(found.stdout.strip()) / "course.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    remember("made-from", _describe(), HOME)


def read_pins() -> str:
    r"""Return the versions of our environment, as constraints for another one.

    >>> read_pins().count("\nnumpy==") > 0, "--hash" in read_pins()
    (True, False)
    """
    return "\n".join([*list_pins(REQUIREMENTS.read_text(encoding="utf-8")), ""])


def _describe() -> str:
    return f"{' '.join(PACKAGES)}, the course in {ROOT}, and\n{read_pins()}"

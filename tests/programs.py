"""Run a few lines of Python in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from typing import Any


def run_python(
    code: str, *flags: str, check: bool = True, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Return how a program went, and what it printed."""
    command = [sys.executable, *flags, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=check, **options)

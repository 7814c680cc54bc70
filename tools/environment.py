"""Make the environment in ``.venv`` from ``requirements.txt``, or leave it if it is up to date.

Runs on a bare Python, before anything is installed. uv makes the installation take seconds;
where uv cannot be had, pip does the same in a minute or two.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "made-from"
REQUIREMENTS = ROOT / "requirements.txt"
SOURCES = (REQUIREMENTS, ROOT / "pyproject.toml")


def venv_python() -> Path:
    """Return where the environment's Python is."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """Return a hash of everything the environment is made from."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in SOURCES:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_up_to_date() -> bool:
    """Tell whether the environment was made from today's files, and its Python still runs."""
    if not STAMP.exists() or STAMP.read_text().strip() != fingerprint():
        return False
    return _succeeds(str(venv_python()), "-c", "import circuits, numpy, sphinx")


def make_environment() -> None:
    """Create ``.venv`` if need be and install the pinned packages and our own."""
    python = str(venv_python())
    if not _succeeds(python, "-m", "pip", "--version"):
        version = ".".join(map(str, sys.version_info[:3]))
        _say(f"Making the environment in .venv with Python {version}.")
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True)
    STAMP.unlink(missing_ok=True)
    _say("Installing the pinned packages: one to three minutes the first time.")
    if not _install_with_uv(python):
        _say("uv did not do it here; pip does, more slowly.")
        command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        subprocess.run([*command, "-r", str(REQUIREMENTS)], check=True, cwd=ROOT)
    STAMP.write_text(fingerprint() + "\n")


def _install_with_uv(python: str) -> bool:
    """Install everything with the pinned uv; tell whether that worked.

    It may not: there is no uv for this machine, or only pip's configuration knows the way out.
    """
    pinned = re.search(r"^uv==\S+", REQUIREMENTS.read_text(), re.MULTILINE)
    if pinned is None or not _succeeds(
        python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", pinned[0]
    ):
        return False
    command = [python, "-m", "uv", "pip", "install", "--python", python, "-r", str(REQUIREMENTS)]
    trusting_the_machine = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}  # new name, old name
    environment = os.environ | trusting_the_machine
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode == 0


def _succeeds(*command: str) -> bool:
    """Run quietly; a program that is not there fails like any other."""
    try:
        return subprocess.run(command, capture_output=True, cwd=ROOT, check=False).returncode == 0
    except OSError:
        return False


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def main() -> int:
    """Bring the environment up to date; return the exit status."""
    if is_up_to_date():
        return 0
    try:
        make_environment()
    except subprocess.CalledProcessError as error:
        print(
            f"The environment is not complete: installing requirements.txt ended with status "
            f"{error.returncode}, for the reason above; once that is mended, run make again.",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(
            f"The environment cannot be made in {VENV}: {error.strerror}; "
            "make sure that this folder is yours and has room, then run make again.",
            file=sys.stderr,
        )
        return 1
    _say("The environment is ready.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Make the environment in ``.venv`` from ``requirements.txt``, or leave it if it is up to date.

Runs on a bare Python, before anything is installed. uv makes the installation take seconds;
where uv cannot be had, pip does the same in a minute or two. Either refuses a file whose hash is
not in ``requirements.txt``; our own packages, which have none, are installed after the others.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tools.build.stopping import GOES_ON, run_until_stopped

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / "made-from"
REQUIREMENTS = ROOT / "requirements.txt"
SOURCES = (REQUIREMENTS, ROOT / "pyproject.toml", ROOT / "live_cells" / "pyproject.toml")
PINNED = ("--require-hashes", "-r", str(REQUIREMENTS))
# What builds them is pinned too, so nothing else is fetched for it.
OURS = ("--no-deps", "--no-build-isolation", "-e", ".", "-e", "./live_cells")


def venv_python() -> Path:
    """Return where the environment's Python is."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def hash_environment() -> str:
    """Return a hash of everything the environment is made from."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in SOURCES:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_up_to_date() -> bool:
    """Tell whether the environment was made from today's files, and its Python still runs."""
    if not STAMP.exists() or STAMP.read_text().strip() != hash_environment():
        return False
    return _succeeds(str(venv_python()), "-c", "import circuits, numpy, sphinx_live_cells")


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
        for what in (PINNED, OURS):
            subprocess.run([*command, *what], check=True, cwd=ROOT)
    STAMP.write_text(hash_environment() + "\n")


def _install_with_uv(python: str) -> bool:
    """Install everything with the pinned uv; tell whether that worked.

    It may not: there is no uv for this machine, or only pip's configuration knows the way out.
    """
    pinned = find_pin(REQUIREMENTS.read_text(), "uv")
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder, "uv.txt")
        alone.write_text(pinned)
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        if not pinned or not _succeeds(*pip, "--require-hashes", "-r", str(alone)):
            return False
    # Compiled at once, as by pip: a sandbox sees its packages read-only and would do it every time.
    command = [python, "-m", "uv", "pip", "install", "--compile-bytecode", "--python", python]
    trusting_the_machine = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}  # new name, old name
    environment = os.environ | trusting_the_machine
    return all(
        subprocess.run([*command, *what], check=False, cwd=ROOT, env=environment).returncode == 0
        for what in (PINNED, OURS)
    )


def find_pin(requirements: str, name: str) -> str:
    r"""Return the pin of one package with its hashes, or nothing if there is none.

    Example:
        >>> find_pin("a==1 \\\n    --hash=sha256:0\n    # via b\nab==2\n", "a")
        'a==1 \\\n    --hash=sha256:0\n'
    """
    found = re.search(rf"^{re.escape(name)}==.*\n(?: +--hash=.*\n)*", requirements, re.MULTILINE)
    return found[0] if found else ""


def list_pins(requirements: str) -> list[str]:
    r"""Return the pins without their hashes, as constraints for an environment of other packages.

    Hashes are checked for all packages or for none, and those other packages have none here.

    Example:
        >>> list_pins("a==1 ; python_version < '3.12' \\\n    --hash=sha256:0\n    # via b\nb==2\n")
        ["a==1 ; python_version < '3.12'", 'b==2']
    """
    lines = re.findall(r"^[\w.-]+==.*", requirements, re.MULTILINE)
    return [line.removesuffix("\\").rstrip() for line in lines]


def make_apart(home: Path, constraints: str, *packages: str) -> str:
    """Make an environment of its own for packages, in the place of one that is there.

    Args:
        home: Its folder.
        constraints: The pins, one a line; kept in the folder.
        packages: What is installed, and options of pip's.

    Returns:
        Its Python.
    """
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
    pins, python = home / "constraints.txt", str(home / "bin" / "python")
    pins.write_text(constraints, encoding="utf-8")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(pins), *packages], check=True)
    return python


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
    sys.exit(run_until_stopped(main, GOES_ON))

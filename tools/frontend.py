"""Build the front end of the live cells, or run its tests.

python tools/frontend.py          builds live_cells/dist unless nothing has changed
python tools/frontend.py test     types, rules, unit tests, then the build
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from node import NoNodeError, node_environment
from unless_same import fingerprint, is_same, remember

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "live_cells" / "frontend"
DIST = ROOT / "live_cells" / "dist"
LOCK = ("live_cells/frontend/package-lock.json",)
SOURCES = ("live_cells/frontend",)
CHECKS = ("typecheck", "lint", "test")


def run_npm(*arguments: str) -> None:
    """Run npm in the front end's folder; raises ``CalledProcessError`` if it fails."""
    subprocess.run(["npm", *arguments], check=True, cwd=FRONTEND, env=node_environment())


def install_packages() -> None:
    """Install exactly what the lock file names, unless that is there already."""
    before = fingerprint(LOCK, ["npm", "ci"])
    if (FRONTEND / "node_modules").is_dir() and is_same("frontend-packages", before):
        return
    print("The front end's packages: installing.", flush=True)
    run_npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    remember("frontend-packages", before)


def build_frontend() -> None:
    """Build ``live_cells/dist`` unless it was built from the same sources."""
    before = fingerprint(SOURCES, ["npm", "run", "build"])
    if (DIST / "main.js").is_file() and is_same("frontend", before):
        print("The front end: nothing changed.", flush=True)
        return
    install_packages()
    run_npm("run", "--silent", "build")
    remember("frontend", before)
    print("The front end: built.", flush=True)


def check_frontend() -> None:
    """Run the front end's own checks."""
    install_packages()
    for check in CHECKS:
        run_npm("run", "--silent", check)


def main(arguments: Sequence[str]) -> int:
    """Build or test; return the exit status."""
    try:
        if list(arguments) == ["test"]:
            check_frontend()
        build_frontend()
    except NoNodeError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"The front end is not built: {error.cmd} failed, see above.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

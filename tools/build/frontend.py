"""Build the two front ends, live cells and explorables, or run their tests; bring the book's tools.

python -m tools.build.frontend          builds both dist folders unless nothing changed
python -m tools.build.frontend test     types, rules, unit tests, then the build
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.build.figure_parameters import write_parameters
from tools.build.last_success import fingerprint, is_same, remember
from tools.build.node import NoNodeError, node_environment
from tools.build.stopping import run_until_stopped

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ("typecheck", "lint", "test")


@dataclass(frozen=True)
class NodePackages:
    """The packages of npm that a part of the project uses.

    Attributes:
        package: What the part is called.
        folder: Where npm runs: it holds ``package.json`` and its lock.
    """

    package: str
    folder: Path

    def run_npm(self, *arguments: str) -> None:
        """Run npm in the folder; raises ``CalledProcessError`` if it fails."""
        subprocess.run(["npm", *arguments], check=True, cwd=self.folder, env=node_environment())

    def install_packages(self) -> None:
        """Install exactly what the lock file names, unless that is there already."""
        lock = (self.folder / "package-lock.json").relative_to(ROOT).as_posix()
        before = fingerprint((lock,), ["npm", "ci"])
        record = f"{self.package}-packages"
        # npm writes this file last: a folder without it was not filled, or was emptied.
        whole = (self.folder / "node_modules" / ".package-lock.json").is_file()
        if whole and is_same(record, before):
            return
        print(f"{self.package}, packages of Node.js: installing.", flush=True)
        self.run_npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        remember(record, before)


@dataclass(frozen=True)
class Frontend(NodePackages):
    """A package with TypeScript in its folder ``frontend``, built into a folder ``dist``.

    Attributes:
        dist: Where the build goes.
        made: A file of ``dist`` that is there once it was built.
        inputs: Files and folders that decide what is built.
    """

    dist: Path
    made: str
    inputs: tuple[str, ...]

    def build(self) -> None:
        """Build ``dist`` unless it was built from the same sources."""
        before = fingerprint(self.inputs, ["npm", "run", "build"])
        record = f"{self.package}-frontend"
        if (self.dist / self.made).is_file() and is_same(record, before):
            print(f"{self.package}, the front end: nothing changed.", flush=True)
            return
        self.install_packages()
        self.run_npm("run", "--silent", "build")
        remember(record, before)
        print(f"{self.package}, the front end: built.", flush=True)

    def check(self) -> None:
        """Run the front end's own checks."""
        self.install_packages()
        for check in CHECKS:
            self.run_npm("run", "--silent", check)


OF_THE_BOOK = NodePackages("book", ROOT / "book" / "frontend")  # what the build of pages calls
FRONTENDS = (
    Frontend(
        package="live_cells",
        folder=ROOT / "live_cells" / "frontend",
        dist=ROOT / "live_cells" / "sphinx_live_cells" / "dist",
        made="main.js",
        inputs=("live_cells/frontend",),
    ),
    Frontend(
        package="explorables",
        folder=ROOT / "explorables" / "frontend",
        dist=ROOT / "explorables" / "dist",
        made="figures.json",
        inputs=("explorables/frontend", "circuits", "tools"),
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Build or test; return the exit status."""
    try:
        write_parameters(ROOT / "explorables" / "dist" / "parameters.json")
        OF_THE_BOOK.install_packages()
        for frontend in FRONTENDS:
            if list(arguments) == ["test"]:
                frontend.check()
            frontend.build()
    except NoNodeError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"The front end is not built: {error.cmd} failed, see above.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run_until_stopped(lambda: main(sys.argv[1:])))

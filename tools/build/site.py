"""Build the site: the book, cells that run in its pages, and the learner's notebooks.

    python -m tools.build.site                    into _build/html
    python -m tools.build.site --solutions no     into build/without-solutions/_build/html

Nothing is built again that has not changed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.build.last_success import fingerprint, is_same, remember
from tools.build.node import NoNodeError, node_environment
from tools.build.printing.offer import KINDS, offer
from tools.build.stopping import GOES_ON, run_until_stopped

ROOT = Path(__file__).resolve().parents[2]
BOOK_INPUTS = (
    *("_config.yml", "_toc.yml", "_toc.without-solutions.yml", "requirements.txt"),
    *("book", "solutions", "circuits", "explorables", "live_cells"),
    "book/frontend/node_modules/temml/package.json",  # there or not: who writes the formulas
)
NOTEBOOK_INPUTS = ("book", "solutions", "circuits", "course", "grader", "requirements.txt")
PYTHON_FILES = ROOT / "build" / "python"  # what a page's own Python is made of
# They stand in the pages: book/_extensions/publishing/metadata.py
ADDRESSES = (
    "SITE_URL",
    "SOURCE_URL",
)
PRINT_INPUTS = (*BOOK_INPUTS, "tools/build/printing")
STRICT = ("-W", "--keep-going", "-n")


def place_of_site(with_solutions: bool) -> Path:
    """Return the folder that is served."""
    output = ROOT if with_solutions else ROOT / "build" / "without-solutions"
    return output / "_build" / "html"


def book_command(with_solutions: bool) -> list[str]:
    """Return the command that builds the book, warnings being errors."""
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", ".", *STRICT]
    if not with_solutions:
        command += ["--toc", "_toc.without-solutions.yml"]
        command += ["--path-output", str(ROOT / "build" / "without-solutions")]
    return command


def release_command(folder: Path, address: str) -> list[str]:
    """Return the command that writes the learner's notebooks of a site with this address, if any.

    >>> release_command(Path("notebooks"), "https://example.org/course")[-2:]
    ['--site', 'https://example.org/course']
    """
    command = [sys.executable, "-m", "grader", "release", "--output", str(folder)]
    return [*command, "--site", address] if address else command


def name_print(kind: str, with_solutions: bool) -> str:
    """Return what is remembered of a printed book: ``pdf`` or ``epub``."""
    return f"{kind}-{'with' if with_solutions else 'without'}-solutions"


def fingerprint_print(with_solutions: bool) -> str:
    """Return a hash of everything that decides what a printed book says."""
    addresses = [os.environ.get(name, "") for name in ADDRESSES]
    return fingerprint(PRINT_INPUTS, [*book_command(with_solutions), *addresses])


def find_printed(with_solutions: bool) -> set[str]:
    """Return which files, ``pdf`` and ``epub``, were printed from the book as it is now."""
    now = fingerprint_print(with_solutions)
    return {kind for kind in KINDS if is_same(name_print(kind, with_solutions), now)}


def build_step(name: str, what: str, inputs: Sequence[str], command: list[str], made: Path) -> None:
    """Run one command, with its output on the terminal, unless its result is there already.

    Raises ``CalledProcessError`` if the command fails.
    """
    before = fingerprint(inputs, [*command, *(os.environ.get(name, "") for name in ADDRESSES)])
    if made.exists() and is_same(name, before):
        print(f"{what}: nothing changed.", flush=True)
        return
    print(f"{what}: building.", flush=True)
    started = time.monotonic()
    subprocess.run(command, check=True, cwd=ROOT, env=find_environment())
    remember(name, before)
    print(f"{what}: done in {time.monotonic() - started:.0f} s.", flush=True)


def build_site(with_solutions: bool) -> Path:
    """Build whatever is out of date and return the folder to serve."""
    site = place_of_site(with_solutions)
    live = make_cells_live()
    flavour = "with-solutions" if with_solutions else "without-solutions"
    build_step(
        f"book-{flavour}",
        "The book" if with_solutions else "The book, without its solutions",
        BOOK_INPUTS,
        book_command(with_solutions),
        site / "index.html",
    )
    build_step(
        f"notebooks-{flavour}",
        "The learner's notebooks",
        NOTEBOOK_INPUTS,
        release_command(site / "notebooks", os.environ.get("SITE_URL", "").strip()),
        site / "notebooks",
    )
    build_step(
        f"wheel-{flavour}",
        "The learner's toolkit",
        ("circuits", "pyproject.toml", "tools"),
        [sys.executable, "-m", "tools.build.learner_wheel", str(site / "notebooks")],
        site / "notebooks",
    )
    if live:  # the notebooks as an application, then word of everything to the pages
        for command in (
            ["-m", "tools.build.lite", str(site)],
            ["-m", "sphinx_live_cells", str(site), "--python", str(PYTHON_FILES)],
        ):
            subprocess.run([sys.executable, *command], check=True, cwd=ROOT)
    offer(site, find_printed(with_solutions))
    return site


def find_environment() -> dict[str, str]:
    """Return the environment of a step: with Node.js where it can be had."""
    try:
        return node_environment()
    except NoNodeError:
        return dict(os.environ)


def make_cells_live() -> bool:
    """Build what makes cells run in the page. Without a front end the book is whole, and static.

    Returns:
        Whether the pages can come alive.

    Raises ``CalledProcessError`` if they could, and Python for them cannot be had.
    """
    if subprocess.run(tool("frontend"), check=False, cwd=ROOT).returncode != 0:
        print("So cells will not run in the pages; everything else goes on.", flush=True)
        return False
    subprocess.run(tool("pyodide_assets"), check=True, cwd=ROOT)
    return True


def tool(name: str) -> list[str]:
    """Return the command that runs a module of ``tools.build``."""
    return [sys.executable, "-m", f"tools.build.{name}"]


def main(arguments: Sequence[str]) -> int:
    """Build the site; return the exit status."""
    parser = argparse.ArgumentParser(description="Build the book and the learner's notebooks.")
    parser.add_argument("--solutions", choices=["yes", "no"], default="yes")
    options = parser.parse_args(arguments)
    try:
        build_site(options.solutions == "yes")
    except subprocess.CalledProcessError as error:
        print("The site is not complete: see the last lines above for the reason.", file=sys.stderr)
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(run_until_stopped(lambda: main(sys.argv[1:]), GOES_ON))

"""Run the whole test suite, part by part, and end with one line that says how it went.

    python -m tools.test.run                 everything that changed since it was last green
    python -m tools.test.run --again         everything
    python -m tools.test.run --again lint types    some parts

What each part prints is shown as it comes. Every part runs, also after one that failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.build.last_success import fingerprint, is_same, remember

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PACKAGES = ("circuits", "course", "explorables", "grader", "live_cells")
PAGES = ("book", "solutions", "_config.yml", "_toc.yml", "_toc.without-solutions.yml")
SETTINGS = ("pyproject.toml", "requirements.txt", "Makefile", "tools")
WITHOUT_SOLUTIONS = "build/without-solutions/_build/html"
EVERYTHING = (*PACKAGES, *PAGES, *SETTINGS, "tests", "nbgrader_config.py", "README.md", ".ci")


@dataclass(frozen=True)
class Step:
    """One part of the suite.

    Attributes:
        name: What it is called on the command line and in the table at the end.
        claim: What holds if it passes.
        inputs: Files and folders that decide the result.
        commands: What is run, in order, until one fails.
    """

    name: str
    claim: str
    inputs: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Result:
    """How a step went: ``passed``, and what there is to say about it."""

    step: Step
    passed: bool
    remark: str


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a program of the environment."""
    return (str(BIN / name), *arguments)


STEPS = (
    Step(
        "lint",
        "the code follows the rules and is formatted",
        (*EVERYTHING,),
        (tool("ruff", "check", "--quiet", "."), tool("ruff", "format", "--quiet", "--check", ".")),
    ),
    Step("types", "the types hold, strictly", EVERYTHING, (tool("mypy"),)),
    Step(
        "walls",
        "no package imports what it must not",
        (*PACKAGES, "pyproject.toml"),
        (tool("lint-imports"),),
    ),
    Step(
        "frontend",
        "what runs in the reader's page passes its own tests",
        ("live_cells", "explorables", "circuits", "requirements.txt"),
        (("make", "--no-print-directory", "-C", "live_cells/frontend", "test"),),
    ),
    Step(
        "book",
        "every page builds and runs without a warning; without solutions there are none",
        (*PAGES, *PACKAGES, *SETTINGS),
        (
            (sys.executable, "-m", "tools.build.site"),
            (sys.executable, "-m", "tools.test.check_site", "_build/html"),
            (sys.executable, "-m", "tools.build.site", "--solutions", "no"),
            (
                sys.executable,
                "-m",
                "tools.test.check_site",
                WITHOUT_SOLUTIONS,
                "--without-solutions",
            ),
        ),
    ),
    Step(
        "notebooks",
        "every notebook that a learner receives runs from top to bottom",
        (*PAGES, *PACKAGES, *SETTINGS),
        ((sys.executable, "-m", "tools.test.notebooks", "_build/html/notebooks"),),
    ),
    Step(
        "unit",
        "the tests and the examples in the docstrings pass",
        EVERYTHING,
        (
            tool(
                "pytest", "-n", "2", "--dist", "worksteal", "--durations", "10", "-q", "--instafail"
            ),
        ),
    ),
    Step(
        "oldest",
        "the toolkit's quick tests pass on the oldest NumPy and Matplotlib, those of the browser",
        ("circuits", "tests", "requirements.txt", "pyproject.toml", "tools/test/oldest_numpy.py"),
        ((sys.executable, "-m", "tools.test.oldest_numpy"),),
    ),
)


def run_step(step: Step, again: bool) -> Result:
    """Run one part unless it was green with the same inputs; its output goes to the terminal."""
    before = fingerprint(step.inputs, [str(step.commands)])
    if not again and is_same(f"test-{step.name}", before):
        return Result(step, passed=True, remark="unchanged since it was green")
    _say(f"\n=== {step.name}: {step.claim}")
    started = time.monotonic()
    passed = all(subprocess.run(c, cwd=ROOT, check=False).returncode == 0 for c in step.commands)
    if passed:
        remember(f"test-{step.name}", before)
    return Result(step, passed, f"{time.monotonic() - started:.0f} s")


def report(results: Sequence[Result]) -> str:
    """Return a line for each part and the closing line."""
    lines = [
        f"{'passed' if result.passed else 'FAILED'}  {result.step.name:<10} "
        f"{result.step.claim} ({result.remark})"
        for result in results
    ]
    passed = sum(result.passed for result in results)
    return "\n".join(["", *lines, f"parts: {passed} passed, {len(results) - passed} failed"])


def choose_steps(names: Sequence[str]) -> list[Step]:
    """Return the steps with these names, or all; ``ValueError`` names one that is not there."""
    by_name = {step.name: step for step in STEPS}
    for name in names:
        if name not in by_name:
            message = f"There is no part {name!r} of the tests: choose from {', '.join(by_name)}."
            raise ValueError(message)
    return [by_name[name] for name in names] or list(STEPS)


def _say(text: str) -> None:
    print(text, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Run the parts that are named, or all; return the exit status."""
    parser = argparse.ArgumentParser(description="Run the test suite.")
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--again", action="store_true", help="also what has not changed")
    options = parser.parse_args(arguments)
    try:
        steps = choose_steps(options.parts)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        results = [run_step(step, options.again) for step in steps]
    except KeyboardInterrupt:
        _say("\nStopped before the end.")
        return 130
    _say(report(results))
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

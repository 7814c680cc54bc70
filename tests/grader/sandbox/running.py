"""Run cells in the sandbox as tests write them: plain texts, and answers as pairs or a mapping."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from grader.paths import read_files
from grader.plugin import Packages
from grader.sandbox import Cell, Limits
from grader.sandbox.run_cells import Execution


class Declared(NamedTuple):
    name: str
    kind: str = "matrix"


def run_submission(sources, answers, limits=None, files=None, *, no_sandbox=False, packages=None):
    """Run cells that are numbered from 1; files are path -> content, or a folder."""
    limits = limits or Limits()
    if isinstance(files, Path):
        files = read_files(files, limits.submission_bytes)
    pairs = answers.items() if isinstance(answers, Mapping) else answers
    return Execution(
        [Cell(source, place) for place, source in enumerate(sources, start=1)],
        [Declared(*pair) for pair in pairs],
        limits,
        files or {},
        packages or Packages(),
        sandboxed=not no_sandbox,
    )

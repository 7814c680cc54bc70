"""The built figures, and a browser to move them in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorables.figures import DIST, load_figures
from tools.build.node import node_environment

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "explorables" / "frontend"

Compute = Callable[..., Any]


@pytest.fixture(scope="session")
def figures() -> None:
    """The figures, built now if they are not there; ``make test`` has built them before."""
    if not (DIST / "figures.json").is_file():
        subprocess.run([sys.executable, "-m", "tools.build.frontend"], check=True, cwd=ROOT)
    load_figures.cache_clear()


@pytest.fixture(scope="session")
def compute(figures: None, tmp_path_factory: pytest.TempPathFactory) -> Compute:
    """Call functions of the figures' mathematics, all in one go: ``compute([name, args], ...)``."""
    program = tmp_path_factory.mktemp("compute") / "compute.mjs"
    environment = node_environment()
    bundle = ["node_modules/.bin/esbuild", "test/compute.ts", "--bundle", "--platform=node"]
    subprocess.run(
        [*bundle, "--format=esm", "--log-level=warning", f"--outfile={program}"],
        check=True,
        cwd=FRONTEND,
        env=environment,
    )

    def call(*asked: list[Any]) -> Any:
        done = subprocess.run(
            ["node", str(program)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        return json.loads(done.stdout)

    return call

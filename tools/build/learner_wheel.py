"""Build the learner's wheel: ``circuits`` and nothing else, for any Python and the browser.

    python -m tools.build.learner_wheel build/wheel     prints the wheel's path

The wheel comes from the same ``pyproject.toml`` as the rest, by hatchling, with the other packages
and all extras taken out of the configuration. The same sources give the same bytes.
"""

from __future__ import annotations

import copy
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.wheel import WheelBuilder

from tools.build.stopping import run_until_stopped

ROOT = Path(__file__).resolve().parents[2]
NAME = "circuit-exercises-toolkit"
EPOCH = "1640390400"  # 25 December 2021, as good as any: dates must not change the bytes


def learner_config(root: Path = ROOT) -> dict[str, Any]:
    """Return the contents of ``pyproject.toml``, cut down to what a learner receives."""
    config = copy.deepcopy(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")))
    project = config["project"]
    project["name"] = NAME
    project["description"] = (
        "The toolkit of the transformer circuit exercises: heads, checks, plots"
    )
    project.pop("readme")
    project.pop("optional-dependencies")
    config["tool"]["hatch"]["build"]["targets"]["wheel"] = {
        "packages": ["circuits"],
        "core-metadata-version": "2.4",  # what the browser's installer reads
    }
    return config


def build_learner_wheel(folder: Path, root: Path = ROOT) -> Path:
    """Write the wheel into ``folder`` and return its path.

    Raises ``OSError`` where the folder cannot be written.
    """
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    builder = WheelBuilder(str(root), config=learner_config(root))
    return Path(next(iter(builder.build(directory=str(folder), versions=["standard"]))))


def main(arguments: Sequence[str]) -> int:
    """Build into the folder that is named; return the exit status."""
    if len(arguments) != 1:
        print("usage: learner_wheel.py FOLDER", file=sys.stderr)
        return 2
    print(build_learner_wheel(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(run_until_stopped(lambda: main(sys.argv[1:])))

"""Read the sources of a notebook's cells by their names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def load_notebook(path: Path) -> Mapping[str, Any]:
    """Return a notebook as data; an empty one where there is none, or one that was cut off."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return notebook if isinstance(notebook, dict) else {}


def read_sources(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Return the sources of the cells that have a ``grade_id``, by it."""
    sources = {}
    for cell in notebook.get("cells", ()):
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        if name:
            sources[str(name)] = "".join(cell["source"])  # one text, or one a line
    return sources

"""Read what a notebook's cells hold, by their names: sources and pasted pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Pictures = Mapping[str, Mapping[str, str]]
"""Pasted into a cell: base64 text by MIME type, by the name that the cell's text uses."""


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


def read_pictures(cell: Mapping[str, Any]) -> Pictures:
    """Return the pictures of a cell: two answers may differ in these alone."""
    found = cell.get("attachments")
    return found if isinstance(found, dict) else {}


def write_pictures(pictures: Pictures) -> str:
    """Return pictures in the one way to write them, to compare them by; "" if there are none."""
    return json.dumps(pictures, sort_keys=True) if pictures else ""


def list_pictures(notebook: Mapping[str, Any]) -> dict[str, Pictures]:
    """Return the pictures of the cells that have a ``grade_id``, by it."""
    return {
        str(name): read_pictures(cell)
        for cell in notebook.get("cells", ())
        if (name := cell.get("metadata", {}).get("nbgrader", {}).get("grade_id"))
    }

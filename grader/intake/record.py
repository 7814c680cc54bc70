"""Record what grading notes about a submission in its notebook, and read the cells of one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from grader.fast_imports import NotebookNode, from_dict
from grader.intake.repair import RECORD, Repair


@dataclass
class Record:
    """How a submission fared.

    Attributes:
        digest: Of all files that were handed in, to tell whether they changed since.
        repairs: What intake put right.
        unreadable: Why the notebook could not be read, or "".
        failures: Why a part could not be judged, by its id.
        changes: What changed in the assignment since the learner received it, or "".
        ended: What ended the learner's code early, or "".
        sandboxed: Whether the learner's code was confined.
        finished: Whether the submission was graded to the end. Without this it is graded anew.
    """

    digest: str = ""
    repairs: list[Repair] = field(default_factory=list)
    unreadable: str = ""
    failures: dict[str, str] = field(default_factory=dict)
    changes: str = ""
    ended: str = ""
    sandboxed: bool = True
    finished: bool = False

    @classmethod
    def read(cls, notebook: Mapping[str, Any]) -> Self:
        """Return what a notebook's metadata says; of one that nobody graded, an empty record."""
        values = dict(notebook.get("metadata", {}).get(RECORD, {}))
        repairs = [Repair(**repair) for repair in values.pop("repairs", [])]
        return cls(repairs=repairs, **values)

    def write(self, notebook: NotebookNode) -> None:
        """Put the record into a notebook's metadata."""
        notebook.metadata[RECORD] = from_dict(asdict(self))  # type: ignore[no-untyped-call]

    def list_flags(self) -> dict[str, str]:
        """Return what a person should look at: cells, and why. The cell "" stands for all."""
        flags = {r.grade_id: r.sentence for r in self.repairs if r.look}
        flags.update(self.failures)
        if self.unreadable:
            flags[""] = self.unreadable
        return flags


def load_record(path: Path) -> Record | None:
    """Return the record in a graded notebook, or None if grading it did not come to its end."""
    try:
        record = Record.read(load_notebook(path))
    except (ValueError, TypeError, AttributeError):
        return None  # of another program
    return record if record.finished else None


def digest_folder(folder: Path, most: int) -> str:
    """Return a digest of the regular files in a folder: names and contents.

    Args:
        folder: What was handed in.
        most: How many bytes of each file count.
    """
    from grader.paths import read_regular

    summary = hashlib.sha256()
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            content = read_regular(path, most)
            if content is not None:
                label = os.fsencode(path.relative_to(folder))
                summary.update(b"%d/%d/" % (len(label), len(content)) + label + content)
    return summary.hexdigest()


Pictures = Mapping[str, Mapping[str, str]]
"""Pasted into a cell: base64 text by MIME type, by the name that the cell's text uses."""


def load_notebook(path: Path) -> Mapping[str, Any]:
    """Return a notebook as data; an empty one where there is none, or one that was cut off."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return notebook if isinstance(notebook, dict) else {}


def list_named(notebook: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the cells that have a ``grade_id``, each behind it."""
    for cell in notebook.get("cells", ()):
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        if name:
            yield str(name), cell


def read_sources(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Return the sources of the cells that have a ``grade_id``, by it."""
    # One text, or one a line.
    return {name: "".join(cell["source"]) for name, cell in list_named(notebook)}


def read_pictures(cell: Mapping[str, Any]) -> Pictures:
    """Return the pictures of a cell: two answers may differ in these alone."""
    found = cell.get("attachments")
    return found if isinstance(found, dict) else {}


def write_pictures(pictures: Pictures) -> str:
    """Return pictures in the one way to write them, to compare them by; "" if there are none."""
    return json.dumps(pictures, sort_keys=True) if pictures else ""


def list_pictures(notebook: Mapping[str, Any]) -> dict[str, Pictures]:
    """Return the pictures of the cells that have a ``grade_id``, by it."""
    return {name: read_pictures(cell) for name, cell in list_named(notebook)}

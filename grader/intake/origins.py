"""Remember where each hand-in came from: by this, feedback goes back under the same name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.paths import replacing

FOLDER = "collected"
"""Under the class's folder."""


@dataclass(frozen=True)
class Origin:
    """One file of a hand-in.

    Attributes:
        student: The learner's id.
        platform: Its name.
        key: The account's there.
        entry: The file's name in the archive.
        file: Its name here.
        reply: What feedback on it has to be called, up to its own name; "" if the platform
            takes none.
        late: Whether the platform marked it as late, without saying by how much.
    """

    student: str
    platform: str
    key: str
    entry: str
    file: str
    reply: str = ""
    late: bool = False


def find_origins(root: Path, assignment: str) -> Path:
    """Return the path of what is remembered of an assignment."""
    return root / FOLDER / f"{assignment}.json"


def read_origins(root: Path, assignment: str) -> list[Origin]:
    """Return what is remembered of an assignment's hand-ins; nothing if none was collected so.

    Raises:
        CourseError: If the file holds something else.
    """
    path = find_origins(root, assignment)
    try:
        return [Origin(**values) for values in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise CourseError(
            f"{FOLDER}/{path.name} cannot be read ({error}); move it away and collect again."
        ) from error


def write_origins(root: Path, assignment: str, new: Mapping[str, Iterable[Origin]]) -> None:
    """Remember hand-ins, in the place of what was known of the same learners.

    Args:
        root: The class's folder.
        assignment: Its name.
        new: By the learner's id.
    """
    kept = [origin for origin in read_origins(root, assignment) if origin.student not in new]
    kept += [origin for origins in new.values() for origin in origins]
    path = find_origins(root, assignment)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    text = json.dumps([asdict(origin) for origin in kept], indent=1, ensure_ascii=False)
    with replacing(path) as fresh:
        fresh.write_text(text + "\n", encoding="utf-8")


def list_late(root: Path, assignment: str) -> set[str]:
    """Return learners whose hand-in the platform marked as late."""
    return {origin.student for origin in read_origins(root, assignment) if origin.late}

"""Find nbgrader's own programs, and remind instructors to weave."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from traitlets.log import get_logger

NEEDS_SOURCES = {"generate_assignment", "assign", "release_assignment", "autograde"}


def remind_to_weave(classroom: Path) -> None:
    """Say how to make the source notebooks, if a command needs them and they are not there.

    nbgrader's own message, that no notebook matched a pattern, names no remedy.
    """
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    elsewhere = any(
        word.startswith(("--course-dir", "--CourseDirectory.root")) for word in sys.argv
    )
    if command in NEEDS_SOURCES and not elsewhere and not (classroom / "source").is_dir():
        get_logger().warning(
            "%s/source is empty: the source notebooks have not been woven yet. "
            "Run `python -m grader weave`.",
            classroom.name,
        )


def find_own_programs() -> None:
    """Let nbgrader find the programs that were installed with it.

    It starts ``alembic`` by name when it makes a gradebook, which fails where the environment is
    used without having been activated.
    """
    here = str(Path(sys.executable).parent)
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if here not in folders:
        os.environ["PATH"] = os.pathsep.join([*folders, here])

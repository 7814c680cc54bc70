"""The course's secret seed: it draws the sequences that answers are graded on.

It is made on first use and kept in a file that only its owner can read. Whoever knows it
can compute the hidden sequences, so it is in no notebook, in no gradebook and not in git.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from grader.errors import CourseError

SEED_BITS = 128
SEED_NAME = "secret-seed"


def ensure_seed(path: Path) -> int:
    """Return the seed in a file; make both if there is none.

    Two processes that start at once end up with the same seed.

    Raises:
        CourseError: If the file holds something else than a seed.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path, secrets.randbits(SEED_BITS))
    return read_seed(path)


def read_seed(path: Path) -> int:
    """Return the seed in a file.

    Raises:
        CourseError: If the file is missing, or holds something else than a seed.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise CourseError(f"The secret seed in {path} cannot be read ({reason}).") from error
    if not text.isdigit():
        raise CourseError(
            f"{path} should hold the secret seed, one whole number, and does not; restore it from "
            "a backup, or delete it to get a new one (scores of a second run will then differ)."
        )
    return int(text)


def find_seed(start: Path) -> int:
    """Return the seed of the class whose folder contains ``start``.

    nbgrader runs a notebook in ``<class>/autograded/<student>/<assignment>``.

    Raises:
        CourseError: If no folder above holds a seed.
    """
    for folder in (start, *start.parents):
        if (folder / SEED_NAME).is_file():
            return read_seed(folder / SEED_NAME)
    raise CourseError(
        f"There is no {SEED_NAME} above {start.name}/; "
        "`python -m grader weave` makes one in the class's folder."
    )


def _create(path: Path, seed: int) -> None:
    # mkstemp gives mode 0600; the link appears complete or not at all, and only once.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{SEED_NAME}-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{seed}\n")
        os.link(name, path)
    except FileExistsError:
        pass  # another process was faster: its seed counts
    finally:
        Path(name).unlink()

"""Remember with which inputs a command last succeeded.

Contents count, not dates, so a fresh clone or a changed branch is judged rightly, and a file
that was deleted is noticed. Inputs are files and folders, from the root.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAMPS = ROOT / "build" / "stamps"
PASSED_OVER = {"__pycache__", "node_modules", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache"}


def files_under(path: Path) -> Iterator[Path]:
    """Yield the files at or below ``path`` in order, without what tools leave behind.

    >>> [p.name for p in files_under(Path(__file__))]
    ['last_success.py']
    """
    if path.is_file():
        yield path
    elif path.is_dir() and path.name not in PASSED_OVER:
        for below in sorted(path.iterdir()):
            yield from files_under(below)


def fingerprint(inputs: Sequence[str], command: Sequence[str], root: Path = ROOT) -> str:
    """Return a hash of the command, of the inputs' names and of their contents."""
    digest = hashlib.sha256(repr((list(command), sys.version)).encode())
    for name in inputs:
        for path in files_under(root / name):
            content = hashlib.sha256(path.read_bytes()).digest()
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + content)
    return digest.hexdigest()


def is_same(name: str, print_of_now: str, stamps: Path = STAMPS) -> bool:
    """Tell whether the command called ``name`` last succeeded with these inputs."""
    stamp = stamps / name
    return stamp.exists() and stamp.read_text() == print_of_now


def remember(name: str, print_of_now: str, stamps: Path = STAMPS) -> None:
    """Record that the command called ``name`` succeeded with these inputs."""
    stamps.mkdir(parents=True, exist_ok=True)
    (stamps / name).write_text(print_of_now)

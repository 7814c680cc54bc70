"""Run a command unless its inputs are the same as when it last succeeded.

    python -m tools.build.unless_same NAME INPUT... -- COMMAND...

Contents count, not dates, so a fresh clone or a changed branch is judged rightly, and a file
that was deleted is noticed. Inputs are files and folders, from the root.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAMPS = ROOT / "build" / "stamps"
PASSED_OVER = {"__pycache__", "node_modules", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache"}


def files_under(path: Path) -> Iterator[Path]:
    """Yield the files at or below ``path`` in order, without what tools leave behind.

    >>> [p.name for p in files_under(Path(__file__))]
    ['unless_same.py']
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


def main(arguments: Sequence[str]) -> int:
    """Run the command if anything changed; return its exit status."""
    if "--" not in arguments[1:]:
        print(
            "usage: python -m tools.build.unless_same NAME INPUT... -- COMMAND...", file=sys.stderr
        )
        return 2
    split = arguments.index("--")
    (name, *inputs), command = arguments[:split], arguments[split + 1 :]
    before = fingerprint(inputs, command)
    if is_same(name, before):
        print(f"{name}: nothing changed since it last succeeded.")
        return 0
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status == 0:
        remember(name, before)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

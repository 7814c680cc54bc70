"""Keep every release of an assignment, for submissions are compared with the one they came from."""

from __future__ import annotations

from pathlib import Path

from grader.config import FOLDER
from grader.paths import replacing


def keep_release(root: Path, assignment: str, name: str, data: bytes) -> None:
    """Keep what a class received, unless it is kept already.

    Args:
        root: The class's folder.
        assignment: Its name.
        name: The notebook's, without ``.ipynb``.
        data: The notebook.

    Raises:
        OSError: If it cannot be written.
    """
    kept = _list_files(root, assignment, name)
    if any(path.read_bytes() == data for path in kept):
        return
    folder = _find_folder(root, assignment, name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = int(kept[0].stem) + 1 if kept else 1
    with replacing(folder / f"{number:04}.ipynb") as fresh:
        fresh.write_bytes(data)


def list_releases(root: Path, assignment: str, name: str) -> list[bytes]:
    """Return the releases of a notebook that are kept, the newest first.

    Args:
        root: The class's folder.
        assignment: Its name.
        name: The notebook's, without ``.ipynb``.
    """
    return [path.read_bytes() for path in _list_files(root, assignment, name)]


def _find_folder(root: Path, assignment: str, name: str) -> Path:
    return root / FOLDER / "releases" / assignment / name


def _list_files(root: Path, assignment: str, name: str) -> list[Path]:
    return sorted(_find_folder(root, assignment, name).glob("[0-9]*.ipynb"), reverse=True)

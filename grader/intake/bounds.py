"""How much of a submission is read at all, and why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Limits that hold before anything is parsed or copied.

    The course's own notebooks have 60 cells and 40 kB; figures saved with one make it a few MB.

    Attributes:
        notebook_bytes: Of the notebook's file. Outputs are saved in it, so it may be large.
        depth: Of brackets in brackets. A notebook needs 8; Python's parser gives up near 1000.
        values: Of numbers, strings, lists and objects in the file. Each costs memory, even an
            empty list.
        cells: Of the notebook.
        source_characters: Of one cell.
        all_characters: Of all cells' sources together.
        notebooks: Under other names than the assignment's.
        files: Beside the notebook.
        file_bytes: Of one of those files.
        folder_bytes: Of all of them together, and of all notebooks under other names.
    """

    notebook_bytes: int = 64_000_000
    depth: int = 64
    values: int = 2_000_000
    cells: int = 2_000
    source_characters: int = 1_000_000
    all_characters: int = 8_000_000
    notebooks: int = 20
    files: int = 500
    file_bytes: int = 32_000_000
    folder_bytes: int = 64_000_000


class CannotReadError(Exception):
    """A submission that no repair can save. Its text is a sentence for the learner."""

"""Say where a page is not as it has to be."""

from __future__ import annotations

from pathlib import Path

from grader.errors import CourseError


class WeaveError(CourseError):
    """Book, solutions and table of parts do not agree, or a page holds what no notebook can show.

    Attributes:
        path: The page.
        line: Counted from 1, or None where the trouble is that something is absent.
        part: The id of the part, if it is about one.
    """

    def __init__(
        self, path: Path, line: int | None, sentence: str, *, part: str | None = None
    ) -> None:
        self.path, self.line, self.part = path, line, part
        where = name_page(path) if line is None else f"{name_page(path)}, line {line}"
        about = f"part {part}: " if part else ""
        super().__init__(f"{where}: {about}{sentence}")


def name_page(path: Path) -> str:
    """Return a page's name as an author says it: folder and file, no more.

    Example:
        >>> name_page(Path("/somewhere/book/warmup.md"))
        'book/warmup.md'
    """
    return f"{path.parent.name}/{path.name}"

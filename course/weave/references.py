"""Find what labels and citations stand for, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from course.sources import Pages

_LABEL = re.compile(r"^\(([^()\s]+)\)=\s*$")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(`{3,}|:{3,}|~{3,})")


@dataclass(frozen=True)
class References:
    """Titles of labelled places and pages, seen from one page.

    Attributes:
        sources: All pages.
        path: The page that refers.
    """

    sources: Pages
    path: Path

    def title_of(self, target: str) -> str:
        """Return the title of the place that a link or role points at.

        Args:
            target: A label, a page, or a page with ``#`` and a label.

        Raises:
            ValueError: If no page has it; one sentence.
        """
        page, _, label = target.rpartition("#") if "#" in target else ("", "", target)
        titles = _read_titles(_stamp(self.sources))
        if label in titles:
            return titles[label]
        name = (self.path.parent / (page or label)).resolve().with_suffix("").name
        key = f"page:{name}"
        if key in titles and not (page and label):
            return titles[key]
        raise ValueError(
            f"nothing in the book is labelled {target!r}; check the label, or give the link words."
        )

    def cite(self, keys: str, *, in_text: bool) -> str:
        """Return a citation by author and year, linked to the work.

        Args:
            keys: Of the bibliography, separated by commas.
            in_text: "Elhage et al. (2021)" if true, "(Elhage et al., 2021)" if not.

        Raises:
            ValueError: If the bibliography has no such key; one sentence.
        """
        works = [self._find_work(key.strip()) for key in keys.split(",")]
        if in_text:
            return ", ".join(_link(f"{authors} ({year})", url) for authors, year, url in works)
        inside = "; ".join(_link(f"{authors}, {year}", url) for authors, year, url in works)
        return f"({inside})"

    def _find_work(self, key: str) -> tuple[str, str, str]:
        path = self.sources.bibliography
        works = _read_works(path, path.stat().st_mtime_ns if path.exists() else 0)
        if key not in works:
            raise ValueError(
                f"the bibliography has no {key!r}; add it to book/{path.name}, or mend the key."
            )
        return works[key]


def _link(words: str, url: str) -> str:
    return f"[{words}]({url})" if url else words


def _stamp(sources: Pages) -> tuple[tuple[Path, int], ...]:
    pages = [*sorted(sources.book.glob("*.md")), *sorted(sources.solutions.glob("*.md"))]
    return tuple((page, page.stat().st_mtime_ns) for page in pages)


@lru_cache(maxsize=8)
def _read_titles(pages: tuple[tuple[Path, int], ...]) -> dict[str, str]:
    titles: dict[str, str] = {}
    for path, _ in pages:
        waiting = [f"page:{path.stem}"]
        fence = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            mark = _FENCE.match(line)
            if mark:
                fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
            elif label := _LABEL.match(line):
                waiting.append(label[1])
            elif not fence and (heading := _HEADING.match(line)):
                titles.update({name: heading[1] for name in waiting if name not in titles})
                waiting.clear()
    return titles


@lru_cache(maxsize=4)
def _read_works(path: Path, stamp: int) -> dict[str, tuple[str, str, str]]:
    """Return authors, year and address of every work, by its key."""
    del stamp  # part of the cache's key: a changed file is read again
    from pybtex.database import parse_file  # type: ignore[import-untyped]
    from pybtex.richtext import Text  # type: ignore[import-untyped]

    works: dict[str, tuple[str, str, str]] = {}
    for key, entry in parse_file(str(path)).entries.items():
        names = [
            str(Text.from_latex(" ".join([*person.prelast_names, *person.last_names])))
            for person in entry.persons.get("author", entry.persons.get("editor", []))
        ]
        several = f"{names[0]} et al." if len(names) > 2 or "others" in names else ""
        authors = several or " and ".join(names)
        works[key] = (authors, entry.fields.get("year", "n.d."), entry.fields.get("url", ""))
    return works

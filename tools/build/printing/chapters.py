"""Read the pages of a built site in the order of its table of contents."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from tools.build.printing.errors import PrintingError

ON_SCREEN_ONLY = {"book/progress"}  # shows what a reader has done, which paper cannot know
ARTICLE = '<article class="bd-article">'
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)"')
OPENING = "About the course"  # the first page's own title stands on the cover


@dataclass
class Chapter:
    """One page of the book.

    Attributes:
        name: Of the page: ``book/exercise-2``.
        part: Caption of the part of the book that begins with it, or nothing.
        depth: 0, or 1 for a chapter within another.
        title: In plain words.
        body: The page's text, which the steps of printing change in place.
        address: Where the page can be read, or nothing if the site has not been given an address.
    """

    name: str
    part: str
    depth: int
    title: str
    body: Tag
    address: str = ""

    @property
    def slug(self) -> str:
        """The name as an id, and as the name of a file.

        >>> Chapter("book/exercise-2", "", 0, "", Tag(name="p")).slug
        'book-exercise-2'
        """
        return self.name.replace("/", "-")


def list_pages(toc: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield name, part and depth of each page of a table of contents that belongs on paper.

    >>> chapters = [{"file": "b", "sections": [{"file": "c"}]}, {"file": "book/progress"}]
    >>> list(list_pages({"root": "a", "parts": [{"caption": "P", "chapters": chapters}]}))
    [('a', '', 0), ('b', 'P', 0), ('c', '', 1)]
    """
    yield toc["root"], "", 0
    for part in toc.get("parts", []):
        caption = part.get("caption", "")
        for chapter in part["chapters"]:
            for depth, page in enumerate([[chapter], chapter.get("sections", [])]):
                for name in (each["file"] for each in page):
                    if name not in ON_SCREEN_ONLY:
                        yield name, caption, depth
                        caption = ""


def read_book(site: Path, toc: Path) -> list[Chapter]:
    """Return the book's chapters.

    Args:
        site: Folder of the built site.
        toc: The table of contents that it was built from.

    Raises:
        PrintingError: If a page is not there.
    """
    pages = list_pages(yaml.safe_load(toc.read_text(encoding="utf-8")))
    chapters = [read_chapter(site, *page) for page in pages]
    opening = chapters[0].body.find("h1")
    if isinstance(opening, Tag):
        opening.string = chapters[0].title = OPENING
    return chapters


def read_chapter(site: Path, name: str, part: str = "", depth: int = 0) -> Chapter:
    """Return one page; raises ``PrintingError`` if it is not a page of the book."""
    path = site / f"{name}.html"
    if not path.is_file():
        raise PrintingError(
            f"The site has no page {name}.html ({site}): build it with `make site`, then try again."
        )
    head, _, rest = path.read_text(encoding="utf-8").partition(ARTICLE)
    soup = BeautifulSoup(rest.partition("</article>")[0], "html5lib")  # parsing is slow
    body, heading = soup.select_one("section"), soup.select_one("h1")
    if body is None or heading is None:
        raise PrintingError(f"{path} holds no article with a heading: build it again.")
    for link in heading.select("a.headerlink"):
        link.decompose()
    canonical = CANONICAL.search(head)
    address = html.unescape(canonical[1]) if canonical else ""
    return Chapter(name, part, depth, heading.get_text().strip(), body.extract(), address)


def find_picture(address: str, chapter: Chapter, site: Path) -> Path:
    """Return the file of a picture of a chapter; raises ``PrintingError`` if it is not there."""
    path = (site / chapter.name).parent / unquote(urlsplit(address).path)
    if not path.resolve().is_relative_to(site.resolve()) or not path.is_file():
        raise PrintingError(
            f"The picture {address} of {chapter.name} is not in the site: "
            "build it with `make site`."
        )
    return path.resolve()

"""Link the printed book from the pages of the site, where it was made from what the site says."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

FOLDER = "downloads"  # of the site
NAME = "transformer-circuit-exercises"
KINDS = {"pdf": "PDF", "epub": "EPUB"}
OFFER = re.compile(r'<p class="print-offer"[^>]*>.*?</p>\n?', re.DOTALL)
SIDEBAR = '<div class="sidebar-primary-items__end'
READERS = re.compile(r'(id="you-want-to-read">.*?)(</section>)', re.DOTALL)
STYLE = "margin:0;padding:.75rem 0;font-size:.9rem"


def place_of(site: Path, kind: str) -> Path:
    """Return where a site keeps its printed book.

    >>> place_of(Path("site"), "pdf").as_posix()
    'site/downloads/transformer-circuit-exercises.pdf'
    """
    return site / FOLDER / f"{NAME}.{kind}"


def write_offer(files: Mapping[str, Path], to_root: str, style: str = "") -> str:
    """Return the paragraph that offers the files, or nothing if there are none."""
    links = [
        f'<a href="{to_root}{FOLDER}/{path.name}" download="">{KINDS[kind]}</a> '
        f"({path.stat().st_size / 1e6:.1f} MB)"
        for kind, path in files.items()
    ]
    if not links:
        return ""
    said = f' style="{html.escape(style)}"' if style else ""
    return f'<p class="print-offer"{said}>The whole book in one file: {" or ".join(links)}.</p>\n'


def put_offer(page: str, files: Mapping[str, Path], to_root: str) -> str:
    """Return a page that offers these files: below the contents, and where it speaks to readers."""
    page = OFFER.sub("", page)
    page = page.replace(SIDEBAR, write_offer(files, to_root, STYLE) + SIDEBAR, 1)
    words = write_offer(files, to_root)
    return READERS.sub(lambda found: found[1] + words + found[2], page, count=1)


def offer(site: Path, kinds: set[str]) -> None:
    """Make every page of the book offer what was printed, and nothing else.

    Args:
        site: Folder of the built site.
        kinds: Which of ``KINDS`` are of the site as it is.
    """
    files = {k: place_of(site, k) for k in KINDS if k in kinds and place_of(site, k).is_file()}
    for path in sorted([*site.glob("book/*.html"), *site.glob("solutions/*.html")]):
        text = path.read_text(encoding="utf-8")
        offered = put_offer(text, files, "../")
        if offered != text:
            path.write_text(offered, encoding="utf-8")

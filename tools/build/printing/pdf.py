"""Set the book as one tagged PDF, by WeasyPrint."""

from __future__ import annotations

import base64
import html
import importlib
import logging
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from tools.build.printing.chapters import Chapter, find_picture
from tools.build.printing.drawings import make_plain
from tools.build.printing.errors import PrintingError
from tools.build.printing.formulas import draw_formulas
from tools.build.printing.imprint import Imprint

STYLE = Path(__file__).with_name("print.css")
FONTS = Path(__file__).resolve().parents[3] / "book" / "_static" / "fonts"
ON_THE_COVER = "One of the circuits that this book builds, at work on a line of six tokens"
VARIANT = "pdf/ua-1"
NO_PANGO = (
    "The PDF cannot be set because WeasyPrint does not find Pango on this machine: install it "
    "(Debian and Ubuntu: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0), then try again."
)


class Complaints(logging.Handler):
    """Keeps what WeasyPrint warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def import_weasyprint() -> ModuleType:
    """Return WeasyPrint; raises ``PrintingError`` with one sentence where Pango is missing."""
    try:
        return importlib.import_module("weasyprint")
    except OSError as error:
        raise PrintingError(NO_PANGO) from error


def assemble(chapters: Sequence[Chapter], imprint: Imprint, frontispiece: str = "") -> str:
    """Return the whole book as one HTML document: cover, contents, chapters.

    Args:
        chapters: On paper, with their formulas drawn.
        imprint: For the cover.
        frontispiece: Address of the cover's picture.
    """
    escape = html.escape
    picture = ""
    if frontispiece:  # PDF/UA knows no picture without words
        picture = f'<img class="frontispiece" src="{escape(frontispiece)}" alt="{ON_THE_COVER}">'
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(imprint.title)}</title>"
        f'<meta name="author" content="{escape(imprint.authors)}">'
        f'<meta name="description" content="{escape(imprint.subtitle)}">'
        f"<style>{write_style()}</style></head><body>"
        f'<header class="cover"><p class="cover-title">{escape(imprint.title)}</p>'
        f'<p class="cover-subtitle">{escape(imprint.subtitle)}</p>{picture}'
        f'<p class="cover-authors">{escape(imprint.authors)}</p>'
        f'<p class="imprint">{imprint.write_note()}</p></header>'
        f"{write_contents(chapters)}{''.join(map(write_chapter, chapters))}</body></html>"
    )


def write_style() -> str:
    """Return the style sheet; it takes the type that the site has."""
    return STYLE.read_text(encoding="utf-8").replace("FONTS", FONTS.as_uri())


def write_contents(chapters: Sequence[Chapter]) -> str:
    """Return the table of contents; the style sheet adds the page numbers."""
    lines = []
    for chapter in chapters:
        if chapter.part:
            lines.append(f'<li class="contents-part">{html.escape(chapter.part)}</li>')
        lines.append(
            f'<li class="contents-{chapter.depth}"><a href="#{chapter.slug}">'
            f"{html.escape(chapter.title)}</a></li>"
        )
    return f'<nav class="contents"><h1>Contents</h1><ul>{"".join(lines)}</ul></nav>'


def write_chapter(chapter: Chapter) -> str:
    """Return one chapter's HTML."""
    part = f'<p class="part">{html.escape(chapter.part)}</p>' if chapter.part else ""
    return f'<article class="chapter">{part}{chapter.body}</article>'


def write_pdf(
    chapters: Sequence[Chapter], site: Path, imprint: Imprint, to: Path, frontispiece: str = ""
) -> list[str]:
    """Write the book as PDF.

    Args:
        chapters: On paper; their formulas become drawings.
        site: That the chapters were read from.
        imprint: For the cover and the file's own properties.
        to: The file to write.
        frontispiece: A picture of the site, from its root.

    Returns:
        What WeasyPrint warned of.

    Raises:
        PrintingError: If something is missing on this machine or in the site.
    """
    weasyprint = import_weasyprint()
    draw_formulas(chapters)
    embed_drawings(chapters, site)
    complaints = Complaints()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(complaints)
    here = f"{site.resolve().as_uri()}/"
    fetcher = weasyprint.URLFetcher(allowed_protocols={"file", "data"})
    try:
        document = weasyprint.HTML(
            string=assemble(chapters, imprint, frontispiece), base_url=here, url_fetcher=fetcher
        )
        to.parent.mkdir(parents=True, exist_ok=True)
        document.write_pdf(to, pdf_variant=VARIANT)
    finally:
        logger.removeHandler(complaints)
    return complaints.messages


def embed_drawings(chapters: Sequence[Chapter], site: Path) -> None:
    """Put each drawing into the book, made plain, and lead to other pictures from the root."""
    for chapter in chapters:
        for image in chapter.body.select("img[src]"):
            address = str(image["src"])
            if not address.startswith("data:"):
                image["src"] = embed(find_picture(address, chapter, site), site)


def embed(path: Path, site: Path) -> str:
    """Return the address of a picture: a drawing's is the drawing itself, made plain."""
    if path.suffix != ".svg":
        return path.relative_to(site.resolve()).as_posix()
    plain = make_plain(path.read_text(encoding="utf-8"))
    return "data:image/svg+xml;base64," + base64.b64encode(plain.encode()).decode()

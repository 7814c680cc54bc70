"""Set the book as one tagged PDF, by WeasyPrint."""

from __future__ import annotations

import base64
import importlib
import logging
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from tools.build.printing.chapters import Chapter, find_picture
from tools.build.printing.drawings import make_plain
from tools.build.printing.errors import PrintingError
from tools.build.printing.forms import fill_in
from tools.build.printing.formulas import draw_formulas
from tools.build.printing.imprint import Imprint

STYLE = Path(__file__).with_name("print.css")  # FONTS stands for where the site's type is
FONTS = Path(__file__).resolve().parents[3] / "book" / "_static" / "fonts"
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
    return fill_in(
        "book.html",
        chapters=chapters,
        imprint=imprint,
        frontispiece=frontispiece,
        style=STYLE.read_text(encoding="utf-8").replace("FONTS", FONTS.as_uri()),
    )


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

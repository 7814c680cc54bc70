"""Write the book as one EPUB 3: a chapter a file, formulas as MathML, drawings as SVG."""

from __future__ import annotations

import html
import os
import time
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bs4 import Tag

from tools.build.printing.chapters import Chapter, find_picture
from tools.build.printing.drawings import make_plain
from tools.build.printing.formulas import read_tex
from tools.build.printing.imprint import LICENCES, Imprint

STYLE = Path(__file__).with_name("epub.css")
XHTML, MATHML, SVG = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/2000/svg",
)
NAMESPACES = {"math": MATHML, "svg": SVG}
KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
PAGE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
    f'<html xmlns="{XHTML}" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">'
    '<head><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>'
    "<body>{body}</body></html>\n"
)
CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>\n"
)
FEATURES = ("alternativeText", "MathML", "readingOrder", "structuralNavigation", "tableOfContents")
ABOUT_ACCESS = (
    "Figures have text alternatives that say what they show; formulas are MathML. "
    "Figures that move on the site are still here."
)
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in the archive: the earliest that zip knows


def as_xml(tag: Tag) -> str:
    """Return an element as XML that a reader of EPUB takes.

    >>> from bs4 import BeautifulSoup
    >>> as_xml(BeautifulSoup("<p>a &lt; b<br>c", "html5lib").p)
    '<p>a &lt; b<br/>c</p>'
    """
    return tag.decode(formatter="minimal")


def prepare(chapter: Chapter, files: dict[str, str], pictures: dict[Path, str], site: Path) -> None:
    """Lead a chapter's links and pictures to the files of the archive; make it valid XHTML.

    Args:
        chapter: On paper.
        files: id -> the file that it stands in.
        pictures: File of the site -> its name in the archive; what is met is added.
        site: That the chapters were read from.
    """
    for link in chapter.body.select('a[href^="#"]'):
        place = str(link["href"])[1:]
        link["href"] = f"{files[place]}#{place}"
    for image in chapter.body.select("img[src]"):
        path = find_picture(str(image["src"]), chapter, site)
        image["src"] = pictures.setdefault(path, f"images/{path.name}")
    for formula in chapter.body.select("math"):
        formula["alttext"] = read_tex(formula)
        for part in [formula, *formula.find_all(True)]:
            for attribute in ("style", "class"):
                part.attrs.pop(attribute, None)
        for source in formula.select("annotation"):
            source.decompose()
        meaning = formula.find("semantics")
        if isinstance(meaning, Tag):
            meaning.unwrap()
    for name, namespace in NAMESPACES.items():
        for tag in chapter.body.select(name):
            tag["xmlns"] = namespace


def write_nav(chapters: Sequence[Chapter]) -> str:
    """Return the navigation document: chapters, and within each its parts."""
    items = []
    for chapter in chapters:
        parts = [
            f'<li><a href="{chapter.slug}.xhtml#{section["id"]}">{html.escape(title)}</a></li>'
            for section, title in list_sections(chapter)
        ]
        inner = f"<ol>{''.join(parts)}</ol>" if parts else ""
        items.append(
            f'<li><a href="{chapter.slug}.xhtml">{html.escape(chapter.title)}</a>{inner}</li>'
        )
    body = f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{"".join(items)}</ol></nav>'
    return PAGE.format(title="Contents", body=body)


def list_sections(chapter: Chapter) -> Iterator[tuple[Tag, str]]:
    """Yield the sections of a chapter that have an id, with their titles."""
    for heading in chapter.body.select("section[id] > h2"):
        if isinstance(heading.parent, Tag):
            yield heading.parent, heading.get_text().strip()


def write_title_page(imprint: Imprint, cover: str) -> str:
    """Return the first page."""
    picture = f'<p><img src="{cover}" alt=""/></p>' if cover else ""
    body = (
        f'<section epub:type="titlepage"><h1>{html.escape(imprint.title)}</h1>'
        f"<p>{html.escape(imprint.subtitle)}</p>{picture}<p>{html.escape(imprint.authors)}</p>"
        f"<p>{imprint.write_note()}</p></section>"
    )
    return PAGE.format(title=html.escape(imprint.title), body=body)


def write_package(
    imprint: Imprint, pages: Sequence[tuple[str, bool]], pictures: Sequence[str], cover: str
) -> str:
    """Return the package document: what the book is, its files, their order.

    Args:
        imprint: What the book is.
        pages: Names of the chapters' files, and whether each holds MathML.
        pictures: Names of the pictures' files.
        cover: Which of these is the cover, or nothing.
    """
    moment = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    modified = time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)
    identity = uuid.uuid5(
        uuid.NAMESPACE_URL, f"{imprint.address} {imprint.title} {imprint.version}"
    )
    escape = html.escape
    manifest = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="style.css" media-type="text/css"/>',
    ]
    for name, has_maths in pages:
        extra = ' properties="mathml"' if has_maths else ""
        manifest.append(
            f'<item id="{Path(name).stem}" href="{name}" '
            f'media-type="application/xhtml+xml"{extra}/>'
        )
    for number, name in enumerate(pictures, 1):
        extra = ' properties="cover-image"' if name == cover else ""
        kind = KINDS[Path(name).suffix]
        manifest.append(f'<item id="picture-{number}" href="{name}" media-type="{kind}"{extra}/>')
    spine = [f'<itemref idref="{Path(name).stem}"/>' for name, _ in pages]
    spine.insert(1, '<itemref idref="nav"/>')
    access = {
        "accessMode": ("textual", "visual"),
        "accessModeSufficient": ("textual", "textual,visual"),
        "accessibilityFeature": FEATURES,
        "accessibilityHazard": ("none",),
        "accessibilitySummary": (ABOUT_ACCESS,),
    }
    meta = "".join(
        f'<meta property="schema:{name}">{escape(value)}</meta>'
        for name, values in access.items()
        for value in values
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identity" '
        'xml:lang="en"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="identity">urn:uuid:{identity}</dc:identifier>'
        f"<dc:title>{escape(imprint.title)}</dc:title><dc:language>en</dc:language>"
        f"<dc:creator>{escape(imprint.authors)}</dc:creator>"
        f"<dc:description>{escape(imprint.subtitle)}</dc:description>"
        f"<dc:rights>{LICENCES}</dc:rights>"
        f'<meta property="dcterms:modified">{modified}</meta>{meta}</metadata>'
        f"<manifest>{''.join(manifest)}</manifest><spine>{''.join(spine)}</spine></package>\n"
    )


def write_epub(
    chapters: Sequence[Chapter], site: Path, imprint: Imprint, to: Path, cover: Path | None = None
) -> None:
    """Write the book as EPUB.

    Args:
        chapters: On paper, with their formulas as MathML.
        site: That the chapters were read from.
        imprint: What the book says of itself.
        to: The file to write.
        cover: A picture.

    Raises:
        PrintingError: If a picture is missing.
    """
    files = {
        str(tag["id"]): f"{chapter.slug}.xhtml"
        for chapter in chapters
        for tag in [chapter.body, *chapter.body.select("[id]")]
    }
    pictures: dict[Path, str] = {}
    for chapter in chapters:
        prepare(chapter, files, pictures, site)
    if cover is not None:
        pictures[cover] = f"images/cover{cover.suffix}"
    cover_name = pictures[cover] if cover else ""
    pages = [("title.xhtml", False)]
    pages += [(f"{c.slug}.xhtml", c.body.find("math") is not None) for c in chapters]
    content: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER,
        "EPUB/package.opf": write_package(imprint, pages, list(pictures.values()), cover_name),
        "EPUB/nav.xhtml": write_nav(chapters),
        "EPUB/style.css": STYLE.read_text(encoding="utf-8"),
        "EPUB/title.xhtml": write_title_page(imprint, cover_name),
    }
    for chapter in chapters:
        content[f"EPUB/{chapter.slug}.xhtml"] = write_page(chapter)
    for path, name in pictures.items():
        content[f"EPUB/{name}"] = read_picture(path)
    to.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        # Its kind comes first and uncompressed, so that a reader of EPUB knows it by its bytes.
        archive.writestr(
            zipfile.ZipInfo("mimetype", FIRST_DATE), "application/epub+zip", zipfile.ZIP_STORED
        )
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, FIRST_DATE), data, zipfile.ZIP_DEFLATED)


def read_picture(path: Path) -> str | bytes:
    """Return a picture's content; a drawing is made plain."""
    return make_plain(path.read_text("utf-8")) if path.suffix == ".svg" else path.read_bytes()


def write_page(chapter: Chapter) -> str:
    """Return a chapter's file."""
    part = f'<p class="part">{html.escape(chapter.part)}</p>' if chapter.part else ""
    return PAGE.format(title=html.escape(chapter.title), body=part + as_xml(chapter.body))

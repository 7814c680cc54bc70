"""Write the book as one EPUB 3: a chapter a file, formulas as MathML, drawings as SVG."""

from __future__ import annotations

import os
import time
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path

from bs4 import Tag

from tools.build.printing.chapters import Chapter, find_picture
from tools.build.printing.drawings import make_plain
from tools.build.printing.forms import fill_in
from tools.build.printing.formulas import read_tex
from tools.build.printing.imprint import Imprint

STYLE = Path(__file__).with_name("epub.css")
CONTAINER = Path(__file__).with_name("container.xml")
XHTML, MATHML, SVG = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/2000/svg",
)
NAMESPACES = {"math": MATHML, "svg": SVG}
KINDS = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg"}  # of pictures
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


def identify(imprint: Imprint) -> uuid.UUID:
    """Return the name by which readers of EPUB know this version of the book."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{imprint.address} {imprint.title} {imprint.version}")


def find_date() -> str:
    """Return when the book was made, or when the build says that it was."""
    moment = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)


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
    names = list(pictures.values())
    about = {"imprint": imprint, "chapters": chapters, "pictures": names, "cover": cover_name}
    about |= {"identity": identify(imprint), "modified": find_date(), "kinds": KINDS}
    content: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER.read_text(encoding="utf-8"),
        "EPUB/package.opf": fill_in("package.opf", **about),
        "EPUB/nav.xhtml": fill_in("nav.xhtml", title="Contents", chapters=chapters),
        "EPUB/style.css": STYLE.read_text(encoding="utf-8"),
        "EPUB/title.xhtml": fill_in("title.xhtml", title=imprint.title, **about),
    }
    for chapter in chapters:
        body, part = as_xml(chapter.body), chapter.part
        page = fill_in("page.xhtml", title=chapter.title, part=part, body=body)
        content[f"EPUB/{chapter.slug}.xhtml"] = page
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

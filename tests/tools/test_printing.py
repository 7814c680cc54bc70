"""The book on paper: one linear, still whole, made from the pages of the site."""

import base64
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
import yaml
from bs4 import BeautifulSoup
from PIL import Image

from tools.build.printing import pdf
from tools.build.printing.chapters import read_book
from tools.build.printing.drawings import make_plain
from tools.build.printing.epub import write_epub
from tools.build.printing.errors import PrintingError
from tools.build.printing.formulas import draw_all
from tools.build.printing.imprint import Imprint
from tools.build.printing.offer import offer, place_of
from tools.build.printing.paper import put_on_paper
from tools.test import printed

TOC = {
    "root": "book/index",
    "parts": [
        {"caption": "The course", "chapters": [{"file": "book/one"}, {"file": "book/two"}]},
        {"caption": "More", "chapters": [{"file": "book/progress"}]},
    ],
}
MATHS = (
    '<math display="block" style="display:block math;"><semantics><mi>W</mi>'
    '<annotation encoding="application/x-tex">W_Q</annotation></semantics></math>'
)
PAGES = {
    "index": '<h1>Title<a class="headerlink" href="#x">#</a></h1>'
    '<p class="print-offer">The whole book in one file.</p>'
    '<section id="you-want-to-read"><h2>You want to read</h2><p>Read &amp; see '
    '<a href="one.html#b">(b)</a>, <a href="two.html">two</a>, '
    '<a href="progress.html">progress</a> and '
    '<a href="../notebooks/one.ipynb">a notebook</a>.</p></section>',
    "one": '<h1>One</h1><div class="live-bar"><span class="live-button">Run</span></div>'
    '<details class="workplaces"><summary>Where</summary><p>In Colab.</p></details>'
    '<p id="same">First<br>line</p><p id="same">again</p>'
    '<section id="a"><h2>(a) Look</h2>'
    '<div class="cell"><div class="cell_input"><pre>W_Q = ...</pre></div></div>'
    '<div class="course-hints"><details class="sd-dropdown"><summary>Hint 1: a nudge</summary>'
    "<p>Think of a clock.</p></details></div>"
    '<figure data-explorable="clock" data-state="{}"><img src="../still.svg" alt="A clock" '
    'loading="lazy"><figcaption><p>Turn it.</p></figcaption></figure></section>'
    '<section id="b"><h2>(b) Check</h2><div class="cell"><div class="cell_output">'
    '<div class="output"><div class="circuits-unattempted"><p>not attempted yet</p></div></div>'
    f'</div></div><div class="math">{MATHS}</div></section>',
    "two": '<h1>Two</h1><p id="same">Second</p><p><a href="#same">above</a> '
    '<a href="one.html#same">in One</a> '
    '<a class="notation reference internal" href="one.html#a">a term</a></p>'
    "<details><summary>What earns points</summary>"
    "<ul><li>All of it.</li></ul></details>",
}
STILL = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" '
    'height="20" viewBox="0 0 40 20"><style>:root { --ink: #123456; } '
    "@media (prefers-color-scheme: dark) { :root { --ink: #fedcba; } } "
    "text { fill: var(--ink); font: 13px/1.2 system-ui, serif; }"
    '</style><text class="halo" x="1" y="9">five</text></svg>'
)
IMPRINT = Imprint("A Book", "About something", "Its authors", "1.2", "")


def write_site(folder, address=""):
    """Write a small site and its table of contents; return both."""
    (folder / "book").mkdir()
    (folder / "still.svg").write_text(STILL)
    for name, body in PAGES.items():
        head = f'<link rel="canonical" href="{address}book/{name}.html" />' if address else ""
        (folder / "book" / f"{name}.html").write_text(
            f"<html><head>{head}</head><body><nav></nav>"
            '<div class="sidebar-primary-items__end"></div>'
            f'<article class="bd-article"><section id="top">{body}</section></article>'
            "</body></html>"
        )
    toc = folder / "_toc.yml"
    toc.write_text(yaml.safe_dump(TOC))
    return folder, toc


def read_paper(folder, address=""):
    """Return the chapters of the small site as they are on paper."""
    chapters = read_book(*write_site(folder, address))
    put_on_paper(chapters)
    return chapters


@pytest.fixture
def chapters(tmp_path):
    return read_paper(tmp_path)


def test_the_chapters_come_in_the_order_of_the_contents_and_without_what_paper_cannot_show(
    chapters,
):
    assert [c.name for c in chapters] == ["book/index", "book/one", "book/two"]
    assert [c.part for c in chapters] == ["", "The course", ""]
    assert chapters[0].title == "About the course"


def test_no_id_comes_twice_in_the_whole_book(chapters):
    ids = [tag["id"] for c in chapters for tag in [c.body, *c.body.select("[id]")]]
    assert len(ids) == len(set(ids))
    assert {"book-one--same", "book-two--same"} <= set(ids)


def test_every_link_within_the_book_leads_to_one_place_of_it(chapters):
    ids = {tag["id"] for c in chapters for tag in [c.body, *c.body.select("[id]")]}
    links = {a.get_text(): a["href"] for c in chapters for a in c.body.select("a")}
    assert links["above"] == "#book-two--same"
    assert links["in One"] == "#book-one--same"
    assert links["two"] == "#book-two"
    assert {address[1:] for address in links.values()} <= ids


def test_a_link_to_a_file_of_the_site_needs_the_address_of_the_site(tmp_path, chapters):
    opening = chapters[0].body
    assert "a notebook" in opening.get_text()
    assert not opening.find("a", string="a notebook")
    (tmp_path / "again").mkdir()
    known = read_paper(tmp_path / "again", "https://example.org/course/")[0].body
    assert known.find("a", string="a notebook")["href"] == (
        "https://example.org/course/notebooks/one.ipynb"
    )


def test_the_hints_stand_at_the_end_of_the_chapter_and_a_link_in_their_place(chapters):
    body = chapters[1].body
    assert body.find_all("section", recursive=False)[-1]["class"] == ["hints"]
    (hint,) = [tag for tag in body.find_all("p") if tag.get_text() == "Think of a clock."]
    assert hint.find_parent(class_="hints") is not None
    link = body.select_one("#book-one--a .to-hints a")
    assert body.select_one(link["href"]).find_parent(class_="hints") is not None
    assert "(a) Look" in link.get_text()


def test_what_is_folded_stands_open_and_what_needs_a_screen_is_gone(chapters):
    text = "".join(str(c.body) for c in chapters)
    assert "What earns points" in text
    assert "All of it." in text
    for gone in (
        "<details",
        "<summary",
        "live-bar",
        "headerlink",
        "not attempted",
        "print-offer",
        "Colab",
    ):
        assert gone not in text
    assert chapters[1].body.select_one("#book-one--b .cell") is None  # nothing was left in it


def test_a_figure_that_moves_gives_its_picture_and_says_where_it_moves(tmp_path, chapters):
    figure = chapters[1].body.select_one("figure")
    assert figure.select_one("img")["alt"] == "A clock"
    assert "this chapter’s page of the site" in figure.select_one("figcaption .try-it").get_text()
    assert not [name for name in figure.attrs if name.startswith("data-")]
    (tmp_path / "again").mkdir()
    known = read_paper(tmp_path / "again", "https://example.org/")[1].body
    assert known.select_one(".try-it a")["href"] == "https://example.org/book/one.html"


def test_a_figure_has_its_number_in_words_since_not_every_reader_counts(chapters):
    caption = chapters[1].body.select_one("figcaption")
    assert caption.get_text().startswith("Figure 1. ")
    assert "counter-reset: figure" not in Path(pdf.__file__).with_name("print.css").read_text()


def test_a_drawing_is_plain_and_light_and_its_letters_lie_upon_their_border():
    drawing = make_plain(STILL)
    assert "fill: #123456" in drawing
    assert "fedcba" not in drawing
    assert "var(" not in drawing
    assert "font-size: 13px; font-family: serif" in drawing
    letters = ET.fromstring(drawing).findall("{http://www.w3.org/2000/svg}text")
    assert [each.get("class") for each in letters] == ["halo", ""]


def test_a_heat_map_becomes_rectangles_and_a_photograph_stays():
    picture = Image.new("RGBA", (20, 20), (255, 0, 0, 255))
    picture.paste((0, 0, 255, 255), (10, 0, 20, 10))
    noise = Image.effect_noise((80, 80), 90).convert("RGBA")
    drawing = make_plain(write_pictures(picture, noise))
    root = ET.fromstring(drawing)
    fills = [r.get("fill") for r in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert fills == ["#ff0000", "#0000ff", "#ff0000"]
    assert len(list(root.iter("{http://www.w3.org/2000/svg}image"))) == 1


def write_pictures(*pictures):
    """Return a drawing with these pictures, and the first once more for dark pages."""
    images = []
    for picture in pictures:
        data = io.BytesIO()
        picture.save(data, "PNG")
        address = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
        size = 'width="{}" height="{}"'.format(*picture.size)
        images.append(f'<image {size} xlink:href="{address}"/>')
    dark = images[0].replace("<image", '<image display="none"')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"{''.join(images)}{dark}</svg>"
    )


def test_a_formula_that_cannot_be_read_is_named():
    assert draw_all([("W_Q^T W_K", True)])[0].startswith("<svg")
    for broken in (r"\frac{1", r"\unheard{x}"):
        with pytest.raises(PrintingError, match=re.escape(repr(broken))):
            draw_all([(broken, False)])


def test_the_pdf_is_tagged_and_knows_its_pages(tmp_path):
    chapters, to = read_paper(tmp_path), tmp_path / "book.pdf"
    front = pdf.embed(tmp_path / "still.svg", tmp_path)
    assert pdf.write_pdf(chapters, tmp_path, IMPRINT, to, front) == []
    assert list(printed.check_pdf(to)) == []
    with pypdfium2.PdfDocument(to) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    (of_two,) = (number for number, text in enumerate(texts, 1) if "Second" in text)
    assert f"two (p. {of_two})" in " ".join("".join(texts).split())
    assert "a term (p." not in " ".join("".join(texts).split())  # it would stand behind every one
    assert "A Book" in texts[0]
    assert "Contents" in texts[1]


def print_texts(folder, *added):
    """Return the texts of the pages of the small book, with what is added to its second chapter."""
    chapters, to = read_paper(folder), folder / "book.pdf"
    for html in added:
        chapters[1].body.append(BeautifulSoup(html, "html5lib").body.contents[0])
    assert pdf.write_pdf(chapters, folder, IMPRINT, to) == []
    with pypdfium2.PdfDocument(to) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_a_formula_in_a_caption_stands_in_its_line(tmp_path):
    inline = MATHS.replace(' display="block" style="display:block math;"', "")
    caption = f"<figcaption><p>Turn {inline} slowly.</p></figcaption>"
    together = "".join(print_texts(tmp_path, f"<figure>{caption}</figure>"))
    assert re.search(r"Turn +slowly", together)


def test_the_card_of_a_part_stays_on_one_page(tmp_path):
    card = "".join(f"<p>line {number} of the card</p>" for number in range(9))
    above = '<div style="height: 170mm"></div>'
    texts = print_texts(tmp_path, above, f'<div class="course-part">{card}</div>')
    (page,) = (text for text in texts if "of the card" in text)
    assert page.count("of the card") == 9


def test_a_pdf_without_tags_or_with_a_lost_page_is_found_out(tmp_path):
    weasyprint = pdf.import_weasyprint()
    weasyprint.HTML(string="<p>see (p. 0)").write_pdf(tmp_path / "bad.pdf")
    said = " ".join(printed.check_pdf(tmp_path / "bad.pdf"))
    assert "has no tags" in said
    assert "has no title" in said
    assert "page 1 says (p. 0)" in said


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch):
    def fail(name):
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf.importlib, "import_module", fail)
    with pytest.raises(PrintingError, match="apt-get install libpangoft2"):
        pdf.import_weasyprint()


def test_every_file_of_the_epub_is_wellformed_and_listed(tmp_path):
    chapters, to = read_paper(tmp_path), tmp_path / "book.epub"
    write_epub(chapters, tmp_path, IMPRINT, to)
    with zipfile.ZipFile(to) as archive:
        first, *names = archive.namelist()
        assert (first, archive.read(first)) == ("mimetype", b"application/epub+zip")
        assert archive.getinfo(first).compress_type == zipfile.ZIP_STORED
        texts = {name: archive.read(name).decode() for name in names}
    for name, text in texts.items():
        if not name.endswith(".css"):
            ET.fromstring(text)
    package = texts["EPUB/package.opf"]
    listed = set(re.findall(r'href="([^"]+)"', package))
    within = {name.removeprefix("EPUB/") for name in names if name.startswith("EPUB/")}
    assert listed == within - {"package.opf"}
    assert 'href="book-one.xhtml" media-type="application/xhtml+xml" properties="mathml"' in package
    assert 'href="book-one.xhtml#book-one--b"' in texts["EPUB/book-index.xhtml"]
    assert 'alttext="W_Q"' in texts["EPUB/book-one.xhtml"]


def test_an_epub_that_nothing_can_check_does_not_pass(tmp_path, monkeypatch):
    monkeypatch.setattr(printed.shutil, "which", lambda name: None)
    assert "needs Java" in "".join(printed.check_epub(tmp_path / "book.epub"))


def test_pages_offer_what_was_printed_and_nothing_else(tmp_path):
    site, _ = write_site(tmp_path)
    before = (site / "book" / "index.html").read_text()
    place_of(site, "pdf").parent.mkdir()
    place_of(site, "pdf").write_bytes(b"%PDF" + bytes(2_000_000))
    for _ in range(2):  # a second time changes nothing
        offer(site, {"pdf", "epub"})  # but there is no EPUB
    opening = (site / "book" / "index.html").read_text()
    link = '<a href="../downloads/transformer-circuit-exercises.pdf" download="">PDF</a> (2.0 MB)'
    assert opening.count(link) == 2  # beside the contents, and where the page speaks to readers
    assert (site / "book" / "one.html").read_text().count(link) == 1
    assert "EPUB" not in opening.replace(PAGES["index"], "")
    offer(site, set())  # the file is of an earlier state of the book
    assert (site / "book" / "index.html").read_text() == before.replace(
        '<p class="print-offer">The whole book in one file.</p>', ""
    )


def test_a_page_that_was_not_built_is_named(tmp_path):
    site, toc = write_site(tmp_path)
    (site / "book" / "two.html").unlink()
    with pytest.raises(PrintingError, match=r"book/two\.html.*make site"):
        read_book(site, toc)


def test_printed_books_that_are_not_there_do_not_pass(tmp_path):
    said = " ".join(printed.check_printed(tmp_path))
    assert "run `make pdf`" in said
    assert "run `make epub`" in said


def test_a_table_of_many_columns_may_be_as_narrow_as_an_e_reader():
    sheet = Path(pdf.__file__).with_name("epub.css").read_text(encoding="utf-8")
    rules = re.findall(r"^td, th \{([^}]*)\}", sheet, re.MULTILINE)
    assert any("overflow-wrap: anywhere" in rule for rule in rules)

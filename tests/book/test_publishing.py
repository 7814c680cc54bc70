"""What is done to the pages when all are built: icons, figures, scripts, styles, formulas."""

import base64
import json
import re
import shutil
import struct
from pathlib import Path

import pydata_sphinx_theme
import pytest
import sphinx
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import roles
from publishing import finish_pages
from publishing.card import write_card
from publishing.figures import file_figures
from publishing.icons import UnknownIconError, draw_icons
from publishing.maths import PACKAGE, MathsError, Temml
from publishing.metadata import (
    PICTURE_SIZE,
    describe_learning,
    write_dead_end,
    write_site_files,
    write_tags,
)
from publishing.numbers import FigureRole, number_figures
from publishing.scripts import MEASURES_THE_SEEN, REPLACED, gather_scripts
from publishing.styles import BLOCKS, find_words, purge
from sphinx.errors import ExtensionError

from circuits.exercises import ASSIGNMENTS, PARTS

ROOT = Path(__file__).resolve().parents[2]
TEMML = ROOT / PACKAGE
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b" " * 600 + b"</svg>"
DATA = f"data:image/svg+xml;base64,{base64.b64encode(PICTURE).decode()}"
LIBRARY = (
    'x={"moon":[384,512,[],"f1","M1 1"],"bars":[448,512,[],"f0","M9 9"]};'
    'y={"cloud-moon":[640,512,[],"f2","M3 3"],"moon":[384,512,[9214],"f1","M2 2"],'
    'bars:[448,512,["navicon"],"f0","M0 0"]}'
)


@pytest.fixture
def site(tmp_path):
    """Return a folder with what a page of the theme asks for."""
    static = tmp_path / "_static"
    (static / "scripts").mkdir(parents=True)
    (static / "scripts" / "fontawesome.js").write_text(LIBRARY)
    (static / "a.js").write_text("order.push('a')")
    (static / "b.js").write_text("order.push('b')")
    (static / "page.js").write_text("DOCUMENTATION_OPTIONS.pagename = 'book/x';")
    (static / "searchtools.js").write_text("search()")
    (static / "base.css").write_text(".used { color: red } /* why */")
    (static / "theme.css").write_text(
        '@import "base.css"; .unused { color: blue } @media (min-width: 1px) { .used { top: 0 } }'
        "[data-theme=dark] .used { background: url(paper.png) }"
    )
    return tmp_path


def page_of(head, body=""):
    return f"<html><head>{head}</head><body>{body}</body></html>"


def test_an_icon_s_name_becomes_its_solid_drawing(site):
    text = '<i class="theme-switch fa-solid fa-moon fa-lg" data-mode="dark" title="Dark"></i>'
    drawn = draw_icons(text, site)
    assert 'd="M2 2"' in drawn, "the regular or another moon was drawn"
    assert 'class="svg-inline--fa theme-switch fa-moon fa-lg"' in drawn
    assert 'data-mode="dark"' in drawn
    assert "<title>Dark</title>" in drawn
    assert draw_icons(drawn, site) == drawn


def test_an_icon_without_a_title_is_not_read_aloud(site):
    assert 'aria-hidden="true"' in draw_icons('<span class="fa-solid fa-bars"></span>', site)


def test_an_unknown_icon_is_named(site):
    with pytest.raises(UnknownIconError, match="no drawing called 'rocket'"):
        draw_icons('<i class="fa-solid fa-rocket"></i>', site)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<img alt="a > b" src="{}">', r'<img alt="a > b" src="\.\./_images/\w+\.svg" loading='),
        ('<source media="m" srcset="{}">', r'<source media="m" srcset="\.\./_images/\w+\.svg">'),
    ],
)
def test_a_figure_becomes_a_file_that_is_fetched_when_it_comes_near(site, before, after):
    filed = file_figures(before.format(DATA), site, "../")
    assert re.match(after, filed)
    (file,) = (site / "_images").iterdir()
    assert file.read_bytes() == PICTURE
    assert file_figures(filed, site, "../") == filed


@pytest.mark.parametrize("data", ["data:image/png;base64,AAAA", "data:image/svg+xml;base64,!" * 99])
def test_small_and_broken_pictures_stay_as_they_are(site, data):
    text = f'<img src="{data}" alt="">'
    assert file_figures(text, site, "") == text


DRAWN = '<figure class="circuits-figure"><img><figcaption>Two.</figcaption></figure>'
FIGURES = (
    '<figure class="explorable" id="turn" data-state="{}"><figcaption>One.</figcaption></figure>'
    '<p>See <a class="figure-reference reference internal" href="#pair">the figure</a>.</p>'
    f'<div class="cell docutils" id="cell-1"><span id="pair"></span>{DRAWN}{DRAWN}</div>'
    '<div class="cell docutils" id="cell-2"><p>Nothing is drawn here yet.</p></div>'
    f'<div class="cell docutils" id="cell-3">{DRAWN}</div>'
)


def test_figures_are_numbered_in_reading_order_where_a_new_drawing_leaves_the_number():
    page = number_figures(FIGURES, "book/x.html")
    assert re.findall(r'<(\w+) class="(\w+)[^>]* style="counter-reset: figure (\d)"', page) == [
        ("figure", "explorable", "0"),
        ("div", "cell", "1"),  # both of its figures: the style sheet counts on
        ("div", "cell", "3"),
    ]
    assert 'id="cell-2">' in page
    assert number_figures(page, "book/x.html") == page


def test_a_reference_calls_a_figure_by_its_number():
    page = number_figures(FIGURES, "book/x.html")
    assert 'href="#pair">Figure 2</a>' in page
    moved = number_figures(FIGURES.replace("#pair", "#turn"), "book/x.html")
    assert 'href="#turn">Figure 1</a>' in moved


@pytest.mark.parametrize("label", ["nowhere", "after-the-last"])
def test_a_reference_to_no_figure_ends_the_build_with_page_and_label(label):
    page = FIGURES.replace("#pair", f"#{label}") + '<p id="after-the-last"></p>'
    with pytest.raises(ExtensionError, match=rf"book/x\.html: no figure is labelled '{label}'"):
        number_figures(page, "book/x.html")


def test_a_reference_needs_words_for_those_who_see_no_number():
    roles.register_local_role("figure", FigureRole())
    good, bad = (
        publish_doctree(text, settings_overrides={"report_level": 5})
        for text in (":figure:`the dial <turn>`", ":figure:`turn`")
    )
    (link,) = good.findall(nodes.reference)
    assert (link.astext(), link["refuri"]) == ("the dial", "#turn")
    assert not list(bad.findall(nodes.reference))
    assert "Which figure?" in bad.astext() + str(list(bad.findall(nodes.system_message)))


def test_scripts_come_in_one_deferred_file_in_their_order(site):
    head = (
        '<script defer src="../_static/a.js?v=1"></script>'
        '<script src="../_static/b.js"></script><script src="../_static/page.js"></script>'
        '<script src="../_static/searchtools.js"></script>'
        '<script defer src="../_static/scripts/fontawesome.js"></script>'
        '<script type="module" src="../live-cells/main.js"></script>'
    )
    gathered = gather_scripts(page_of(head), site, "../", is_search=False)
    tags = re.findall(r"<script[^>]*>", gathered)
    assert len(tags) == 2
    assert 'src="../live-cells/main.js"' in tags[0]
    assert "defer" in tags[1]
    assert 'data-page="book/x"' in tags[1]
    (made,) = (site / "_static").glob("theme-*.js")
    text = made.read_text()
    assert text.index("push('b')") < text.index("push('a')"), "a deferred script runs last"
    assert "search()" not in text
    assert gather_scripts(gathered, site, "../", is_search=False) == gathered


def test_what_is_replaced_in_scripts_stands_in_those_that_come(site):
    folder = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    theirs = (folder / "scripts" / "pydata-sphinx-theme.js").read_text(encoding="utf-8")
    at_once = Path(sphinx.__file__).parent / "themes" / "basic" / "static" / "doctools.js"
    texts = theirs + at_once.read_text(encoding="utf-8")
    assert [old for old, _new in REPLACED if texts.count(old) != 1] == []
    (site / "_static" / "theme.js").write_text(theirs, encoding="utf-8")
    gather_scripts(page_of('<script src="_static/theme.js"></script>'), site, "", is_search=False)
    (made,) = (site / "_static").glob("theme-*.js")
    assert MEASURES_THE_SEEN in made.read_text(encoding="utf-8")


def test_mathjax_stays_a_script_of_its_own_after_its_settings(site):
    mathjax = '<script defer src="_static/mathjax/tex-chtml.js"></script>'
    head = f'{mathjax}<script src="_static/a.js"></script>'
    gathered = gather_scripts(page_of(head), site, "", is_search=False)
    tags = re.findall(r'src="([^"]*)"', gathered)
    assert [tag.split("-")[0] for tag in tags] == ["_static/theme", "_static/mathjax/tex"]
    assert gather_scripts(gathered, site, "", is_search=False) == gathered


def test_the_search_page_keeps_its_scripts(site):
    head = '<script src="_static/searchtools.js"></script>'
    gather_scripts(page_of(head), site, "", is_search=True)
    (made,) = (site / "_static").glob("theme-*.js")
    assert "search()" in made.read_text()


def test_a_page_has_one_style_with_what_it_uses_and_is_finished_once(site):
    (site / "book").mkdir()
    path = site / "book" / "x.html"
    head = '<link rel="stylesheet" href="../_static/theme.css?v=2" />'
    viewports = '<meta name="viewport" content="width=device-width">' * 3
    ahead = '<link rel="next" title="y" href="y.html" />'  # Firefox fetches it, against the policy
    path.write_text(page_of(viewports + ahead + head, '<p class="used">x</p>'))
    finish_pages(site)
    first = path.read_text()
    assert "<link" not in first
    assert ".used{color: red}" in first
    assert ".unused" not in first
    assert "@media (min-width: 1px){.used{top: 0}}" in first
    assert 'url("../_static/paper.png")' in first
    assert "why" not in first
    assert first.count('name="viewport"') == 1
    finish_pages(site)
    assert path.read_text() == first


def test_a_changed_sheet_reaches_pages_that_were_finished_before(site):
    path = site / "x.html"
    path.write_text(page_of('<link rel="stylesheet" href="_static/base.css" />', "used"))
    finish_pages(site)
    (site / "_static" / "base.css").write_text(".used { color: green }")
    finish_pages(site)
    assert "green" in path.read_text()


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (".a, .zz { top: 0 }", ".a{top: 0}"),
        (
            'html[data-theme="dark"] .a:not(.zz)::before { top: 0 }',
            'html[data-theme="dark"] .a:not(.zz)::before{top: 0}',
        ),
        (".zz .a { top: 0 }", ""),
        ("#a { top: 0 }", "#a{top: 0}"),
        (
            ".a li:last-child > :last-child { top: 0 }",
            f".a li:last-child > {BLOCKS}:last-child{{top: 0}}",
        ),
        (".a[open]>summary~* { top: 0 }", ".a[open] > :not(summary){top: 0}"),
        ("legend + * { top: 0 }", ""),
        (":root { --x: 1 }", ":root{--x: 1}"),
        ("@supports (top: 0) { .zz { top: 0 } }", ""),
        ("@keyframes turn { from { top: 0 } }", "@keyframes turn{from { top: 0 }}"),
        (".zz\\:b { top: 0 }", ""),
        ("table.dataframe { top: 0 }", "table.dataframe{top: 0}"),
    ],
)
def test_a_rule_stays_if_the_pages_know_all_its_names(rule, kept):
    assert purge(rule, find_words(['<p class="a">'])) == kept


def test_a_broken_sheet_is_an_error_with_its_line():
    with pytest.raises(ValueError, match="line 2"):
        purge(".a { top: 0 }\n}", find_words([".a"]))


@pytest.fixture(scope="module")
def temml():
    if shutil.which("node") is None or not TEMML.is_file():
        pytest.skip("Temml is not here: python -m tools.build.frontend")
    running = Temml(TEMML)
    yield running
    running.close()


def test_formulas_become_mathml_and_keep_their_tex(temml):
    text = temml.render(r"W_{\mathrm{net}} = W_{\mathrm{out}} W_V", display=False)
    assert text.startswith("<math>")
    assert "<msub><mi>W</mi><mi>V</mi></msub>" in text
    assert 'encoding="application/x-tex"' in text


def test_aligned_equations_stand_in_rows(temml):
    text = temml.render(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)
    assert text.count("<mtr>") == 2
    assert 'display="block"' in text


def test_a_broken_formula_is_an_error_and_the_next_one_is_written(temml):
    with pytest.raises(MathsError, match="frac"):
        temml.render(r"\frac{1", display=False)
    assert "<mn>2</mn>" in temml.render("2", display=False)


BOOK = "A course & more"


def facts_of(**changed):
    known = {
        "title": "One <head>",
        "description": "It copies.",
        "book": BOOK,
        "file": "book/x.html",
    }
    return {**known, **changed}


def test_a_page_says_what_it_is():
    tags = write_tags(facts_of(), {}, "")
    assert '<meta name="description" content="It copies." />' in tags
    assert '<meta property="og:title" content="One &lt;head&gt;" />' in tags
    assert 'content="A course &amp; more"' in tags
    assert "canonical" not in tags, "nobody knows yet where the site will be"
    assert "og:image" not in tags


def test_a_site_that_knows_its_address_has_canonical_links_and_a_picture():
    tags = write_tags(facts_of(), {}, "https://x.org/course/")
    assert '<link rel="canonical" href="https://x.org/course/book/x.html" />' in tags
    assert 'property="og:image" content="https://x.org/course/_static/card.png"' in tags


def test_data_for_catalogues_cannot_end_their_element():
    tags = write_tags(facts_of(), {"name": "</script><script>alert(1)"}, "")
    assert tags.count("</script>") == 1
    assert json.loads(re.search(r"json\">(.*?)</script>", tags)[1])["name"].startswith("</script>")


def test_a_chapter_tells_catalogues_its_time_and_what_it_teaches():
    learning = describe_learning("book/exercise-2", "Exercise 2", "It copies.", BOOK)
    parts = [PARTS[part_id] for part_id in ASSIGNMENTS["exercise-2"]]
    assert learning["@type"] == "LearningResource"
    assert learning["timeRequired"] == f"PT{sum(part.minutes for part in parts)}M"
    assert learning["teaches"] == [part.objective for part in parts]
    assert learning["license"].startswith("https://creativecommons.org/")
    assert learning["educationalLevel"]


def test_the_first_page_is_a_course_of_all_chapters():
    learning = describe_learning("book/index", "Welcome", "It copies.", BOOK)
    assert learning["@type"] == "Course"
    assert len(learning["hasPart"]) == len(ASSIGNMENTS)
    assert len(learning["teaches"]) == len(PARTS)


@pytest.mark.parametrize("page", ["book/instructors", "solutions/exercise-2"])
def test_other_pages_teach_nothing(page):
    assert describe_learning(page, "x", "x", BOOK) == {}


def test_a_map_is_written_when_the_address_is_known_and_dropped_when_it_is_not(tmp_path):
    write_site_files(tmp_path, ["book/a.html", "book/b.html"], BOOK, "https://x.org/c/")
    text = (tmp_path / "sitemap.xml").read_text()
    assert text.count("<loc>https://x.org/c/book/") == 2
    assert "Sitemap: https://x.org/c/sitemap.xml" in (tmp_path / "robots.txt").read_text()
    write_site_files(tmp_path, ["book/a.html"], BOOK, "")
    assert not (tmp_path / "sitemap.xml").exists()
    assert "Sitemap" not in (tmp_path / "robots.txt").read_text()


@pytest.mark.parametrize(
    ("address", "root"), [("https://x.org/course/", "/course/"), ("https://x.org/", "/"), ("", "/")]
)
def test_a_dead_end_leads_back_below_a_path_and_fetches_nothing(address, root):
    text = write_dead_end(BOOK, address)
    assert f'href="{root}index.html"' in text
    assert f'action="{root}search.html"' in text
    assert "src=" not in text
    assert "A course &amp; more" in text


def test_the_picture_for_sharing_has_its_size_and_is_always_the_same(tmp_path):
    for name in ("a.png", "b.png"):
        write_card(tmp_path / name, "A course", "About something", PICTURE_SIZE)
    first = (tmp_path / "a.png").read_bytes()
    assert first == (tmp_path / "b.png").read_bytes()
    assert struct.unpack(">II", first[16:24]) == PICTURE_SIZE
    assert len(first) < 200_000


def test_scripts_in_one_file_do_not_act_before_all_have_run(site):
    (site / "_static" / "doctools.js").write_text('if (document.readyState !== "loading") act();')
    page = page_of('<script src="_static/doctools.js"></script>')
    gather_scripts(page, site, "", is_search=True)
    (made,) = (site / "_static").glob("theme-*.js")
    assert 'document.readyState === "complete"' in made.read_text()
    assert "loading" not in made.read_text()

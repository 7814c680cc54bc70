"""A reader sees what a symbol, a reference or a part is about before following the link."""

import re

import pytest
from playwright.sync_api import expect

from circuits.exercises import ASSIGNMENTS

pytestmark = pytest.mark.browser

PREVIEW = "#preview"
LINKS = [
    ("article a.notation:has(math)", "query matrix"),
    ("article a.notation:text-is('subspaces')", "all vectors that can be made"),
    ("article .bibtex-citation a", "In-context learning and induction heads"),
    ("article p a[href='exercise-1.html']", "Exercise 1: A virtual head"),
    ("article a[href='#clocks-figure']", "The solid hand stands at position 2"),
]


@pytest.fixture(scope="module")
def chapter(chromium, address):
    page = chromium.new_page()
    page.goto(f"{address}book/exercise-2.html")
    yield page
    page.close()


def rest_on(page, link):
    """Move the pointer there; again if the page, whose cells become editors, moved under it."""
    for _ in range(20):
        page.mouse.move(1, 1)
        page.locator(link).first.hover()
        try:
            expect(page.locator(PREVIEW)).to_be_visible(timeout=3_000)
        except AssertionError:
            continue
        return
    pytest.fail(f"no preview of {link}")


@pytest.mark.parametrize(("link", "words"), LINKS)
def test_resting_on_a_link_shows_where_it_leads_and_leaving_hides_it(chapter, link, words):
    rest_on(chapter, link)
    expect(chapter.locator(PREVIEW)).to_contain_text(words)
    assert chapter.locator(link).first.get_attribute("aria-describedby") == "preview"
    assert chapter.locator(f"{PREVIEW} :is([id], a, script, button)").count() == 0
    chapter.locator(PREVIEW).hover()  # it stays while it is read
    expect(chapter.locator(PREVIEW)).to_be_visible()
    chapter.mouse.move(1, 1)
    expect(chapter.locator(PREVIEW)).to_be_hidden()


def test_the_keyboard_shows_it_and_escape_hides_it(chapter):
    link = chapter.locator(LINKS[0][0]).first
    chapter.keyboard.press("Tab")
    link.focus()
    expect(chapter.locator(PREVIEW)).to_contain_text("query matrix")
    chapter.keyboard.press("Escape")
    expect(chapter.locator(PREVIEW)).to_be_hidden()
    expect(link).to_be_focused()


def test_links_around_formulas_have_names(chapter):
    links = chapter.locator("article a.notation:has(math)")
    assert links.count() >= 5
    names = [link.get_attribute("aria-label") for link in links.all()]
    assert {"W_Q", "W_out", "beta"} <= set(names)


def test_every_link_to_the_notation_leads_to_a_row(site):
    rows = set(re.findall(r'<tr[^>]* id="([^"]+)"', (site / "book/notation.html").read_text()))
    for page in ASSIGNMENTS:
        text = (site / "book" / f"{page}.html").read_text()
        links = re.findall(r'href="notation\.html#(name-[^"]+)"', text)
        assert len(links) >= 5, page
        assert set(links) <= rows, page

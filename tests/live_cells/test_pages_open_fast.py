"""A page is there at once, stays where it is, and brings the heavy things when they are wanted."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
NO_GLYPH = {"\u2009", "\u2061", "\n"}  # blanks, and what is not drawn
Visit = Callable[[str], LivePage]
PAGES = ("book/index.html", "book/exercise-2.html", "book/notation.html")
SHIFTS = """() => {
  window.moved = [];
  new PerformanceObserver((list) => window.moved.push(...list.getEntries()))
    .observe({ type: 'layout-shift', buffered: true });
}"""
SUM = "() => window.moved.reduce((sum, entry) => sum + entry.value, 0)"
BAR_AND_ITS_PICTURE = """async () => {
  const words = (page) => {
    const bar = page.querySelector('.live-bar').cloneNode(true);
    bar.querySelectorAll('.live-hidden, [hidden]').forEach((element) => element.remove());
    const pieces = bar.querySelectorAll('.live-button, .live-link, .live-parts a, .live-hint');
    return [...pieces].map((piece) => piece.textContent.trim());
  };
  const text = await (await fetch(location.href)).text();
  return [words(document), words(new DOMParser().parseFromString(text, 'text/html'))];
}"""
# The first of the elements that have the same names and the same parent, with what it looks like;
# not how high it is, which changes while editors come.
EVERY_STYLE = """() => {
  const seen = new Set();
  const SIZE = /^height|^block-size|-origin/;
  const looks = [];
  for (const element of document.querySelectorAll('body, body *')) {
    const own = [element.tagName, element.getAttribute('class'), element.id.replace(/[0-9]/g, '')];
    const name = [...own, element.parentElement.className].join(' ');
    if (seen.has(name)) continue;
    seen.add(name);
    for (const part of [null, '::before', '::after']) {
      const style = getComputedStyle(element, part);
      if (part !== null && style.content === 'none') continue;
      const all = [...style].filter((key) => !SIZE.test(key))
        .map((key) => key + ':' + style.getPropertyValue(key)).join(';');
      looks.push([name + (part ?? ''), all]);
    }
  }
  return looks;
}"""
PLACES_IN_A_FORMULA = """async () => {
  await document.fonts.ready;
  const block = document.querySelector('div.math');
  const box = (element) => element.getBoundingClientRect();
  const [letter, sub] = [...block.querySelector('msub').children].map(box);
  const outer = box(block);
  const columns = [...block.querySelectorAll('mtd')].map(box);
  return {
    font: [...document.fonts].some((one) => /Maths/.test(one.family) && one.status === 'loaded'),
    below: sub.bottom - letter.bottom,
    left: Math.min(...columns.map((column) => column.left)) - outer.left,
    right: outer.right - Math.max(...columns.map((column) => column.right)),
  };
}"""
WHOLE_SHEETS = """async () => {
  const style = document.querySelector('style[data-sheets]');
  const root = document.documentElement.dataset.content_root;
  for (const name of style.dataset.sheets.split(' ')) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = root + name;
    const come = new Promise((resolve, reject) => {
      link.onload = resolve;
      link.onerror = reject;
    });
    style.before(link);
    await come;
  }
  const icons = document.createElement('style');
  icons.textContent = style.textContent.match(/^[.]svg-inline--fa.*?[}].*?[}]/)[0];
  document.querySelector('link[rel=stylesheet]').before(icons);
  style.remove();
}"""

# Reading the size has the browser style what must be, at once.
PUT_BESIDE_THE_BAR = """() => {
  const element = document.createElement('div');
  element.style.borderTop = '1px solid';
  document.querySelector('main .live-bar').after(element);
  return getComputedStyle(element).borderTopWidth;
}"""
FOLD_A_BOX_THAT_SCROLLS = """() => {
  const folded = document.createElement('details');
  folded.id = 'folded';
  folded.innerHTML = '<summary>More</summary><pre id="wide"></pre>';
  folded.lastChild.textContent = 'wide '.repeat(200);
  document.querySelector('main .live-bar').after(folded);
}"""


def open_page(browser: Browser, url: str, width: int, scheme: str = "light") -> Page:
    """Open a page in a browser that has never been here, and wait until its cells can run."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.add_init_script(f"({SHIFTS})()")
    page.goto(url)
    page.locator("html[data-live]").wait_for(state="attached")
    return page


@pytest.mark.parametrize("width", [360, 800, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_while_a_page_comes_alive(
    chromium: Browser, address: str, name: str, width: int
) -> None:
    page = open_page(chromium, address + name, width)
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    assert page.evaluate(SUM) < 0.02
    page.context.close()


@pytest.mark.parametrize("name", ["book/exercise-2.html", "book/warmup.html"])
def test_the_picture_of_the_bar_says_what_the_bar_says(visit: Visit, name: str) -> None:
    live = visit(name)
    bar, picture = live.page.evaluate(BAR_AND_ITS_PICTURE)
    assert "Run the whole page" in bar
    assert picture == bar


def test_the_editor_is_fetched_when_a_cell_comes_near(visit: Visit) -> None:
    asked: list[str] = []
    live = visit("book/references.html")
    live.page.on("request", lambda request: asked.append(request.url))
    live.page.goto(live.page.url.replace("references", "exercise-2"))
    live.page.locator("html[data-live=ready]").wait_for(state="attached")
    editor = [url for url in asked if url.endswith(".js") and "chunk" in url]
    assert live.page.locator(".cm-editor").count() == 0
    before = len(editor)
    live.cell("ex2a").locator(".live-run").focus()
    expect(live.cell("ex2a").locator(".cm-content")).to_be_attached()
    assert len([url for url in asked if url.endswith(".js") and "chunk" in url]) > before


def test_mathjax_comes_with_the_first_formula_that_a_cell_puts_out(visit: Visit) -> None:
    asked: list[str] = []
    live = visit("book/exercise-1.html")
    live.page.on("request", lambda request: asked.append(request.url))
    live.page.reload()
    live.page.locator("html[data-live=ready]").wait_for(state="attached")
    live.write("ex1a", "print('no formula')")
    live.run("ex1a")
    assert not [url for url in asked if "mathjax" in url]
    live.write("ex1a", "from IPython.display import Math\nMath('x^2')")
    live.run("ex1a")
    expect(live.output("ex1a").locator("mjx-container")).to_be_visible()


@pytest.mark.parametrize("name", ["book/notation.html", "solutions/exercise-2.html"])
def test_every_formula_is_drawn_without_a_script_and_can_be_spoken(visit: Visit, name: str) -> None:
    page = visit(name).page
    formulas = page.locator("main .math > math")
    assert formulas.count() > 20
    assert page.locator("main merror, main .temml-error, main mjx-container").count() == 0
    sizes = formulas.evaluate_all(
        "(all) => all.map((math) => [math.getBoundingClientRect().width, math.textContent])"
    )
    assert [text for width, text in sizes if width == 0] == []
    assert page.get_by_role("math").count() == formulas.count()


@pytest.mark.parametrize("width", [375, 800, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["book/accessibility.html", "book/references.html", "search.html"])
def test_the_purged_style_looks_like_the_whole_one(
    chromium: Browser, address: str, name: str, scheme: str, width: int
) -> None:
    page = open_page(chromium, address + name, width, scheme)
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)  # type: ignore[arg-type]
    purged = dict(page.evaluate(EVERY_STYLE))
    page.evaluate(WHOLE_SHEETS)
    whole = dict(page.evaluate(EVERY_STYLE))
    assert len(purged) > 50
    assert [name for name in whole if purged.get(name) != whole[name]] == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_are_chosen_before_the_text_comes(
    chromium: Browser, address: str, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(color_scheme=scheme)
    context.route("**/_static/theme-*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{address}book/references.html")
    assert page.locator("html").get_attribute("data-theme") == scheme
    context.close()


def test_what_comes_into_a_page_has_nothing_else_styled_anew(visit: Visit) -> None:
    page = visit("book/exercise-2.html").page
    every = int(page.evaluate("document.querySelectorAll('body *').length"))
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[bool] = []

    def gather(data: dict[str, Any]) -> None:
        events.extend(data["value"])

    def end(_data: dict[str, Any]) -> None:
        ended.append(True)

    session.on("Tracing.dataCollected", gather)
    session.on("Tracing.tracingComplete", end)
    trace = {"includedCategories": ["devtools.timeline", "blink,devtools.timeline"]}
    session.send("Tracing.start", {"traceConfig": trace, "transferMode": "ReportEvents"})
    styled = page.evaluate(PUT_BESIDE_THE_BAR)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    counts = [e["args"].get("elementCount", 0) for e in events if e["name"] == "UpdateLayoutTree"]
    assert styled == "1px"
    assert counts, "nothing was styled at all"
    assert max(counts) < every / 10


def test_a_folded_box_that_scrolls_is_in_the_keyboards_reach_once_it_is_unfolded(
    visit: Visit,
) -> None:
    page = visit("book/exercise-2.html").page
    page.evaluate(FOLD_A_BOX_THAT_SCROLLS)
    page.wait_for_timeout(500)  # the theme looks 300 ms after the last change
    box = page.locator("#wide")
    expect(box).not_to_have_attribute("tabindex", "0")
    page.locator("#folded summary").click()
    expect(box).to_have_attribute("tabindex", "0")


def read_range(css: str) -> set[int]:
    """Return the characters that a font's ``unicode-range`` names."""
    (listed,) = re.findall(r"unicode-range:([^;]*);", css)
    ends = [one.strip().removeprefix("U+").split("-") for one in listed.split(",")]
    return {code for end in ends for code in range(int(end[0], 16), int(end[-1], 16) + 1)}


def slant(character: str) -> str:
    """Return what a browser draws for a letter that is alone in an ``<mi>``."""
    for first, last, italic in (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("α", "ω", 0x1D6FC)):
        if first <= character <= last and character != "h":
            return chr(italic + ord(character) - ord(first))
    return "ℎ" if character == "h" else character


def test_the_font_of_formulas_has_every_character_of_theirs(site: Path) -> None:
    had = read_range((site / "_static" / "reading.css").read_text(encoding="utf-8"))
    pages = [*site.glob("book/*.html"), *site.glob("solutions/*.html")]
    formulas = [f for page in pages for f in FORMULA.findall(page.read_text(encoding="utf-8"))]
    shown = [re.sub(r"<annotation.*?</annotation>", "", f, flags=re.DOTALL) for f in formulas]
    slanted = {slant(html.unescape(c)) for f in shown for c in re.findall(r"<mi>([^<])</mi>", f)}
    upright = {c for f in shown for c in html.unescape(re.sub(r"<[^>]*>", "", f))}
    missing = {c for c in (slanted | upright) - NO_GLYPH if ord(c) not in had}
    assert formulas
    assert not missing, f"make fonts/course-maths.woff2 anew with {sorted(missing)} (reading.css)"


def test_a_subscript_hangs_below_and_a_formula_stands_in_the_middle(visit: Visit) -> None:
    page = visit("solutions/exercise-2.html").page
    places = page.evaluate(PLACES_IN_A_FORMULA)
    assert places["font"], "the font of formulas has not come"
    assert places["below"] > 0, "a subscript stands on the line of its letter"
    assert abs(places["left"] - places["right"]) < 2

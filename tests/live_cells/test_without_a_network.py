"""Without a network: what was fetched works, what was not says so, and comes when it can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.live_cells.pages import LivePage
from tests.live_cells.serving import read_policy, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = "book/exercise-1.html"
UNREACHABLE = "has not been fetched yet and the network does not answer"
KEPT = """async (wanted) => {
  for (let round = 0; round < 900; round += 1) {
    const keys = await (await caches.open('live-cells-pages:/course/')).keys();
    const paths = keys.map((key) => key.url.split('?')[0]);
    if (wanted.every((name) => paths.some((path) => new RegExp(name + '$').test(path)))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not kept: ' + wanted);
}"""


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    """A reader whose network comes and goes."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def live(site: Path, reader: BrowserContext) -> Iterator[LivePage]:
    """The page, open, with its server there to the end."""
    with serve(site, "/course/", read_policy()) as address:
        yield open_page(reader, address + PAGE)


def open_page(reader: BrowserContext, address: str) -> LivePage:
    """Open the page and wait until the service worker has kept what starts Python."""
    page = reader.new_page()
    page.goto(address)
    live = LivePage(page, [])
    page.evaluate(KEPT, ["live-cells/worker-[A-Z0-9]+.js"])
    return live


def words(page: Page) -> str:
    return page.locator(".live-status-words").inner_text()


def test_python_that_was_never_fetched_says_that_it_needs_the_network_once(
    live: LivePage, reader: BrowserContext
) -> None:
    reader.set_offline(True)
    live.cell("1").locator(".live-run").click()
    status = live.page.locator(".live-status-words")
    expect(status).to_contain_text(f"Python {UNREACHABLE}")
    expect(live.cell("1")).to_contain_text("Did not run")
    reader.set_offline(False)
    live.run("1")
    expect(live.page.locator("html")).to_have_attribute("data-live-python", "idle")


def test_pack_that_does_not_come_ends_nothing_and_comes_with_the_network(
    live: LivePage, reader: BrowserContext
) -> None:
    live.write("ex1a", "found = 1")
    live.run("ex1a")
    reader.set_offline(True)
    for named in ("import matplotlib", "__import__('matplot' + 'lib')"):
        live.write("ex1b", f"{named}\nfound + 41")
        live.run("ex1b")
        expect(live.output("ex1b")).to_contain_text(f"ImportError: matplotlib {UNREACHABLE}")
        expect(live.output("ex1b")).not_to_contain_text("pyodide")
    reader.set_offline(False)
    live.run("ex1b")
    expect(live.output("ex1b")).to_contain_text("42")


def test_whole_book_is_there_after_python_has_run_once(site: Path, reader: BrowserContext) -> None:
    with serve(site, "/course/", read_policy()) as address:
        live = open_page(reader, address + PAGE)
        live.run("1")
        pages = ["book/exercise-3.html", "book/notation.html", "solutions/warmup.html"]
        needed = r'(?:src|href)="\.\./([^":#?]+\.(?:js|css|svg))"'
        files = re.findall(needed, (site / pages[0]).read_text())
        assert any(file.startswith("_images/") for file in files)
        live.page.evaluate(KEPT, [*pages, *files, "live-cells/formulas.js"])
    # The server is gone now.
    page = live.page
    page.goto(address + "book/notation.html")
    expect(page.locator("h1").first).to_contain_text("Notation")
    page.goto(address + "book/exercise-3.html")
    other = LivePage(page, [])
    page.locator("main figure img").first.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('main figure img').naturalWidth > 0")
    other.run("1")
    assert UNREACHABLE not in words(page)
    # No visit has brought MathJax: another script draws what a cell puts out.
    other.write("1", "type('', (), {'_repr_latex_': lambda self: r'$\\frac{1}{2}$'})()")
    other.run("1")
    expect(other.output("1").locator("math mfrac")).to_have_count(1)


def test_page_that_was_never_fetched_says_so(site: Path, reader: BrowserContext) -> None:
    with serve(site, "/course/", read_policy()) as address:
        live = open_page(reader, address + PAGE)
    live.page.goto(address + "book/warmup.html")
    expect(live.page.locator("h1")).to_have_text("This page has not been fetched yet")


def test_end_of_python_is_told_at_the_cell_that_brought_it(live: LivePage) -> None:
    live.write("ex1a", "'an older output'")
    live.run("ex1a")
    live.write("ex1a", "import os\nos._exit(1)")
    live.run("ex1a")
    expect(live.cell("ex1a")).to_contain_text("Python stopped working while this cell ran.")
    expect(live.output("ex1a")).not_to_contain_text("an older output")
    expect(live.page.locator(".live-status-words")).to_contain_text("your text is not")
    live.write("ex1a", "40 + 2")
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text("42")
